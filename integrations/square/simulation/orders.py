"""Orders: what an invoice's amounts, tenders and refunds are read from, and what a new invoice is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.entities import ZERO, Line, Payment
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import bad, not_found
from integrations.square.simulation.invoices import body_limit
from integrations.square.simulation.order_shape import (
    invoice_order,
    order_shape,
    order_state,
    payment_order,
    return_order,
)
from integrations.square.simulation.paging import page
from integrations.square.simulation.payment_shape import payment_location, refund_order, refund_updated
from integrations.square.simulation.selling import SquareBooks, order_of_payment
from integrations.square.simulation.values import Json, as_written
from integrations.square.simulation.world import SquareWorld

MOST_RETRIEVED, DEFAULT_LIMIT, MOST = 100, 500, 1000
TIMES = {"created_at": "CREATED_AT", "updated_at": "UPDATED_AT", "closed_at": "CLOSED_AT"}
STATES = ("OPEN", "COMPLETED", "CANCELED", "DRAFT")


@dataclass(frozen=True)
class Found:
    """What can be searched of an order, and how to show it."""

    id: str
    location: str
    customer: str
    state: Callable[[], str]
    created_at: datetime
    updated_at: datetime
    version: int | None
    show: Callable[[], Json]

    def at(self, sort: str) -> datetime:
        """The moment it is ordered by; an open order counts as closed when it last changed."""
        return self.created_at if sort == "CREATED_AT" else self.updated_at


def everything(world: SquareWorld, books: SquareBooks) -> Iterator[Found]:
    """All orders of a seller: of invoices, waiting for one, of other payments, of returns."""
    for one in books.invoices.values():
        yield Found(
            books.order_of(one),
            books.location_of(one).id,
            one.customer,
            partial(order_state, books, one),
            one.created_at,
            one.updated_at,
            one.version,
            partial(invoice_order, books, one),
        )
    for id, bare in world.orders(books.account).items():
        at = bare["created_at"]
        yield Found(id, bare["location"], bare["customer"], lambda: "OPEN", at, at, 1, partial(bare_order, books, bare))
    for payment in books.payments.values():
        if not payment.applied:
            yield Found(
                order_of_payment(books, payment),
                payment_location(books, payment),
                payment.customer,
                partial(_state_of_payment, payment),
                payment.created_at,
                payment.updated_at,
                None,
                partial(payment_order, books, payment),
            )
    for returned in books.returned():
        yield Found(
            refund_order(books, returned),
            payment_location(books, returned.payment),
            returned.payment.customer,
            lambda: "COMPLETED",
            returned.refund.refunded_at,
            refund_updated(books, returned),
            None,
            partial(return_order, books, returned),
        )


def retrieved(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/orders/batch-retrieve: what is not there is left out without a word."""
    body = bodies.body(call, ("order_ids", "location_id"), required=("order_ids",))
    wanted = bodies.texts(body, "order_ids", most=MOST_RETRIEVED)
    if not wanted:
        raise bad("ARRAY_EMPTY", "At least one order is required.", field="order_ids")
    books, place = world.seller(call), bodies.text(body, "location_id")
    if place:
        world.location(books, place)
    there = {one.id: one for one in everything(world, books)}
    shown = [there[id].show() for id in dict.fromkeys(wanted) if id in there and place in ("", there[id].location)]
    return json_answer({"orders": shown} if shown else {})


