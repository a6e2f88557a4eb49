"""What every vendor's ``payloads`` shows in the same words: errors, webhooks, tokens, and what is inside a good answer."""

from collections.abc import Iterator
from typing import Any

from integrations import canonical, fields
from integrations.canonical import Json
from integrations.errors import VendorError
from integrations.hooks import Incoming, NotAWebhook, Webhooks
from integrations.payloads import Answer, Found, Note, Unreadable
from integrations.sign_in import Tokens


def error(found: VendorError | None) -> Json:
    """The error an answer stands for. Raises Unreadable where it stands for none."""
    if found is None:
        raise Unreadable("this is no error: it is a good answer")
    return canonical.of_error(found)


def inside(answer: Answer, found: VendorError | None) -> Any:
    """The JSON of a good answer. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    if found is not None:
        said = canonical.of_error(found)
        raise Unreadable(f"an error, not an object (read it with KIND error): {said['class']}: {said['message']}")
    try:
        return fields.loads(answer.body)
    except ValueError as broken:
        raise Unreadable(f"no JSON: {broken}") from None


def one(vendor: str, said: Any) -> Json:
    """An answer that must be one object: a pair of tokens. Raises Unreadable."""
    if not isinstance(said, dict):
        raise Unreadable(f"no tokens of {vendor}: an object was expected")
    return said


def events(vendor: str, webhooks: Webhooks, incoming: Incoming) -> Iterator[Found]:
    """What a delivery tells of what is ours to read; the rest is left out aloud. Raises Unreadable."""
    try:
        told = webhooks.events_in(incoming)
    except NotAWebhook as problem:
        raise Unreadable(f"no webhook of {vendor}: {problem}") from None
    for event in told:
        if not event.object:
            yield Note(f"left out: event {event.event_id} is about something we do not read")
    yield {"events": [canonical.of_event(event) for event in told if event.object]}


def tokens(found: Tokens, *, account: str | None, rotated: bool) -> Json:
    """When a pair ends and whether the refresh token is another than before; never the secrets."""
    ends = found.refresh_expires_at
    return {
        "account": account,
        "expires_at": found.access_expires_at.isoformat(timespec="seconds"),
        "refresh_expires_at": ends.isoformat(timespec="seconds") if ends else None,
        "rotated": rotated,
    }
