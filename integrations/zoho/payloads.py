"""Zoho Books answers of every shape, read without a connection: objects, lists, bare ones, webhooks, tokens, errors."""

from collections.abc import Iterator
from typing import Any, cast

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Unavailable
from integrations.hooks import Incoming, Webhooks
from integrations.ledger import Home, Unusable
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from integrations.zoho import answers, centres, mapping, oauth, webhooks
from syntharra.clock import machine_now

_ENTITY = {kind: entity for entity, kind in mapping.ENTITIES.items()}
_NAMES = {
    **{name: entity for entity in mapping.ENTITIES for name in (entity, f"{entity}s")},
    "payment": "customerpayment",
    "payments": "customerpayment",
}


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
    wanted, seen = _ENTITY[kind], False
    for entity, raw in _listed(_good(answer)):
        seen = seen or entity != ""
        if raw is None:
            continue  # an empty list
        reason = f"no {wanted}" if entity != wanted else mapping.left_out(entity, raw)
        if reason:
            yield Note(f"left out: {entity or 'an object'} {_id(raw)} is {reason}")
            continue
        item = mapping.item(entity, _whole(entity, raw), home)
        if isinstance(item, Unusable):
            yield Broken(f"{entity} {item.external_id or '?'} cannot be read: {item.reason}: {item.detail}")
        else:
            yield canonical.of_item(item, provider="zoho")
    if not seen:
        raise Unreadable(f"no {wanted} is in it, nor anything else of Zoho Books")


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind, "" for one nobody knows; a list without any gives its kind alone."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one) if isinstance(one, dict) else [("", one)]
        return
    if not isinstance(said, dict):
        return
    bare = _bare(said)
    if bare:
        yield bare, said
        return
    for name, entity in _NAMES.items():
        inside = said.get(name)
        if isinstance(inside, list):
            yield from ((entity, raw) for raw in (inside or [None]))
        elif name in said:
            yield entity, inside


def _whole(entity: str, raw: Any) -> Any:
    """A row of the payments of one invoice names that invoice only, and all of its amount went there."""
    if entity != "customerpayment" or not isinstance(raw, dict) or "customer_id" in raw or "invoice_id" not in raw:
        return raw
    applied = {"invoice_id": raw["invoice_id"], "amount_applied": raw.get("amount")}
    return {**raw, "customer_id": "?", "invoices": [applied]}


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by its own id, which comes first where several are named."""
    for entity in ("creditnote", "customerpayment", "invoice", "contact"):
        if mapping.IDS[entity] in raw:
            return entity
    return ""


def _error(answer: Answer) -> Json:
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    # How long we would wait for the end of their minute or day is not what they said: that is in the head alone.
    return {**showing.error(error), "retry_after": None}


def _webhook(answer: Answer) -> Iterator[Found]:
    yield from showing.events(
        "Zoho Books", cast("Webhooks", webhooks), Incoming(answer.body.strip(), answer.headers or {})
    )


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When access ends. A renewal names no refresh token: the one before stays."""
    try:
        said = _pair(answer)
        tokens = oauth.tokens_in(said, now=answer.sent_at, kept="kept")
        named = said.get("api_domain")
        if isinstance(named, str) and named and named.removesuffix("/") not in centres.APIS:
            raise Unreadable("an api_domain that is none of Zoho's: these tokens would not be used")
        before = _pair(earlier).get("refresh_token") if earlier is not None else None
    except Unavailable as error:
        raise Unreadable(error.words) from None
    renewed = said.get("refresh_token")
    # the organizations are told by another answer
    return showing.tokens(tokens, account=None, rotated=bool(renewed) and renewed != before)


def _pair(answer: Answer) -> Json:
    return showing.one("Zoho Books", _good(answer))


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    good = answer.status is None or answer.status < 300
    # A list stands nowhere in their answers, but an operator may have kept one.
    is_list = good and answer.body.lstrip()[:1] == b"["
    return showing.inside(answer, None if is_list and error is not None and error.vendor_code is None else error)


def _id(raw: Any) -> str:
    if not isinstance(raw, dict):
        return "?"
    return next((fields.clean(raw[name]) for name in mapping.IDS.values() if name in raw), "?")
