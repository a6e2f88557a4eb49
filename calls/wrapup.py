"""The end of a call nobody is on any more: judged from what is on record, so that a killed relay changes nothing."""

from uuid import UUID

from calls.acts import Scene, carry_out
from calls.agent.conversation import advance
from calls.agent.events import HungUp
from calls.agent.outcomes import Disposition
from calls.agent.steps import Phase
from calls.doors import call_at
from calls.models import Attempt, Call
from calls.opened import state_of
from calls.outcomes import finish
from calls.undone import carry_out_undone

MACHINES = ("machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax")


def a_person_speaks(call: Call) -> bool:
    """Somebody has answered the agent who cannot be a machine: a verdict that comes after that is wrong or too late.

    The right person was found, a name was confirmed, or a stop, an objection or a claim of payment was made.
    """
    if call.right_party:
        return True
    state = state_of(call)
    if state is None:
        return False
    said = state.paused or state.frozen or state.paid_said or bool(state.suppressed)
    return state.right_party or said or state.phase not in (Phase.NAME, Phase.ENDED)


def stopped_because(attempt_id: UUID, because: str) -> None:
    """We ended this line; the first reason stays."""
    Attempt.objects.filter(pk=attempt_id, ended_because="").update(ended_because=because[:60])


def wrap_up(line_id: UUID) -> bool:
    """Finish the call on this line with the result it had, after what was decided on it and not committed yet.

    False when it was finished before. Safe to call twice.
    """
    call = call_at(line_id)
    if call is None:
        return False
    carry_out_undone(call)
    attempt = call.attempt
    if attempt.status == Attempt.Status.ENDED if attempt is not None else bool(call.disposition):
        return False
    state = state_of(call)
    if state is None:
        return finish(line_id, _without_a_word(call))
    step = advance(state, HungUp(str(call.agent_state.get("partial", ""))))
    scene = Scene(line_id=line_id, call_id=call.pk, language=call.language)
    carry_out(scene, step.acts)
    result = step.end or Disposition.HUNG_UP
    ours = attempt is not None and attempt.ended_because != "" and result is Disposition.HUNG_UP
    return finish(line_id, "" if ours else result.value, state=step.state)


def _without_a_word(call: Call) -> str:
    """The agent never began: a machine, a line we gave up, or one where our voice could not be put through."""
    if call.answered_by in MACHINES:
        return Disposition.VOICEMAIL_GREETING
    if call.attempt is not None and call.attempt.ended_because:
        return ""
    return Disposition.HUNG_UP if call.answered_at is not None else Disposition.FAILED
