"""What time does to a resolution: an offer runs out, an answer does not come, a visit is over. Time never resumes collection."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from disputes import track_letters
from disputes.customer_acts import REWORK_ANSWERED_WITHIN, REWORK_ASKED_AGAIN_AFTER, unresolved_held
from disputes.ending import end_resolution
from disputes.models import Dispute, Resolution
from disputes.resolving import DUE, CannotResolve, Kind, Status, Step, back_to_work, held, held_resolution, wait
from notifications import outbox
from syntharra import clock, due

TIMES_ASKED = 2


@transaction.atomic(durable=True)
def visited(resolution_id: UUID, *, by: User) -> Resolution:
    """The rework was done: the customer is asked whether it is right now. Ticking twice is once."""
    resolution, dispute, invoice = held_resolution(resolution_id)
    if resolution.kind != Kind.REWORK or resolution.status != Status.RUNNING:
        raise CannotResolve(_("No visit is under way."))
    if resolution.step == Step.VISIT:
        moment = clock.now()
        wait(resolution, Step.CUSTOMER, visit_done_at=moment, asked=1, expires_at=moment + REWORK_ASKED_AGAIN_AFTER)
        outbox.owe(*track_letters.rework_asked(resolution, dispute, invoice))
        timeline.record(dispute, "rework_done", by=by.email, invoice=invoice.number)
    return resolution


@transaction.atomic(durable=True)
def take_its_course(resolution_id: UUID) -> str:
    """Its time is up; a word for what came of it. Safe to repeat."""
    resolution, dispute, invoice = held_resolution(resolution_id)
    if resolution.status != Status.RUNNING or resolution.step != Step.CUSTOMER:
        due.settle(DUE, resolution.pk)
        return "over"
    if resolution.expires_at is None or resolution.expires_at > clock.now():
        return "not yet"
    due.settle(DUE, resolution.pk)
    if resolution.kind == Kind.BILL_STANDS:
        unresolved_held(resolution, dispute, invoice, by="Syntharra", why="no answer in ten days")
        return "unresolved"
    if resolution.kind == Kind.REWORK and resolution.asked < TIMES_ASKED:
        assert resolution.visit_done_at is not None
        last = resolution.visit_done_at + REWORK_ANSWERED_WITHIN
        wait(resolution, Step.CUSTOMER, asked=resolution.asked + 1, expires_at=last)
        outbox.owe(*track_letters.rework_asked(resolution, dispute, invoice))
        return "asked again"
    end_resolution(resolution, Status.FAILED, why="no answer")
    back_to_work(dispute)
    timeline.record(dispute, "no_answer", by="Syntharra", kind=resolution.kind)
    plainly = resolution.kind == Kind.PLAIN_QUESTION
    outbox.owe(*track_letters.your_turn(dispute, invoice, "never_said" if plainly else "no_answer"))
    return "no answer"


@transaction.atomic(durable=True)
def extend(dispute_id: UUID, *, days: int, because: str, by: User) -> Dispute:
    """More time to decide, once, by so many business days, with a reason the customer is told."""
    from disputes.deadlines import business_days_after

    dispute, invoice = held(dispute_id)
    if dispute.closed_at is not None or dispute.decide_by is None:
        raise CannotResolve(_("%(number)s is closed.") % {"number": dispute.number})
    if dispute.extended_because:
        raise CannotResolve(_("The time to decide was extended once already."))
    if not because.strip() or not 1 <= days <= 10:
        raise CannotResolve(_("Say why, and by how many business days (1 to 10): the customer is told."))
    decide_by = business_days_after(max(dispute.decide_by, clock.now()), days, invoice.business.time_zone)
    Dispute.objects.filter(pk=dispute.pk).update(decide_by=decide_by, extended_because=because.strip()[:300])
    dispute.refresh_from_db()
    timeline.record(dispute, "decision_extended", by=by.email, days=days, because=because)
    outbox.owe(*track_letters.decision_extended(dispute, invoice), *track_letters.decision_late(dispute))
    return dispute
