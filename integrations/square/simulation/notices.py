"""What Square tells: events with the object as it was when it happened, signed over the address and the body."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from integrations.simulation.call import dump
from integrations.simulation.hooks import Delivery, Event
from integrations.square.simulation.invoice_shape import invoice_shape
from integrations.square.simulation.payment_shape import payment_shape, refund_shape
from integrations.square.simulation.people_shape import customer_shape
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json, moment, stamp, uid, whole_stamp

if TYPE_CHECKING:
    from integrations.square.simulation.world import SquareWorld

SIGNATURE = "x-square-hmacsha256-signature"
SCOPES = {
    "invoice": "INVOICES_READ",
    "payment": "PAYMENTS_READ",
    "refund": "PAYMENTS_READ",
    "customer": "CUSTOMERS_READ",
}
KEPT = 2000
SPECIAL = ("published", "payment_made", "canceled", "refunded", "scheduled_charge_failed")


def sign(key: str, url: str, body: bytes) -> str:
    """The signature header of a body sent to this address."""
    return base64.b64encode(hmac.new(key.encode(), url.encode() + body, hashlib.sha256).digest()).decode()


def happened(world: "SquareWorld", books: SquareBooks, kind: str, id: str, action: str) -> None:
    """Something changed in a seller's books: it is told where the seller granted the read scope."""
    if kind not in SCOPES or SCOPES[kind] not in world.granted(books.account):
        return
    for word in _words(books, kind, id, action):
        data = _data(world, books, kind, id, word)
        place = data.get("object", {}).get(kind, {}).get("location_id")
        _record(world, books.account, f"{kind}.{word}", data, place)


def revoked(world: "SquareWorld", account: str, by: str) -> None:
    """The connection has ended."""
    revocation = {"revoked_at": stamp(world.now()), "revoker_type": by}
    number = len(world.events())
    data = {"type": "revocation", "id": uid("revocation", account, number), "object": {"revocation": revocation}}
    _record(world, account, "oauth.authorization.revoked", data, None)


def deliveries(world: "SquareWorld", events: list[Event]) -> list[Delivery]:
    """One POST an event, to the one subscription of the application."""
    url, types = world.settings.webhook_url, world.settings.webhook_types
    if not url:
        return []
    known = {one["event_id"]: one for one in world.events()}
    wanted = [known[one.id] for one in events if one.id in known and (not types or one.action in types)]
    return [delivery(world, url, one) for one in wanted]


def delivery(world: "SquareWorld", url: str, event: Json) -> Delivery:
    """An event on its way."""
    body = dump({name: value for name, value in event.items() if name != "location_id"})
    headers = {
        "content-type": "application/json",
        "user-agent": "Square Connect v2",
        SIGNATURE: sign(world.settings.webhook_key, url, body),
        "square-environment": "Production" if world.settings.production else "Sandbox",
        "square-initial-delivery-timestamp": whole_stamp(datetime.fromtimestamp(time.time(), UTC)),
    }
    return Delivery(url, headers, body, {"type": event["type"], "event_id": event["event_id"]}, SIGNATURE)


def retry_headers(delivery: Delivery, retry: int) -> Mapping[str, str]:
    """Counted aloud, with why the last attempt failed."""
    if retry == 0:
        return {}
    before = delivery.attempts[-1] if delivery.attempts else {}
    reason = (
        "http_error"
        if before.get("status")
        else "http_timeout"
        if "Timeout" in before.get("error", "")
        else "other_error"
    )
    return {"square-retry-number": str(retry), "square-retry-reason": reason}


def _words(books: SquareBooks, kind: str, id: str, action: str) -> list[str]:
    if kind != "invoice":
        return ["updated" if action == "voided" else action]
    if action == "created":
        return ["created"] if books.invoices[id].status == "draft" else ["created", "published"]
    if action == "deleted":
        return ["deleted"]
    return [books.why, "updated"] if books.why in SPECIAL else ["updated"]


def _data(world: "SquareWorld", books: SquareBooks, kind: str, id: str, word: str) -> Json:
    if kind == "invoice" and word == "deleted":
        return {"type": "invoice", "id": id, "deleted": True}
    shown: Json
    match kind:
        case "invoice":
            shown = invoice_shape(books, books.invoices[id], world.pay_pages())
        case "payment":
            shown = payment_shape(books, books.payments[id])
        case "customer":
            shown = customer_shape(books, books.customers[id])
        case _:
            shown = refund_shape(books, next(one for one in books.returned() if one.id == id))
    data: Json = {"type": kind, "id": id, "object": {kind: shown}}
    return {**data, "deleted": True} if word == "deleted" else data


def _record(world: "SquareWorld", account: str, type: str, data: Json, location: str | None) -> None:
    kept, at = world.events(), world.now()
    number = world.own["event_number"] = world.own.get("event_number", 0) + 1
    event: dict[str, Any] = {
        "merchant_id": account,
        "type": type,
        "event_id": uid("event", account, type, data["id"], number, at),
        "created_at": stamp(at),
        "data": data,
    }
    if location:
        event["location_id"] = location
    kept.append(event)
    del kept[:-KEPT]
    world.hooks.happened(account, "event", event["event_id"], type)


def lately(world: "SquareWorld", days: int) -> list[Json]:
    """The events of the last days."""
    since = world.now() - timedelta(days=days)
    return [one for one in world.events() if moment(one["created_at"]) >= since]
