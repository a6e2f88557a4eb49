"""An organisation: its sales books, the bills it owes beside them, and what only this vendor distinguishes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.simulation.books import Books, NotPossible
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.xero.simulation.forms import guid


@dataclass(frozen=True, kw_only=True)
class Country:
    """What an organisation's edition brings along."""

    version: str
    timezone: str
    tax_type: str
    sales_tax: Decimal  # per cent, where a line names no other tax
    short_code: str


COUNTRIES = {
    "US": Country(version="US", timezone="EASTERNSTANDARDTIME", tax_type="NONE", sales_tax=ZERO, short_code="!LwF7q"),
    "NZ": Country(
        version="NZ", timezone="NEWZEALANDSTANDARDTIME", tax_type="OUTPUT2", sales_tax=Decimal(15), short_code="!mAg3c"
    ),
}
RATES = {"USD": Decimal("1.000000"), "NZD": Decimal("1.640000"), "AUD": Decimal("1.520000"), "GBP": Decimal("0.790000")}
"""Units of a currency for one United States dollar."""


class XeroBooks(Books):
    """Books with this vendor's ways: a write-off is a credit note, and what a payment paid when it came in is its own."""

    payable = False
    """True for the books of what the organisation owes its suppliers: they are beside its own, as bills."""

    @property
    def edition(self) -> Country:
        return COUNTRIES[self.country]

    def rate(self, currency: str) -> Decimal:
        """Units of the currency for one of the organisation's own."""
        return RATES[currency] / RATES[self.currency]

    def pay(self, customer: str, amount: Decimal, applied: dict[str, Decimal] | None = None, **facts: Any) -> Payment:
        """What is applied at once is the vendor's Payment; the rest, and all of a prepayment, is allocated later."""
        extra = dict(facts.pop("extra", None) or {})
        if not extra.get("prepayment"):
            extra.setdefault("direct", {id: str(part) for id, part in (applied or {}).items()})
        return super().pay(customer, amount, applied, extra=extra, **facts)

    def write_off(self, id: str) -> Invoice:
        """As bookkeepers do here: a credit note over the rest, allocated at once."""
        invoice = self.invoice(id)
        owed = self.balance(invoice)
        if invoice.status != "open" or owed <= 0:
            raise NotPossible(f"nothing is owed on invoice {invoice.number}")
        credit = self.add_credit(
            invoice.customer, owed, currency=invoice.currency, reason="Bad debt written off", extra={"write_off": id}
        )
        self.apply_credit(credit.id, id, owed)
        return invoice

    def cancel_write_off(self, id: str) -> Invoice:
        for credit in list(self.credits.values()):
            if credit.extra.get("write_off") == id and credit.status == "open":
                self.void_credit(credit.id)
        return self.invoice(id)

    def comment(self, id: str, words: str) -> Invoice:
        """A history note: only staff see it."""
        found = super().comment(id, words)
        self.note(found, "Note", words)
        return found

    def note(self, one: Any, changes: str, details: str, user: str = "System Generated") -> dict[str, Any]:
        """A line of the document's history."""
        record = {"Changes": changes, "Details": details, "User": user, "at": self.clock.now().isoformat()}
        one.extra.setdefault("history", []).append(record)
        self.changes += 1
        return record

    def apply_credit(self, id: str, invoice: str, amount: Decimal) -> Credit:
        """Raises NotPossible beyond what is left after a refund in cash."""
        credit = self.credit(id)
        if amount > remaining_credit(credit):
            raise NotPossible("more is applied than there is")
        found = super().apply_credit(id, invoice, amount)
        found.extra.setdefault("applied_on", {})[invoice] = self.today().isoformat()
        return found

    def apply_payment(self, id: str, invoice: str, amount: Decimal) -> Payment:
        found = super().apply_payment(id, invoice, amount)
        found.extra.setdefault("applied_on", {})[invoice] = self.today().isoformat()
        return found


def remaining_credit(credit: Credit) -> Decimal:
    """What can still be allocated: some may have been paid out in cash."""
    refund = credit.extra.get("refund")
    return credit.left - (Decimal(refund["amount"]) if refund and credit.status == "open" else ZERO)


@dataclass(frozen=True)
class Receipt:
    """One Payment as the vendor knows it: on one invoice, or money paid back."""

    id: str
    source: Payment | Credit
    amount: Decimal
    on: date
    alive: bool
    invoice: str = ""  # empty: paid back out of a credit, an overpayment or a prepayment


def receipts(payment: Payment) -> list[Receipt]:
    """The vendor's Payments of one payment in the books. What was partly taken back was removed and entered anew."""
    if payment.status in ("pending", "failed"):
        return []
    found, taken_back = [], ZERO
    for number, (invoice, text) in enumerate(_direct(payment).items()):
        original = Decimal(text)
        id = payment.id if number == 0 else guid(payment.id, invoice)
        still = direct_part(payment, invoice)
        taken_back += original - still
        found.append(Receipt(id, payment, original, payment.paid_on, payment.counts and still == original, invoice))
        if payment.counts and ZERO < still < original:
            found.append(Receipt(guid(id, still), payment, still, payment.paid_on, True, invoice))
    paid_back = payment.refunded - taken_back
    if payment.counts and paid_back > 0:
        found.append(Receipt(guid(payment.id, "refund"), payment, paid_back, payment.updated_at.date(), True))
    return found


def credit_receipts(credit: Credit) -> list[Receipt]:
    """A credit note paid out in cash."""
    refund = credit.extra.get("refund")
    if not refund:
        return []
    id, on = guid(credit.id, "refund"), date.fromisoformat(refund["on"])
    return [Receipt(id, credit, Decimal(refund["amount"]), on, credit.status == "open")]


def _direct(payment: Payment) -> dict[str, str]:
    if payment.extra.get("prepayment"):
        return {}
    found: dict[str, str] = payment.extra.setdefault("direct", {id: str(part) for id, part in payment.applied.items()})
    return found


def direct_part(payment: Payment, invoice: str) -> Decimal:
    """What of a payment on an invoice is a Payment; the rest is an allocation."""
    return min(Decimal(_direct(payment).get(invoice, "0")), payment.applied.get(invoice, ZERO))


@dataclass(frozen=True)
class Surplus:
    """An Overpayment or Prepayment: money of a payment that was on no invoice when it came in."""

    id: str
    payment: Payment
    total: Decimal
    allocated: dict[str, Decimal]
    remaining: Decimal

    @property
    def kind(self) -> str:
        return "Prepayment" if self.payment.extra.get("prepayment") else "Overpayment"

    @property
    def status(self) -> str:
        if not self.payment.counts:
            return "VOIDED"
        return "AUTHORISED" if self.remaining else "PAID"


def surplus(payment: Payment) -> Surplus | None:
    """None where all of it went on invoices at once."""
    if payment.status in ("pending", "failed"):
        return None
    direct = _direct(payment)
    id = payment.id if not direct else guid(payment.id, "surplus")
    if not payment.counts:
        total = payment.amount - sum((Decimal(part) for part in direct.values()), ZERO)
        return Surplus(id, payment, total, {}, ZERO) if total > 0 else None
    allocated = {
        invoice: part - direct_part(payment, invoice)
        for invoice, part in payment.applied.items()
        if part > direct_part(payment, invoice)
    }
    taken_back = sum((Decimal(part) - direct_part(payment, id) for id, part in direct.items()), ZERO)
    paid_back = max(ZERO, payment.refunded - taken_back)
    total = sum(allocated.values(), ZERO) + payment.unapplied + paid_back
    return Surplus(id, payment, total, allocated, payment.unapplied) if total > 0 else None
