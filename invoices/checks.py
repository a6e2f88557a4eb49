"""What the owner looks at before anybody is called about an invoice: the reasons, and what each one stands on. Pure.

A reason holds until the owner ticks it for this customer; a tick is for that reason and what it was about (a word, a
name), so another word asks again. The codes are the gate's (RULES.md 2, layer house).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

CHANGED_LATELY = timedelta(days=3)

USUAL_WORDS = ("retainage", "holdback", "deposit", "warranty", "insurance", "adjuster")
NAME_WORDS = (
    *("c/o", "hoa", "h.o.a", "homeowners association", "homeowner association", "condo association"),
    *("condominium association", "property mgmt", "property management", "estate of"),
)
FEE_WORDS = (
    *("late fee", "late charge", "late payment fee", "late payment charge", "late payment interest", "finance charge"),
    *("interest charge", "past due fee", "past due charge", "overdue fee", "overdue charge", "interest on overdue"),
    *("recargo por mora", "cargo por mora"),
)

_GAP = re.compile(r"[\s\-‐‑–—]+")


class Reason(StrEnum):
    CREDIT_ON_ACCOUNT = "CREDIT_ON_ACCOUNT"
    PAYMENT_IN_FLIGHT = "PAYMENT_IN_FLIGHT"
    NOT_SENT = "NOT_SENT"
    NO_TERMS = "NO_TERMS"
    CHECK_FIRST = "CHECK_FIRST"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look first. ``about`` tells it from others of its kind; ``kind`` names the sentence for people."""

    reason: Reason
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of one invoice and its customer."""

    customer_name: str
    company: str
    texts: Sequence[str]  # lines, items and memo
    has_due_date: bool
    sent: bool | None
    in_flight: bool
    balance_changed_at: datetime | None
    credit: Decimal = Decimal(0)  # unused money of the family: own, parent's, sub-customers'
    pending: bool = False  # a payment that is not money yet is meant for it
    twin: str = ""  # number of another invoice of the same customer, amount and date
    elsewhere: str = ""  # vendor and number of the same bill in other connected books


def findings(sheet: Sheet, *, words: Collection[str], late_fees_attested: bool, at: datetime) -> list[Finding]:
    """Everything that asks for a look first, in the order of the codes; none of it ticked yet.

    ``at`` is in the firm's own time zone: a change is named by the day on which it was one there.
    """
    found: list[Finding] = []
    if sheet.credit > 0:
        found.append(Finding(Reason.CREDIT_ON_ACCOUNT, "credit"))
    if sheet.in_flight or sheet.pending:
        found.append(Finding(Reason.PAYMENT_IN_FLIGHT, "in_flight"))
    if sheet.sent is False:
        found.append(Finding(Reason.NOT_SENT, "not_sent"))
    if not sheet.has_due_date:
        found.append(Finding(Reason.NO_TERMS, "no_terms"))
    found += _in_words(sheet, words, late_fees_attested)
    if sheet.balance_changed_at is not None and at - sheet.balance_changed_at < CHANGED_LATELY:
        changed_on = sheet.balance_changed_at.astimezone(at.tzinfo).date()
        found.append(Finding(Reason.CHECK_FIRST, "changed", changed_on.isoformat()))
    if sheet.twin:
        found.append(Finding(Reason.CHECK_FIRST, "twin", sheet.twin))
    if sheet.elsewhere:
        found.append(Finding(Reason.CHECK_FIRST, "elsewhere", sheet.elsewhere))
    return found


def _in_words(sheet: Sheet, words: Collection[str], late_fees_attested: bool) -> Iterator[Finding]:
    text = "\n".join(sheet.texts).casefold()
    for word in words:
        if word.strip() and _stands_in(word.strip().casefold(), text):
            yield Finding(Reason.CHECK_FIRST, "word", word.strip().casefold()[:120])
    if not late_fees_attested:
        fee = next((word for word in FEE_WORDS if _stands_in(word, text)), "")
        if fee:
            yield Finding(Reason.CHECK_FIRST, "late_fee", fee)
    name = f"{sheet.customer_name}\n{sheet.company}".casefold()
    for word in NAME_WORDS:
        if _stands_in(word, name):
            yield Finding(Reason.CHECK_FIRST, "name", word)


def _stands_in(word: str, text: str) -> bool:
    return pattern(word).search(text) is not None


@lru_cache(maxsize=4096)  # the firms' own words, of which there is no end
def pattern(word: str) -> re.Pattern[str]:
    """Where it stands as a word of its own, also in the plural: "deposits", never "depository".

    However it is put together: "late-fee" and "late  fee", "Homeowners' Association" and "Homeowner's".
    """
    parts = [re.escape(part).replace("s", "['’]?s") for part in _GAP.split(word.casefold()) if part]
    written = f"['’.]?{_GAP.pattern}".join(parts) or re.escape(word)
    return re.compile(rf"(?<![\w/]){written}(?:['’]?s)?(?![\w/])", re.IGNORECASE)
