"""Whom to call and when: every overdue customer without an open attempt, each of his invoices cleared by the gate.

Twice a day and whenever something changed: in the morning for the day, in the evening for the next one too, so that its
calls can be looked at before they are made. What turns up in the books during a day begins with the next one that the
evening's list shows. A batch of customers is read, judged and written down in a handful of queries.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import timeline
from accounts.models import Business
from calls import bells, preview, reminding
from calls.facts import Known
from calls.history import History
from calls.models import Attempt, AttemptInvoice
from calls.slots import moment_for
from calls.workdays import at_local
from compliance.clearance import Clearance
from compliance.facts import Facts
from compliance.gate import decide
from compliance.models import Channel, Decision, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import Judged, keep
from invoices.models import Contact, Customer, Invoice, InvoiceQuerySet
from syntharra import bulk, clock, due
from syntharra.identifiers import uuid7
from syntharra.reading import Given, Reading

KIND, ATTEMPT = "plan", "attempt"
DAYS_LATE = 3
ATTEMPTS = 3
BATCH = 50
MORNING, EVENING = time(6), time(17)  # on the business's wall clock
SOON = timedelta(minutes=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
USED_UP = "MAX_ATTEMPTS_HOUSE"  # three, or as many as the firm allows
OPEN = ("planned", "dialing", "live", "unknown")
_ELIGIBLE = Reading(
    # What is late enough, of customers nobody is trying to reach already.
    lambda: (
        Invoice.objects.collectable(on=Given("on"), at=Given("at"))
        .filter(due_on__lte=Given("due_by"))
        .filter(~Exists(Attempt.objects.filter(customer=OuterRef("customer"), status__in=OPEN)))
        .order_by("customer_id", "due_on", "number")
        .values_list("customer_id", "pk")
    )
)
_FREE = Reading(
    lambda: (
        Customer.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk__among=Given("customers"))
        .order_by("pk")
    )
)
_NUMBERS = Reading(
    lambda: (
        Contact.objects.filter(customer_id__among=Given("customers"), role=Contact.Role.BILLING, phone_problem="")
        .exclude(phone="")
        .order_by("rank")
        .values_list("customer_id", "phone")
    )
)
_REFUSED = Reading(
    lambda: Decision.objects.filter(
        subject_id__among=Given("subjects"), moment=Given("moment"), at__gte=Given("since"), decision="blocked"
    ).values_list("subject_id", "reason")
)


@dataclass(frozen=True, slots=True)
class Day:
    """For which of the business's dates, and from which moment on, calls are planned."""

    on: date
    moment: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """One invoice of one customer, with the number that would ring and what the gate is told."""

    customer: Customer
    invoice: Invoice
    ask: Ask
    facts: Facts

    def at(self, moment: datetime) -> "Candidate":
        if moment == self.facts.at:
            return self
        ask, facts = replace(self.ask, at=moment), replace(self.facts, at=moment)
        return Candidate(self.customer, self.invoice, ask, facts)


def plan(business_id: UUID, *, noted: datetime | None = None) -> int:
    """Plan what the current business may call about; how many attempts were made. Safe to call at any time.

    ``noted`` is the moment for which the sweep that took it has noted it again already.
    """
    business = Business.objects.get(pk=business_id)
    if business.stopped_at is not None:
        return 0  # stays due: the first sweep after calls go on finds it
    again = noted or clock.now() + SOON
    if noted is None:
        # Before looking: what changes while we look is due again at once, and that must not be overwritten. So soon,
        # because whatever breaks off this planning must not put it off until tomorrow.
        due.note(KIND, business.pk, at=again)
    days = _days(business)
    made, passed_over = 0, 0
    for day in days:
        planned, missed = _plan_day(business, day)
        made, passed_over = made + planned, passed_over + missed
    reminding.owe(business, on=days[0].on)
    if len(days) > 1:
        preview.owe(business, on=days[-1].on)
    if not passed_over:
        due.put_off(KIND, business.pk, noted=again, at=next_planning(business))
    return made


def next_planning(business: Business) -> datetime:
    """When calls are planned next if nothing changes before: this evening, or tomorrow before anybody may be called."""
    today = clock.today(business.time_zone)
    evening = at_local(today, EVENING, business.time_zone)
    if clock.now() < evening:
        return evening
    return at_local(today + timedelta(days=1), MORNING, business.time_zone)


