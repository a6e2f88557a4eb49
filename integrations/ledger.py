"""A business's books, whichever product keeps them: what every vendor's package gives, in the words of the trade.

Amounts are exact ``Decimal`` with the currency beside them; dates are the company's own; moments are aware and UTC.
None of these shows its content in ``repr``: a customer's record must never reach a log through a traceback.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, ClassVar, Protocol, runtime_checkable

from integrations.models import Connection

type Cursor = dict[str, Any]
"""The vendor's own position in its stream of changes. Only its package reads it; we keep it."""


class _Quiet:
    """Shows its kind and id only."""

    __slots__ = ()
    kind: ClassVar[str]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'external_id', '')}>"


@dataclass(frozen=True, slots=True, repr=False)
class LedgerPhone(_Quiet):
    """A phone number as the books have it (``raw``) and as it can be dialed (``number``, E.164); or its problem."""

    raw: str
    place: str  # mobile, primary, alternate
    number: str = ""
    problem: str = ""  # "", unreadable or foreign


@dataclass(frozen=True, slots=True, repr=False)
class LedgerAddress(_Quiet):
    street: str = ""
    city: str = ""
    state: str = ""  # ISO 3166-2, for example US-OH
    zip: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class LedgerContact(_Quiet):
    """Somebody at a customer beside its main contact, with what the books call him (``title``: "site super")."""

    name: str
    title: str = ""
    email: str = ""
    phones: tuple[LedgerPhone, ...] = ()
    is_billing: bool = False  # the vendor itself says that bills go to him


@dataclass(frozen=True, slots=True, repr=False)
class LedgerCustomer(_Quiet):
    kind: ClassVar[str] = "customer"
    external_id: str
    name: str
    company: str
    contact_name: str
    is_business: bool
    phones: tuple[LedgerPhone, ...]  # the one to try first is first
    emails: tuple[str, ...]
    address: LedgerAddress
    active: bool
    parent: str  # external id of the customer this one is a job or branch of; "" for none
    updated_at: datetime | None
    contacts: tuple[LedgerContact, ...] = ()
    open_credit: Decimal | None = None  # what the vendor says is unused, all kinds together; None: it does not say
    chased_by_vendor: bool | None = None  # the vendor's own reminders go to him; None: it does not say


@dataclass(frozen=True, slots=True, repr=False)
class LedgerLine(_Quiet):
    item: str
    description: str
    quantity: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True, repr=False)
class LedgerPaid(_Quiet):
    """A payment as an invoice itself shows it, where a vendor lays it in."""

    external_id: str
    amount: Decimal
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class LedgerInvoice(_Quiet):
    kind: ClassVar[str] = "invoice"
    external_id: str
    number: str
    customer: str
    status: str  # draft, open, paid, void, deleted, written_off
    vendor_status: str
    currency: str
    total: Decimal
    balance: Decimal
    issued_on: date | None
    due_on: date | None
    lines: tuple[LedgerLine, ...]
    memo: str
    sent: bool | None  # None: the books do not say
    payments: tuple[str, ...] | None  # external ids of the payments that touch it; None: not said this time
    pay_url: str | None  # None: not asked for this time
    updated_at: datetime | None
    paid: tuple[LedgerPaid, ...] = ()  # laid in by the vendor: for people to see, never booked from here
    disputed: bool = False  # the vendor's own mark, or a chargeback: a reason to stop
    in_flight: bool = False  # a payment is on its way, or will be taken by itself
    estimate: str = ""  # number or id of the estimate, quote or job it came from
    reminders_on: bool | None = None  # the vendor's own reminders for this invoice; None: it does not say
    served_on: date | None = None  # the day of the work, where one day holds for all of it


@dataclass(frozen=True, slots=True, repr=False)
class LedgerAllocation(_Quiet):
    """How much went to one invoice: ``cash`` that came in, or ``credit`` that was given."""

    invoice: str
    type: str
    amount: Decimal


@dataclass(frozen=True, slots=True, repr=False)
class LedgerPayment(_Quiet):
    kind: ClassVar[str] = "payment"
    external_id: str
    customer: str
    amount: Decimal
    unapplied: Decimal
    currency: str
    paid_on: date
    method: str
    reference: str
    allocations: tuple[LedgerAllocation, ...]
    reversed: bool
    created_at: datetime | None
    updated_at: datetime | None
    pending: bool = False  # not money yet: on its way; allocations say what it is meant for


