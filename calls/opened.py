"""A line that has been answered: whose it is, what the agent may know, and where it stood if the socket broke before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Business
from calls.agent.codec import CodecError
from calls.agent.facts import Brief, BriefError
from calls.agent.steps import State
from calls.brief import brief_of
from calls.doors import call_at
from calls.models import Attempt, AttemptInvoice, Call, CallDoor, TranscriptLine
from calls.undone import carry_out_undone
from compliance.models import Suppression
from disputes.models import Claim, Dispute
from invoices.families import kin_among
from invoices.models import Customer, Hold, Invoice
from syntharra import clock, logs
from syntharra.tenancy import acting_for, current_business

log = logs.get(__name__)
AGENT = "agent"  # by whom what was agreed on a call is held: ``calls.outcomes``


@dataclass
class OpenLine:
    """Everything a session needs to begin or to go on."""

    business_id: UUID
    line_id: UUID
    call_id: UUID
    sid: str
    language: str
    seconds: float  # since the call was answered
    brief: Brief | None
    state: State | None = None
    partial: str = ""
    position: int = 0
    heard: list[str] = field(default_factory=list)


def open_line(line_id: UUID) -> OpenLine | None:
    """The line of this attempt, or of this call of a customer; None where nobody is on it.

    What an earlier relay decided on it and did not commit is committed before this returns; raises where it cannot be.
    """
    door = CallDoor.objects.filter(attempt_id=line_id).first()
    if door is None:
        return None
    with acting_for(door.business_id):
        call = call_at(line_id)
        if call is None or not _is_open(call):
            return None
        carry_out_undone(call)
        return as_it_stands(call)


def _is_open(call: Call) -> bool:
    if call.answered_at is None:
        return False
    if call.attempt is not None:
        return call.attempt.status == Attempt.Status.LIVE
    return call.status == Call.Status.IN_PROGRESS and not call.disposition


def as_it_stands(call: Call) -> OpenLine:
    """The line of this answered call, with what is written down of it."""
    assert call.answered_at is not None
    memory: dict[str, Any] = call.agent_state
    state = state_of(call)
    last = TranscriptLine.objects.filter(call=call).order_by("-position").values_list("position", flat=True).first()
    return OpenLine(
        business_id=current_business(),
        line_id=call.line_id,
        call_id=call.pk,
        sid=call.sid,
        language=call.language,
        seconds=max(0.0, (clock.now() - call.answered_at).total_seconds()),
        brief=None if state is not None else _brief(call),
        state=state,
        partial=str(memory.get("partial", "")),
        position=0 if last is None else last + 1,
        heard=[str(line) for line in memory.get("heard", [])],
    )


def _brief(call: Call) -> Brief | None:
    try:
        return brief_of(call)
    except BriefError as error:
        log.warning("nothing_to_say", line=str(call.line_id), error=str(error))
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


def forbidden(call_id: UUID) -> str:
    """Why this line may say no further word, decided elsewhere since it was dialed; empty while it may go on."""
    return forbidden_of([call_id]).get(call_id, "")


def forbidden_of(call_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The same for many lines of one business at once, in seven queries: those that may not go on, each with its reason.

    More only in the minutes after somebody else objected or was stopped: whether he is of the family of one of these.
    """
    if Business.objects.filter(pk=current_business()).exclude(stopped_at=None).exists():
        return dict.fromkeys(call_ids, "BUSINESS_STOPPED")
    columns = ("pk", "customer_id", "placed_at", "attempt__dialing_at", "attempt__status", "about", "attempt")
    rows = Call.objects.filter(pk__in=call_ids).values_list(*columns, "to", "caller")
    calls = [(*row, to if attempt else caller) for *row, attempt, to, caller in rows]
    since = min((dialing_at or placed_at for _, _, placed_at, dialing_at, *_ in calls), default=clock.now())
    customers = {customer_id for _, customer_id, *_ in calls if customer_id is not None}
    disputes = Dispute.objects.live().filter(opened_at__gte=since)
    disputed = list(disputes.values_list("pk", "customer_id", "opened_at"))
    stops = Suppression.objects.filter(lifted_at=None, at__gte=since)
    stopped = list(stops.values_list("customer_id", "at", "source"))
    others = {whose for _, whose, _ in disputed} | {whose for whose, _, _ in stopped}
    kin = kin_among(customers) if customers and others - customers else {pk: frozenset({pk}) for pk in customers}
    silenced = _silenced(customers, since)
    about = _spoken_of(call_ids, {pk: listed for pk, *_, listed, _ in calls}) if silenced else {}
    found: dict[UUID, str] = {}
    for pk, customer_id, placed_at, dialing_at, status, _listed, number in calls:
        began, family = dialing_at or placed_at, kin.get(customer_id, frozenset()) if customer_id else frozenset()
        elsewhere = [one for one, whose, at in disputed if whose in family and at >= began]
        if elsewhere and _not_said_here(pk, elsewhere):
            found[pk] = "DISPUTE_OPEN"
        elif any(whose in family and at >= began and source != f"call:{pk}" for whose, at, source in stopped):
            found[pk] = "STOPPED"
        elif because := next(
            (one.because for one in silenced if one.binds(pk, customer_id, number, about.get(pk, ()), began)), ""
        ):
            found[pk] = because
        elif status == Attempt.Status.ENDED:
            found[pk] = "ENDED"
    return found


