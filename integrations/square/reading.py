"""Reads a seller's invoices with all that belongs to them: their orders, customers and payments.

Everything at Square hangs on an order: an invoice bills one, a payment pays one. A seller's orders, payments and
customers are mostly those of the counter and none of our business; only what belongs to an invoice is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from integrations import fields
from integrations.errors import Refused
from integrations.fields import Bad, Json
from integrations.ledger import Gone, Home, Item, LedgerCustomer, LedgerInvoice, LedgerPayment, Unusable
from integrations.square import mapping, people, values
from integrations.square.client import Client, following, listed
from integrations.square.mapping import Billed
from syntharra import clock

PAGE = 200
AT_A_TIME = 100
ONE_BY_ONE = 3
"""So few payments are asked for by id; more are looked for in the list of their days first."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place of the seller's that writes invoices, or did."""

    id: str
    raw: Json
    is_active: bool


class Reader:
    """Reads for one seller."""

    def __init__(self, client: Client, home: Home) -> None:
        self._client, self._home = client, home
        self._profiles: dict[str, Json] = {}
        self._directory: Iterator[list[Any]] | None = None

    def locations(self) -> list[Location]:
        """All of them, those in use first: what was billed at one given up is still owed."""
        found = listed(self._client.read("/v2/locations"), "locations")
        locations = [
            Location(fields.text(raw, "id", most=64), raw, fields.text(raw, "status") in ("", "ACTIVE"))
            for raw in found
            if isinstance(raw, dict) and raw.get("id")
        ]
        return sorted(locations, key=lambda location: not location.is_active)

    def page(self, location: str, cursor: str) -> tuple[list[Any], str]:
        """A page of a location's invoices as they came, and where the next one begins ("" at the end)."""
        more = {"cursor": cursor} if cursor else {}
        said = self._client.read("/v2/invoices", location_id=location, limit=str(PAGE), **more)
        return listed(said, "invoices"), following(said)

    def pages(self) -> Iterator[list[Any]]:
        """Every invoice of every location as it came."""
        for location in self.locations():
            yield from self._client.pages("invoices", "/v2/invoices", location_id=location.id, limit=str(PAGE))

    def newest(self, location: str) -> tuple[list[Any], bool]:
        """The latest invoices of a location, and whether these are all."""
        said = self._client.search("/v2/invoices/search", _search(location))
        return listed(said, "invoices"), not following(said)

    def of_customer(self, location: str, customer: str) -> Iterator[list[Any]]:
        """What this customer was billed there, newest first."""
        return self._client.found("invoices", "/v2/invoices/search", _search(location, customer))

    def raw_invoice(self, external_id: str) -> Json | None:
        """One invoice as it came; None when Square does not have it."""
        return self._one(f"/v2/invoices/{external_id}", "invoice", external_id)

    def raw_payment(self, external_id: str) -> Json | None:
        return self._one(f"/v2/payments/{external_id}", "payment", external_id)

    def orders(self, ids: Iterable[str]) -> dict[str, Json]:
        """These orders by id, as far as Square has them."""
        wanted, found = sorted(set(ids) - {""}), {}
        for start in range(0, len(wanted), AT_A_TIME):
            body = {"order_ids": wanted[start : start + AT_A_TIME]}
            for raw in listed(self._client.search("/v2/orders/batch-retrieve", body), "orders"):
                if isinstance(raw, dict):
                    found[fields.clean(raw.get("id"))] = raw
        return found

    def customers(self, ids: Iterable[str]) -> list[Item]:
        """These customers as they are now; Gone for each the directory does not have."""
        return [self._customer(one, self._one(f"/v2/customers/{one}", "customer", one)) for one in ids]

    def forget(self) -> None:
        """Look into the directory anew when customers are next needed."""
        self._profiles, self._directory = {}, None

    def invoices(self, raws: Sequence[Any], orders: Mapping[str, Json] | None = None) -> list[LedgerInvoice | Unusable]:
        """These invoices in our words, with their lines."""
        at_hand = orders if orders is not None else self.orders(order_of(raw) for raw in raws)
        on = clock.today(self._home.zone)
        return [mapping.invoice(raw, self._home, order=at_hand.get(order_of(raw)), on=on) for raw in raws]

    def assembled(self, raws: Sequence[Any], beside: Mapping[str, Json] | None = None) -> list[Item]:
        """These invoices, before them their customers, after them what paid them: ``beside`` are payments at hand."""
        orders = self.orders(order_of(raw) for raw in raws)
        invoices = self.invoices(raws, orders)
        billed = dict(one for raw in raws if (one := mapping.billed_by(raw, self._home)) is not None)
        named = sorted({invoice.customer for invoice in invoices if isinstance(invoice, LedgerInvoice)})
        by_id = {customer.external_id: customer for customer in self._billed_to(named)}
        for raw in raws:
            # The profile may have been deleted: what is owed is owed all the same, by him the invoice names.
            person = people.recipient(raw, self._home)
            if isinstance(person, LedgerCustomer) and isinstance(by_id.get(person.external_id), Gone):
                by_id[person.external_id] = person
        return [*by_id.values(), *invoices, *self._payments(orders, billed, beside or {})]

    def payment(self, raw: Json) -> LedgerPayment | Unusable | None:
        """A payment tied to the invoice it paid; None for one of the counter."""
        order = fields.clean(raw.get("order_id"))
        billed = self.billed(order, fields.clean(raw.get("location_id")), fields.clean(raw.get("customer_id")))
        return mapping.payment(raw, self._home, billed=billed) if billed else None

    def billed(self, order: str, location: str, customer: str) -> Billed | None:
        """The invoice of an order: among those of its customer, for Square has no other way to find it."""
        if not order:
            return None
        if not customer or not location:
            found = self.orders([order]).get(order, {})
            customer = customer or fields.clean(found.get("customer_id"))
            location = location or fields.clean(found.get("location_id"))
        if not customer or not location:
            return None
        for raws in self.of_customer(location, customer):
            for raw in raws:
                if order_of(raw) == order and (one := mapping.billed_by(raw, self._home)):
                    return one[1]
        return None

    def _payments(
        self, orders: Mapping[str, Json], billed: Mapping[str, Billed], beside: Mapping[str, Json]
    ) -> list[Item]:
        """What paid these orders, or is about to: a payment on its way is not yet among an order's tenders."""
        wanted = {
            mapping.payment_of(tender): tender | {"order_id": order}
            for order in billed
            for tender in mapping.tenders(orders.get(order, {}))
        }
        wanted.pop("", None)
        found = {external_id: raw for external_id, raw in beside.items() if order_of(raw) in billed}
        missing = {external_id: tender for external_id, tender in wanted.items() if external_id not in found}
        if len(missing) > ONE_BY_ONE:
            found |= self._from_lists(missing, orders)
        for external_id in missing.keys() - found.keys():
            raw = self.raw_payment(external_id)
            if raw is not None:
                found[external_id] = raw
        # The order of the invoice counts where a payment names none.
        order_by_id = {external_id: order_of(wanted.get(external_id) or raw) for external_id, raw in found.items()}
        return [
            mapping.payment(raw, self._home, billed=billed[order_by_id[external_id]])
            for external_id, raw in found.items()
        ]

    def _from_lists(self, wanted: Mapping[str, Json], orders: Mapping[str, Json]) -> dict[str, Json]:
        """Those of these that stand on a few pages of the lists of their locations.

        At a counter with thousands of sales a day they do not: the rest is asked for by id.
        """
        found: dict[str, Json] = {}
        by_location: dict[str, list[Json]] = {}
        for tender in wanted.values():
            location = fields.clean(orders.get(order_of(tender), {}).get("location_id"))
            by_location.setdefault(location, []).append(tender)
        for location, tenders in by_location.items():
            times = [at for tender in tenders if (at := values.moment(tender, "created_at"))]
            if not location or not times:
                continue
            window = {
                "begin_time": (min(times) - timedelta(minutes=5)).isoformat(),
                "end_time": (max(times) + timedelta(minutes=5)).isoformat(),
            }
            pages = self._client.pages(
                "payments", "/v2/payments", location_id=location, sort_order="ASC", limit=str(AT_A_TIME), **window
            )
            for raws, _page in zip(pages, range(2 + ceil(len(tenders) / 10)), strict=False):
                found |= {fields.clean(raw["id"]): raw for raw in raws if isinstance(raw, dict) and raw.get("id")}
                if wanted.keys() <= found.keys():
                    break
        return {external_id: raw for external_id, raw in found.items() if external_id in wanted}

    def _billed_to(self, ids: Sequence[str]) -> list[Item]:
        """These customers, for a reading of the whole: what its pages share is asked for once.

        Many are looked for in a few pages of the directory, which is mostly of the counter's; the rest by id.
        """
        missing = {one for one in ids if one not in self._profiles}
        if len(missing) > ONE_BY_ONE:
            if self._directory is None:
                self._directory = self._client.found("customers", "/v2/customers/search", {"limit": AT_A_TIME})
            for raws, _page in zip(self._directory, range(2 + len(missing) // 5), strict=False):
                found = {fields.clean(raw.get("id")): raw for raw in raws if isinstance(raw, dict)}
                self._profiles |= found
                missing -= found.keys()
                if not missing:
                    break
        for one in missing:
            raw = self._one(f"/v2/customers/{one}", "customer", one)
            if raw is not None:
                self._profiles[one] = raw
        return [self._customer(one, self._profiles.get(one)) for one in ids]

    def _customer(self, external_id: str, raw: Json | None) -> Item:
        return mapping.customer(raw, self._home) if raw is not None else Gone("customer", external_id)

    def _one(self, path: str, name: str, external_id: str) -> Json | None:
        if not _is_id(external_id):
            return None
        try:
            raw = self._client.read(path).get(name)
        except Refused as error:
            if error.problem == "not_in_books":
                return None
            raise
        return raw if isinstance(raw, dict) and fields.clean(raw.get("id")) == external_id else None


def order_of(raw: Any) -> str:
    """The order an invoice bills or a payment pays; "" where it does not say."""
    try:
        return fields.identifier(raw.get("order_id"), "order_id") if isinstance(raw, dict) else ""
    except Bad:
        return ""


def _search(location: str, customer: str = "") -> Json:
    wanted: Json = {"location_ids": [location]} | ({"customer_ids": [customer]} if customer else {})
    sort = {"field": "INVOICE_SORT_DATE", "order": "DESC"}
    return {"query": {"filter": wanted, "sort": sort}, "limit": PAGE}


def _is_id(external_id: str) -> bool:
    """Nothing that would lead to another address."""
    plain = external_id.replace(":", "").replace("-", "").replace("_", "")
    return plain.isascii() and plain.isalnum()