@dataclass(frozen=True, slots=True, repr=False)
class LedgerCreditMemo(_Quiet):
    kind: ClassVar[str] = "credit_memo"
    external_id: str
    number: str
    customer: str
    total: Decimal
    balance: Decimal
    currency: str
    issued_on: date | None
    applied: tuple[LedgerAllocation, ...]  # where the books say so on the memo itself
    void: bool
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Gone(_Quiet):
    """The books no longer have this object."""

    of: str
    external_id: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Unusable(_Quiet):
    """One object that cannot be read: a code of ``integrations.problems`` says why. The others are not concerned."""

    of: str
    external_id: str
    label: str
    reason: str
    detail: str = ""


type Item = LedgerCustomer | LedgerInvoice | LedgerPayment | LedgerCreditMemo | Gone | Unusable


def kind_of(item: Item) -> str:
    """customer, invoice, payment or credit_memo."""
    return item.of if isinstance(item, Gone | Unusable) else item.kind


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of the books, and from where to go on. The last one is ``done``; its cursor starts the next sync."""

    items: tuple[Item, ...]
    cursor: Cursor
    done: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose books these are."""

    account: str
    name: str
    currency: str
    country: str
    time_zone: str = ""  # "" when the vendor does not say


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left in the books, read back from them. ``repeated``: it had been written before under this key."""

    external_id: str  # of the credit memo, note or close; "" where the vendor gives none
    number: str
    invoice: LedgerInvoice
    repeated: bool = False


class TooFarBack(Exception):
    """What changed since then can no longer be told: read the whole again (``whole`` with this cursor) and compare."""

    def __init__(self, cursor: Cursor) -> None:
        super().__init__("the vendor cannot tell what changed since then")
        self.cursor = cursor


class Ledger(Protocol):
    """One company's books. Every method may raise the errors of ``integrations.errors``."""

    def organisation(self) -> Organisation: ...

    def count(self, cursor: Cursor) -> int:
        """How many objects ``whole`` will bring, for a progress bar."""

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        """Everything, customers first. Starts where the cursor stands; says nothing of deletions."""

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """What changed since the cursor, deletions too. Raises TooFarBack before the first page."""

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        """These objects as they are now; ``Gone`` for each the books do not have."""

    def open_invoices(self) -> Iterator[list[Item]]:
        """Every invoice with a balance, page by page: what is not among them is paid or gone."""

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        """This invoice as it is now, with its pay link where the vendor has one."""

    # Writes. What these books cannot do is in the vendor's ``abilities`` and raises NotAble here. Every write is safe to
    # repeat with its key, is confirmed by reading back, and raises Unanswered when nobody knows whether it happened.

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        """Owe exactly this much less on it: a credit memo applied to it, or what comes nearest at this vendor.

        ``reason`` may be printed on the customer's copy: never a word of a dispute. Refused when less is owed than that.
        """

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        """Owe nothing more on it, as a bad debt or what comes nearest."""

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        """A note the customer never sees."""

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        """The vendor's own reminders for this invoice, off or on again."""

    def close(self) -> None: ...


@runtime_checkable
class Receiving(Protocol):
    """Books into which a program can write that a payment came in. For the others it is the owner's task."""

    def receive(self, invoice: str, amount: Decimal, *, on: date, key: str) -> Written:
        """A payment of exactly this amount, set against this invoice, once for this key. Refused when less is owed."""


@dataclass(frozen=True, slots=True)
class Home:
    """What a vendor's objects leave unsaid because it is the company's own."""

    currency: str = "USD"
    country: str = "US"
    zone: str = "America/New_York"


def ledger_for(connection: Connection, *, patience: float = 30.0) -> Ledger:
    """The books behind this connection; close it after use.

    A question takes ``patience`` seconds at most, its repeats and waits included.
    """
    module = import_module(f"integrations.{connection.provider}.ledger")
    ledger: Ledger = module.open_ledger(connection, patience=patience)
    return ledger
