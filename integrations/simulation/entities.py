"""What stands in a company's books, in nobody's field names: customers, invoices, payments, credits."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

ZERO = Decimal(0)
UNSET = datetime.min.replace(tzinfo=UTC)


@dataclass(eq=False)
class Person:
    """Somebody at a customer beside its main contact."""

    name: str
    role: str = ""  # as the firm wrote it: "site super", "tenant", "accounts payable"
    email: str = ""
    phone: str = ""
    mobile: str = ""


@dataclass(eq=False)
class Customer:
    id: str
    name: str
    company: str = ""
    given: str = ""
    family: str = ""
    email: str = ""
    phones: dict[str, str] = field(default_factory=dict)  # mobile, work, home -> as the firm wrote it
    street: str = ""
    city: str = ""
    state: str = ""  # two letters
    zip: str = ""
    country: str = "US"
    currency: str = "USD"
    terms_days: int = 30
    active: bool = True
    deleted: bool = False
    parent: str = ""
    people: list[Person] = field(default_factory=list)
    note: str = ""  # the staff's, never shown to the customer
    chased_by_vendor: bool = True  # the vendor's own reminders are on for this customer
    created_at: datetime = UNSET
    updated_at: datetime = UNSET
    extra: dict[str, Any] = field(default_factory=dict)  # what only this vendor keeps
    odd: dict[str, Any] = field(default_factory=dict)  # raw fields laid over the rendered answer, to be awkward


@dataclass(eq=False)
class Line:
    description: str
    quantity: Decimal
    price: Decimal
    item: str = ""
    places: int = 2  # of the currency behind the point: yen have none, dinars three

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


@dataclass(eq=False)
class Invoice:
    id: str
    number: str
    customer: str
    currency: str
    issued_on: date
    due_on: date | None
    lines: list[Line]
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    status: Literal["draft", "open", "void", "deleted"] = "open"
    sent: bool = True
    viewed: bool = False
    written_off: Decimal = ZERO
    memo: str = ""  # printed on the customer's copy
    reference: str = ""
    estimate: str = ""  # number of the estimate, quote or job it came from
    comments: list[str] = field(default_factory=list)  # the staff's, never shown to the customer
    reminders_on: bool = True
    version: int = 1
    created_at: datetime = UNSET
    updated_at: datetime = UNSET
    extra: dict[str, Any] = field(default_factory=dict)
    odd: dict[str, Any] = field(default_factory=dict)

    @property
    def subtotal(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax - self.discount


@dataclass(frozen=True)
class Refund:
    """Money that went back out of one payment, and which invoices owe again for it."""

    amount: Decimal
    refunded_at: datetime
    owed_again: dict[str, Decimal]  # invoice id -> amount


@dataclass(eq=False)
class Payment:
    id: str
    customer: str
    amount: Decimal
    currency: str
    paid_on: date
    method: str = "check"  # check, card, ach, cash, transfer
    reference: str = ""
    status: Literal["received", "pending", "failed", "reversed", "deleted"] = "received"
    applied: dict[str, Decimal] = field(default_factory=dict)  # invoice id -> amount
    refunded: Decimal = ZERO
    refunds: list[Refund] = field(default_factory=list)
    created_at: datetime = UNSET
    updated_at: datetime = UNSET
    extra: dict[str, Any] = field(default_factory=dict)
    odd: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it is money: pending, failed, reversed and deleted ones are not."""
        return self.status == "received"

    @property
    def unapplied(self) -> Decimal:
        return self.amount - self.refunded - sum(self.applied.values(), ZERO) if self.counts else ZERO


@dataclass(eq=False)
class Credit:
    id: str
    number: str
    customer: str
    total: Decimal
    currency: str
    issued_on: date
    reason: str = ""
    reference: str = ""
    status: Literal["draft", "open", "void", "deleted"] = "open"
    applied: dict[str, Decimal] = field(default_factory=dict)
    created_at: datetime = UNSET
    updated_at: datetime = UNSET
    extra: dict[str, Any] = field(default_factory=dict)
    odd: dict[str, Any] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        return self.total - sum(self.applied.values(), ZERO) if self.status == "open" else ZERO
