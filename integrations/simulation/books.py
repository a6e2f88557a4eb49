"""A company's books with nobody's field names: what happened to whom, to the cent. Each vendor's simulator renders them.

Knows nothing of our product. Balances are computed, never stored: an invoice owes its total less what was applied to it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from integrations.simulation.clock import WorldClock
from integrations.simulation.entities import UNSET, ZERO, Credit, Customer, Invoice, Line, Payment, Refund

type Kind = Literal["customer", "invoice", "payment", "credit"]
type Action = Literal["created", "updated", "deleted", "voided"]
type Tell = Callable[[str, Kind, str, Action], None]
"""Called with the company's account, the kind, the id and what happened: for webhooks."""
type Ids = Callable[[Kind, int], str]
"""The vendor's id for the n-th object of a kind (n from 1)."""

CENT = Decimal("0.01")
KINDS: tuple[Kind, ...] = ("customer", "invoice", "payment", "credit")


class NotPossible(ValueError):
    """What was asked cannot be done in these books; the message says why. Each vendor words it in its own error."""


class NotThere(LookupError):
    """No such object (any more)."""


def _exact(amount: Decimal) -> str:
    """Written in cents, or as finely as the currency goes."""
    return str(amount if amount != amount.quantize(CENT) else amount.quantize(CENT))


