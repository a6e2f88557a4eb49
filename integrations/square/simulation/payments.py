"""Payments: of the main location unless another is named, of the last year unless a time is. Never taken here."""

from datetime import datetime, timedelta
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.entities import Payment
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import API, INVALID, bad, not_found, refusal
from integrations.square.simulation.paging import page
from integrations.square.simulation.payment_shape import payment_location, payment_shape
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json, amount_of, as_written
from integrations.square.simulation.world import SquareWorld

LISTED_BY = (
    *("begin_time", "end_time", "sort_order", "cursor", "location_id", "total", "last_4", "card_brand", "limit"),
    *("is_offline_payment", "offline_begin_time", "offline_end_time", "updated_at_begin_time", "updated_at_end_time"),
    "sort_field",
)
MOST = 100


def listed(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/payments."""
    found = bodies.query(call, LISTED_BY)
    books = world.seller(call)
    place = world.location(books, found["location_id"]) if "location_id" in found else books.main
    sort = bodies.choice(found, "sort_field", "", ("CREATED_AT", "UPDATED_AT", "OFFLINE_CREATED_AT"), "CREATED_AT")
    offline = found.get("is_offline_payment") == "true" or sort == "OFFLINE_CREATED_AT"
    times = Times(world, found)
    shown = [
        one
        for one in books.payments.values()
        if payment_location(books, one) == place.id
        and times.hold(one.created_at, one.updated_at)
        and not offline
        and _fits(books, one, found)
    ]
    return paged(
        world,
        call,
        found,
        shown,
        name="payments",
        limit=list_limit(found),
        show=lambda one: payment_shape(books, one),
        at=lambda one: one.updated_at if sort == "UPDATED_AT" else one.created_at,
        id=lambda one: one.id,
    )


def one(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/payments/{id}."""
    books, id = world.seller(call), call.path_params["id"]
    if id not in books.payments:
        raise not_found(f"Payment {id}")
    return json_answer({"payment": payment_shape(books, books.payments[id])})


def refused(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/payments and POST /v2/orders/{id}/pay: applications cannot pay invoices, and nothing else is sold here."""
    try:
        body = call.json() if call.body else {}
    except ValueError:
        raise bad("EXPECTED_JSON_BODY", "The request body is not valid JSON.") from None
    order = call.path_params.get("id") or (body.get("order_id", "") if isinstance(body, dict) else "")
    books = world.seller(call)
    if order and any(books.order_of(one) == order for one in books.invoices.values()):
        words = "The order belongs to an invoice: applications cannot take payments for invoices."
        raise bad("BAD_REQUEST", words, field="order_id")
    raise refusal(501, API, "NOT_IMPLEMENTED", "The sandbox takes no payments through the API.")


class Times:
    """The four time bounds of a list; where only changes are asked for, the default of one year does not apply."""

    def __init__(self, world: SquareWorld, found: dict[str, str]) -> None:
        self._made = bodies.time(found, "begin_time"), bodies.time(found, "end_time")
        self._changed = bodies.time(found, "updated_at_begin_time"), bodies.time(found, "updated_at_end_time")
        for (start, end), field in ((self._made, "begin_time"), (self._changed, "updated_at_begin_time")):
            if start and end and end < start:
                raise bad("INVALID_TIME_RANGE", "The end must not be before the start.", field=field)
        if self._made[0] is None and self._changed == (None, None):
            self._made = world.now() - timedelta(days=365), self._made[1]

    def hold(self, made: datetime, changed: datetime) -> bool:
        """Whether something made and changed then is meant; bounds are inclusive."""
        return _within(as_written(made), self._made) and _within(as_written(changed), self._changed)


def list_limit(found: dict[str, str]) -> int:
    """The limit of a list of payments or refunds: too large a one is passed over."""
    given = found.get("limit", "")
    if given and not given.lstrip("-").isdigit():
        raise bad("EXPECTED_INTEGER", "Expected an integer value.", field="limit")
    if given and int(given) < 1:
        raise bad("VALUE_TOO_LOW", "Limit must be at least 1.", field="limit")
    return min(int(given or MOST), MOST)


def paged(
    world: SquareWorld,
    call: Call,
    found: dict[str, str],
    things: list[Any],
    *,
    name: str,
    limit: int,
    show: Any,
    at: Any,
    id: Any,
) -> Answer:
    """A page of payments or refunds, newest first unless said otherwise."""
    order = found.get("sort_order", "DESC")
    if order not in ("ASC", "DESC"):
        raise bad("INVALID_SORT_ORDER", f"`{order}` is not a valid sort order.", field="sort_order")
    query: Json = {key: value for key, value in found.items() if key not in ("cursor", "limit")}
    shown, following = page(
        things,
        key=lambda one: [as_written(at(one)).isoformat(timespec="milliseconds"), id(one)],
        query={name: query, "account": call.account},
        cursor=found.get("cursor", ""),
        limit=limit,
        descending=order == "DESC",
        empty_pages=world.settings.empty_pages,
    )
    body: Json = {name: [show(one) for one in shown]} if shown else {}
    return json_answer({**body, "cursor": following} if following else body)


def _fits(books: SquareBooks, payment: Payment, found: dict[str, str]) -> bool:
    if "total" in found:
        if not found["total"].isdigit():
            raise refusal(400, INVALID, "EXPECTED_INTEGER", "Expected an integer value.", field="total")
        if payment.amount != amount_of(int(found["total"]), payment.currency):
            return False
    if "last_4" not in found and "card_brand" not in found:
        return True
    card: dict[str, str] = payment_shape(books, payment).get("card_details", {}).get("card", {})
    return all(found.get(name, card.get(name)) == card.get(name) for name in ("last_4", "card_brand"))


def _within(at: datetime, bounds: tuple[datetime | None, datetime | None]) -> bool:
    start, end = bounds
    return (start is None or at >= start) and (end is None or at <= end)
