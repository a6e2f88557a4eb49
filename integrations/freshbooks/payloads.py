"""FreshBooks answers of every shape, read without a connection: objects, lists, bare ones, webhooks, tokens, errors."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Unavailable
from integrations.freshbooks import answers, mapping, oauth, webhooks
from integrations.hooks import Incoming, Webhooks
from integrations.ledger import (
    Gone,
    Home,
    Item,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerPayment,
    Unusable,
)
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from syntharra.clock import machine_now

_ENTITY = {kind: entity for entity, kind in mapping.ENTITIES.items()}
_AROUND = ("response", "result")


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
    wanted, found, seen = _ENTITY[kind], list(_listed(_good(answer))), False
    for entity, raw in found:
        seen = seen or entity != ""
        if raw is None:
            continue  # an empty list
        if entity != wanted:
            yield Note(f"left out: {entity or 'an object'} {_id(raw)} is no {wanted}")
            continue
        item = _item(entity, raw, home)
        if isinstance(item, Unusable):
            yield Broken(f"{entity} {item.external_id or '?'} cannot be read: {item.reason}: {item.detail}")
        else:
            yield canonical.of_item(item, provider="freshbooks")
    if not seen:
        raise Unreadable(f"no {wanted} is in it, nor anything else of FreshBooks")


def _item(entity: str, raw: Any, home: Home) -> Item:
    """One object. They send a deleted one whole, so it is shown whole, as far as it can be read."""
    item = mapping.item(entity, raw, home)
    if not isinstance(item, Gone):
        return item
    match whole := mapping.item(entity, {**raw, "vis_state": 0}, home):
        case LedgerInvoice():
            return replace(whole, status="deleted", vendor_status="deleted", balance=Decimal(0))
        case LedgerCustomer():
            return replace(whole, active=False)
        case LedgerPayment():
            return replace(whole, allocations=(), reversed=True)
        case LedgerCreditMemo():
            return replace(whole, balance=Decimal(0), applied=(), void=True)
        case _:
            return item


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind, "" for one nobody knows; a list without any gives its kind alone."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one) if isinstance(one, dict) else [("", one)]
        return
    if not isinstance(said, dict):
        return
    named = [(entity, said[name]) for entity in mapping.ENTITIES for name in (entity, f"{entity}s") if name in said]
    if any(isinstance(said.get(name), dict) for name in _AROUND):
        for name in _AROUND:
            yield from _listed(said.get(name))
    elif named:
        for entity, inside in named:
            yield from ((entity, raw) for raw in (inside or [None])) if isinstance(inside, list) else [(entity, inside)]
    elif "id" in said or "invoiceid" in said or "userid" in said:
        yield _bare(said), said


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by the fields only that kind has."""
    if "credit_number" in raw or "credit_type" in raw:
        return "credit_note"
    if "logid" in raw or ("clientid" in raw and "invoiceid" in raw):
        return "payment"
    if "invoice_number" in raw or "customerid" in raw:
        return "invoice"
    return "client" if "userid" in raw or "organization" in raw or "fname" in raw else ""


def _error(answer: Answer) -> Json:
    return showing.error(
        answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    )


def _webhook(answer: Answer) -> Iterator[Found]:
    incoming = Incoming(answer.body.strip(), answer.headers or {})
    handshake = webhooks.handshake_in(incoming)
    if handshake is not None:
        yield Note(f"left out: they ask whether the address of callback {handshake[0]} is ours")
    yield from showing.events("FreshBooks", cast("Webhooks", webhooks), incoming)


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one."""
    try:
        said = _pair(answer)
        tokens = oauth.tokens_in(said, now=oauth.issued_at(said) or answer.sent_at)
        rotated = earlier is None or oauth.tokens_in(_pair(earlier), now=machine_now()).refresh != tokens.refresh
    except Unavailable as error:
        raise Unreadable(error.words) from None
    # the businesses are told by another answer
    return showing.tokens(tokens, account=None, rotated=rotated)


def _pair(answer: Answer) -> Json:
    return showing.one("FreshBooks", _good(answer))


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    good = answer.status is None or answer.status < 300
    # A list stands nowhere in their answers, but an operator may have kept one.
    is_list = good and answer.body.lstrip()[:1] == b"["
    return showing.inside(answer, None if is_list and error is not None and error.vendor_code is None else error)


def _id(raw: Any) -> str:
    return fields.clean(raw.get("id")) if isinstance(raw, dict) else "?"
