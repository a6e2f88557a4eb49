"""One GraphQL request under way: whose books it may read, and what was counted once for all its fields."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from graphql import GraphQLResolveInfo

from integrations.jobber.simulation import times
from integrations.jobber.simulation.config import JobberSimConfig
from integrations.simulation.books import Books
from integrations.simulation.entities import ZERO, Customer, Invoice
from integrations.simulation.tokens import Grant

if TYPE_CHECKING:
    from datetime import date, datetime

    from integrations.jobber.simulation.world import JobberWorld


@dataclass(eq=False)
class Asking:
    """What the resolvers know of their request."""

    world: "JobberWorld"
    books: Books
    grant: Grant

    @property
    def settings(self) -> JobberSimConfig:
        """As they are now."""
        return self.world.settings

    @property
    def zone(self) -> ZoneInfo:
        """The account's."""
        return self.books.zone

    def may(self, scope: str) -> bool:
        """Whether the app was given this scope; `payments` is the one for payment records, whatever its name."""
        return (self.settings.payment_scope if scope == "payments" else scope) in self.grant.scopes

    def day(self, day: "date | None") -> "datetime | None":
        """The instant that stands for a calendar day."""
        return None if day is None else times.of_day(day, self.zone, self.settings.hour_of_days)

    @cached_property
    def invoices(self) -> list[Invoice]:
        """Those that are there: Jobber has no void, so what the books voided is gone as what they deleted."""
        return [one for one in self.books.invoices.values() if one.status in ("draft", "open")]

    @cached_property
    def clients(self) -> list[Customer]:
        """Those that are not deleted."""
        return [one for one in self.books.customers.values() if not one.deleted]

    def invoices_of(self, customer: Customer) -> list[Invoice]:
        """In the order they were written."""
        return self._by_customer.get(customer.id, [])

    def balance_of(self, customer: Customer) -> Decimal:
        """What a client owes in all: drafts owe nothing yet, money not applied is taken off."""
        owed = sum((self.books.balance(one) for one in self.invoices_of(customer) if one.status == "open"), ZERO)
        opening = Decimal(str(customer.extra.get("initial_balance", 0)))
        return owed + opening - self._unapplied.get(customer.id, ZERO)

    def is_shared_number(self, number: str) -> bool:
        """Whether another invoice has it too."""
        return self._numbers[number] > 1

    @cached_property
    def _by_customer(self) -> dict[str, list[Invoice]]:
        return _grouped(self.invoices)

    @cached_property
    def _unapplied(self) -> dict[str, Decimal]:
        left: dict[str, Decimal] = {}
        for one in self.books.payments.values():
            if one.unapplied:
                left[one.customer] = left.get(one.customer, ZERO) + one.unapplied
        return left

    @cached_property
    def _numbers(self) -> Counter[str]:
        return Counter(one.number for one in self.invoices)


type Info = GraphQLResolveInfo[Asking]
"""What every resolver gets first."""


def _grouped(invoices: Iterable[Invoice]) -> dict[str, list[Invoice]]:
    found: dict[str, list[Invoice]] = {}
    for one in invoices:
        found.setdefault(one.customer, []).append(one)
    return found


def money(amount: Decimal) -> float:
    """As Jobber writes it: a Float, to the cent."""
    return float(round(amount, 2))
