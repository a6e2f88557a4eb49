"""What became of calls nobody told us the end of: looked up at the carrier, never dialed again."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import Business
from calls import bells, inbound
from calls.clearing import clear_attempt
from calls.endings import UNFINISHED, end_lost, end_never_sent
from calls.handover import owe_call_back
from calls.history import LOST
from calls.lattice import UNANSWERED, fetched, is_over
from calls.lines import bind, call_of, move_along, owe_hang_up, own_numbers
from calls.locks import hold_attempt
from calls.models import Attempt, Call
from calls.outcomes import QUEUED, finish
from calls.ringing import LONGEST_SECONDS, RING_SECONDS
from calls.wrapup import stopped_because, wrap_up
from integrations.errors import Refused, VendorError
from integrations.twilio.client import CarrierCall, carrier_for
from syntharra import clock, due, logs
from syntharra.tenancy import current_business

log = logs.get(__name__)

LOOK_AFTER = (5, 30, 120)  # machine seconds since the request left
FORGOTTEN_AFTER = timedelta(seconds=RING_SECONDS + LONGEST_SECONDS + 60)
RELAY_HAS = 5.0  # seconds in which an open relay finishes its own call
Status = Attempt.Status


def settle(attempt_id: UUID) -> str:
    """Bring this attempt to where the carrier has it; a word for how it stands. Safe to call at any time."""
    attempt = Attempt.objects.filter(pk=attempt_id).first()
    if attempt is None:
        return inbound.settle(attempt_id)
    if attempt.status in (Status.ENDED, Status.PLANNED):
        if (call := call_of(attempt)) is not None and call.person in (Call.Person.WANTED, Call.Person.RINGING):
            return _settle_person(attempt, call)
        due.settle(UNFINISHED, attempt_id)
        return str(attempt.status)
    call = call_of(attempt)
    if call is not None:
        return _settle_call(attempt, call)
    if attempt.leased_until is not None and attempt.leased_until > clock.machine_now():
        return _later(attempt_id, settings.WORK_LEASE_SECONDS)
    if attempt.posted_at is None:
        return "never sent" if end_never_sent(attempt_id) else "as it was"
    return _look_up(attempt)


def _settle_call(attempt: Attempt, call: Call) -> str:
    """A call we know: over and not finished, or silent for longer than it can last."""
    if is_over(call.status):
        after_the_line(attempt.pk)
        return "finished"
    began = attempt.posted_at or call.placed_at
    if clock.machine_now() - began < FORGOTTEN_AFTER:
        return _later(attempt.pk, 60)
    now = _at_carrier(attempt, call)
    if isinstance(now, str):
        return now
    tell_of(attempt.pk, call.sid, fetched(call.status, now.status), seconds=now.seconds, answered_by=now.answered_by)
    return _later(attempt.pk, 60) if not is_over(now.status) else "fetched"


def _settle_person(attempt: Attempt, call: Call) -> str:
    """The agent is done and a person was to be put through: has anybody told us how that went?"""
    now = _at_carrier(attempt, call)
    if isinstance(now, str):
        return now
    tell_of(attempt.pk, call.sid, fetched(call.status, now.status), seconds=now.seconds)
    if not is_over(now.status):
        return _later(attempt.pk, 60)
    due.settle(UNFINISHED, attempt.pk)
    return "fetched"


def _at_carrier(attempt: Attempt, call: Call) -> CarrierCall | str:
    """The call as the carrier has it, failed where it has it no more; a word for why where it does not say."""
    try:
        return carrier_for(_business()).fetch(call.sid)
    except Refused:
        if call.answered_at is None:  # nobody can say any more that it did not ring
            stopped_because(attempt.pk, LOST)
        return CarrierCall(sid=call.sid, status="failed", to=call.to, caller=call.caller, created_at=None)
    except VendorError as error:
        return _later(attempt.pk, 60, error.words)


def _look_up(attempt: Attempt) -> str:
    """The request left and no answer came. Found: bound. Not found after the last look: lost, and it counts."""
    assert attempt.posted_at is not None
    if attempt.status == Status.DIALING:
        _now_unknown(attempt.pk)
    age = (clock.machine_now() - attempt.posted_at).total_seconds()
    next_look = LOOK_AFTER[min(attempt.looked_up, len(LOOK_AFTER) - 1)]
    if age < next_look:
        return _later(attempt.pk, next_look - age)
    try:
        found = _find(attempt)
    except VendorError as error:  # not a look: the books of the carrier were closed
        return _later(attempt.pk, 30, error.words)
    if found is not None:
        tell_of(attempt.pk, found.sid, found.status, seconds=found.seconds, answered_by=found.answered_by)
        if found.status == Call.Status.QUEUED:
            _take_back(attempt.pk, found.sid)
        return "found"
    still_to_come = [seconds for seconds in LOOK_AFTER if seconds > age]
    Attempt.objects.filter(pk=attempt.pk).update(looked_up=len(LOOK_AFTER) - len(still_to_come))
    if still_to_come:
        return _later(attempt.pk, still_to_come[0] - age)
    return "lost" if end_lost(attempt.pk) else "as it was"


@transaction.atomic
def _take_back(attempt_id: UUID, sid: str) -> None:
    """Seconds after we asked it still waits in the carrier's own queue, and might ring after hours."""
    owe_hang_up(hold_attempt(attempt_id), sid, because=QUEUED)


