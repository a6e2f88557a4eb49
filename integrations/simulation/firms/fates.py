"""What becomes of an invoice: paid, late, never, voided, credited, bounced, … A fate is a plan; today cuts it off."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from integrations.simulation.books import Books
from integrations.simulation.entities import ZERO, Customer, Invoice, Line, Payment
from integrations.simulation.firms.firm import Firm
from integrations.simulation.firms.timeline import Timeline

CENT = Decimal("0.01")
type Temper = Literal["prompt", "slow", "troubled"]


@dataclass
class Tale:
    """One invoice from its writing on."""

    books: Books
    firm: Firm
    dice: random.Random
    timeline: Timeline
    customer: Customer
    temper: Temper
    issued_on: date
    terms: int
    lines: list[Line]
    facts: dict[str, Any] = field(default_factory=dict)
    invoice: Invoice = field(init=False)
    payment: Payment = field(init=False)
    last: datetime | None = None

    def write(self, **facts: Any) -> None:
        """The invoice is written on the day it bears."""

        def act() -> None:
            due = self.issued_on + timedelta(days=self.terms)
            given = {**self.facts, **facts}
            self.invoice = self.books.add_invoice(
                self.customer.id, self.lines, issued_on=self.issued_on, due_on=due, **given
            )

        self.then(0, act)

    def then(self, days: int, act: Callable[[], object]) -> None:
        """So many days after the day of the invoice, and after what came before; never where that is in the future."""
        day = self.issued_on + timedelta(days=days)
        moment = self.timeline.at(day, act, after=self.last)
        self.last = moment or datetime.max.replace(tzinfo=self.timeline.now.tzinfo) - timedelta(days=1)

    def lag(self) -> int:
        """Days until this customer pays; some customers with troubles never do."""
        match self.temper:
            case "prompt":
                return self.dice.randint(0, self.terms + 3)
            case "slow":
                return self.terms + self.dice.randint(2, 40)
        return self.terms + self.dice.randint(15, 150) if self.dice.random() < 0.75 else 10_000

    def pay(self, share: Decimal | None = None, *, over: Decimal = ZERO, **facts: Any) -> None:
        """All that is owed, or a share of it; `over` is sent beyond it and stays unapplied."""
        owed = self.books.balance(self.invoice)
        part = owed if share is None else max(CENT, (owed * share).quantize(CENT, ROUND_HALF_UP))
        if part <= 0:
            return
        method = facts.setdefault("method", self.dice.choice(self.firm.methods))
        if method == "check":
            facts.setdefault("reference", str(self.dice.randint(101, 9899)))
        self.payment = self.books.pay(self.customer.id, part + over, {self.invoice.id: part}, **facts)

    def credit(self, share: Decimal, *, apply: bool = True) -> None:
        """A credit memo over a share of the total."""
        amount = max(CENT, (self.invoice.total * share).quantize(CENT, ROUND_HALF_UP))
        reason = self.dice.choice(self.firm.credit_reasons)
        made = self.books.add_credit(self.customer.id, amount, reason=reason, reference=self.invoice.number)
        owed = self.books.balance(self.invoice)
        if apply and owed > 0:
            self.books.apply_credit(made.id, self.invoice.id, min(amount, owed))


def paid(tale: Tale) -> None:
    tale.write()
    tale.then(tale.lag(), tale.pay)


def never(tale: Tale) -> None:
    tale.write()


def draft(tale: Tale) -> None:
    tale.write(status="draft", sent=False, viewed=False)


def voided(tale: Tale) -> None:
    tale.write()
    tale.then(tale.dice.randint(1, 12), lambda: tale.books.void_invoice(tale.invoice.id))


def partly_paid(tale: Tale) -> None:
    """A part, and the rest later or never."""
    tale.write()
    lag, share = tale.lag(), Decimal(tale.dice.choice(("0.25", "0.5", "0.5", "0.6")))
    tale.then(min(lag, tale.terms + 10), lambda: tale.pay(share))
    if tale.dice.random() < 0.4:
        tale.then(lag + tale.dice.randint(20, 60), tale.pay)


def part_never_rest(tale: Tale) -> None:
    tale.write()
    tale.then(10, lambda: tale.pay(Decimal("0.5")))


def written_off(tale: Tale) -> None:
    """Given up months after it was due; some paid a little before."""
    tale.write()
    if tale.dice.random() < 0.3:
        tale.then(tale.terms + 20, lambda: tale.pay(Decimal("0.2")))
    tale.then(tale.terms + tale.dice.randint(95, 160), lambda: tale.books.write_off(tale.invoice.id))


def credited_in_part(tale: Tale) -> None:
    tale.write()
    share = Decimal(tale.dice.randint(5, 40)) / 100
    tale.then(tale.dice.randint(2, 20), lambda: tale.credit(share))
    tale.then(tale.lag() + 20, tale.pay)


def credited_whole(tale: Tale) -> None:
    tale.write()
    tale.then(tale.dice.randint(1, 25), lambda: tale.credit(Decimal(1)))


def credit_left_open(tale: Tale) -> None:
    """Paid, and afterwards a credit memo nobody has used yet."""
    paid(tale)
    tale.then(tale.terms + 30, lambda: tale.credit(Decimal("0.15"), apply=False))


def overpaid(tale: Tale) -> None:
    tale.write()
    over = Decimal(tale.dice.randint(100, 12_000)).scaleb(-2)
    tale.then(min(tale.lag(), tale.terms + 5), lambda: tale.pay(over=over))


def overpaid_refunded(tale: Tale) -> None:
    """What was too much went back; the invoice stays paid."""
    overpaid(tale)
    tale.then(tale.terms + 16, lambda: tale.books.refund(tale.payment.id, tale.payment.unapplied))


def refunded(tale: Tale) -> None:
    """A part of the money went back, and is owed again."""
    tale.write()
    tale.then(min(tale.lag(), tale.terms + 5), tale.pay)
    share = Decimal(tale.dice.choice(("0.1", "0.25", "1")))

    def back() -> None:
        amount = max(CENT, (tale.payment.amount * share).quantize(CENT, ROUND_HALF_UP))
        tale.books.refund(tale.payment.id, amount)

    tale.then(tale.terms + 20, back)


def reversed_payment(tale: Tale) -> None:
    """The check bounced; half of them pay again."""
    tale.write()
    tale.then(min(tale.lag(), tale.terms + 5), tale.pay)
    tale.then(tale.terms + tale.dice.randint(8, 20), lambda: tale.books.reverse_payment(tale.payment.id))
    if tale.dice.random() < 0.5:
        tale.then(tale.terms + tale.dice.randint(22, 60), tale.pay)


def bounced(tale: Tale) -> None:
    """The check bounced, and that was that."""
    tale.write()
    tale.then(8, tale.pay)
    tale.then(14, lambda: tale.books.reverse_payment(tale.payment.id))


def by_bank(tale: Tale) -> None:
    """An ACH payment that takes days to arrive."""
    tale.write()
    lag = tale.lag()
    tale.then(lag, lambda: tale.pay(status="pending", method="ach"))
    tale.then(lag + tale.dice.randint(3, 5), lambda: tale.books.settle_payment(tale.payment.id, "received"))


def pending_now(tale: Tale) -> None:
    tale.write()
    age = (tale.timeline.today - tale.issued_on).days
    tale.then(max(0, age - 1), lambda: tale.pay(status="pending", method="ach"))


def failed(tale: Tale) -> None:
    """The bank said no; most pay another way."""
    tale.write()
    lag = min(tale.lag(), tale.terms + 10)
    tale.then(lag, lambda: tale.pay(status="pending", method="ach"))
    tale.then(lag + 3, lambda: tale.books.settle_payment(tale.payment.id, "failed"))
    if tale.dice.random() < 0.6:
        tale.then(lag + tale.dice.randint(6, 30), lambda: tale.pay(method="card"))


def prepaid(tale: Tale) -> None:
    """Money came before the bill; half of it was put on the bill, the rest lies unapplied."""

    def deposit() -> None:
        amount = Decimal(tale.dice.randint(50, 600))
        tale.payment = tale.books.pay(tale.customer.id, amount, method="card", reference="deposit")

    def use() -> None:
        part = min(tale.payment.unapplied, tale.books.balance(tale.invoice))
        if part > 0:
            tale.books.apply_payment(tale.payment.id, tale.invoice.id, part)

    tale.then(-4, deposit)
    tale.write()
    if tale.dice.random() < 0.5:
        tale.then(1, use)


def for_nothing(tale: Tale) -> None:
    """Under warranty: everything is discounted away."""
    tale.facts |= {"tax": ZERO, "discount": sum((line.amount for line in tale.lines), ZERO)}
    tale.write(memo="Warranty, no charge.")


def replaced(tale: Tale) -> None:
    """Voided, and written again the same day with a word of which it replaces. Two invoices."""
    tale.write()

    def again() -> None:
        old = tale.books.void_invoice(tale.invoice.id)
        lines = [Line(one.description, one.quantity, one.price, one.item) for one in old.lines]
        facts = {**tale.facts, "reference": f"Replaces {old.number}", "memo": f"Replaces invoice {old.number}."}
        tale.invoice = tale.books.add_invoice(tale.customer.id, lines, due_on=old.due_on, **facts)

    tale.then(0, again)
    tale.then(tale.lag(), tale.pay)


def alike(tale: Tale) -> None:
    """Billed twice by mistake: same customer, amount and date, nobody has paid either. Two invoices."""
    tale.write()
    tale.lines = [Line(one.description, one.quantity, one.price, one.item) for one in tale.lines]
    tale.facts = {name: value for name, value in tale.facts.items() if name != "estimate"}
    tale.write()


type Fate = Callable[[Tale], None]
TWO_INVOICES: tuple[Fate, ...] = (replaced, alike)
FATES: dict[Fate, float] = {
    paid: 80,
    never: 1,
    partly_paid: 4,
    voided: 2,
    written_off: 1.5,
    credited_in_part: 2.5,
    credited_whole: 1,
    credit_left_open: 0.8,
    overpaid: 0.8,
    overpaid_refunded: 0.4,
    refunded: 0.6,
    reversed_payment: 0.8,
    by_bank: 2,
    failed: 0.8,
    prepaid: 0.7,
    for_nothing: 0.3,
    replaced: 0.2,
    alike: 0.1,
}
CERTAIN: tuple[tuple[Fate, int], ...] = (
    *((paid, 200), (never, 5), (never, 41), (alike, 50), (part_never_rest, 55), (never, 75), (never, 105)),
    *((never, 140), (draft, 3), (voided, 60), (credited_in_part, 90), (overpaid, 70), (pending_now, 20)),
    *((replaced, 40), (written_off, 300), (bounced, 52), (refunded, 120), (failed, 48), (credit_left_open, 100)),
    *((prepaid, 30), (credited_whole, 64), (overpaid_refunded, 110), (by_bank, 95), (for_nothing, 33), (never, 260)),
)
"""So many days old, on terms of 30 days: in every set of books, however few invoices it has; the first ones first."""
