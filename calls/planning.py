"""Whom to call and when: every overdue customer without an open attempt, each of his invoices cleared by the gate."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import timeline
from accounts.models import Business, User
from calls import bells
from calls.facts import gather
from calls.history import History
from calls.models import Attempt, AttemptInvoice
from calls.slots import moment_for
from compliance.facts import Facts
from compliance.gate import decide
from compliance.models import Channel, Decision, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import judge
from invoices.models import Contact, Customer, Invoice, InvoiceQuerySet
from invoices.services import hold_customer
from syntharra import clock, due
from syntharra.identifiers import uuid7

KIND, ATTEMPT = "plan", "attempt"
DAYS_LATE = 3
ATTEMPTS = 3
BATCH = 50
PLANNED_AT = time(6)
OPEN = ("planned", "dialing", "live", "unknown")


class CannotApprove(Exception):
    """The attempt is no longer waiting to be approved."""


@dataclass(frozen=True)
class Candidate:
    """One invoice of one customer, with the number that would ring and what the gate is told."""

    customer: Customer
    invoice: Invoice
    ask: Ask
    facts: Facts


def plan(business_id: UUID) -> int:
    """Plan what the current business may call about; how many attempts were made. Safe to call at any time."""
    business = Business.objects.get(pk=business_id)
    if business.stopped_at is not None:
        return 0  # stays due: the first sweep after calls go on finds it
    # Before looking: what changes while we look is due again at once, and that must not be overwritten. So soon, because
    # whatever breaks off this planning must not put it off until tomorrow.
    again = clock.now() + timedelta(minutes=1)
    due.note(KIND, business.pk, at=again)
    on = clock.today(business.time_zone)
    waiting = _eligible(on).order_by("customer_id").values_list("customer_id", flat=True).distinct()
    customers, made, passed_over = list(waiting), 0, 0
    for start in range(0, len(customers), BATCH):
        batch = customers[start : start + BATCH]
        planned, held = _plan_batch(business, batch)
        made, passed_over = made + planned, passed_over + len(batch) - held
    if not passed_over:
        due.put_off(KIND, business.pk, noted=again, at=next_morning(business))
    return made


def next_morning(business: Business) -> datetime:
    """When the day's calls are planned: before the first hour anybody may be called."""
    zone = ZoneInfo(business.time_zone)
    tomorrow = clock.today(business.time_zone) + timedelta(days=1)
    return datetime.combine(tomorrow, PLANNED_AT, zone).astimezone(UTC)


@transaction.atomic
def approve(attempt_id: UUID, *, by: User) -> Attempt:
    """In review mode: this call may be made. Approving twice is once."""
    attempt = _held(attempt_id)
    if Attempt.objects.filter(pk=attempt.pk, approved_at=None).update(approved_at=clock.now(), approved_by=by.email):
        due.note(ATTEMPT, attempt.pk, at=max(attempt.planned_for, clock.now()))
        timeline.record(attempt, "approved_call", by=by.email)
        bells.dial(attempt.pk)
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def call_off(attempt_id: UUID, *, by: User, reason: str) -> Attempt:
    """The owner does not want this planned call. Nobody was rung, so it is none of the three."""
    attempt = _held(attempt_id)
    attempt.move(Attempt.Status.ENDED, ended_at=clock.now(), ended_because="called_off", leased_until=None)
    due.settle(ATTEMPT, attempt.pk)
    timeline.record(attempt, "called_off", by=by.email, reason=reason)
    return attempt


def _held(attempt_id: UUID) -> Attempt:
    hold_customer(Attempt.objects.values_list("customer_id", flat=True).get(pk=attempt_id))
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.status != Attempt.Status.PLANNED:
        raise CannotApprove(f"this call is {attempt.get_status_display()} already")
    return attempt


def late_enough(on: date) -> InvoiceQuerySet:
    """Invoices that may be collected on and are late enough to be called about."""
    return Invoice.objects.collectable(on=on).overdue_by(DAYS_LATE, on=on)


def _eligible(on: date) -> InvoiceQuerySet:
    """Those of customers nobody is trying to reach already."""
    trying = Attempt.objects.filter(customer=OuterRef("customer"), status__in=OPEN)
    return late_enough(on).filter(~Exists(trying))


@transaction.atomic
def _plan_batch(business: Business, customer_ids: Sequence[UUID]) -> tuple[int, int]:
    """How many attempts were made, and how many of these customers nobody else was busy with."""
    free = Customer.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    held = {customer.pk: customer for customer in free.filter(pk__in=customer_ids).order_by("pk")}
    by_customer: dict[UUID, list[Candidate]] = defaultdict(list)
    candidates = _candidates(business, held)
    for candidate in candidates:
        by_customer[candidate.customer.pk].append(candidate)
    past = History.of(list(held), [candidate.ask.to for candidate in candidates])
    refused = _Refusals.of_today(business, [candidate.invoice.pk for candidate in candidates])
    made = sum(_plan_customer(business, mine, past, refused) for mine in by_customer.values())
    return made, len(held)


