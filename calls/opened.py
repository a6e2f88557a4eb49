"""A line that has been answered: whose it is, what the agent may know, and where it stood if the socket broke before."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.models import Business
from calls.agent.codec import CodecError
from calls.agent.facts import Brief, BriefError
from calls.agent.steps import State
from calls.brief import brief_for
from calls.models import Attempt, Call, CallDoor, TranscriptLine
from calls.undone import carry_out_undone
from compliance.models import Suppression
from disputes.models import Claim, Dispute
from syntharra import clock, logs
from syntharra.tenancy import acting_for, current_business

log = logs.get(__name__)


@dataclass
class OpenLine:
    """Everything a session needs to begin or to go on."""

    business_id: UUID
    attempt_id: UUID
    call_id: UUID
    sid: str
    language: str
    seconds: float  # since the call was answered
    brief: Brief | None
    state: State | None = None
    partial: str = ""
    position: int = 0
    heard: list[str] = field(default_factory=list)


def open_line(attempt_id: UUID) -> OpenLine | None:
    """The line of this attempt; None where no call of it is on the line.

    What an earlier relay decided on it and did not commit is committed before this returns; raises where it cannot be.
    """
    door = CallDoor.objects.filter(attempt_id=attempt_id).first()
    if door is None:
        return None
    with acting_for(door.business_id):
        attempt = Attempt.objects.select_related("customer", "business").filter(pk=attempt_id).first()
        call = Call.objects.filter(attempt_id=attempt_id).first()
        if attempt is None or call is None or attempt.status != Attempt.Status.LIVE or call.answered_at is None:
            return None
        carry_out_undone(attempt, call)
        return _line(attempt, call)


def _line(attempt: Attempt, call: Call) -> OpenLine:
    assert call.answered_at is not None
    memory: dict[str, Any] = call.agent_state
    state = state_of(call)
    last = TranscriptLine.objects.filter(call=call).order_by("-position").values_list("position", flat=True).first()
    return OpenLine(
        business_id=current_business(),
        attempt_id=attempt.pk,
        call_id=call.pk,
        sid=call.sid,
        language=attempt.customer.language,
        seconds=max(0.0, (clock.now() - call.answered_at).total_seconds()),
        brief=None if state is not None else _brief(attempt),
        state=state,
        partial=str(memory.get("partial", "")),
        position=0 if last is None else last + 1,
        heard=[str(line) for line in memory.get("heard", [])],
    )


def _brief(attempt: Attempt) -> Brief | None:
    try:
        return brief_for(attempt)
    except BriefError as error:
        log.warning("nothing_to_say", attempt=str(attempt.pk), error=str(error))
        return None


def state_of(call: Call) -> State | None:
    """Where the agent stood on this call, as last written down; None when it had not begun."""
    stored = call.agent_state.get("state")
    if not stored:
        return None
    try:
        return State.from_json(stored)
    except CodecError as error:  # written by another version: what was said is in the transcript
        log.error("state_unreadable", call=str(call.pk), error=str(error))
        return None


def forbidden(attempt_id: UUID, call_id: UUID) -> str:
    """Why this line may say no further word, decided elsewhere since it was dialed; empty while it may go on."""
    attempt = Attempt.objects.get(pk=attempt_id)
    if Business.objects.filter(pk=current_business()).exclude(stopped_at=None).exists():
        return "BUSINESS_STOPPED"
    since = attempt.dialing_at
    told_here = Claim.objects.filter(source=Claim.Source.CALL, source_key__startswith=str(call_id))
    disputed = Dispute.objects.live().filter(customer_id=attempt.customer_id, opened_at__gte=since)
    if disputed.exclude(claims__in=told_here).exists():
        return "DISPUTE_OPEN"
    stops = Suppression.objects.filter(customer_id=attempt.customer_id, lifted_at=None, at__gte=since)
    if stops.exclude(source=f"call:{call_id}").exists():
        return "STOPPED"
    return "ENDED" if attempt.status == Attempt.Status.ENDED else ""
