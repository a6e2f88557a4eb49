"""Xero answers of every shape, read without a connection: objects, list pages, webhooks, tokens, errors."""

from collections.abc import Iterator
from typing import Any, cast

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Unavailable
from integrations.hooks import Incoming, Webhooks
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
    if answer.status in (204, 304):
        return  # nothing changed since we asked last
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
    return showing.error(
        answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    )


def _webhook(answer: Answer) -> Iterator[Found]:
    yield from showing.events("Xero", cast("Webhooks", webhooks), Incoming(answer.body, answer.headers or {}))


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one."""
    try:
        tokens = oauth.tokens_in(_good(answer), now=answer.sent_at)
        before = oauth.tokens_in(_good(earlier), now=machine_now()).refresh if earlier else ""
    except Unavailable as error:
        raise Unreadable(f"no tokens: {error.words}") from None
    # one sign-in opens several organisations: which ones is asked for separately
    return showing.tokens(tokens, account=None, rotated=before != tokens.refresh)


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    return showing.inside(answer, error)


def _id(entity: str, raw: Any) -> str:
    key = mapping.IDS.get(entity, "")
    return fields.clean(raw.get(key)) if isinstance(raw, dict) and raw.get(key) else "?"