class Books:
    """One company's books. Every act touches what it changed (``updated_at``, ``version``) and tells once an object."""

    def __init__(
        self,
        account: str,
        name: str,
        *,
        clock: WorldClock,
        ids: Ids,
        tell: Tell = lambda account, kind, id, action: None,
        zone: str = "America/New_York",
        currency: str = "USD",
        country: str = "US",
        number: str = "INV-{:04d}",
        credit_number: str = "CN-{:04d}",
    ) -> None:
        self.account, self.name, self.clock, self.zone = account, name, clock, ZoneInfo(zone)
        self.currency, self.country = currency, country
        self._ids, self._tell = ids, tell
        self._number, self._credit_number = number, credit_number
        self._counts: dict[str, int] = dict.fromkeys((*KINDS, "number", "credit_number"), 0)
        self.quiet = False  # True while planting: nobody is told
        self.changes = 0  # counts every object saved: whoever keeps a copy can tell whether it is stale
        self.customers: dict[str, Customer] = {}
        self.invoices: dict[str, Invoice] = {}
        self.payments: dict[str, Payment] = {}
        self.credits: dict[str, Credit] = {}
        self.extra: dict[str, Any] = {}  # what only this vendor keeps of the company itself; as JSON, so it can be kept
        self._applied: dict[str, list[Payment | Credit]] = {}  # by invoice

    # What is there

    def today(self) -> date:
        return self.clock.now().astimezone(self.zone).date()

    def customer(self, id: str) -> Customer:
        """Raises NotThere."""
        return self._one(self.customers, id)

    def invoice(self, id: str) -> Invoice:
        """Raises NotThere. Deleted ones are found: whether they are shown is the vendor's way."""
        return self._one(self.invoices, id)

    def payment(self, id: str) -> Payment:
        return self._one(self.payments, id)

    def credit(self, id: str) -> Credit:
        return self._one(self.credits, id)

    def by_number(self, number: str) -> Invoice:
        """The newest invoice with this number. Raises NotThere."""
        for invoice in reversed(self.invoices.values()):
            if invoice.number == number and invoice.status != "deleted":
                return invoice
        raise NotThere(f"no invoice has the number {number}")

    def paid(self, invoice: Invoice) -> Decimal:
        """Money that came in on it."""
        return sum((p.applied[invoice.id] for p in self.payments_on(invoice)), ZERO)

    def credited(self, invoice: Invoice) -> Decimal:
        return sum((c.applied[invoice.id] for c in self.credits_on(invoice)), ZERO)

    def balance(self, invoice: Invoice) -> Decimal:
        """What is owed on it: 0 on a draft, void or deleted one only where its total is."""
        if invoice.status in ("void", "deleted"):
            return ZERO
        return invoice.total - self.paid(invoice) - self.credited(invoice) - invoice.written_off

    def payments_on(self, invoice: Invoice) -> Iterator[Payment]:
        """Those that count."""
        for one in self._applied.get(invoice.id, ()):
            if isinstance(one, Payment) and one.counts and invoice.id in one.applied:
                yield one

    def credits_on(self, invoice: Invoice) -> Iterator[Credit]:
        for one in self._applied.get(invoice.id, ()):
            if isinstance(one, Credit) and one.status == "open" and invoice.id in one.applied:
                yield one

    def truth(self) -> dict[str, Any]:
        """Every invoice as plain facts, to hold somebody's copy against: status, total, balance, paid, credited."""
        return {
            one.id: {
                "number": one.number,
                "customer": one.customer,
                "customer_name": self.customers[one.customer].name if one.customer in self.customers else "",
                "status": self._status(one),
                "currency": one.currency,
                "total": _exact(one.total),
                "balance": _exact(self.balance(one)),
                "paid": _exact(self.paid(one)),
                "credited": _exact(self.credited(one)),
            }
            for one in self.invoices.values()
        }

    def _status(self, invoice: Invoice) -> str:
        if invoice.status != "open":
            return invoice.status
        if self.balance(invoice) > 0:
            return "open"
        return "written_off" if invoice.written_off else "paid"

    # What people do

    def add_customer(self, name: str, **facts: Any) -> Customer:
        facts.setdefault("currency", self.currency)
        facts.setdefault("country", self.country)
        found = Customer(facts.pop("id", None) or self._next("customer"), name, **facts)
        self.customers[found.id] = found
        self._born(found)
        self._say("customer", found.id, "created")
        return found

    def change_customer(self, id: str, **facts: Any) -> Customer:
        found = self.customer(id)
        self._change("customer", found, facts)
        return found

    def delete_customer(self, id: str) -> Customer:
        found = self.customer(id)
        self._change("customer", found, {"deleted": True, "active": False}, action="deleted")
        return found

    def add_invoice(
        self,
        customer: str,
        lines: list[Line],
        *,
        issued_on: date | None = None,
        due_on: date | None = None,
        **facts: Any,
    ) -> Invoice:
        """A new invoice, open and sent unless said otherwise. Without ``due_on`` the customer's terms count."""
        whose = self.customer(customer)
        issued = issued_on or self.today()
        if due_on is None and not facts.pop("no_due_date", False):
            due_on = date.fromordinal(issued.toordinal() + whose.terms_days)
        id = facts.pop("id", None) or self._next("invoice")
        number = facts.pop("number", None) or self._numbered("number", self._number)
        found = Invoice(id, number, customer, facts.pop("currency", whose.currency), issued, due_on, lines, **facts)
        self.invoices[id] = found
        self._born(found)
        self._say("invoice", id, "created")
        return found

    def change_invoice(self, id: str, **facts: Any) -> Invoice:
        """Change fields of it: lines, due_on, memo, sent, discount, reminders_on, … Raises NotPossible below what is paid."""
        found = self.invoice(id)
        if found.status in ("void", "deleted"):
            raise NotPossible(f"invoice {found.number} is {found.status}")
        before = {name: getattr(found, name) for name in facts}
        for name, value in facts.items():
            setattr(found, name, value)
        if self.balance(found) < 0:
            for name, value in before.items():
                setattr(found, name, value)
            raise NotPossible(f"invoice {found.number} would owe less than was paid on it")
        self._touch("invoice", found)
        return found

    def void_invoice(self, id: str) -> Invoice:
        """Raises NotPossible where money or credit is applied to it."""
        found = self.invoice(id)
        if found.status == "void":
            return found
        if self.paid(found) or self.credited(found):
            raise NotPossible(f"invoice {found.number} has payments or credits applied")
        self._change("invoice", found, {"status": "void"}, action="voided")
        return found

    def delete_invoice(self, id: str) -> Invoice:
        """Whatever was applied to it becomes unapplied."""
        found = self.invoice(id)
        for one in list(self._applied.pop(id, ())):
            if one.applied.pop(id, None) is not None:
                self._touch("payment" if isinstance(one, Payment) else "credit", one)
        self._change("invoice", found, {"status": "deleted"}, action="deleted")
        return found

    def write_off(self, id: str) -> Invoice:
        found = self.invoice(id)
        if found.status != "open" or self.balance(found) <= 0:
            raise NotPossible(f"nothing is owed on invoice {found.number}")
        found.written_off += self.balance(found)
        self._touch("invoice", found)
        return found

    def cancel_write_off(self, id: str) -> Invoice:
        found = self.invoice(id)
        self._change("invoice", found, {"written_off": ZERO})
        return found

    def comment(self, id: str, words: str) -> Invoice:
        """A note the customer never sees."""
        found = self.invoice(id)
        found.comments.append(words)
        self._touch("invoice", found)
        return found

    def pay(self, customer: str, amount: Decimal, applied: dict[str, Decimal] | None = None, **facts: Any) -> Payment:
        """Money from a customer for these invoices; what is not applied stays open credit. Raises NotPossible."""
        applied = dict(applied or {})
        status = facts.get("status", "received")
        self._check(applied, amount, counts=status == "received")
        currency = facts.pop("currency", None) or self.customer(customer).currency
        paid_on = facts.pop("paid_on", None) or self.today()
        id = facts.pop("id", None) or self._next("payment")
        found = Payment(id, customer, amount, currency, paid_on, applied=applied, **facts)
        self.payments[id] = found
        self._born(found)
        self._say("payment", id, "created")
        self._tie(found, applied)
        return found

    def apply_payment(self, id: str, invoice: str, amount: Decimal) -> Payment:
        """Use what is unapplied of it. Raises NotPossible."""
        found = self.payment(id)
        self._check({invoice: amount}, found.unapplied, counts=True)
        found.applied[invoice] = found.applied.get(invoice, ZERO) + amount
        self._touch("payment", found)
        self._tie(found, {invoice: amount})
        return found

    def settle_payment(self, id: str, status: Literal["received", "failed"]) -> Payment:
        """A pending payment arrived, or did not."""
        found = self.payment(id)
        if found.status != "pending":
            raise NotPossible(f"payment {id} is {found.status}, not pending")
        if status == "received":
            self._check(found.applied, found.amount, counts=True)
        self._change("payment", found, {"status": status})
        self._touch_invoices(found.applied)
        return found

    def reverse_payment(self, id: str, *, delete: bool = False) -> Payment:
        """It bounced or was charged back (or never was: deleted); what it paid is owed again."""
        found = self.payment(id)
        gone: Literal["reversed", "deleted"] = "deleted" if delete else "reversed"
        self._change("payment", found, {"status": gone}, action="deleted" if delete else "updated")
        self._touch_invoices(found.applied)
        return found

    def refund(self, id: str, amount: Decimal) -> Payment:
        """Money goes back; what it paid on the last invoice is owed again by as much."""
        found = self.payment(id)
        if not found.counts or amount <= 0 or amount > found.amount - found.refunded:
            raise NotPossible("more than was paid cannot be refunded")
        rest = max(ZERO, amount - found.unapplied)
        found.refunded += amount
        owed_again: dict[str, Decimal] = {}
        for invoice in reversed(list(found.applied)):
            back = min(rest, found.applied[invoice])
            found.applied[invoice] -= back
            rest -= back
            if back:
                owed_again[invoice] = back
        found.refunds.append(Refund(amount, self.clock.now(), owed_again))
        self._touch("payment", found)
        self._touch_invoices(found.applied)
        return found

    def add_credit(self, customer: str, total: Decimal, **facts: Any) -> Credit:
        """A credit memo, not yet applied to anything."""
        if total <= 0:
            raise NotPossible("a credit must be more than zero")
        currency = facts.pop("currency", None) or self.customer(customer).currency
        issued_on = facts.pop("issued_on", None) or self.today()
        id = facts.pop("id", None) or self._next("credit")
        number = facts.pop("number", None) or self._numbered("credit_number", self._credit_number)
        found = Credit(id, number, customer, total, currency, issued_on, **facts)
        self.credits[id] = found
        self._born(found)
        self._say("credit", id, "created")
        return found

    def apply_credit(self, id: str, invoice: str, amount: Decimal) -> Credit:
        """Raises NotPossible beyond what is left or owed."""
        found = self.credit(id)
        self._check({invoice: amount}, found.left, counts=True)
        found.applied[invoice] = found.applied.get(invoice, ZERO) + amount
        self._touch("credit", found)
        self._tie(found, {invoice: amount})
        return found

    def unapply_credit(self, id: str, invoice: str) -> Credit:
        found = self.credit(id)
        if found.applied.pop(invoice, None) is None:
            raise NotThere(f"credit {found.number} is not applied to {invoice}")
        self._applied[invoice].remove(found)
        self._touch("credit", found)
        self._touch_invoices([invoice])
        return found

    def void_credit(self, id: str, *, delete: bool = False) -> Credit:
        found = self.credit(id)
        touched = list(found.applied)
        found.applied.clear()
        for invoice in touched:
            self._applied[invoice].remove(found)
        gone: Literal["void", "deleted"] = "deleted" if delete else "void"
        self._change("credit", found, {"status": gone}, action="deleted" if delete else "voided")
        self._touch_invoices(touched)
        return found

    # Kept in a file and brought back

    def kept(self) -> dict[str, Any]:
        """Everything in them."""
        return {
            "counts": self._counts,
            "extra": self.extra,
            "customers": list(self.customers.values()),
            "invoices": list(self.invoices.values()),
            "payments": list(self.payments.values()),
            "credits": list(self.credits.values()),
        }

    def bring_back(self, kept: dict[str, Any]) -> None:
        """What was kept, instead of what is here; nobody is told."""
        self._counts, self.extra = dict(kept["counts"]), kept["extra"]
        self.customers = {one.id: one for one in kept["customers"]}
        self.invoices = {one.id: one for one in kept["invoices"]}
        self.payments = {one.id: one for one in kept["payments"]}
        self.credits = {one.id: one for one in kept["credits"]}
        self._applied = {}
        both: list[Payment | Credit] = [*self.payments.values(), *self.credits.values()]
        for one in both:
            for invoice in one.applied:
                self._applied.setdefault(invoice, []).append(one)
        self.changes += 1

    # Bookkeeping of the bookkeeping

    def touch(self, kind: Kind, id: str) -> None:
        """It was saved again: changed now, and told."""
        tables: dict[Kind, dict[str, Any]] = {
            "customer": self.customers,
            "invoice": self.invoices,
            "payment": self.payments,
            "credit": self.credits,
        }
        self._touch(kind, self._one(tables[kind], id))

    def _check(self, applied: dict[str, Decimal], amount: Decimal, *, counts: bool) -> None:
        if amount <= 0 or any(part <= 0 for part in applied.values()):
            raise NotPossible("an amount must be more than zero")
        if sum(applied.values(), ZERO) > amount:
            raise NotPossible("more is applied than there is")
        for id, part in applied.items():
            invoice = self.invoice(id)
            if invoice.status != "open":
                raise NotPossible(f"invoice {invoice.number} is {invoice.status}")
            if counts and part > self.balance(invoice):
                raise NotPossible(f"only {self.balance(invoice)} is owed on invoice {invoice.number}")

    def _tie(self, one: Payment | Credit, applied: dict[str, Decimal]) -> None:
        for invoice in applied:
            ties = self._applied.setdefault(invoice, [])
            if one not in ties:
                ties.append(one)
        self._touch_invoices(applied)

    def _touch_invoices(self, ids: Any) -> None:
        for id in ids:
            if id in self.invoices:
                self._touch("invoice", self.invoices[id])

    def _change(self, kind: Kind, one: Any, facts: dict[str, Any], *, action: Action = "updated") -> None:
        for name, value in facts.items():
            if not hasattr(one, name):
                raise NotPossible(f"a {kind} has no {name}")
            setattr(one, name, value)
        self._touch(kind, one, action)

    def _touch(self, kind: Kind, one: Any, action: Action = "updated") -> None:
        self.changes += 1
        one.updated_at = max(self.clock.now(), one.updated_at)
        if isinstance(one, Invoice):
            one.version += 1
        self._say(kind, one.id, action)

    def _born(self, one: Any) -> None:
        self.changes += 1
        if one.created_at == UNSET:
            one.created_at = self.clock.now()
        if one.updated_at == UNSET:
            one.updated_at = one.created_at

    def _say(self, kind: Kind, id: str, action: Action) -> None:
        if not self.quiet:
            self._tell(self.account, kind, id, action)

    def _next(self, kind: Kind) -> str:
        self._counts[kind] += 1
        return self._ids(kind, self._counts[kind])

    def _numbered(self, kind: str, form: str) -> str:
        self._counts[kind] += 1
        return form.format(self._counts[kind])

    @staticmethod
    def _one[T](table: dict[str, T], id: str) -> T:
        try:
            return table[id]
        except KeyError:
            raise NotThere(id) from None
