"""How attempts end on which nobody spoke: not allowed any more, never sent, refused by the carrier, lost."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from accounts import timeline
from calls import bells
from calls.agent.outcomes import Disposition
from calls.history import LOST, result_of
from calls.locks import hold_attempt
from calls.models import Attempt, AttemptInvoice
from calls.planning import ATTEMPT, KIND
from compliance.models import Channel
from compliance.services import note_contact
from integrations.twilio.client import NotPlaced
from invoices.models import Contact
from syntharra import clock, due
from syntharra.tenancy import current_business

UNFINISHED = "call"
SOON = timedelta(minutes=15)


def end_undialed(attempt: Attempt, reasons: Mapping[UUID, str]) -> None:
    """Nobody was rung and waiting helps nothing: every link is dropped with its reason. For a held attempt."""
    moment = clock.now()
    for link, reason in reasons.items():
        AttemptInvoice.objects.filter(pk=link, dropped_at=None).update(dropped_at=moment, dropped_reason=reason)
    close(attempt, disposition="", because=next(iter(reasons.values()), "nothing_left"), counted=False)
    timeline.record(attempt, "not_called", by="syntharra", reason=attempt.ended_because)


@transaction.atomic(durable=True)
def end_never_sent(attempt_id: UUID, *, given_up: bool = False) -> bool:
    """A worker died between deciding and asking: the carrier was certainly never asked, so it may be planned again.

    ``given_up``: its own worker says so, and the lease need not be over.
    """
    attempt = hold_attempt(attempt_id)
    lapsed = attempt.leased_until is None or attempt.leased_until < clock.machine_now()
    if not (lapsed or given_up):
        return False
    # Whoever is about to ask does not hold the customer: one of the two writes first, and the other sees it.
    unsent = Attempt.objects.filter(pk=attempt_id, status=Attempt.Status.DIALING, posted_at=None)
    if not unsent.update(leased_until=None):
        return False
    close(attempt, disposition=Disposition.FAILED, because="never_sent", counted=False)
    plan_anew(after=SOON)
    return True


@transaction.atomic(durable=True)
def end_unplaced(attempt_id: UUID, refusal: NotPlaced) -> None:
    """The carrier said no before anything began. A number that is the trouble is marked, and the owner is told.

    Turned away for want of room (429 with the carrier's own code 20429, 10004, 22005) or never connected: the attempt
    ends all the same, uncounted, and a new one is planned; a row that went to the carrier never becomes planned again.
    """
    attempt = hold_attempt(attempt_id)
    if attempt.status not in (Attempt.Status.DIALING, Attempt.Status.UNKNOWN):
        return
    because = f"carrier_{refusal.vendor_code}" if refusal.vendor_code else "carrier_unreachable"
    close(attempt, disposition=Disposition.FAILED, because=because, counted=False)
    timeline.record(attempt, "not_placed", by="carrier", code=refusal.vendor_code, words=refusal.words)
    if refusal.bad_number:
        bad = Contact.objects.filter(customer_id=attempt.customer_id, phone=attempt.to, phone_problem="")
        bad.update(phone_problem="refused")
        timeline.record(attempt, "asks_owner", by="syntharra", task="find_number", code=refusal.vendor_code)
    elif refusal.again:
        plan_anew(after=SOON)


@transaction.atomic(durable=True)
def end_lost(attempt_id: UUID) -> bool:
    """Looked up three times and not found: it may have rung, so it counts, and is never dialed again."""
    attempt = hold_attempt(attempt_id)
    if attempt.status != Attempt.Status.UNKNOWN or hasattr(attempt, "call"):
        return False
    close(attempt, disposition=Disposition.FAILED, because=LOST, counted=True)
    timeline.record(attempt, "lost_call", by="syntharra", number=attempt.number)
    return True


def close(attempt: Attempt, *, disposition: str, because: str, counted: bool, right_party: bool = False) -> None:
    """The attempt is over. For a held attempt; says nothing of what follows for the invoices."""
    attempt.move(
        Attempt.Status.ENDED,
        ended_at=clock.now(),
        disposition=disposition,
        ended_because=attempt.ended_because or because,
        counted=counted,
        leased_until=None,
    )
    if attempt.dialing_at is not None and attempt.dialing_on is not None:
        result = result_of(attempt, right_party=right_party)
        key = f"attempt:{attempt.pk}"
        note_contact(attempt.to, Channel.CALL, result, key=key, at=attempt.dialing_at, on=attempt.dialing_on)
    due.settle(ATTEMPT, attempt.pk)
    due.settle(UNFINISHED, attempt.pk)


def plan_anew(*, after: timedelta = timedelta(0)) -> None:
    """Something changed that may not wait for the morning's planning."""
    due.note(KIND, current_business(), at=clock.now() + after)
    bells.plan(seconds=after.total_seconds())