def one(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/orders/{id}."""
    books = world.seller(call)
    for found in everything(world, books):
        if found.id == call.path_params["id"]:
            return json_answer({"order": found.show()})
    raise not_found(f"Order {call.path_params['id']}")


def searched(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/orders/search: a time filter wants the same time as sort field."""
    body = bodies.body(call, ("location_ids", "cursor", "query", "limit", "return_entries"))
    places = bodies.texts(body, "location_ids", most=10)
    if not places:
        raise bad("MISSING_REQUIRED_PARAMETER", "At least one location is required.", field="location_ids")
    books = world.seller(call)
    for place in places:
        world.location(books, place)
    wanted = bodies.sub(body, "query", "", ("filter", "sort"))
    names = ("state_filter", "date_time_filter", "customer_filter")
    filtered = bodies.sub(wanted, "filter", "query", names)
    sort, order = _sort(wanted)
    fits = _filter(filtered, sort)
    limit = min(body_limit(body, DEFAULT_LIMIT, MOST), MOST)
    shown, following = page(
        [found for found in everything(world, books) if found.location in places and fits(found)],
        key=lambda found: [as_written(found.at(sort)).isoformat(), found.id],
        query={"orders": [places, filtered, sort, order], "account": call.account},
        cursor=bodies.text(body, "cursor", longest=1024),
        limit=limit,
        descending=order == "DESC",
        empty_pages=world.settings.empty_pages,
    )
    answer: Json = {}
    if bodies.boolean(body, "return_entries"):
        answer["order_entries"] = [_entry(found) for found in shown]
    else:
        answer["orders"] = [found.show() for found in shown]
    answer = {name: value for name, value in answer.items() if value}
    return json_answer({**answer, "cursor": following} if following else answer)


def bare_order(books: SquareBooks, bare: dict[str, Any]) -> Json:
    """An order without an invoice, as it is kept."""
    return order_shape(
        bare["id"],
        location=bare["location"],
        customer=bare["customer"],
        lines=[Line(*one) for one in bare["lines"]],
        tax=bare["tax"],
        discount=bare["discount"],
        currency=books.currency,
        facts=bare["facts"],
        created_at=bare["created_at"],
        updated_at=bare["created_at"],
        state="OPEN",
        version=1,
        paid=ZERO,
    )


def _state_of_payment(payment: Payment) -> str:
    return "COMPLETED" if payment.counts else "OPEN"


def _sort(wanted: Json) -> tuple[str, str]:
    found = bodies.sub(wanted, "sort", "query", ("sort_field", "sort_order"))
    if "sort" in wanted and "sort_field" not in found:
        raise bad("MISSING_REQUIRED_PARAMETER", "Field must be set.", field="query.sort.sort_field")
    field = bodies.choice(found, "sort_field", "query.sort", tuple(TIMES.values()), "CREATED_AT")
    return field, bodies.choice(found, "sort_order", "query.sort", ("ASC", "DESC"), "DESC")


def _filter(filtered: Json, sort: str) -> Callable[[Found], bool]:
    states = bodies.sub(filtered, "state_filter", "query.filter", ("states",), required=("states",))
    allowed = bodies.texts(states, "states", "query.filter.state_filter") if states else []
    if wrong := [one for one in allowed if one not in STATES]:
        raise bad("INVALID_ENUM_VALUE", f"`{wrong[0]}` is not a valid state.", field="query.filter.state_filter.states")
    customers = bodies.sub(filtered, "customer_filter", "query.filter", ("customer_ids",))
    whose = bodies.texts(customers, "customer_ids", "query.filter.customer_filter", most=10)
    path = "query.filter.date_time_filter"
    times = bodies.sub(filtered, "date_time_filter", "query.filter", tuple(TIMES))
    if len(times) > 1:
        raise bad("BAD_REQUEST", "Only one time can be filtered by.", field=path)
    start: datetime | None = None
    end: datetime | None = None
    for name in times:
        if TIMES[name] != sort:
            raise bad(
                "BAD_REQUEST", f"Filtering by {name} needs sort_field {TIMES[name]}.", field="query.sort.sort_field"
            )
        if name == "closed_at" and not set(allowed) <= {"COMPLETED", "CANCELED"}:
            raise bad("BAD_REQUEST", "Filtering by closed_at needs closed states.", field=path)
        start, end = bodies.time_range(times, name, path)

    def fits(found: Found) -> bool:
        at = as_written(found.at(sort))
        return (
            (not allowed or found.state() in allowed)
            and (not whose or found.customer in whose)
            and (start is None or at >= start)
            and (end is None or at <= end)
        )

    return fits


def _entry(found: Found) -> Json:
    shown: Json = {"order_id": found.id, "location_id": found.location}
    return {**shown, "version": found.version} if found.version is not None else shown


def total_of(lines: list[Line]) -> Decimal:
    """Before taxes and discounts."""
    return sum((line.amount for line in lines), ZERO)