def late_enough(on: date) -> InvoiceQuerySet:
    """Invoices that may be collected on and are late enough to be called about."""
    return Invoice.objects.collectable(on=on).overdue_by(DAYS_LATE, on=on)


def _days(business: Business) -> list[Day]:
    """Today; from the evening on tomorrow as well."""
    today, now = clock.today(business.time_zone), clock.now()
    days = [Day(today, now)]
    if now >= at_local(today, EVENING, business.time_zone):
        tomorrow = today + timedelta(days=1)
        days.append(Day(tomorrow, at_local(tomorrow, time(), business.time_zone)))
    return days


def _plan_day(business: Business, day: Day) -> tuple[int, int]:
    """How many attempts were made, and how many customers somebody else was busy with."""
    waiting: dict[UUID, list[UUID]] = defaultdict(list)
    for customer, invoice in _ELIGIBLE(on=day.on, at=day.moment, due_by=day.on - timedelta(days=DAYS_LATE)):
        waiting[customer].append(invoice)
    customers, made, missed = list(waiting), 0, 0
    for start in range(0, len(customers), BATCH):
        batch = {customer: waiting[customer] for customer in customers[start : start + BATCH]}
        planned, held = _plan_batch(business, batch, day)
        made, missed = made + planned, missed + len(batch) - held
    return made, missed


@transaction.atomic
def _plan_batch(business: Business, waiting: Mapping[UUID, list[UUID]], day: Day) -> tuple[int, int]:
    """How many attempts were made, and how many of these customers nobody else was busy with.

    Everything a decision goes by is read after the customers are locked; what was eligible before is only where to look.
    """
    held = {customer.pk: customer for customer in _FREE(customers=waiting)}
    asks = _asks({customer: waiting[customer] for customer in held}, day)
    if not asks:
        return 0, len(held)
    known = Known.of(asks, business=business, customers=held)
    by_customer: dict[UUID, list[Candidate]] = defaultdict(list)
    for ask in asks:
        assert ask.customer_id is not None
        assert ask.invoice_id is not None
        if not known.history.is_tried(ask.customer_id):
            one = Candidate(held[ask.customer_id], known.invoices[ask.invoice_id], ask, known.facts(ask))
            by_customer[ask.customer_id].append(one)
    batch = _Batch(business, known.history, refused_today(business, list(known.invoices), moment="planned"))
    for mine in by_customer.values():
        batch.plan_customer(mine)
    batch.write()
    return len(batch.attempts), len(held)


def _asks(waiting: Mapping[UUID, list[UUID]], day: Day) -> list[Ask]:
    numbers = usable_numbers(waiting)
    return [
        Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=numbers.get(customer, ""),
            at=day.moment,
            customer_id=customer,
            invoice_id=invoice,
        )
        for customer, invoices in waiting.items()
        for invoice in invoices
    ]


def usable_numbers(customers: Collection[UUID]) -> dict[UUID, str]:
    """The number of each customer's billing contact: of the lowest rank that has a usable one."""
    found: dict[UUID, str] = {}
    for customer_id, phone in _NUMBERS(customers=customers):
        found.setdefault(customer_id, phone)
    return found


