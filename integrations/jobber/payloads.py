"""Jobber answers of every shape, read without a connection: objects, connections, bare ones, webhooks, tokens, errors."""

from collections.abc import Iterator
from typing import Any, cast

from django.utils.translation import gettext as _

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Refused, Throttled, Unavailable
from integrations.hooks import Incoming, Webhooks
from integrations.jobber import answers, mapping, oauth, webhooks
from integrations.ledger import Home, Item, Unusable
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from syntharra.clock import machine_now

_NAMED = {
    **dict.fromkeys(("invoice", "invoices"), "invoice"),
    **dict.fromkeys(("client", "clients"), "client"),
    **dict.fromkeys(("paymentRecord", "paymentRecords"), "payment"),
}
_ENTITY = {kind: entity for entity, kind in mapping.ENTITIES.items()}


def read(kind: str, answer: Answer, *, home: Home, earlier: Answer | None = None) -> Iterator[Found]:
    """Our words for one answer. Raises Unreadable."""
    match kind:
        case "error":
            yield _error(answer)
        case "webhook":
            yield from _webhook(answer)
        case "token":
            yield _token(answer, earlier)
        case "credit_memo":
            raise Unreadable("Jobber has no credit memos: what lowers an invoice there is its discount")
        case _:
            yield from _objects(kind, answer, home)


def _objects(kind: str, answer: Answer, home: Home) -> Iterator[Found]:
    said = _good(answer)
    if _is_nothing(said):
        raise Unreadable("refused: Jobber does not have this object, and does not say which it was")
    wanted, found, seen = _ENTITY[kind], list(_listed(said)), False
    for entity, raw in found:
        seen = seen or entity != ""
        if raw is None:
            continue  # an empty list, or an object they do not have
        if wanted == "payment" and entity == "invoice" and isinstance(raw, dict) and raw.get("paymentRecords"):
            yield from (_said(item) for item in mapping.laid_in(raw, home))
        elif entity != wanted:
            yield Note(f"left out: {entity or 'an object'} {_id(raw)} is no {wanted}")
        elif why := mapping.left_out(entity, raw):
            yield Note(f"left out: {entity} {_id(raw)} is not ours to collect ({why})")
        else:
            yield _said(mapping.item(entity, raw, home))
    if not seen:
        raise Unreadable(f"no {wanted} is in it, nor anything else of Jobber")


def _said(item: Item) -> Found:
    if isinstance(item, Unusable):
        return Broken(f"{item.of} {item.external_id or '?'} cannot be read: {item.reason}: {item.detail}")
    return canonical.of_item(item, provider="jobber")


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind, "" for one nobody knows; what is empty gives its kind alone."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one) if isinstance(one, dict) else [("", one)]
    elif isinstance(said, dict) and isinstance(said.get("data"), dict):
        for name, inside in said["data"].items():
            yield from _under(name, inside)
    elif isinstance(said, dict) and "id" in said:
        yield _bare(said), said
    elif isinstance(said, dict):
        for name, inside in said.items():
            yield from _under(name, inside)


def _under(name: str, inside: Any) -> Iterator[tuple[str, Any]]:
    """What lies under a name: a connection, one object, or what a mutation answered."""
    entity = _NAMED.get(name)
    if isinstance(inside, list):
        yield from ((entity or "", one) for one in inside or [None]) if entity else _listed(inside)
    elif isinstance(inside, dict) and ("nodes" in inside or "edges" in inside):
        edges = inside.get("edges") if isinstance(inside.get("edges"), list) else []
        rows = inside["nodes"] if isinstance(inside.get("nodes"), list) else [_node(edge) for edge in edges or []]
        yield from ((entity or "", row) for row in rows or [None])
    elif entity:
        yield entity, inside
    elif isinstance(inside, dict):
        yield from _listed({key: value for key, value in inside.items() if key in _NAMED})


def _node(edge: Any) -> Any:
    return edge.get("node") if isinstance(edge, dict) else edge


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by the fields only that kind has."""
    if "adjustmentType" in raw:
        return "payment"
    if "invoiceStatus" in raw or "invoiceNumber" in raw or "amounts" in raw:
        return "invoice"
    return "client" if "isCompany" in raw or "companyName" in raw or "firstName" in raw else ""


def _is_nothing(said: Any) -> bool:
    """Whether they were asked for one object and have none: read by its id it comes as null, without any error."""
    data = said.get("data") if isinstance(said, dict) else None
    return isinstance(data, dict) and bool(data) and all(data[name] is None for name in data)


def _error(answer: Answer) -> Json:
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    said = _json(answer)
    if error is None and _is_nothing(said):
        error = Refused(_("Jobber does not have this object."), problem="not_in_books")
    # How long we would wait without their word is no part of their answer.
    wait = answers.wait_in(said, answer.headers or {}, answer.sent_at) if isinstance(error, Throttled) else None
    return {**showing.error(error), "retry_after": wait}


def _json(answer: Answer) -> Any:
    try:
        return fields.loads(answer.body)
    except ValueError:
        return None


def _webhook(answer: Answer) -> Iterator[Found]:
    yield from showing.events("Jobber", cast("Webhooks", webhooks), Incoming(answer.body, {}))


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one."""
    try:
        said = _good(answer)
        before = oauth.tokens_in(_good(earlier), now=machine_now()).refresh if earlier is not None else ""
        tokens = oauth.tokens_in(said, now=answer.sent_at, before=before)
    except Unavailable as error:
        raise Unreadable(error.words) from None
    account = oauth.claims(tokens.access).get("account_id")
    return showing.tokens(
        tokens,
        account=fields.clean(account) or None,
        rotated=(not said.get("warning") if earlier is None else before != tokens.refresh),
    )


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    good = answer.status is None or answer.status < 300
    # A list stands nowhere in their answers, but an operator may have kept one.
    is_list = good and answer.body.lstrip()[:1] == b"["
    return showing.inside(answer, None if is_list and error is not None and error.vendor_code is None else error)


def _id(raw: Any) -> str:
    return fields.clean(raw.get("id")) if isinstance(raw, dict) else "?"
