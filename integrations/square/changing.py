"""What changed at a seller: Square tells it of payments, refunds, orders and customers, but not of invoices.

So the invoices are found through the orders that changed, and the latest ones of each location are looked at besides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations import fields
from integrations.fields import Json
from integrations.ledger import Home, Item, LedgerCustomer
from integrations.square import mapping, values
from integrations.square.client import Client
from integrations.square.reading import Location, Reader, order_of

MOST_ORDERS = 2000
MOST_SEARCHES = 60
_PLACES_AT_A_TIME = 10


class TooMuch(Exception):
    """More changed than is worth asking for one by one."""


@dataclass(slots=True)
class _Touched:
    """Orders that changed, each with where and for whom; customers that changed; the latest change seen."""

    orders: dict[str, tuple[str, str]] = field(default_factory=dict)
    customers: dict[str, Item] = field(default_factory=dict)
    payments: dict[str, Json] = field(default_factory=dict)
    latest: datetime | None = None

    def saw(self, raw: Json) -> None:
        at = values.moment(raw, "updated_at")
        if at is not None and (self.latest is None or at > self.latest):
            self.latest = at

    def order(self, order: str, location: str, customer: str) -> None:
        known = self.orders.get(order, ("", ""))
        if order:
            self.orders[order] = (location or known[0], customer or known[1])
        if len(self.orders) > MOST_ORDERS:
            raise TooMuch


class Changes:
    """One look at everything that changed since a moment."""

    def __init__(self, client: Client, reader: Reader, home: Home, since: datetime) -> None:
        self._client, self._reader, self._home, self._since = client, reader, home, since
        self._searches = 0
        self._touched = _Touched()

    @property
    def latest(self) -> datetime | None:
        """The latest change seen, on Square's own clock."""
        return self._touched.latest

    def items(self) -> list[Item]:
        """The invoices concerned with their customers and payments, and customers of ours that changed. Raises TooMuch."""
        locations = self._reader.locations()
        self._orders(locations)
        self._payments(locations)
        self._refunds()
        self._customers()
        known, is_all = self._newest(locations)
        raws = {fields.clean(raw["id"]): raw for raw in known if self._is_touched(raw)}
        if not is_all:
            raws |= {fields.clean(raw["id"]): raw for raw in self._searched({order_of(raw) for raw in known})}
        found = self._reader.assembled(list(raws.values()), self._touched.payments) if raws else []
        return [*self._of_ours(known, found, locations, is_all=is_all), *found]

    def _orders(self, locations: list[Location]) -> None:
        for start in range(0, len(locations), _PLACES_AT_A_TIME):
            body = {
                "location_ids": [location.id for location in locations[start : start + _PLACES_AT_A_TIME]],
                "limit": 500,
                "query": {
                    "filter": {"date_time_filter": {"updated_at": {"start_at": self._since.isoformat()}}},
                    "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
                },
            }
            for raw in _objects(self._client.found("orders", "/v2/orders/search", body)):
                self._touched.saw(raw)
                location, customer = fields.clean(raw.get("location_id")), fields.clean(raw.get("customer_id"))
                self._touched.order(fields.clean(raw.get("id")), location, customer)

    def _payments(self, locations: list[Location]) -> None:
        for location in locations:
            for raw in _objects(self._client.pages("payments", "/v2/payments", location_id=location.id, **self._feed)):
                self._touched.saw(raw)
                self._touched.payments[fields.clean(raw.get("id"))] = raw
                self._touched.order(order_of(raw), location.id, fields.clean(raw.get("customer_id")))

    def _refunds(self) -> None:
        """A refund has an order of its own; what it takes back was paid on the payment's."""
        for raw in _objects(self._client.pages("refunds", "/v2/refunds", **self._feed)):
            self._touched.saw(raw)
            payment = self._reader.raw_payment(fields.clean(raw.get("payment_id")))
            if payment is not None:
                location, customer = fields.clean(payment.get("location_id")), fields.clean(payment.get("customer_id"))
                self._touched.order(order_of(payment), location, customer)

    def _customers(self) -> None:
        body = {"limit": 100, "query": {"filter": {"updated_at": {"start_at": self._since.isoformat()}}}}
        for raw in _objects(self._client.found("customers", "/v2/customers/search", body)):
            self._touched.saw(raw)
            item = mapping.customer(raw, self._home)
            self._touched.customers[item.external_id] = item

    def _newest(self, locations: list[Location]) -> tuple[list[Json], bool]:
        """The latest invoices of every location, and whether there are no others."""
        found: list[Json] = []
        is_all = True
        for location in locations:
            raws, is_whole = self._reader.newest(location.id)
            found += [raw for raw in raws if isinstance(raw, dict) and raw.get("id")]
            is_all = is_all and is_whole
        return found, is_all

    def _is_touched(self, raw: Json) -> bool:
        at = values.moment(raw, "updated_at")
        is_new = at is None or at >= self._since
        if is_new:
            self._touched.saw(raw)
        return is_new or order_of(raw) in self._touched.orders

    def _searched(self, known: set[str]) -> Iterator[Json]:
        """The older invoices whose orders changed, found by their customers. Sales without a customer are none."""
        by_customer: dict[tuple[str, str], set[str]] = {}
        for order, where in self._touched.orders.items():
            if order not in known and all(where):
                by_customer.setdefault(where, set()).add(order)
        for (location, customer), wanted in by_customer.items():
            self._count_search()
            for raw in _objects(self._reader.of_customer(location, customer)):
                if order_of(raw) in wanted and raw.get("id"):
                    wanted.discard(order_of(raw))
                    yield raw
                if not wanted:
                    break

    def _of_ours(
        self, known: list[Json], found: list[Item], locations: list[Location], *, is_all: bool
    ) -> Iterator[Item]:
        """Customers that changed and were ever billed; the others are customers of the counter."""
        here = {item.external_id for item in found if isinstance(item, LedgerCustomer)}
        billed = {one[1].customer for raw in known if (one := mapping.billed_by(raw, self._home)) is not None}
        for external_id, item in self._touched.customers.items():
            if external_id in here or not external_id:
                continue
            if external_id in billed or (not is_all and self._was_billed(external_id, locations)):
                yield item

    def _was_billed(self, customer: str, locations: list[Location]) -> bool:
        for location in locations:
            self._count_search()
            if any(self._reader.of_customer(location.id, customer)):
                return True
        return False

    def _count_search(self) -> None:
        self._searches += 1
        if self._searches > MOST_SEARCHES:
            raise TooMuch

    @property
    def _feed(self) -> dict[str, str]:
        return {
            "updated_at_begin_time": self._since.isoformat(),
            "sort_field": "UPDATED_AT",
            "sort_order": "ASC",
            "limit": "100",
        }


def _objects(pages: Iterator[list[Any]]) -> Iterator[Json]:
    return (raw for raws in pages for raw in raws if isinstance(raw, dict))
