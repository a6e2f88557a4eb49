"""What a line is told to do when it is answered, and when the agent's session on it is over."""

from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from calls import twiml
from calls.clearing import Cleared, clear_attempt
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
    language = twiml.SPANISH if attempt.customer.language.startswith("es") else twiml.ENGLISH
    return twiml.converse(attempt.pk, business_name=attempt.business.name, language=language)


def _drop_refused(found: list[Cleared]) -> None:
    """What may not be spoken of any more is not on the agent's list."""
    for cleared in found:
        if cleared.link is not None and not cleared.is_allowed:
            dropped = {"dropped_at": clock.now(), "dropped_reason": cleared.clearance.reason}
            AttemptInvoice.objects.filter(pk=cleared.link.pk).update(**dropped)


def after_relay(attempt_id: UUID, sid: str, *, status: str, error: str) -> str:
    """The agent is gone. Ended or hung up: the line closes. Failed: one sentence first, unless nothing may be said."""
    if status in ("ended", "completed"):
        return twiml.hang_up()
    log.warning("session_failed", attempt=str(attempt_id), code=error or None)
    call = Call.objects.filter(attempt_id=attempt_id, sid=sid).first()
    attempt = Attempt.objects.select_related("customer").get(pk=attempt_id)
    if call is None or attempt.ended_because or attempt.status == Attempt.Status.ENDED:
        return twiml.hang_up()
    language = twiml.SPANISH if attempt.customer.language.startswith("es") else twiml.ENGLISH
    with translation.override(attempt.customer.language):
        sorry = _("We are sorry, we cannot go on with this call. Goodbye.")
    return twiml.say_and_hang_up(sorry, language=language)
