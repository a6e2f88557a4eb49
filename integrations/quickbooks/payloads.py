"""QuickBooks answers of every shape, read without a connection: objects, lists, changes, batches, webhooks, tokens."""

import json
from collections.abc import Iterator
from typing import Any, cast

from integrations import canonical, fields, showing
from integrations.canonical import Json
from integrations.errors import Refused, Unavailable
from integrations.hooks import Incoming, Webhooks
from integrations.ledger import Home, Unusable
from integrations.payloads import Answer, Broken, Found, Note, Unreadable
from integrations.quickbooks import answers, mapping, oauth, webhooks
from syntharra.clock import machine_now

_CONTAINERS = ("QueryResponse", "CDCResponse", "BatchItemResponse")
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
        case _:
            yield from _objects(kind, answer, home)


def _objects(kind: str, answer: Answer, home: Home) -> Iterator[Found]:
    said = _good(answer)
    found = list(_listed(said))
    if not found and not (isinstance(said, dict) and any(name in said for name in _CONTAINERS)):
        raise Unreadable(f"no {_ENTITY[kind]} is in it, nor anything else of QuickBooks")
    for entity, raw in found:
        if entity == "Fault":
            yield Note(f"left out: one of the answers in it is an error: {_said(raw)}")
            continue
        if entity != _ENTITY[kind]:
            yield Note(f"left out: {entity} {_id(raw)} is no {_ENTITY[kind]}")
            continue
        item = mapping.item(entity, raw, home)
        if isinstance(item, Unusable):
            yield Broken(f"{entity} {item.external_id or '?'} cannot be read: {item.reason}: {item.detail}")
        else:
            yield canonical.of_item(item, provider="quickbooks")


def _listed(said: Any) -> Iterator[tuple[str, Any]]:
    """Every object in an answer with its kind: as read, listed, changed, batched, or laid out bare."""
    if isinstance(said, list):
        for one in said:
            yield from _listed(one)
    elif isinstance(said, dict) and "Id" in said:
        yield _bare(said), said
    elif isinstance(said, dict):
        for name, inside in said.items():
            if name in _CONTAINERS:
                yield from _listed(inside)
            elif name[:1].isupper() and isinstance(inside, list):
                yield from ((name, raw) for raw in inside)
            elif name[:1].isupper() and isinstance(inside, dict):
                yield name, inside


def _bare(raw: Json) -> str:
    """What an object without a name around it is: by the fields only that kind has."""
    if "RemainingCredit" in raw:
        return "CreditMemo"
    if "UnappliedAmt" in raw or "PaymentRefNum" in raw or "DepositToAccountRef" in raw:
        return "Payment"
    if "DisplayName" in raw or "FullyQualifiedName" in raw:
        return "Customer"
    if "DueDate" in raw or "Balance" in raw or "TotalAmt" in raw:
        return "Invoice"
    return "object"


def _error(answer: Answer) -> Json:
    return showing.error(
        answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=answer.sent_at)
    )


def _webhook(answer: Answer) -> Iterator[Found]:
    yield from showing.events("QuickBooks", cast("Webhooks", webhooks), Incoming(answer.body, {}))


def _token(answer: Answer, earlier: Answer | None) -> Json:
    """When the pair ends and whether the refresh token was replaced: against the file before, if there is one."""
    try:
        tokens = oauth.tokens_in(_pair(answer), now=answer.sent_at)
        rotated = earlier is None or oauth.tokens_in(_pair(earlier), now=machine_now()).refresh != tokens.refresh
    except Unavailable as error:
        raise Unreadable(f"no tokens: {error.words}") from None
    # theirs comes back beside the code, never with the tokens
    return showing.tokens(tokens, account=None, rotated=rotated)


def _pair(answer: Answer) -> Json:
    return showing.one("QuickBooks", _good(answer))


def _good(answer: Answer) -> Any:
    """The JSON inside. Raises Unreadable for an error of theirs and for anything that is no JSON."""
    error = answers.error_in(answer.body, status=answer.status, headers=answer.headers, now=machine_now())
    listed = answer.body.lstrip()[:1] == b"["
    return showing.inside(answer, None if listed and not isinstance(error, Refused) else error)


def _said(fault: Json) -> str:
    error = answers.error_in(json.dumps({"Fault": fault}, default=str).encode(), now=machine_now())
    return canonical.of_error(error)["message"] if error is not None else "Fault"


def _id(raw: Any) -> str:
    return fields.clean(raw.get("Id")) if isinstance(raw, dict) else "?"