@dataclass
class _Batch:
    """What is decided about some customers, written down together."""

    business: Business
    past: History
    refused: set[tuple[UUID, str]]  # today already: a sweep a minute does not write the same line a minute
    attempts: list[dict[str, Any]] = field(default_factory=list)  # rows to be, by column
    links: list[dict[str, Any]] = field(default_factory=list)
    acts: list[timeline.Act] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    used_up: list[Invoice] = field(default_factory=list)
    rules: RuleBook = field(default_factory=RuleBook.load)

    def plan_customer(self, mine: Sequence[Candidate]) -> None:
        """One attempt for all invoices that may be spoken of at its moment; what may never is put on record once a day."""
        last = self.past.last_of(mine[0].customer.pk)
        rang = last.dialing_at if last else None
        zone = self.business.time_zone
        shown = [one.at(max(one.facts.at, _shown_from(one.invoice, self.business))) for one in mine]
        moments = [moment_for(one.facts, self.rules, last=rang, zone=zone) for one in shown]
        for candidate, moment in zip(mine, moments, strict=True):
            if moment is None:
                self._refuse(candidate)
        planned_for = min((moment for moment in moments if moment is not None), default=None)
        if planned_for is None:
            return
        then = [one.at(planned_for) for one in mine]
        judged = [(one, decide(one.facts, self.rules)) for one in then]
        allowed = [(one, clearance) for one, clearance in judged if clearance.is_allowed]
        if allowed:
            # One call speaks of one currency; what is owed in another has its turn when this attempt is over.
            currency = allowed[0][0].invoice.currency
            self._make([pair for pair in allowed if pair[0].invoice.currency == currency], planned_for)

    def _make(self, together: Sequence[tuple[Candidate, Clearance]], planned_for: datetime) -> None:
        first, attempt = together[0][0], uuid7()
        number = 1 + max(self.past.dials(one.invoice.pk) for one, _ in together)
        customer, invoices = first.customer.pk, [one.invoice for one, _ in together]
        self.attempts.append(
            {"id": attempt, "customer_id": customer, "number": number, "to": first.ask.to, "planned_for": planned_for}
        )
        self.links += [
            {"attempt_id": attempt, "invoice_id": invoice.pk, "position": position}
            for position, invoice in enumerate(invoices)
        ]
        self.judged += [Judged(one.facts, one.ask, clearance, "attempt", attempt) for one, clearance in together]
        facts = {"at": planned_for, "number": number, "invoices": [invoice.number for invoice in invoices]}
        self.acts.append(timeline.Act("attempt", attempt, "planned_call", customer, facts))

    def _refuse(self, candidate: Candidate) -> None:
        invoice, clearance = candidate.invoice, decide(candidate.facts, self.rules)
        if (invoice.pk, clearance.reason) not in self.refused:
            self.refused.add((invoice.pk, clearance.reason))
            self.judged.append(Judged(candidate.facts, candidate.ask, clearance, "invoice", invoice.pk))
        if USED_UP in clearance.all_reasons:
            self.used_up.append(invoice)

    def write(self) -> None:
        """All of it, in the transaction that holds the customers, in one message."""
        with bulk.together(prepared=True):
            bulk.insert(Attempt, self.attempts)
            bulk.insert(AttemptInvoice, self.links)
            keep(self.judged, moment="planned")
            timeline.record_all(self.acts, by="syntharra")
            due.note_each(ATTEMPT, {row["id"]: row["planned_for"] for row in self.attempts})
        now = clock.now()
        for row in self.attempts:
            if row["planned_for"] <= now:
                bells.dial(row["id"])
        for invoice in self.used_up:
            leave_to_owner(invoice, attempts=self.past.dials(invoice.pk))


def _shown_from(invoice: Invoice, business: Business) -> datetime:
    """The first moment of the day whose calls the owner could look at, with this invoice among them, the evening before.

    Where each call waits for his yes, or he has chosen for this old invoice, he looks at it anyway.
    """
    turned_up = invoice.turned_up_at
    if turned_up is None or business.reviews_calls or invoice.backlog_choice == Invoice.Backlog.CALL:
        return LONG_AGO
    on = turned_up.astimezone(ZoneInfo(business.time_zone)).date()
    in_time = turned_up < at_local(on, EVENING, business.time_zone)
    return at_local(on + timedelta(days=1 if in_time else 2), time(), business.time_zone)


def leave_to_owner(invoice: Invoice, *, attempts: int = ATTEMPTS) -> None:
    """The last attempt is over: nothing happens by itself any more. For an invoice whose customer is held."""
    left = {"left_reason": Invoice.Left.YOUR_DECISION, "left_at": clock.now()}
    if Invoice.objects.open().filter(pk=invoice.pk, left_reason=None, frozen_at=None).update(**left):
        timeline.record(invoice, "left_to_your_decision", by="syntharra", attempts=attempts)


def refused_today(business: Business, subjects: Sequence[UUID], *, moment: str) -> set[tuple[UUID, str]]:
    """Which of these were refused since midnight where the business is, and why."""
    midnight = datetime.combine(clock.today(business.time_zone), time(), ZoneInfo(business.time_zone)).astimezone(UTC)
    return set(_REFUSED(subjects=subjects, moment=moment, since=midnight))
