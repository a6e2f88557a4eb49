"""What counts as recovered by us. Pure: facts in, one rule out. PRODUCT: 10 % of money actually recovered, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

RATE = Decimal("0.10")
COUNTS_FOR = timedelta(days=90)
HELD = timedelta(days=7)
WHOLE_SECONDS = timedelta(
    seconds=1
)  # books say when by the second: what came in the very second of a dispute came in it

Rule = Literal[
    "within_90_days",
    "no_contact",
    "before_contact",
    "same_day_unproven",
    "too_late",
    "said_already_sent",
    "dispute_live",
    "credit",
]


@dataclass(frozen=True)
class Contact:
    """A conversation with the right party about the invoice."""

    call: UUID
    at: datetime
    said_already_sent: bool = False


@dataclass(frozen=True)
class Receipt:
    """Cash applied to the invoice: its date in the books, and when the books first knew of it (null: they do not say)."""

    paid_on: date
    known_at: datetime | None
    is_cash: bool = True


@dataclass(frozen=True)
class DisputeTime:
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Verdict:
    rule: Rule
    contact: UUID | None

    @property
    def counts(self) -> bool:
        return self.rule == "within_90_days"


def judge(money: Receipt, contacts: Sequence[Contact], disputes: Sequence[DisputeTime], zone: str) -> Verdict:
    """Was this money recovered after a conversation? Dates are the company's local dates in ``zone``."""
    if not money.is_cash:
        return Verdict("credit", None)
    if any(_live_then(dispute, money, zone) for dispute in disputes):
        return Verdict("dispute_live", None)
    if not contacts:
        return Verdict("no_contact", None)
    spoken = sorted(contacts, key=lambda contact: contact.at)
    # What the books knew of before we spoke was on its way without us, whatever date it bears.
    before = [
        contact
        for contact in spoken
        if _day(contact.at, zone) < money.paid_on and (money.known_at is None or money.known_at > contact.at)
    ]
    same_day = [contact for contact in spoken if _day(contact.at, zone) == money.paid_on]
    if not before and not same_day:
        return Verdict("before_contact", None)
    proven = [c for c in same_day if money.known_at is not None and money.known_at > c.at]
    if not before and not proven:
        return Verdict("same_day_unproven", same_day[0].call)
    last = (before + proven)[-1]
    if any(contact.said_already_sent for contact in before + proven):
        return Verdict("said_already_sent", last.call)
    if money.paid_on > _day(last.at, zone) + COUNTS_FOR:
        return Verdict("too_late", last.call)
    return Verdict("within_90_days", last.call)


def _live_then(dispute: DisputeTime, money: Receipt, zone: str) -> bool:
    """Open when the money arrived. Where the books do not say at what hour, the whole day counts."""
    if money.known_at is not None and _day(money.known_at, zone) == money.paid_on:
        known_until = money.known_at + WHOLE_SECONDS
        return dispute.opened_at < known_until and (dispute.closed_at is None or money.known_at < dispute.closed_at)
    opened, closed = _day(dispute.opened_at, zone), dispute.closed_at and _day(dispute.closed_at, zone)
    return opened <= money.paid_on and (closed is None or money.paid_on <= closed)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
