"""What follows from a call: the one table of ``calls.agent.outcomes``, carried out once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from accounts import timeline
from accounts.models import ActivityLine
from calls import letters
from calls.agent.outcomes import OUTCOMES, Disposition, Message, Outcome
from calls.agent.outcomes import Hold as HoldKind
from calls.agent.steps import State
from calls.doors import call_at
from calls.endings import UNFINISHED, close, end_undialed, plan_anew
from calls.history import LOST, History
from calls.lattice import is_over
from calls.lines import call_of
from calls.locks import hold_attempt
from calls.models import Attempt, Call
from calls.planning import ATTEMPTS, leave_to_owner
from calls.workdays import workdays_after
from compliance.models import Channel
from compliance.services import note_contact
from disputes.services import pause
from invoices.models import Contact, Hold, Invoice, Promise
from invoices.notices import owe_notice
from invoices.services import hold_customer
from notifications import outbox
from syntharra import clock, due

AGENT = "agent"
PARTICULARS = ("detail", "name", "phone", "email", "on", "at", "zone")  # of what was noted, shown with the task
FAILURES = 3
QUEUED = "queued"  # taken back from the carrier's queue before it rang


@transaction.atomic
def finish(line_id: UUID, disposition: str, *, state: State | None = None) -> bool:
    """The call on this line is over with this result: everything the table says follows, once.

    False when it was finished before. An empty disposition is a line we ended without a word.
    """
    try:
        attempt = hold_attempt(line_id)
    except Attempt.DoesNotExist:  # a customer called us
        inbound = call_at(line_id)
        return inbound is not None and _finish_inbound(inbound, disposition, state)
    call = call_of(attempt)
    if attempt.status == Attempt.Status.ENDED or call is None:
        return False
    call.attempt, call.business = attempt, attempt.business
    result, reason = _keep_result(call, disposition, state)
    reached = _may_have_rung(attempt, call, result)
    close(attempt, disposition=result, because=result, counted=reached, right_party=call.right_party)
    if not reached:
        _doubt_the_number(attempt)
    invoices = spoken_of(attempt)
    if result:
        _follow(OUTCOMES[Disposition(result)], call, invoices)
    _leave_in_doubt(call, invoices, state)
    timeline.record(
        call,
        "called" if reached else "could_not_call",
        by=AGENT,
        customer=attempt.customer_id,
        result=result or attempt.ended_because,
        reason=reason,
        attempt=attempt.number,
        invoices=[invoice.number for invoice in invoices],
    )
    if call.right_party:
        owe_notice(attempt.customer, invoices, key=f"call:{call.pk}")
    _leave_after_the_third(invoices)
    if attempt.callback_at is not None:
        plan_anew()
    return True


def _may_have_rung(attempt: Attempt, call: Call, result: str) -> bool:
    """Whether this was an attempt: the telephone rang, or nobody can say that it did not (12 CFR 1006.14(b)(2)(i)(A)).

    Certainly not where the carrier failed, or gave it back from its queue, before a word of ringing.
    """
    if call.rang_at is not None or call.answered_at is not None or attempt.ended_because == LOST:
        return True
    return result != Disposition.FAILED and attempt.ended_because != QUEUED


def _doubt_the_number(attempt: Attempt) -> None:
    """A number the carrier failed to connect three times in a row is dialed no more until somebody looked at it."""
    of_number = Attempt.objects.filter(customer=attempt.customer_id, to=attempt.to, status=Attempt.Status.ENDED)
    reached = of_number.filter(counted=True).aggregate(latest=Max("dialing_at"))["latest"]
    failed = of_number.filter(counted=False, disposition=Disposition.FAILED, call__isnull=False)
    failed = failed.exclude(ended_because=QUEUED)
    failed = failed.filter(dialing_at__gt=reached) if reached else failed
    if failed.count() < FAILURES:
        return
    contacts = Contact.objects.filter(customer=attempt.customer_id, phone=attempt.to, phone_problem="")
    if contacts.update(phone_problem="unconnected"):
        timeline.record(attempt, "asks_owner", by="syntharra", task="number_fails", customer=attempt.customer_id)


def _finish_inbound(call: Call, disposition: str, state: State | None) -> bool:
    """A customer called us: no attempt of ours, but a contact with the person like any other."""
    if call.customer_id is not None:
        hold_customer(call.customer_id)
    call.refresh_from_db()
    if call.disposition:
        return False
    result, reason = _keep_result(call, disposition or Disposition.HUNG_UP, state)
    invoices = spoken_on(call)
    _follow(OUTCOMES[Disposition(result)], call, invoices)
    _leave_in_doubt(call, invoices, state)
    if call.right_party:
        on = call.placed_at.astimezone(ZoneInfo(call.business.time_zone)).date()
        note_contact(call.caller, Channel.CALL, "conversation", key=f"call:{call.pk}", at=call.placed_at, on=on)
    if call.right_party and call.customer is not None:
        owe_notice(call.customer, invoices, key=f"call:{call.pk}")
    numbers = [invoice.number for invoice in invoices]
    timeline.record(
        call, "was_called", by=AGENT, customer=call.customer_id, result=result, reason=reason, invoices=numbers
    )
    if call.callback_at is not None:
        _call_then(call)
    if is_over(call.status):
        due.settle(UNFINISHED, call.pk)
    return True


def _call_then(call: Call) -> None:
    """They rang us and named a time: a call that was planned for another time gives way to it."""
    for planned in Attempt.objects.filter(customer=call.customer_id, status=Attempt.Status.PLANNED):
        attempt = hold_attempt(planned.pk)
        links = attempt.about.filter(dropped_at=None).values_list("pk", flat=True)
        end_undialed(attempt, dict.fromkeys(links, "callback_asked"))
    plan_anew()


def _keep_result(call: Call, disposition: str, state: State | None) -> tuple[str, str]:
    result = call.disposition or disposition
    reason = state.reason.value if state is not None and state.reason is not None else ""
    Call.objects.filter(pk=call.pk).update(disposition=result, reason=reason)
    return result, reason


def spoken_of(attempt: Attempt) -> list[Invoice]:
    """The invoices this attempt is about, oldest first."""
    about = Invoice.objects.filter(attempt_links__attempt=attempt, attempt_links__dropped_at=None)
    return list(about.order_by("due_on", "number"))


def spoken_on(call: Call) -> list[Invoice]:
    """The invoices this call is about, oldest first, whoever made it."""
    if call.attempt is not None:
        return spoken_of(call.attempt)
    return list(Invoice.objects.filter(pk__in=call.about).order_by("due_on", "number"))


def _follow(outcome: Outcome, call: Call, invoices: list[Invoice]) -> None:
    match outcome.hold:
        case HoldKind.PAUSED:
            _pause(call, invoices)
        case HoldKind.DAYS:
            _hold_invoices(outcome, call, invoices)
        case HoldKind.PROMISE:
            _hold_unpromised(outcome, call, invoices)
        case HoldKind.OWNER:
            _hold_customer(outcome, call)
        case HoldKind.UNTIL_DONE:
            for invoice in invoices:
                _hold(outcome, call, invoice=invoice, until=None)
    if outcome.message is Message.STOP_CONFIRMATION and call.customer_id is not None:
        outbox.owe(*letters.stop_confirmation(call))
    # A person is being put through: whether the owner has to call back is known when somebody answered or nobody did.
    if outcome.task and not call.person:
        task = {"task": outcome.disposition.value, **_particulars(call)}
        timeline.record(call, "asks_owner", by=AGENT, customer=call.customer_id, **task)
    if outcome.disposition in _ASKED_FOR_A_PERSON_BESIDES and _wants_person(call):
        task = {"task": "call_back_now", **_particulars(call)}
        timeline.record(call, "asks_owner", by=AGENT, customer=call.customer_id, **task)
    if outcome.disposition in _ASKED_TO_BE_CALLED and _wants_person(call):
        task = {"task": "call_back_then", **_particulars(call)}
        timeline.record(call, "asks_owner", by=AGENT, customer=call.customer_id, **task)


# A call may end so and somebody be waiting to be called by a person all the same.
_ASKED_FOR_A_PERSON_BESIDES = (Disposition.DISPUTE, Disposition.ALREADY_PAID, Disposition.PAUSED_UNSURE)

# Where none of our calls is left a person was promised instead.
_ASKED_TO_BE_CALLED = (Disposition.CALLBACK_REQUEST, Disposition.NOT_RIGHT_PARTY)


def _wants_person(call: Call) -> bool:
    """They were told that a person will call; where one is put through at once, nothing is owed until nobody answered."""
    said = ActivityLine.objects.filter(subject_id=call.pk, verb="wants_callback").select_related("detail")
    return any(line.detail.facts.get("by_person") for line in said if hasattr(line, "detail"))


def _particulars(call: Call) -> dict[str, Any]:
    """Which paper, whose money, whom to ask: what the agent noted on this call, for whoever does the task."""
    noted = ActivityLine.objects.filter(subject_id=call.pk, verb__in=("noted", "proposed_contact", "wants_callback"))
    for line in noted.select_related("detail").order_by("-recorded_at", "-pk"):
        facts = line.detail.facts if hasattr(line, "detail") else {}
        told = {key: facts[key] for key in PARTICULARS if facts.get(key)}
        if told:
            return told
    return {}


@transaction.atomic
def done(call_id: UUID) -> int:
    """The owner did what this call asked for: a hold that waited for it runs out some business days later; how many did.

    Safe to call twice: the first day counts.
    """
    call = Call.objects.select_related("attempt__business").get(pk=call_id)
    outcome = OUTCOMES[Disposition(call.disposition)] if call.disposition else None
    if outcome is None or outcome.hold is not HoldKind.UNTIL_DONE or call.attempt is None:
        return 0
    attempt = hold_attempt(call.attempt.pk)
    until = _end_of(workdays_after(clock.today(call.business.time_zone), outcome.days), call)
    waiting = Hold.objects.filter(invoice__in=spoken_of(attempt), reason=outcome.disposition.value, by=AGENT)
    return waiting.filter(until=None, lifted_at=None).update(until=until)


def _leave_in_doubt(call: Call, invoices: list[Invoice], state: State | None) -> None:
    """However the call ended: a doubt that was still open on it leaves its invoices paused, with the letter and the task."""
    if state is not None and state.paused:
        _pause(call, invoices)


def _pause(call: Call, invoices: list[Invoice]) -> None:
    """As silent as a freeze: the call ended before it was clear whether something is wrong."""
    if not invoices:
        return
    doubted = call.lines.filter(speaker="customer", state="pause").order_by("-position").first()
    words = doubted.text if doubted is not None else ""
    pause(*(invoice.pk for invoice in invoices), why="unsure", words=words, source_key=f"call:{call.pk}", by=AGENT)


def _hold_invoices(outcome: Outcome, call: Call, invoices: list[Invoice]) -> None:
    on = clock.today(call.business.time_zone)
    until = workdays_after(on, outcome.days) if outcome.business_days else on + timedelta(days=outcome.days)
    for invoice in invoices:
        _hold(outcome, call, invoice=invoice, until=_end_of(until, call))


def _hold_unpromised(outcome: Outcome, call: Call, invoices: list[Invoice]) -> None:
    """Promised without a day, or not part of what was promised: as if for a week from now. With a day the promise holds."""
    running = set(Promise.objects.filter(invoice__in=invoices, status="running").values_list("invoice_id", flat=True))
    _hold_invoices(outcome, call, [invoice for invoice in invoices if invoice.pk not in running])


def _hold_customer(outcome: Outcome, call: Call) -> None:
    if call.customer_id is not None:
        _hold(outcome, call, invoice=None, until=None)


def _hold(outcome: Outcome, call: Call, *, invoice: Invoice | None, until: datetime | None) -> None:
    Hold.objects.create(
        customer_id=call.customer_id,
        invoice=invoice,
        reason=outcome.disposition.value,
        by=AGENT,
        since=clock.now(),
        until=until,
    )


def _end_of(day: date, call: Call) -> datetime:
    zone = ZoneInfo(call.business.time_zone)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _leave_after_the_third(invoices: list[Invoice]) -> None:
    """Three dials and nothing under way that would still settle it: the owner decides."""
    customers = {invoice.customer_id for invoice in invoices}
    if Attempt.objects.filter(customer_id__in=customers, dialing_at__isnull=False).count() < ATTEMPTS:
        return  # nothing of these customers can have been dialed so often: their whole past need not be read
    past = History.of(customers, [])
    collectable = set(
        Invoice.objects.collectable(on=clock.now().date())
        .filter(pk__in=[invoice.pk for invoice in invoices])
        .values_list("pk", flat=True)
    )
    for invoice in invoices:
        if invoice.pk in collectable and past.dials(invoice.pk) >= ATTEMPTS:
            leave_to_owner(invoice)
