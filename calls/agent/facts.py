"""What the agent knows before it speaks: the facts of one call, read from the books and then frozen.

Everything the agent will ever say about money, dates or people comes from here. Nothing here is looked up during the call.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from syntharra.money import Money, currency_code, total


class DebtorType(StrEnum):
    CONSUMER = "consumer"
    BUSINESS = "business"


class Role(StrEnum):
    """How the law sees the caller: the firm itself, or somebody collecting for it (15 USC 1692a(6))."""

    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"


class Language(StrEnum):
    ENGLISH = "en"
    SPANISH = "es"


class LinkChannel(StrEnum):
    """How a payment link may reach this customer."""

    NONE = ""
    EMAIL = "email"
    TEXT = "text"


class BriefError(ValueError):
    """The facts of a call are incomplete or contradict each other; the message says which."""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One overdue invoice as the books have it. ``work`` is the spoken label the owner approved, or empty.

    ``service_date``: the day of the work; ``issued_on``: the day of the bill.
    """

    number: str
    amount: Money
    due_date: date
    work: str = ""
    service_date: date | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """The facts of one call. Unknown debtor type and role fail closed: a consumer, called for others.

    ``debtor_type``: an unknown one is a consumer. ``dispute_live``: something of this customer's is disputed, so nothing is said of
    payment. ``identify_after_name``: the business is named only to the person asked for (940 CMR 7.05(3)(b), Massachusetts).
    ``callback_number`` is spoken as it stands here. ``person_now``: somebody of the firm can take the call at this moment; where
    not, ``person_on`` and ``person_at`` name the day and local time at which a person calls back. ``is_sensitive``: a practice where
    nothing is said of the work, not even when it was done: a bill is its number and its date. ``last_call``: we ring no more
    about any of these, so whoever wants to be called again is called by a person. ``leaves_message``: on a business's
    machine, where the firm wants it so.
    """

    business_name: str
    customer_name: str
    invoices: tuple[InvoiceFacts, ...]
    today: date
    local_time: time | None = None
    debtor_type: DebtorType = DebtorType.CONSUMER
    role: Role = Role.THIRD_PARTY
    operator_name: str = ""
    contact_name: str = ""
    language: Language = Language.ENGLISH
    zip_code: str = ""
    street: str = ""
    callback_number: str = ""
    first_contact: bool = True
    dispute_live: bool = False
    inbound: bool = False
    identify_after_name: bool = False
    link: LinkChannel = LinkChannel.NONE
    person_now: bool = False
    person_on: date | None = None
    person_at: time | None = None
    plan_allowed: bool = False
    extension_days: int = 0
    longest_promise_days: int = 30
    reference: str = ""
    is_sensitive: bool = False
    last_call: bool = False
    leaves_message: bool = True

    def __post_init__(self) -> None:
        if not self.business_name.strip() or not self.customer_name.strip():
            raise BriefError("a call needs the name of the business and the name of the customer")
        if not self.invoices:
            raise BriefError("a call needs at least one invoice to speak about")
        currencies = {currency_code(invoice.amount) for invoice in self.invoices}
        if len(currencies) > 1:
            raise BriefError(f"one call speaks about one currency, not {', '.join(sorted(currencies))}")
        if any(invoice.amount.amount <= Decimal(0) for invoice in self.invoices):
            raise BriefError("an invoice with nothing left to pay is not called about")

    @property
    def is_consumer(self) -> bool:
        return self.debtor_type is DebtorType.CONSUMER

    @property
    def named_to_person_alone(self) -> bool:
        """Whose call it is may be told to the person asked for and to nobody else; who rang us knows it already."""
        return self.identify_after_name and self.is_consumer and not self.inbound

    @property
    def needs_collector_notice(self) -> bool:
        """Consumers called for others are told so (15 USC 1692e(11), 12 CFR 1006.18(e))."""
        return self.is_consumer and self.role is Role.THIRD_PARTY

    @property
    def total(self) -> Money:
        return total((invoice.amount for invoice in self.invoices), currency_code(self.invoices[0].amount))

    @property
    def person(self) -> str:
        """Whom to ask for; empty where a business has no contact on file."""
        return self.customer_name if self.is_consumer else self.contact_name
