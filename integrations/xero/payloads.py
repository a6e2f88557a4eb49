"""Xero answers of every shape, read without a connection: objects, list pages, webhooks, tokens, errors."""

from collections.abc import Iterator
from typing import Any

from integrations import canonical, fields
from integrations.canonical import Json
from integrations.errors import Unavailable
from integrations.hooks import Incoming, NotAWebhook
from integrations.ledger import Home, Unusable
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from integrations.xero import answers, mapping, oauth, webhooks
from syntharra.clock import machine_now

_SINGULAR = {name[:-1]: name for name in mapping.ENTITIES}


def read(kind: str, answer: Answer, *, home: Home, earlier: Answer | None = None) -> Iterator[Found]:
    """Our words for one answer. Raises Unreadable."""
    match kind:
        case "error":
            yield _error(answer)
        case "webhook":
            yield from _webhook(answer)
        case "token":
            yield _token(answer, earlier)
        case _:
            yield from _objects(kind, answer, home)


def _objects(kind: str, answer: Answer, home: Home) -> Iterator[Found]:
    said = _good(answer)
    found = list(_listed(said))
    if not found and not (isinstance(said, dict) and any(name in said for name in mapping.ENTITIES)):
        raise Unreadable(f"no {kind} is in it, nor anything else of Xero")
    for entity, raw in found:
        about = f"{entity.removesuffix('s')} {_id(entity, raw)}"
        if mapping.ENTITIES.get(entity) != kind:
            yield Note(f"left out: {about} is no {kind}")
        elif why := mapping.left_out(entity, raw):
            yield Note(f"left out: {about} is not ours to collect ({why})")
        elif isinstance(item := mapping.item(entity, raw, home), Unusable):
            yield Broken(f"{about} cannot be read: {item.reason}: {item.detail}")
        else:
            yield canonical.of_item(item, provider="xero")


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind: in a list page, in a list, or laid out bare."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one) if isinstance(one, dict) else [("object", one)]
    elif isinstance(said, dict) and (entity := _bare(said)):
        yield entity, said
    elif isinstance(said, dict):
        for name, inside in said.items():
            named = _SINGULAR.get(str(name), str(name))
            if named in mapping.ENTITIES:
                yield from ((named, raw) for raw in (inside if isinstance(inside, list) else [inside]))


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by the id only that kind has, or the fields of one without it."""
    if "Invoices" not in raw and "InvoiceID" not in raw and "AmountDue" in raw:
        return "Invoices"
    for entity in ("Payments", "CreditNotes", "Overpayments", "Prepayments", "Invoices", "Contacts"):
        if mapping.IDS[entity] in raw:
            return entity
    return ""


def _error(answer: Answer) -> Json:
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    if error is None:
        raise Unreadable("this is no error: it is a good answer")
    return canonical.of_error(error)


def _webhook(answer: Answer) -> Iterator[Found]:
    try:
        events = webhooks.events_in(Incoming(answer.body, answer.headers or {}))
    except NotAWebhook as error:
        raise Unreadable(f"no webhook of Xero: {error}") from None
    for event in events:
        if not event.object:
            yield Note(f"left out: event {event.event_id} is about something we do not read")
    yield {"events": [canonical.of_event(event) for event in events if event.object]}


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one."""
    try:
        tokens = oauth.tokens_in(_good(answer), now=answer.sent_at)
        before = oauth.tokens_in(_good(earlier), now=machine_now()).refresh if earlier else ""
    except Unavailable as error:
        raise Unreadable(f"no tokens: {error.words}") from None
    ends = tokens.refresh_expires_at
    return {
        "account": None,  # one sign-in opens several organisations: which ones is asked for separately
        "expires_at": tokens.access_expires_at.isoformat(timespec="seconds"),
        "refresh_expires_at": ends.isoformat(timespec="seconds") if ends else None,
        "rotated": before != tokens.refresh,
    }


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    if error is not None:
        said = canonical.of_error(error)
        raise Unreadable(f"an error, not an object (read it with KIND error): {said['class']}: {said['message']}")
    try:
        return fields.loads(answer.body)
    except ValueError as broken:
        raise Unreadable(f"no JSON: {broken}") from None


def _id(entity: str, raw: Any) -> str:
    key = mapping.IDS.get(entity, "")
    return fields.clean(raw.get(key)) if isinstance(raw, dict) and raw.get(key) else "?"
