"""Ending calls: for a customer after a freeze, for a whole business by its kill switch, or one line that must not speak.

The bell is heard within a second or two; every duty is carried out again until the carrier itself says that the line is
down, and an open relay looks at the facts once a second besides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import ActivityLine, Business, User
from accounts.services import stop_all
from calls import bells, hangups, inbound
from calls.agent.conversation import advance, begin
from calls.agent.events import MachineHeard
from calls.brief import brief_for
from calls.clearing import clear_attempt
from calls.lattice import fetched, is_over
from calls.lines import MACHINE, call_of, is_its_own, move_along, owe_hang_up, unfinished
from calls.locks import hold_attempt
from calls.models import Attempt, Call
from calls.opened import state_of
from calls.settling import after_the_line
from calls.twiml import ENGLISH, SPANISH, say_and_hang_up
from calls.wrapup import a_person_speaks, stopped_because
from integrations.errors import Refused, VendorError
from integrations.twilio.client import carrier_for
from notifications import outbox
from notifications.models import Duty
from notifications.outbox import Later, carries_out
from syntharra import clock, logs
from syntharra.tenancy import current_business

log = logs.get(__name__)

SOON = 1.0
PARTING = timedelta(seconds=8)
# A call may have been decided on beside the stop, by somebody who did not see it yet.
BESIDE = timedelta(seconds=2)
ENDED_BY_MEMBER = "ended_by_member"


def register() -> None:
    """Say who carries out what is owed to a telephone line."""
    carries_out("stop_calls", stop_calls)
    carries_out("hang_up", hang_up)
    carries_out("leave_message", leave_message)
    carries_out("stop_recording", stop_recording)


@transaction.atomic
def stop_business(business: Business, *, by: User) -> Business:
    """The kill switch: from the commit on nothing is dialed, and what rings or speaks is ended at once."""
    stopped = stop_all(business, by=by)
    owe_stop(stopped)
    return stopped


def owe_stop(business: Business) -> None:
    """The duty that ends every line of a stopped business; once for each time it is stopped."""
    facts = {"because": "BUSINESS_STOPPED"}
    outbox.owe(outbox.Act(kind="stop_calls", key=f"business:{business.stopped_at}", facts=facts))


@transaction.atomic
def end_call(call_id: UUID, *, by: User) -> bool:
    """A member ends this one call: no further word from the commit on, then no line. False when it was over already.

    Anybody of the firm may. What was said until then counts as it would have if they had hung up themselves.
    """
    call = Call.objects.get(pk=call_id)
    attempt = hold_attempt(call.attempt_id) if call.attempt_id else None
    call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call_id)
    if is_over(call.status):
        return False
    facts = {"sid": call.sid, "because": ENDED_BY_MEMBER}
    if attempt is not None:
        owe_hang_up(attempt, call.sid, because=ENDED_BY_MEMBER)
    else:
        outbox.owe(outbox.Act(kind="hang_up", key=f"call:{call.sid}", facts={"call": str(call.pk), **facts}))
    if not ActivityLine.objects.filter(subject_id=call.pk, verb="ended_call").exists():
        timeline.record(call, "ended_call", by=by.email, customer=call.customer_id)
    transaction.on_commit(lambda: hangups.tell(call.line_id, ENDED_BY_MEMBER))
    return True


def stop_calls(duty: Duty) -> str:
    """Every line of this customer (or business) but the one it was said on: no further word, then no line.

    Those we opened, and those customers opened by calling in. Lines that were there when it was owed: what began later was
    let through by every rule of its own moment, the stop lifted or the hold over.
    """
    customer, spared = duty.facts.get("customer"), _spared(duty)
    because = str(duty.facts.get("because") or "DISPUTE_OPEN")
    lines = [
        attempt
        for attempt in unfinished(UUID(customer) if customer else None)
        if (not spared or _call_id(attempt) != spared)
        and _was_there(duty, attempt.dialing_at)
        and _concerns(duty, attempt.to, attempt=attempt)
    ]
    for attempt in lines:
        stopped_because(attempt.pk, because)
        hangups.tell(attempt.pk, because)
    callers = [
        call
        for call in callers_on_line(UUID(customer) if customer else None)
        if str(call.pk) != spared
        and _was_there(duty, call.placed_at)
        and _concerns(duty, call.caller, listed=call.about)
    ]
    for call in callers:
        hangups.tell(call.pk, because)
    parting = _is_parting(duty)  # who talks has a moment for the good-bye; what only rings is ended at once
    still_open = [a for a in lines if (parting and a.status == Attempt.Status.LIVE) or not _is_ended(a)]
    still_talking = [call for call in callers if parting or not _is_caller_gone(call, because)]
    if still_open or still_talking:
        every = len(lines) + len(callers)
        raise _soon(f"{len(still_open) + len(still_talking)} of {every} lines are still open")
    return f"ended {len(lines) + len(callers)}"


def _was_there(duty: Duty, began: datetime | None) -> bool:
    return began is None or began <= duty.owed_at + BESIDE


def _spared(duty: Duty) -> str:
    """The call on which it was said: it ends by itself."""
    kind, _, call = str(duty.facts.get("source", "")).partition(":")
    return call if kind == "call" else str(duty.facts.get("except_call") or "")


def _concerns(duty: Duty, number: str, *, attempt: Attempt | None = None, listed: Sequence[str] = ()) -> bool:
    """A hold on a number speaks of the lines to it alone, a pause of those about its invoices; a freeze of every line of his."""
    if duty.facts.get("number") not in (None, "", number):
        return False
    wanted = set(duty.facts.get("invoices", ())) if duty.facts.get("politely") else set()
    if not wanted:
        return True
    if attempt is None:
        return bool(wanted & set(listed))
    return attempt.about.filter(invoice_id__in=[UUID(pk) for pk in wanted], dropped_at=None).exists()


def _is_parting(duty: Duty) -> bool:
    """Not a dispute: the agent may still say good-bye, for so long after it was decided."""
    return bool(duty.facts.get("politely")) and clock.now() < duty.owed_at + PARTING


def callers_on_line(customer_id: UUID | None = None) -> list[Call]:
    """The lines that customers opened and on which the agent speaks of an invoice.

    Whoever only leaves a word hears nothing of money and may finish it; who talks with a person of the firm is left to him.
    """
    lines = Call.objects.filter(attempt=None, status=Call.Status.IN_PROGRESS).exclude(about=[])
    lines = lines.exclude(person__in=(Call.Person.RINGING, Call.Person.CONNECTED))
    lines = lines.filter(customer_id=customer_id) if customer_id else lines
    return list(lines.order_by("placed_at", "pk"))


def _is_caller_gone(call: Call, because: str) -> bool:
    """The same as ``_is_ended`` for a line that has no attempt of ours."""
    try:
        _hang_up_on_caller(call.pk, call.sid, because)
    except Later:
        return False
    except VendorError as error:
        log.warning("line_not_ended", call=str(call.pk), problem=error.problem)
        return False
    return True


def hang_up(duty: Duty) -> str:
    """One line that must not speak."""
    if "call" in duty.facts:
        return _hang_up_on_caller(UUID(duty.facts["call"]), str(duty.facts["sid"]), str(duty.facts.get("because", "")))
    attempt = Attempt.objects.get(pk=duty.facts["attempt"])
    sid = str(duty.facts["sid"])
    if is_its_own(attempt, sid):
        hangups.tell(attempt.pk, str(duty.facts.get("because", "")))
    if not _hang_up(attempt, sid):
        raise _soon("the line is still open")
    return "ended"


def _hang_up_on_caller(call_id: UUID, sid: str, because: str) -> str:
    """A line a customer opened; it has no attempt."""
    hangups.tell(call_id, because)
    business = Business.objects.get(pk=current_business())
    try:
        now = carrier_for(business).hang_up(sid)
    except Refused as error:
        log.warning("no_line_to_end", sid=sid, code=error.vendor_code)
        return "no line"
    inbound.tell_of(call_id, now.status, seconds=now.seconds)
    if not is_over(now.status):
        raise _soon("the line is still open")
    return "ended"


def _call_id(attempt: Attempt) -> str:
    call = getattr(attempt, "call", None)
    return str(call.pk) if call is not None else ""


def _is_ended(attempt: Attempt) -> bool:
    """True when the carrier says so. A line nobody has found yet is ended when it is found or lost.

    A line the carrier says nothing about stays open, and keeps none of the others ringing.
    """
    call = call_of(attempt)
    try:
        return call is not None and _hang_up(attempt, call.sid)
    except VendorError as error:
        log.warning("line_not_ended", attempt=str(attempt.pk), problem=error.problem)
        return False


def _hang_up(attempt: Attempt, sid: str) -> bool:
    business = Business.objects.get(pk=current_business())
    try:
        now = carrier_for(business).hang_up(sid)
    except Refused as error:
        log.warning("no_line_to_end", sid=sid, code=error.vendor_code)
        return True
    with transaction.atomic():
        held = hold_attempt(attempt.pk)
        call = call_of(held)
        if call is not None and call.sid == sid:
            move_along(held, call, fetched(call.status, now.status), seconds=now.seconds)
    if is_over(now.status):
        after_the_line(attempt.pk)
    return is_over(now.status)


def _soon(why: str) -> Later:
    bells.duties(seconds=SOON)
    return Later(SOON, why)


def leave_message(duty: Duty) -> str:
    """A machine has answered after its beep: a short message without amount to a business, nothing to a person."""
    attempt = Attempt.objects.select_related("customer", "business").get(pk=duty.facts["attempt"])
    call = call_of(attempt)
    if call is None or is_over(call.status) or not _machine_wins(attempt, call):
        return "not needed"
    hangups.tell(attempt.pk, MACHINE)
    carrier, text = carrier_for(attempt.business), _message(attempt, call)
    if not text:
        hang_up_now = carrier.hang_up(call.sid)
        return f"hung up: {hang_up_now.status}"
    language = SPANISH if attempt.customer.language.startswith("es") else ENGLISH
    return "left" if carrier.instruct(call.sid, say_and_hang_up(text, language=language, pause=True)) else "too late"


def _machine_wins(attempt: Attempt, call: Call) -> bool:
    """Whoever writes first: a person once found on the line is not hung up on because of a late verdict."""
    state = state_of(call)
    if a_person_speaks(call) or (state is not None and state.end is not None):
        return False
    mine = Call.objects.filter(pk=call.pk, right_party=False, disposition__in=("", "voicemail_greeting"))
    return mine.update(disposition="voicemail_greeting") == 1


def _message(attempt: Attempt, call: Call) -> str:
    """What the agent would leave on a machine; nothing where something speaks against it by now."""
    with transaction.atomic():
        held = hold_attempt(attempt.pk)
        found = clear_attempt(held, at=clock.now(), moment="message", record_allowed=False)
        if not any(cleared.is_allowed for cleared in found):
            return ""
        step = advance(begin(brief_for(held)).state, MachineHeard())
        text = " ".join(line.text for line in step.say)
        if text:
            _keep(call, text)
        return text


def _keep(call: Call, text: str) -> None:
    last = call.lines.order_by("-position").values_list("position", flat=True).first()
    call.lines.get_or_create(
        act="voicemail",
        defaults={"position": 0 if last is None else last + 1, "speaker": "agent", "text": text, "second": 0},
    )


def stop_recording(duty: Duty) -> str:
    """The person does not want to be recorded."""
    business = Business.objects.get(pk=current_business())
    return "stopped" if carrier_for(business).stop_recording(str(duty.facts["sid"])) else "nothing to stop"
