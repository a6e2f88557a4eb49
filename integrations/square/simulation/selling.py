"""A Square seller's books: locations, orders and refunds beside the neutral ones, and what Square allows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulation.books import Books, NotPossible
from integrations.simulation.entities import ZERO, Credit, Customer, Invoice, Line, Payment, Refund
from integrations.square.simulation.things import Location, Returned
from integrations.square.simulation.values import exponent, made, moment, rounded

CLOSED = ("PAID", "REFUNDED", "CANCELED", "FAILED")


class SquareBooks(Books):
    """Books in which a payment belongs to one order, nothing is credited or written off, and drafts alone are deleted.

    While planting (`quiet`) history may be told in other words: a write-off becomes a cancellation.
    """

    why: str = "updated"
    """What is being done to invoices right now, in Square's event words."""

    def __init__(self, *given: Any, locations: dict[str, Location], **more: Any) -> None:
        super().__init__(*given, **more)
        self.locations = locations
        self.say_refund: Callable[[str, str], None] = lambda refund, action: None
        self._promised: dict[str, Credit] = {}

    # What Square shows

    def location_of(self, invoice: Invoice) -> Location:
        """Where it was sold; settled by its id where nobody said."""
        return self.locations.get(invoice.extra.get("location", ""), self.main)

    @property
    def main(self) -> Location:
        """The seller's main location: the first."""
        return next(iter(self.locations.values()))

    def today_at(self, location: Location) -> Any:
        """The calendar date there."""
        return self.clock.now().astimezone(ZoneInfo(location.zone)).date()

    def order_of(self, invoice: Invoice) -> str:
        """The id of its order, fixed for life."""
        return str(invoice.extra.get("order") or made(27, "order", self.account, invoice.id))

    def pending_on(self, invoice: Invoice) -> list[Payment]:
        """Bank payments on their way."""
        return [
            one for one in self._applied.get(invoice.id, ()) if isinstance(one, Payment) and one.status == "pending"
        ]

    def ever_paid_on(self, invoice: Invoice) -> list[Payment]:
        """Payments of its order that count, also those refunded since."""
        tied = self._applied.get(invoice.id, ())
        return [one for one in tied if isinstance(one, Payment) and one.counts]

    def refunded_on(self, invoice: Invoice) -> Decimal:
        """What went back of the money paid on it."""
        back = (one.owed_again.get(invoice.id, ZERO) for paid in self.ever_paid_on(invoice) for one in paid.refunds)
        return sum(back, ZERO)

    def completed_on(self, invoice: Invoice) -> Decimal:
        """All money that ever came in on it: a refund does not make a payment request unpaid again."""
        return self.paid(invoice) + self.refunded_on(invoice)

    def status_of(self, invoice: Invoice) -> str:
        """One of Square's ten words."""
        if invoice.status == "draft":
            return "DRAFT"
        if invoice.status in ("void", "deleted"):
            return "FAILED" if invoice.extra.get("failed") else "CANCELED"
        completed, refunded = self.completed_on(invoice), self.refunded_on(invoice)
        if refunded:
            return "REFUNDED" if refunded >= completed else "PARTIALLY_REFUNDED"
        if self.pending_on(invoice):
            return "PAYMENT_PENDING"
        if completed >= invoice.total:
            return "PAID"
        if completed:
            return "PARTIALLY_PAID"
        scheduled = invoice.extra.get("scheduled_at")
        return "SCHEDULED" if scheduled and moment(scheduled) > self.clock.now() else "UNPAID"

    def returned(self) -> Iterator[Returned]:
        """Every refund of the seller."""
        for payment in self.payments.values():
            yield from self.returned_of(payment)

    def returned_of(self, payment: Payment) -> Iterator[Returned]:
        """The refunds of a payment, declined ones too."""
        facts = payment.extra.get("refunds", [])
        for at, refund in enumerate(payment.refunds):
            yield Returned(f"{payment.id}_r{at + 1}", payment, refund, facts[at] if at < len(facts) else {})
        for at, declined in enumerate(payment.extra.get("declined", [])):
            refund = Refund(Decimal(declined["amount"]), moment(declined["at"]), {})
            yield Returned(f"{payment.id}_d{at + 1}", payment, refund, declined)

    # What people do

    def change_customer(self, id: str, **facts: Any) -> Customer:
        """As in any books; the profile's version is counted."""
        known = self.customer(id).extra
        known["version"] = known.get("version", 0) + 1
        return super().change_customer(id, **facts)

    def add_invoice(self, customer: str, lines: list[Line], **facts: Any) -> Invoice:
        """As in any books, in the smallest units of the seller's currency; new ones belong to the main location."""
        facts["tax"] = rounded(facts.get("tax", ZERO), self.currency)
        facts["discount"] = rounded(facts.get("discount", ZERO), self.currency)
        facts["currency"] = self.currency  # one currency a location
        extra = facts["extra"] = dict(facts.get("extra", {}))
        if not self.quiet:
            extra.setdefault("location", self.main.id)
        if facts.get("status", "open") == "open":
            extra.setdefault("published_at", self.clock.now().isoformat())
        return super().add_invoice(customer, [self._in_currency(line) for line in lines], **facts)

    def change_invoice(self, id: str, **facts: Any) -> Invoice:
        """Refused while a bank payment is under way and when the invoice is closed.

        `extra` is merged; the status `open` publishes a draft, `failed` is Square's own cancellation.
        """
        found = self.invoice(id)
        if facts.get("status") == "failed":
            return self.fail_invoice(id)
        if not self.quiet and self.status_of(found) in (*CLOSED, "PARTIALLY_REFUNDED", "PAYMENT_PENDING"):
            raise NotPossible(f"an invoice that is {self.status_of(found)} cannot be updated")
        if "extra" in facts:
            facts["extra"] = {**found.extra, **facts["extra"]}
        if facts == {"status": "open"} and found.status == "draft":
            return self.publish_invoice(id)
        if "lines" in facts:
            facts["lines"] = [self._in_currency(line) for line in facts["lines"]]
        return super().change_invoice(id, **facts)

    def publish_invoice(self, id: str) -> Invoice:
        """A draft goes out."""
        found = self.invoice(id)
        found.extra["published_at"] = self.clock.now().isoformat()
        with self._because("published"):
            return super().change_invoice(id, status="open", sent=True)

    def void_invoice(self, id: str) -> Invoice:
        """Cancel it; what was paid on it stays paid. Raises NotPossible for drafts and where Square is done with it."""
        found = self.invoice(id)
        status = self.status_of(found)
        if status == "CANCELED":
            return found
        if not self.quiet and (status == "DRAFT" or status in CLOSED):
            raise NotPossible(f"an invoice that is {status} cannot be canceled")
        with self._because("canceled"):
            self._change("invoice", found, {"status": "void"}, action="voided")
        return found

    def fail_invoice(self, id: str) -> Invoice:
        """Square itself cancels it for suspicious activity."""
        found = self.invoice(id)
        found.extra["failed"] = True
        self._change("invoice", found, {"status": "void"}, action="updated")
        return found

    def delete_invoice(self, id: str) -> Invoice:
        """Drafts alone. Raises NotPossible."""
        found = self.invoice(id)
        if found.status != "draft":
            raise NotPossible("only a draft can be deleted")
        with self._because("deleted"):
            return super().delete_invoice(id)

    def pay(self, customer: str, amount: Decimal, applied: dict[str, Decimal] | None = None, **facts: Any) -> Payment:
        """Money for one order each: what pays several invoices is recorded as several payments. The first of them."""
        applied = {id: rounded(part, self.currency) for id, part in (applied or {}).items()}
        amount = rounded(amount, self.currency)
        if self.quiet and applied:
            amount = sum(applied.values(), ZERO)  # nobody can pay more than an invoice asks for
        self._check(applied, amount, counts=facts.get("status", "received") == "received")
        for id in applied:
            if not self.quiet and self.pending_on(self.invoice(id)):
                raise NotPossible("a bank payment on this invoice is under way")
        parts: list[dict[str, Decimal]] = [{id: part} for id, part in applied.items()]
        rest = amount - sum(applied.values(), ZERO)
        if rest:
            parts.append({})
        with self._because("payment_made" if facts.get("status", "received") == "received" else "updated"):
            done = [self._pay(customer, sum(part.values(), ZERO) or rest, part, facts) for part in parts]
        return done[0]

    def apply_payment(self, id: str, invoice: str, amount: Decimal) -> Payment:
        """Raises NotPossible: a payment stays with its order. In history that part of the money was paid anew."""
        if not self.quiet:
            raise NotPossible("Square does not move a payment to another order")
        found = self.payment(id)
        moved = self.pay(found.customer, amount, {invoice: amount}, method=found.method, reference=found.reference)
        found.amount -= moved.amount
        if not found.amount:
            self.payments.pop(id)
        return moved

    def settle_payment(self, id: str, status: Any) -> Payment:
        """The bank has answered."""
        with self._because("payment_made" if status == "received" else "scheduled_charge_failed"):
            return super().settle_payment(id, status)

    def refund(self, id: str, amount: Decimal, **facts: Any) -> Payment:
        """Money goes back; Square asks nobody for it again, so the invoice is closed."""
        if self.quiet and amount <= 0:
            return self.payment(id)  # there was nothing too much
        with self._because("refunded"):
            found = super().refund(id, rounded(amount, self.currency))
        number = len(found.refunds)
        known = found.extra.setdefault("refunds", [])
        known.extend({} for _ in range(number - len(known)))
        known[-1].update(facts)
        for invoice in found.refunds[-1].owed_again:
            owing = self.invoice(invoice)
            owing.written_off += max(ZERO, self.balance(owing))
        if not self.quiet:
            self.say_refund(f"{id}_r{number}", "created")
        return found

    def decline_refund(self, id: str, amount: Decimal, status: str = "FAILED", reason: str = "") -> Payment:
        """A refund that was asked for and did not come off."""
        found = self.payment(id)
        at = self.clock.now().isoformat()
        found.extra.setdefault("declined", []).append(
            {"amount": str(amount), "at": at, "status": status, "reason": reason}
        )
        self._touch("payment", found)
        return found

    def write_off(self, id: str) -> Invoice:
        """Raises NotPossible: the nearest thing is a cancellation."""
        if not self.quiet:
            raise NotPossible("Square has no write-off; cancel the invoice")
        return self.void_invoice(id)

    def cancel_write_off(self, id: str) -> Invoice:
        """Raises NotPossible."""
        raise NotPossible("Square has no write-off")

    def add_credit(self, customer: str, total: Decimal, **facts: Any) -> Credit:
        """Raises NotPossible. In history a credit is a promise of a discount, kept by apply_credit."""
        if not self.quiet:
            raise NotPossible("Square has no credit memos")
        made_now = super().add_credit(customer, rounded(total, self.currency), **facts)
        self._promised[made_now.id] = self.credits.pop(made_now.id)
        return made_now

    def apply_credit(self, id: str, invoice: str, amount: Decimal) -> Credit:
        """Raises NotPossible. In history the invoice was made cheaper, or canceled where nothing was left of it."""
        if id not in self._promised:
            raise NotPossible("Square has no credit memos")
        found, part = self.invoice(invoice), rounded(amount, self.currency)
        if part >= found.total:
            self.void_invoice(invoice)
        else:
            super().change_invoice(invoice, discount=found.discount + part)
        return self._promised.pop(id)

    # How

    @contextmanager
    def _because(self, why: str) -> Iterator[None]:
        before, self.why = self.why, why
        try:
            yield
        finally:
            self.why = before

    def _pay(self, customer: str, amount: Decimal, applied: dict[str, Decimal], facts: dict[str, Any]) -> Payment:
        known = {**facts, "extra": dict(facts.get("extra", {})), "currency": self.currency}
        facts.pop("id", None)  # a second one gets its own
        made_now = super().pay(customer, amount, applied, **known)
        for invoice in applied:
            made_now.extra["order"] = self.order_of(self.invoice(invoice))
            if not self.quiet:  # in history nobody knows yet where an invoice was sold
                made_now.extra["location"] = self.location_of(self.invoice(invoice)).id
        return made_now

    def line(self, description: str, quantity: Decimal, price: Decimal, item: str = "") -> Line:
        """A line in this seller's currency."""
        return Line(description, quantity, rounded(price, self.currency), item, exponent(self.currency))

    def _in_currency(self, line: Line) -> Line:
        return self.line(line.description, line.quantity, line.price, line.item)


def order_of_payment(books: SquareBooks, payment: Payment) -> str:
    """Every payment belongs to an order, if need be to one of its own."""
    return str(payment.extra.get("order") or made(27, "order", books.account, payment.id))
