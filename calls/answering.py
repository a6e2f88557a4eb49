"""What a line is told to do when it is answered, and when the agent's session on it is over."""

from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Business
from calls import gathering, handover, twiml
from calls.clearing import Cleared, clear_attempt
from calls.doors import call_at
from calls.lines import bind, move_along, owe_hang_up
from calls.locks import hold_attempt
from calls.models import Attempt, AttemptInvoice, Call
from calls.wrapup import stopped_because
from syntharra import clock, logs

log = logs.get(__name__)


def answer(attempt_id: UUID, sid: str) -> str:
    """The last gate: under the locks, may this line speak now? If nobody can tell, it may not."""
    try:
        return _answer(attempt_id, sid)
    except DatabaseError as error:
        log.error("answer_without_database", attempt=str(attempt_id), error=type(error).__name__)
        return twiml.hang_up()


@transaction.atomic(durable=True)
def _answer(attempt_id: UUID, sid: str) -> str:
    attempt = hold_attempt(attempt_id)
    if not sid or attempt.status == Attempt.Status.PLANNED:
        return twiml.hang_up()
    call = bind(attempt, sid)
    if call is None or attempt.status == Attempt.Status.ENDED:
        owe_hang_up(attempt, sid, because="late")
        return twiml.hang_up()
    move_along(attempt, call, "in-progress")
    if call.status != Call.Status.IN_PROGRESS or attempt.status != Attempt.Status.LIVE:
        return twiml.hang_up()
    found = clear_attempt(attempt, at=clock.now(), moment="answered")
    _drop_refused(found)
    if not any(cleared.is_allowed for cleared in found):
        stopped_because(attempt.pk, found[0].clearance.reason if found else "nothing_left")
        return twiml.hang_up()
    Call.objects.filter(pk=call.pk).update(recording=Call.Recording.ANNOUNCED)
    return converse(attempt.pk, attempt.business, attempt.customer.language)


def converse(line_id: UUID, business: Business, language: str) -> str:
    """Notice, recording, relay, in this order. The notice names nobody: whoever answers hears it (RULES 6 and 7)."""
    with translation.override(language):
        notice = _("This is an automated call, and it is recorded.")
    return twiml.converse(line_id, business_name=business.name, language=twiml.spoken(language), notice=notice)


def _drop_refused(found: list[Cleared]) -> None:
    """What may not be spoken of any more is not on the agent's list."""
    for cleared in found:
        if cleared.link is not None and not cleared.is_allowed:
            dropped = {"dropped_at": clock.now(), "dropped_reason": cleared.clearance.reason}
            AttemptInvoice.objects.filter(pk=cleared.link.pk).update(**dropped)


def after_relay(line_id: UUID, sid: str, *, status: str, error: str) -> str:
    """The agent's session is over: a person where one was asked for, else the line closes.

    Failed: the same agent goes on by turns, unless nothing may be said on this line any more.
    """
    call = call_at(line_id, sid)
    if call is None:
        return twiml.hang_up()
    if call.person == Call.Person.WANTED:
        return handover.put_through(call)
    if status in ("ended", "completed"):
        return twiml.hang_up()
    log.warning("session_failed", line=str(line_id), code=error or None)
    attempt = call.attempt
    # A result already written: a machine has the line to itself, or what was said ended the call.
    if call.disposition or (attempt is not None and (attempt.ended_because or attempt.status == Attempt.Status.ENDED)):
        return twiml.hang_up()
    return gathering.begin(line_id)


def apology(line_id: UUID) -> str:
    """Said where an answer of ours did not reach the carrier; not a word where nothing may be said."""
    call = call_at(line_id)
    attempt = call.attempt if call is not None else None
    if call is None or (attempt is not None and (attempt.ended_because or attempt.status == Attempt.Status.ENDED)):
        return twiml.hang_up()
    return _sorry(call.language)


def _sorry(language: str) -> str:
    with translation.override(language):
        sorry = _("We are sorry, we cannot go on with this call. Goodbye.")
    return twiml.say_and_hang_up(sorry, language=twiml.spoken(language))
