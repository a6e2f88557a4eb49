"""Customer profiles: by id, listed, and searched by when they changed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.entities import Customer
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import bad, not_found
from integrations.square.simulation.invoices import body_limit, query_limit
from integrations.square.simulation.paging import page
from integrations.square.simulation.people_shape import customer_shape, is_instant, phone
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json, as_written
from integrations.square.simulation.world import SquareWorld

MOST = 100
SORTS, ORDERS = ("DEFAULT", "CREATED_AT"), ("ASC", "DESC")
FILTERS = ("created_at", "updated_at", "email_address", "phone_number", "reference_id", "creation_source")


def one(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/customers/{id}. Raises 404 for a deleted one."""
    books, id = world.seller(call), call.path_params["id"]
    found = books.customers.get(id)
    if found is None or found.deleted:
        raise not_found(f"Customer with ID `{id}`")
    return json_answer({"customer": customer_shape(books, found)})


def listed(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/customers."""
    found = bodies.query(call, ("cursor", "limit", "sort_field", "sort_order", "count"))
    sort = bodies.choice(found, "sort_field", "", SORTS, "DEFAULT")
    order = bodies.choice(found, "sort_order", "", ORDERS, "ASC")
    books, limit = world.seller(call), query_limit(found, MOST, MOST)
    query = {"customers": [sort, order], "account": call.account}
    count = found.get("count") == "true"
    return _paged(world, books, _there(books), query, found.get("cursor", ""), limit, sort, order, count)


def searched(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/customers/search: what is new can take a while to be found."""
    body = bodies.body(call, ("cursor", "limit", "query", "count"))
    wanted = bodies.sub(body, "query", "", ("filter", "sort"))
    filtered = bodies.sub(wanted, "filter", "query", FILTERS)
    sorted_by = bodies.sub(wanted, "sort", "query", ("field", "order"))
    sort = bodies.choice(sorted_by, "field", "query.sort", SORTS, "DEFAULT")
    order = bodies.choice(sorted_by, "order", "query.sort", ORDERS, "ASC")
    books, limit, fits = world.seller(call), body_limit(body, MOST, MOST), _filter(filtered)
    known_before = world.now() - timedelta(seconds=world.settings.search_lag_seconds)
    lagging = world.settings.search_lag_seconds > 0
    shown = [one for one in _there(books) if fits(one) and not (lagging and one.updated_at > known_before)]
    query = {"customers/search": [filtered, sort, order], "account": call.account}
    cursor, count = bodies.text(body, "cursor", longest=1024), bodies.boolean(body, "count")
    return _paged(world, books, shown, query, cursor, limit, sort, order, count)


def _there(books: SquareBooks) -> list[Customer]:
    return [one for one in books.customers.values() if not one.deleted]


def _filter(filtered: Json) -> Callable[[Customer], bool]:
    path = "query.filter"
    made = bodies.time_range(filtered, "created_at", path)
    changed = bodies.time_range(filtered, "updated_at", path)
    email, number = _text_filter(filtered, "email_address"), _text_filter(filtered, "phone_number")
    reference = _text_filter(filtered, "reference_id")
    sources = bodies.sub(filtered, "creation_source", path, ("values", "rule"))
    values = bodies.texts(sources, "values", f"{path}.creation_source")
    exclude = bodies.choice(sources, "rule", f"{path}.creation_source", ("INCLUDE", "EXCLUDE"), "INCLUDE") == "EXCLUDE"

    def fits(one: Customer) -> bool:
        source = "INSTANT_PROFILE" if is_instant(one) else one.extra.get("source", "DIRECTORY")
        return (
            _within(as_written(one.created_at), made)
            and _within(as_written(one.updated_at), changed)
            and email(one.email)
            and number(phone(one) or "")
            and reference(one.extra.get("reference", ""))
            and (not values or (source in values) != exclude)
        )

    return fits


def _text_filter(filtered: Json, name: str) -> Callable[[str], bool]:
    found = bodies.sub(filtered, name, "query.filter", ("exact", "fuzzy"))
    exact, fuzzy = (bodies.text(found, one, f"query.filter.{name}") for one in ("exact", "fuzzy"))
    if exact and fuzzy:
        raise bad("BAD_REQUEST", "Use exact or fuzzy, not both.", field=f"query.filter.{name}")
    if name == "phone_number":
        exact, fuzzy = (re.sub(r"[^\d]", "", one) for one in (exact, fuzzy))
        return lambda value: exact in ("", re.sub(r"[^\d]", "", value)) and fuzzy in re.sub(r"[^\d]", "", value)
    return lambda value: exact.lower() in ("", value.lower()) and fuzzy.lower() in value.lower()


def _within(at: Any, bounds: tuple[Any, Any]) -> bool:
    start, end = bounds
    return (start is None or at >= start) and (end is None or at <= end)


def _key(sort: str) -> Callable[[Customer], list[Any]]:
    if sort == "CREATED_AT":
        return lambda one: [one.created_at.isoformat(), one.id]
    return lambda one: [(one.given or one.company or one.name).lower(), one.family.lower(), one.id]


def _paged(
    world: SquareWorld,
    books: SquareBooks,
    found: list[Customer],
    query: Json,
    cursor: str,
    limit: int,
    sort: str,
    order: str,
    count: bool,
) -> Answer:
    shown, following = page(
        found,
        key=_key(sort),
        query=query,
        cursor=cursor,
        limit=limit,
        descending=order == "DESC",
        empty_pages=world.settings.empty_pages,
    )
    body: Json = {"customers": [customer_shape(books, one) for one in shown]} if shown else {}
    if following:
        body["cursor"] = following
    return json_answer({**body, "count": len(found)} if count else body)
