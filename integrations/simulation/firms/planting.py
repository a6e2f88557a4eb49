"""Writes a firm's customers and the last fourteen months into books."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integrations.simulation.books import Books
from integrations.simulation.entities import ZERO, Customer, Line
from integrations.simulation.firms.fates import CENT, CERTAIN, FATES, TWO_INVOICES, Fate, Tale, Temper, draft
from integrations.simulation.firms.firm import Firm, Service
from integrations.simulation.firms.people import People
from integrations.simulation.firms.practices import DENTAL_PRACTICE, LAW_FIRM
from integrations.simulation.firms.studios import AGENCY, SAAS
from integrations.simulation.firms.timeline import Timeline
from integrations.simulation.firms.trades import LANDSCAPER, PLUMBER

FIRMS: dict[str, Firm] = {
    "plumber": PLUMBER,
    "dental_practice": DENTAL_PRACTICE,
    "law_firm": LAW_FIRM,
    "agency": AGENCY,
    "landscaper": LANDSCAPER,
    "saas": SAAS,
}
DAYS = 425
TEMPERS: tuple[Temper, ...] = ("prompt", "slow", "troubled")


def plant(
    books: Books,
    firm: str,
    *,
    invoices: int = 3000,
    seed: int = 1,
    customers: int | None = None,
    saved_now: bool = False,
) -> None:
    """Exactly so many invoices, the same ones for the same seed on the same day; nobody is told.

    With ``saved_now`` everything counts as changed at this moment, as after an import into books already in use.
    Without ``customers`` there are as many as such a firm has; 0 writes to those that are there.
    """
    was, books.quiet = books.quiet, True
    there = {id(one) for table in _tables(books) for one in table.values()} if saved_now else set()
    try:
        _Planting(books, FIRMS[firm], random.Random(f"{firm} {seed}")).write(invoices, customers)  # noqa: S311 - no secret
    finally:
        books.quiet = was
    if saved_now:
        now = books.clock.now()
        for table in _tables(books):
            for one in table.values():
                if id(one) not in there:
                    one.updated_at = now


def _tables(books: Books) -> tuple[dict[str, Any], ...]:
    return books.customers, books.invoices, books.payments, books.credits


class _Planting:
    def __init__(self, books: Books, firm: Firm, dice: random.Random) -> None:
        self._books, self._firm, self._dice = books, firm, dice
        self._timeline = Timeline(books, dice)
        self._tempers: dict[str, Temper] = {}
        self._plans: dict[str, Line | None] = {}
        self._billed: set[tuple[str, int]] = set()

    def write(self, invoices: int, customers: int | None) -> None:
        whose = self._customers(
            max(5, invoices // self._firm.invoices_per_customer) if customers is None else customers
        )
        weights = [3 if one.company else 1 for one in whose]
        left = invoices
        for fate, age in CERTAIN:
            if left >= _count(fate):
                self._tell(fate, self._dice.choice(whose), self._timeline.today - timedelta(days=age), terms=30)
                left -= _count(fate)
        fates = self._dice.choices(list(FATES), list(FATES.values()), k=left)
        for fate, customer in zip(fates, self._dice.choices(whose, weights, k=left), strict=True):
            if left >= _count(fate):
                self._tell(fate, customer, None)
                left -= _count(fate)
        self._timeline.play()

    def _customers(self, count: int) -> list[Customer]:
        """New ones, in these books since before their first invoice."""
        if count == 0:
            return [one for one in self._books.customers.values() if not one.deleted]
        made: list[Customer] = []
        since = self._timeline.today - timedelta(days=DAYS + 10)
        arrivals = Timeline(self._books, self._dice)
        arrivals.at(since, lambda: made.extend(People(self._books, self._firm, self._dice).customers(count)))
        arrivals.play()
        return made

    def _tell(self, fate: Fate, customer: Customer, on: date | None, *, terms: int | None = None) -> None:
        plan = None if on else self._plan(customer)
        issued_on = on or (self._month_start(customer) if plan else None) or self._some_day()
        if issued_on > self._timeline.today - timedelta(days=20) and on is None and self._dice.random() < 0.12:
            fate = draft if _count(fate) == 1 else fate
        lines = [plan] if plan and issued_on.day == 1 else self._lines()
        fate(
            Tale(
                self._books,
                self._firm,
                self._dice,
                self._timeline,
                customer,
                "prompt" if on else self._temper(customer),
                issued_on,
                customer.terms_days if terms is None else terms,
                [Line(one.description, one.quantity, one.price, one.item) for one in lines],
                self._facts(customer, lines),
            )
        )

    def _temper(self, customer: Customer) -> Temper:
        if customer.id not in self._tempers:
            self._tempers[customer.id] = self._dice.choices(TEMPERS, (74, 20, 6))[0]
        return self._tempers[customer.id]

    def _plan(self, customer: Customer) -> Line | None:
        """What a customer on a plan is billed every month."""
        if customer.id not in self._plans:
            on_plan = self._dice.random() < self._firm.recurring
            self._plans[customer.id] = self._line(self._firm.services[0]) if on_plan else None
        return self._plans[customer.id]

    def _month_start(self, customer: Customer) -> date | None:
        """The first of a month this customer was not billed for yet."""
        back, today = self._dice.randrange(14), self._timeline.today
        if (customer.id, back) in self._billed:
            return None
        self._billed.add((customer.id, back))
        months = today.year * 12 + today.month - 1 - back
        return date(months // 12, months % 12 + 1, 1)

    def _some_day(self) -> date:
        """Mostly a working day."""
        day = self._timeline.today - timedelta(days=self._dice.randrange(DAYS))
        return day - timedelta(days=day.weekday() - 4) if day.weekday() > 4 and self._dice.random() < 0.9 else day

    def _lines(self) -> list[Line]:
        return [
            self._line(one) for one in self._dice.choices(self._firm.services, k=self._dice.choice(self._firm.lines))
        ]

    def _line(self, service: Service) -> Line:
        price = Decimal(self._dice.randrange(service.low, service.high + 1, service.step)).scaleb(-2)
        return Line(service.description, Decimal(self._dice.choice(service.quantities)), price, service.item)

    def _facts(self, customer: Customer, lines: list[Line]) -> dict[str, Any]:
        """Tax, discount and what else is on some of the invoices."""
        dice, firm = self._dice, self._firm
        facts: dict[str, Any] = {
            "tax": self._tax(lines),
            "memo": dice.choice(firm.memos),
            "viewed": dice.random() < 0.4,
        }
        if dice.random() < 0.04:
            facts["discount"] = (sum((line.amount for line in lines), ZERO) / 10).quantize(CENT, ROUND_HALF_UP)
        if firm.estimates and dice.random() < 0.3:
            facts["estimate"] = f"{firm.estimates}{dice.randint(1000, 9999)}"
        if customer.company and dice.random() < 0.25:
            facts["reference"] = f"PO {dice.randint(10_000, 99_999)}"
        if dice.random() < 0.05:
            facts["comments"] = [dice.choice(firm.comments)]
        if dice.random() < 0.04:
            facts["reminders_on"] = False
        return facts

    def _tax(self, lines: list[Line]) -> Decimal:
        if not self._firm.tax:
            return Decimal("0.00")
        taxable = {service.item for service in self._firm.services if service.taxable}
        base = sum((line.amount for line in lines if line.item in taxable), Decimal("0.00"))
        return (base * Decimal(self._firm.tax)).quantize(CENT, ROUND_HALF_UP)


def _count(fate: Fate) -> int:
    return 2 if fate in TWO_INVOICES else 1