def _candidates(business: Business, customers: dict[UUID, Customer]) -> list[Candidate]:
    on, moment = clock.today(business.time_zone), clock.now()
    invoices = list(_eligible(on).filter(customer_id__in=customers).order_by("customer_id", "due_on", "number"))
    numbers = usable_numbers(customers)
    asks = [
        Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=numbers.get(invoice.customer_id, ""),
            at=moment,
            customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
        )
        for invoice in invoices
    ]
    facts = gather(asks) if asks else []
    return [
        Candidate(customers[invoice.customer_id], invoice, ask, known)
        for invoice, ask, known in zip(invoices, asks, facts, strict=True)
    ]


def usable_numbers(customers: Collection[UUID]) -> dict[UUID, str]:
    """The number of each customer's billing contact: of the lowest rank that has a usable one."""
    billing = Contact.objects.filter(customer_id__in=customers, role=Contact.Role.BILLING, phone_problem="")
    found: dict[UUID, str] = {}
    for customer_id, phone in billing.exclude(phone="").order_by("rank").values_list("customer_id", "phone"):
        found.setdefault(customer_id, phone)
    return found


def _plan_customer(business: Business, mine: list[Candidate], past: History, refused: "_Refusals") -> int:
    """One attempt for all invoices that may be spoken of at its moment; what may never is put on record once a day."""
    rules = RuleBook.load()
    last = past.last_of(mine[0].customer.pk)
    moments: list[datetime] = []
    for candidate in mine:
        moment = moment_for(candidate.facts, rules, last=last.dialing_at if last else None, zone=business.time_zone)
        if moment is None:
            refused.keep(candidate)
            _leave_if_used_up(candidate.invoice, past)
        else:
            moments.append(moment)
    if not moments:
        return 0
    planned_for = min(moments)
    then = [_at(candidate, planned_for) for candidate in mine]
    allowed = [candidate for candidate in then if decide(candidate.facts, rules).is_allowed]
    # One call speaks of one currency; what is owed in another has its turn when this attempt is over.
    together = [candidate for candidate in allowed if candidate.invoice.currency == allowed[0].invoice.currency]
    return 1 if together and _make(together, planned_for, past) else 0


def _at(candidate: Candidate, moment: datetime) -> Candidate:
    return replace(candidate, ask=replace(candidate.ask, at=moment), facts=replace(candidate.facts, at=moment))


def _make(together: list[Candidate], planned_for: datetime, past: History) -> Attempt:
    first = together[0]
    attempt = Attempt.objects.create(
        pk=uuid7(),
        customer=first.customer,
        number=1 + max(past.dials(candidate.invoice.pk) for candidate in together),
        to=first.ask.to,
        planned_for=planned_for,
    )
    AttemptInvoice.objects.bulk_create(
        AttemptInvoice(attempt=attempt, invoice=candidate.invoice, position=position)
        for position, candidate in enumerate(together)
    )
    for candidate in together:
        judge(candidate.facts, candidate.ask, subject_kind="attempt", subject_id=attempt.pk, moment="planned")
    due.note(ATTEMPT, attempt.pk, at=planned_for)
    if planned_for <= clock.now():
        bells.dial(attempt.pk)
    return attempt


def _leave_if_used_up(invoice: Invoice, past: History) -> None:
    """Three dials and nothing holds it any more: from here on it is the owner's decision."""
    if past.dials(invoice.pk) >= ATTEMPTS:
        leave_to_owner(invoice)


def leave_to_owner(invoice: Invoice) -> None:
    """The third attempt is over: nothing happens by itself any more. For an invoice whose customer is held."""
    left = {"left_reason": Invoice.Left.YOUR_DECISION, "left_at": clock.now()}
    if Invoice.objects.open().filter(pk=invoice.pk, left_reason=None, frozen_at=None).update(**left):
        timeline.record(invoice, "left_to_your_decision", by="syntharra", attempts=ATTEMPTS)


@dataclass
class _Refusals:
    """What the gate refused today, so that a sweep a minute does not write the same line a minute."""

    kept: set[tuple[UUID, str]]

    @classmethod
    def of_today(cls, business: Business, subjects: Sequence[UUID]) -> "_Refusals":
        return cls(refused_today(business, subjects, moment="planned"))

    def keep(self, candidate: Candidate) -> None:
        clearance = decide(candidate.facts, RuleBook.load())
        if (candidate.invoice.pk, clearance.reason) in self.kept:
            return
        self.kept.add((candidate.invoice.pk, clearance.reason))
        invoice = candidate.invoice
        judge(candidate.facts, candidate.ask, subject_kind="invoice", subject_id=invoice.pk, moment="planned")


def refused_today(business: Business, subjects: Sequence[UUID], *, moment: str) -> set[tuple[UUID, str]]:
    """Which of these were refused since midnight where the business is, and why."""
    zone = ZoneInfo(business.time_zone)
    midnight = datetime.combine(clock.today(business.time_zone), time(), zone)
    refusals = Decision.objects.filter(subject_id__in=subjects, moment=moment, at__gte=midnight, decision="blocked")
    return set(refusals.values_list("subject_id", "reason"))
