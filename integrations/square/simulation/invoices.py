"""Reading invoices: one location at a time, newest first, and no filter by status, due date or change."""

from collections.abc import Iterable
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.entities import Invoice
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import bad, not_found
from integrations.square.simulation.invoice_shape import invoice_shape
from integrations.square.simulation.paging import page
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json
from integrations.square.simulation.world import SquareWorld

DEFAULT_LIMIT, MOST = 100, 200


def listed(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/invoices."""
    found = bodies.query(call, ("location_id", "cursor", "limit"))
    books = world.seller(call)
    if "location_id" not in found:
        raise bad("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="location_id")
    world.location(books, found["location_id"])
    limit = query_limit(found, DEFAULT_LIMIT, MOST)
    asked: Json = {"list": found["location_id"], "account": call.account}
    return _paged(world, books, _there(books, found["location_id"]), asked, found.get("cursor", ""), limit, True)


def searched(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/invoices/search."""
    body = bodies.body(call, ("query", "limit", "cursor"), required=("query",))
    wanted = bodies.sub(body, "query", "", ("filter", "sort"), required=("filter",))
    filtered = bodies.sub(wanted, "filter", "query", ("location_ids", "customer_ids"), required=("location_ids",))
    places = bodies.texts(filtered, "location_ids", "query.filter", most=1)
    customers = bodies.texts(filtered, "customer_ids", "query.filter", most=1)
    if not places:
        raise bad("ARRAY_EMPTY", "Exactly one location is required.", field="query.filter.location_ids")
    sort = bodies.sub(wanted, "sort", "query", ("field", "order"))
    if sort:
        bodies.fields(sort, "query.sort", ("field", "order"), required=("field",))
    bodies.choice(sort, "field", "query.sort", ("INVOICE_SORT_DATE",))
    order = bodies.choice(sort, "order", "query.sort", ("ASC", "DESC"), "DESC")
    limit = body_limit(body, DEFAULT_LIMIT, MOST)
    books = world.seller(call)
    world.location(books, places[0])
    shown = [one for one in _there(books, places[0]) if not customers or one.customer == customers[0]]
    asked: Json = {"search": [places, customers, order], "account": call.account}
    return _paged(world, books, shown, asked, bodies.text(body, "cursor", longest=1024), limit, order == "DESC")


def one(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/invoices/{id}."""
    bodies.query(call, ())
    return answer(world, world.seller(call), found_invoice(world, call))


def answer(world: SquareWorld, books: SquareBooks, invoice: Invoice) -> Answer:
    """An invoice in its wrapping."""
    return json_answer({"invoice": invoice_shape(books, invoice, world.pay_pages())})


def found_invoice(world: SquareWorld, call: Call) -> Invoice:
    """The invoice of the path. Raises 404, also for a deleted draft."""
    id = call.path_params["id"]
    found = world.seller(call).invoices.get(id)
    if found is None or found.status == "deleted":
        raise not_found(f"Invoice with ID {id}")
    return found


def query_limit(found: dict[str, str], default: int, most: int) -> int:
    """The limit of a query string. Raises outside of 1 to most."""
    given = found.get("limit", "")
    if given and not given.lstrip("-").isdigit():
        raise bad("EXPECTED_INTEGER", "Expected an integer value.", field="limit")
    return _within(int(given) if given else default, most)


def body_limit(body: dict[str, Any], default: int, most: int) -> int:
    """The limit of a body. Raises outside of 1 to most."""
    given = bodies.integer(body, "limit")
    return _within(default if given is None else given, most)


def _within(limit: int, most: int) -> int:
    if limit < 1:
        raise bad("VALUE_TOO_LOW", "Limit must be at least 1.", field="limit")
    if limit > most:
        raise bad("VALUE_TOO_HIGH", f"Limit must not be greater than {most}.", field="limit")
    return limit


def _there(books: SquareBooks, location: str) -> list[Invoice]:
    everything = (one for one in books.invoices.values() if one.status != "deleted")
    return [one for one in everything if books.location_of(one).id == location]


def sort_date(invoice: Invoice) -> list[str]:
    """INVOICE_SORT_DATE: the day it is of, then when it was made."""
    return [invoice.issued_on.isoformat(), invoice.created_at.isoformat(), invoice.id]


def _paged(
    world: SquareWorld, books: SquareBooks, found: Iterable[Invoice], query: Json, cursor: str, limit: int, newest: bool
) -> Answer:
    shown, following = page(
        list(found),
        key=sort_date,
        query=query,
        cursor=cursor,
        limit=limit,
        descending=newest,
        empty_pages=world.settings.empty_pages,
    )
    pages = world.pay_pages()
    body: Json = {"invoices": [invoice_shape(books, one, pages) for one in shown]} if shown else {}
    return json_answer({**body, "cursor": following} if following else body)
