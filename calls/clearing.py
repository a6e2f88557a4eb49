"""The gate's word on every invoice of one attempt, put on record; a refusal once a day and reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calls.facts import gather
from calls.models import Attempt, AttemptInvoice
from calls.planning import refused_today
from compliance.facts import Facts
from compliance.gate import Clearance, decide
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import judge
from invoices.models import Invoice

# What somebody or something puts right without the customer: the attempt waits for it, this long at a time.
PASSING = {
    "BOOKS_STALE": timedelta(minutes=15),
    "BUSINESS_STOPPED": timedelta(minutes=5),
    "CALL_LIVE": timedelta(minutes=5),
    "NOT_APPROVED": timedelta(hours=1),
}
# What lies still until a day agreed on or set, whatever becomes of the customer's other invoices.
RESTING = frozenset({"ON_HOLD", "PROMISE_RUNNING"})


@dataclass(frozen=True)
class Cleared:
    """One invoice of an attempt and what the gate said. ``link`` is None for one that may still join."""

    invoice: Invoice
    link: AttemptInvoice | None
    ask: Ask
    facts: Facts
    clearance: Clearance

    @property
    def is_allowed(self) -> bool:
        return self.clearance.is_allowed


def clear_attempt(
    attempt: Attempt,
    *,
    at: datetime,
    moment: str,
    joining: tuple[Invoice, ...] = (),
    lasting: timedelta = timedelta(0),
    record_allowed: bool = True,
) -> list[Cleared]:
    """Ask about every invoice of this attempt not dropped yet, and about those that would join it. For a held customer.

    ``lasting``: it must still be allowed after so long, as long as the telephone may ring.
    """
    links = list(attempt.about.filter(dropped_at=None).select_related("invoice").order_by("position"))
    linked = {link.invoice_id for link in links}
    about: list[tuple[Invoice, AttemptInvoice | None]] = [(link.invoice, link) for link in links]
    about += [(invoice, None) for invoice in joining if invoice.pk not in linked]
    asks = [
        Ask(
            purpose=Purpose(attempt.purpose),
            channel=Channel.CALL,
            to=attempt.to,
            at=at,
            customer_id=attempt.customer_id,
            invoice_id=invoice.pk,
            subject_id=attempt.pk,
        )
        for invoice, _ in about
    ]
    rules, known = RuleBook.load(), gather(asks) if asks else []
    found = [
        _judged(Cleared(invoice, link, ask, facts, decide(facts, rules)), rules, lasting)
        for (invoice, link), ask, facts in zip(about, asks, known, strict=True)
    ]
    _put_on_record(attempt, found, moment, record_allowed)
    return found


def _judged(now: Cleared, rules: RuleBook, lasting: timedelta) -> Cleared:
    """What is said of the moment; where that is yes, what is said of the moment the ringing would end."""
    if not lasting or not now.is_allowed:
        return now
    at = now.ask.at + lasting
    facts = replace(now.facts, at=at)
    then = replace(now, ask=replace(now.ask, at=at), facts=facts, clearance=decide(facts, rules))
    return now if then.is_allowed else then


def _put_on_record(attempt: Attempt, found: list[Cleared], moment: str, record_allowed: bool) -> None:
    kept = refused_today(attempt.business, [attempt.pk], moment=moment)
    for cleared in found:
        if cleared.is_allowed and not record_allowed:
            continue
        if not cleared.is_allowed and (cleared.link is None or (attempt.pk, cleared.clearance.reason) in kept):
            continue
        judge(cleared.facts, cleared.ask, subject_kind="attempt", subject_id=attempt.pk, moment=moment)


def waits_for_a_yes(found: list[Cleared]) -> bool:
    """Its moment has come: once somebody says yes, only what passes by itself could keep it from being dialed."""
    reasons = [set(cleared.clearance.all_reasons) for cleared in found if cleared.link]
    return any({"NOT_APPROVED"} <= mine <= PASSING.keys() for mine in reasons)


def rests(found: list[Cleared]) -> bool:
    """Each invoice of the attempt is on hold or promised."""
    return all(RESTING & set(cleared.clearance.all_reasons) for cleared in found if cleared.link)


def again_at(found: list[Cleared], *, at: datetime) -> datetime | None:
    """When an attempt nobody may dial now is worth another look; None when waiting cures nothing."""
    moments = [moment for cleared in found if cleared.link and (moment := _again(cleared, at)) is not None]
    return min(moments, default=None)


def _again(cleared: Cleared, at: datetime) -> datetime | None:
    if cleared.clearance.next_allowed_at is not None:
        return cleared.clearance.next_allowed_at
    passing = [reason for reason in cleared.clearance.all_reasons if reason in PASSING]
    if not passing:
        return None
    rest = decide(_without_passing(cleared.facts), RuleBook.load())
    # The yes rings by itself when it is given; until then nothing else needs looking at often.
    waits = [PASSING[reason] for reason in passing]
    soonest = at + (max(waits) if "NOT_APPROVED" in passing else min(waits))
    if rest.is_allowed:
        return soonest
    return max(soonest, rest.next_allowed_at) if rest.next_allowed_at is not None else None


def _without_passing(facts: Facts) -> Facts:
    product = replace(facts.product, books_stale=None, business_stopped=None, call_live=None, not_approved=None)
    return replace(facts, product=product)
