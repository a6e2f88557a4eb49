"""A person is put through on a line whose agent is done: rung, and where nobody answers, a call-back is owed to the owner."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import timeline
from calls import persons, twiml
from calls.acts import owe_end_of_recording
from calls.doors import call_at
from calls.endings import UNFINISHED
from calls.models import Call
from calls.outcomes import AGENT
from syntharra import clock, due

RING_SECONDS = 20
NOBODY_TOLD_AFTER = timedelta(seconds=RING_SECONDS + 100)
LONGEST_SECONDS = 3600
Person = Call.Person


@transaction.atomic
def put_through(call: Call) -> str:
    """Ring the firm's person, or say that somebody will call back. What two people say is not recorded."""
    number = persons.number_of(call.business) if persons.answers_now(call.business) else ""
    if not number:
        return _nobody(call)
    moved = Call.objects.filter(pk=call.pk, person=Person.WANTED).update(person=Person.RINGING)
    if not moved:
        return twiml.hang_up()
    owe_end_of_recording(call)
    due.note(UNFINISHED, call.line_id, at=clock.now() + NOBODY_TOLD_AFTER)
    timeline.record(call, "rang_person", by=AGENT, customer=call.customer_id)
    return twiml.put_through(
        call.line_id,
        number,
        caller=call.to if call.is_inbound else call.caller,
        ring_seconds=RING_SECONDS,
        longest_seconds=LONGEST_SECONDS,
    )


def after_person(line_id: UUID, sid: str, *, status: str) -> str:
    """The person's line is over: spoken to, or nobody answered."""
    call = call_at(line_id, sid)
    if call is None:
        return twiml.hang_up()
    if status in ("completed", "answered"):
        with transaction.atomic():
            if Call.objects.filter(pk=call.pk, person=Person.RINGING).update(person=Person.CONNECTED):
                timeline.record(call, "put_through", by=AGENT, customer=call.customer_id)
        return twiml.hang_up()
    return _nobody(call)


def _nobody(call: Call) -> str:
    owe_call_back(call)
    with translation.override(call.language):
        words = _("Nobody can come to the phone right now. Somebody from %(business)s will call you back. Goodbye.")
        said = words % {"business": call.business.name}
    return twiml.say_and_hang_up(said, language=twiml.spoken(call.language))


@transaction.atomic
def owe_call_back(call: Call) -> None:
    """The owner is to call back, on Today; once a call, and not where a person was put through."""
    waiting = Call.objects.filter(pk=call.pk, person__in=(Person.WANTED, Person.RINGING))
    if waiting.update(person=Person.NOBODY):
        timeline.record(call, "asks_owner", by=AGENT, customer=call.customer_id, task="call_back_now")