def _find(attempt: Attempt) -> CarrierCall | None:
    """The carrier's call to this number, made after we asked and bound to nobody else."""
    assert attempt.dialing_at is not None
    business = _business()
    on = attempt.dialing_at.date()
    listed = carrier_for(business).look_up(to=attempt.to, on=on)
    since, numbers = attempt.dialing_at - timedelta(seconds=5), own_numbers(business)
    mine = [c for c in listed if c.caller in numbers and (c.created_at is None or c.created_at >= since)]
    bound = set(Call.objects.filter(sid__in=[call.sid for call in mine]).values_list("sid", flat=True))
    return next((call for call in reversed(mine) if call.sid not in bound), None)


@transaction.atomic
def _now_unknown(attempt_id: UUID) -> None:
    attempt = hold_attempt(attempt_id)
    if attempt.status == Status.DIALING and call_of(attempt) is None:
        attempt.move(Status.UNKNOWN, leased_until=None)


@transaction.atomic
def tell_of(attempt_id: UUID, sid: str, word: str, *, seconds: int | None = None, answered_by: str = "") -> bool:
    """The carrier says how far this call is: bound if need be, moved along, ended if it must not go on.

    False when the attempt has another call: then this one gets its hang-up.
    """
    attempt = hold_attempt(attempt_id)
    known = call_of(attempt)
    call = bind(attempt, sid)
    if call is None:
        owe_hang_up(attempt, sid, because="another_call")
        return False
    if answered_by and not call.answered_by:
        Call.objects.filter(pk=call.pk).update(answered_by=answered_by)
    move_along(attempt, call, word, seconds=seconds)
    if is_over(call.status):
        owe_call_back(call)
        _line_is_down(attempt, call)
    elif attempt.status == Status.ENDED and not call.person:  # with a person of the firm it may go on
        owe_hang_up(attempt, sid, because="late")
    elif known is None:
        _hang_up_if_forbidden(attempt, call)
    return True


def _hang_up_if_forbidden(attempt: Attempt, call: Call) -> None:
    found = clear_attempt(attempt, at=clock.now(), moment="dialed", record_allowed=False)
    if not any(cleared.is_allowed for cleared in found):
        owe_hang_up(attempt, call.sid, because=found[0].clearance.reason if found else "nothing_left")


def _line_is_down(attempt: Attempt, call: Call) -> None:
    """Where the agent spoke, its relay has some seconds to finish the call; else it is finished here."""
    if attempt.status == Status.ENDED:
        return
    if call.agent_state:
        due.note(UNFINISHED, attempt.pk, at=clock.now() + timedelta(seconds=RELAY_HAS))
        bells.settle(attempt.pk, seconds=RELAY_HAS)
        return
    after_the_line(attempt.pk)


def after_the_line(attempt_id: UUID) -> None:
    """Finish a call whose line is down: by what the carrier said where nobody answered, else by what was said."""
    call = Call.objects.filter(attempt_id=attempt_id).first()
    if call is None or not is_over(call.status):
        return
    if call.status in UNANSWERED and call.answered_at is None:
        finish(attempt_id, UNANSWERED[call.status])
    else:
        wrap_up(attempt_id)


def _business() -> Business:
    return Business.objects.get(pk=current_business())


def _later(attempt_id: UUID, seconds: float, why: str = "as it was") -> str:
    seconds = max(seconds, 1.0)
    due.note(UNFINISHED, attempt_id, at=clock.now() + timedelta(seconds=seconds))
    if seconds < 60:
        bells.settle(attempt_id, seconds=seconds)
    return why
