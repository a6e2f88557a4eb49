"""One company's books as this vendor shows them: ids, what is deleted, and what is owed by its way of counting."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.config import FreshBooksSimConfig
from integrations.simulation.books import Books, Kind
from integrations.simulation.entities import ZERO, Credit, Customer, Invoice

ACTIVE, DELETED, ARCHIVED = 0, 1, 2
FIRST_IDS: dict[Kind, int] = {"customer": 88_230, "invoice": 712_043, "payment": 164_880, "credit": 30_900}
APART = 1_000_000
"""Ids of the next company begin so much higher: no id is known to two companies."""
COUNTRIES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom"}

type Announce = Callable[[str, str, str], None]
"""Kind, id and what happened."""


def make_id(kind: Kind, number: int, company: int) -> str:
    """The id of the n-th object of a kind in the company-th company."""
    return str(FIRST_IDS[kind] + number + company * APART)


@dataclass(frozen=True)
class View:
    """Books with the settings that decide how they look."""

    books: Books
    settings: FreshBooksSimConfig
    announce: Announce = lambda kind, id, action: None
    """Tells of what is no change of the books: an invoice sent by e-mail."""
    found: dict[Any, list[Any]] = field(default_factory=dict)
    """What the last searches found, so that their next page need not search again."""

    def owed(self, invoice: Invoice) -> Decimal:
        """What is outstanding; below zero where more was paid than asked for."""
        books = self.books
        rest = invoice.total - books.paid(invoice) - books.credited(invoice) - invoice.written_off
        return rest - sum((one.unapplied for one in books.payments_on(invoice) if one.extra.get("overpays")), ZERO)

    def customer_of(self, invoice: Invoice) -> Customer:
        """Whom it was written to."""
        return self.books.customer(invoice.customer)


def state_of(one: Invoice | Customer | Credit) -> int:
    """`vis_state`: nothing is void here, so what is void elsewhere counts as deleted."""
    if isinstance(one, Customer):
        gone = one.deleted
        hidden = not one.active
    else:
        gone = one.status in ("deleted", "void")
        hidden = False
    if gone:
        return DELETED
    return ARCHIVED if hidden or one.extra.get("archived") else ACTIVE


def country(code: str) -> str:
    """The country in words, as the vendor keeps it."""
    return COUNTRIES.get(code, code)
