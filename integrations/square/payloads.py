"""Square answers of every shape, read without a connection: objects, list pages, webhooks, tokens, errors."""

from collections.abc import Iterator
from typing import Any, cast

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Unavailable
from integrations.hooks import Incoming, Webhooks
from integrations.ledger import Home, Item, Unusable
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from integrations.square import answers, mapping, oauth, webhooks
from integrations.square.mapping import Billed
from syntharra.clock import machine_now

_NAMES = ("invoice", "customer", "payment", "order", "refund", "location")


def read(kind: str, answer: Answer, *, home: Home, earlier: Answer | None = None) -> Iterator[Found]:
    """Our words for one answer. Orders and invoices of the file before tell what a payment paid. Raises Unreadable."""
    match kind:
        case "error":
            yield _error(answer)
        case "webhook":
            yield from _webhook(answer)
        case "token":
            yield _token(answer, earlier)
        case "credit_memo":
            raise Unreadable("Square has no credit memos")
        case _:
            yield from _objects(kind, answer, home, earlier)


def _objects(kind: str, answer: Answer, home: Home, earlier: Answer | None) -> Iterator[Found]:
    said = _good(answer)
    found = list(_listed(said))
    if not found and not _is_page(said):
        raise Unreadable(f"no {kind} is in it, nor anything else of Square")
    beside = found + (list(_listed(_good(earlier))) if earlier is not None and _is_good(earlier) else [])
    for name, raw in found:
        about = f"{name} {_id(raw)}"
        if name != kind:
            yield Note(f"left out: {about} is no {kind}")
        elif isinstance(item := _item(kind, raw, home, beside), Unusable):
            yield Broken(f"{about} cannot be read: {item.reason}: {item.detail}")
        else:
            yield canonical.of_item(item, provider="square")


def _is_page(said: Any) -> bool:
    """A page without any object: they leave out what has no value, so it holds a cursor at most."""
    return isinstance(said, dict) and (not said.keys() - {"cursor"} or any(f"{name}s" in said for name in _NAMES))


def _item(kind: str, raw: Any, home: Home, beside: list[tuple[str, Any]]) -> Item:
    if kind == "customer":
        return mapping.customer(raw, home)
    wanted = fields.clean(raw.get("order_id")) if isinstance(raw, dict) else ""
    if kind == "payment":
        return mapping.payment(raw, home, billed=_billed(beside, home).get(wanted))
    order = next((one for name, one in beside if name == "order" and wanted and _id(one) == wanted), None)
    return mapping.invoice(raw, home, order=order)


def _billed(beside: list[tuple[str, Any]], home: Home) -> dict[str, Billed]:
    """Which invoice each order belongs to."""
    return dict(one for name, raw in beside if name == "invoice" and (one := mapping.billed_by(raw, home)) is not None)


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind: named, in a list page, in a list, or laid out bare."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one) if isinstance(one, dict) else [("object", one)]
    elif isinstance(said, dict) and "id" in said:
        yield _bare(said), said
    elif isinstance(said, dict) and isinstance(said.get("responses"), dict):
        for one in said["responses"].values():  # several asked for by their ids come each under its own
            yield from _listed(one)
    elif isinstance(said, dict):
        for name in _NAMES:
            if name in said:
                yield name, said[name]
            inside = said.get(f"{name}s")
            yield from ((name, raw) for raw in (inside if isinstance(inside, list) else []))


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by the fields only that kind has."""
    if "payment_requests" in raw or "invoice_number" in raw or "primary_recipient" in raw:
        return "invoice"
    if "payment_id" in raw:
        return "refund"
    if "source_type" in raw or "approved_money" in raw or "amount_money" in raw:
        return "payment"
    if "line_items" in raw or "net_amounts" in raw or "tenders" in raw:
        return "order"
    if "creation_source" in raw or "given_name" in raw or "company_name" in raw or "email_address" in raw:
        return "customer"
    return "object"


def _error(answer: Answer) -> Json:
    return showing.error(
        answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    )


def _webhook(answer: Answer) -> Iterator[Found]:
    yield from showing.events("Square", cast("Webhooks", webhooks), Incoming(answer.body, answer.headers or {}))


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one.

    Without one their rule counts: a refresh token that has an end is good for one use, any other comes back unchanged.
    """
    try:
        tokens = oauth.tokens_in(_good(answer), now=answer.sent_at)
        before = oauth.tokens_in(_good(earlier), now=machine_now()).refresh if earlier is not None else None
    except Unavailable as error:
        raise Unreadable(f"no tokens: {error.words}") from None
    return showing.tokens(
        tokens,
        account=tokens.details.get("merchant"),
        rotated=before != tokens.refresh if before is not None else tokens.refresh_expires_at is not None,
    )


def _is_good(answer: Answer) -> bool:
    return answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now()) is None


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    is_list = answer.body.lstrip()[:1] == b"["
    return showing.inside(answer, None if is_list and error and error.problem == "answer_garbled" else error)


def _id(raw: Any) -> str:
    return fields.clean(raw.get("id")) if isinstance(raw, dict) and raw.get("id") else "?"
