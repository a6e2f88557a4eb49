"""The same bill in two books of a firm: Jobber puts its invoices into QuickBooks, and both are connected here."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from integrations.models import Connection, Provider
from invoices.models import Contact, Customer, Invoice
from syntharra.reading import Given, Reading

type Bill = tuple[str, Decimal, str]
"""Number, total and currency: what the same bill has in common wherever it is written down."""

_NUMBERED = Reading(
    lambda: (
        Invoice.objects.open()
        .filter(number__among=Given("numbers"))
        .values_list("number", "total", "currency", "connection_id")
    )
)


def elsewhere(invoices: Sequence[Invoice]) -> dict[UUID, str]:
    """Which of these is open in other connected books as well, and as what: ``Jobber 2207``.

    The same number and total, for a customer with the same name or with a number in common that may be called. One
    query, and two more where bills are alike, however many invoices. Both of the two are found: which one is to be
    collected only the owner knows, and calling about each would be calling twice about one debt.
    """
    alike = _alike(invoices)
    pairs = [
        (one, other) for one in invoices for other in alike[_bill(one)] if other.connection_id != one.connection_id
    ]
    if not pairs:
        return {}
    numbers = _numbers(customer for one, other in pairs for customer in (one.customer_id, other.customer_id))
    names = {one.customer_id: _names(one.customer) for bills in alike.values() for one in bills}
    found: dict[UUID, str] = {}
    for one, other in pairs:
        mine, theirs = one.customer_id, other.customer_id
        if names.get(mine, set()) & names[theirs] or numbers[mine] & numbers[theirs]:
            found.setdefault(one.pk, f"{Provider(other.connection.provider).label} {other.number}"[:120])
    return found


def _alike(invoices: Sequence[Invoice]) -> Mapping[Bill, list[Invoice]]:
    """Everything open in connected books that has the number and total of one of these in other books, itself too."""
    wanted = {_bill(invoice) for invoice in invoices if invoice.number}
    books: dict[Bill, set[UUID]] = defaultdict(set)
    for number, total, currency, connection in _NUMBERED(numbers={number for number, _total, _currency in wanted}):
        books[number, total, currency].add(connection)
    doubled = {bill for bill in wanted if len(books[bill]) > 1}
    found: dict[Bill, list[Invoice]] = defaultdict(list)
    if not doubled:  # as ever where a firm keeps one set of books
        return found
    live = Invoice.objects.open().filter(number__in={number for number, _total, _currency in doubled})
    live = live.exclude(connection__state=Connection.State.DISCONNECTED)
    for row in live.select_related("connection", "customer").order_by("connection__provider", "pk"):
        if _bill(row) in doubled:
            found[_bill(row)].append(row)
    return found


def _bill(invoice: Invoice) -> Bill:
    return invoice.number, invoice.total, invoice.currency


def _numbers(customers: Iterable[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = Contact.objects.filter(customer__in=set(customers), role=Contact.Role.BILLING).exclude(phone="")
    for customer, phone in rows.values_list("customer_id", "phone"):
        found[customer].add(phone)
    return found


def _names(customer: Customer) -> set[tuple[str, ...]]:
    return {_folded(customer.name), _folded(customer.company)} - {()}


def _folded(name: str) -> tuple[str, ...]:
    """Without case, accents and commas, in any order: ``Reyes, José`` is ``Jose Reyes``."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return tuple(sorted(re.findall(r"\w+", plain.casefold())))