@dataclass(frozen=True)
class _Silence:
    """Collecting was paused or held: since when, on what (an invoice, else a customer, else a number, else all), and where it was said."""

    because: str
    at: datetime
    invoice_id: UUID | None = None
    customer_id: UUID | None = None
    number: str = ""
    source: str = ""  # "call:<id>" where on a call

    def binds(
        self, call_id: UUID, customer_id: UUID | None, number: str, about: Collection[UUID], began: datetime
    ) -> bool:
        if self.at < began or self.source == f"call:{call_id}":
            return False
        if self.invoice_id is not None:
            return self.invoice_id in about
        return self.customer_id in (None, customer_id) and self.number in ("", number)


def _silenced(customers: set[UUID], since: datetime) -> list[_Silence]:
    """What was paused or held since then, by whomever but a call of ours, which ends by itself."""
    paused = Invoice.objects.filter(customer_id__in=customers, paused_at__gte=since).exclude(paused_reason="")
    held = Hold.objects.running(clock.now()).filter(since__gte=since).exclude(by=AGENT)
    held = held.filter(Q(customer_id__in=customers) | Q(customer=None))
    never = Customer.objects.filter(pk__in=customers, never_call=True, never_call_since__gte=since)
    found = [
        _Silence("INVOICE_PAUSED", at, invoice_id=pk, source=source)
        for pk, at, source in paused.values_list("pk", "paused_at", "paused_source")
        if at is not None
    ]
    found += [
        _Silence("ON_HOLD", at, invoice_id=invoice, customer_id=customer, number=number)
        for at, invoice, customer, number in held.values_list("since", "invoice_id", "customer_id", "number")
    ]
    return found + [
        _Silence("ON_HOLD", at, customer_id=pk) for pk, at in never.values_list("pk", "never_call_since") if at
    ]


def _spoken_of(call_ids: Sequence[UUID], listed: Mapping[UUID, list[str]]) -> dict[UUID, set[UUID]]:
    """By call, the invoices it is about: its attempt's, or those listed on it where the customer called."""
    found = {pk: {UUID(invoice) for invoice in invoices} for pk, invoices in listed.items()}
    links = AttemptInvoice.objects.filter(attempt__call__in=call_ids, dropped_at=None)
    for pk, invoice in links.values_list("attempt__call", "invoice_id"):
        found.setdefault(pk, set()).add(invoice)
    return found


def _not_said_here(call_id: UUID, disputes: Sequence[UUID]) -> bool:
    """One of these disputes was raised elsewhere than on this line."""
    told_here = Claim.objects.filter(source=Claim.Source.CALL, source_key__startswith=str(call_id))
    return Dispute.objects.filter(pk__in=disputes).exclude(claims__in=told_here).exists()
