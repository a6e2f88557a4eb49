"""What a customer himself may do to end a dispute: accept or decline an offer, answer the firm's answer, say it is fine, drop it.

Each stands on his own signed page (or his own mail), with the name he gives and when; never on silence, never on a call alone.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from disputes import track_letters
from disputes.ending import End, close_held, end_resolution
from disputes.models import Dispute, Resolution
from disputes.resolving import CannotResolve, Kind, Status, Step, back_to_work, held, held_resolution, write
from integrations.abilities import Act
from invoices.models import Invoice
from notifications import outbox
from syntharra import clock

REWORK_ASKED_AGAIN_AFTER = timedelta(days=5)
REWORK_ANSWERED_WITHIN = timedelta(days=10)


@transaction.atomic(durable=True)
def answer(resolution_id: UUID, said: str, *, name: str, came_from: str = "") -> Resolution:
    """``accepted``/``declined`` (settlement), ``agrees``/``objects`` (the bill stands), ``happy``/``not_happy`` (rework),
    ``right``/``wrong`` (is this bill right?).

    The first answer counts; a second one of the same kind is once. Raises CannotResolve when it is over or too late.
    """
    resolution, dispute, invoice = held_resolution(resolution_id)
    if said and resolution.answer == said:
        return resolution
    _may_answer(resolution, invoice, said, name)
    facts: dict[str, Any] = {"answer": said, "answered_at": clock.now(), "answered_by": name.strip()[:254]}
    Resolution.objects.filter(pk=resolution.pk).update(**facts, answered_from=came_from[:64])
    resolution.refresh_from_db()
    timeline.record(dispute, f"customer_{said}", by=name.strip(), kind=resolution.kind)
    match said:
        case "accepted":
            assert resolution.agreed_balance is not None
            lowered = invoice.balance - resolution.agreed_balance
            Resolution.objects.filter(pk=resolution.pk).update(lowered_by=lowered)
            write(resolution, invoice, Act.LOWER, by=name.strip(), amount=lowered)
        case "agrees" | "happy" | "right":
            end_resolution(resolution, Status.DONE)
            end = End(closed_as=resolution.kind, agreed=invoice.balance, letter="dispute_closed_agreed")
            close_held(dispute, invoice, end, by=name.strip())
        case "objects":
            unresolved_held(resolution, dispute, invoice, by=name.strip(), why="objects")
        case _:  # declined, not happy, something is wrong: the firm decides anew
            end_resolution(resolution, Status.FAILED, why=said)
            back_to_work(dispute)
            outbox.owe(*track_letters.your_turn(dispute, invoice, said))
    return resolution


_ANSWERS = {
    Kind.SETTLEMENT: ("accepted", "declined"),
    Kind.BILL_STANDS: ("agrees", "objects"),
    Kind.REWORK: ("happy", "not_happy"),
    Kind.PLAIN_QUESTION: ("right", "wrong"),
}


def _may_answer(resolution: Resolution, invoice: Invoice, said: str, name: str) -> None:
    if said not in _ANSWERS.get(Kind(resolution.kind), ()):
        raise CannotResolve(_("This is no answer to what was asked."))
    if resolution.status != Status.RUNNING or resolution.step != Step.CUSTOMER:
        raise CannotResolve(_("This is over: nothing more has to be answered."))
    if resolution.expires_at is not None and resolution.expires_at <= clock.now():
        raise CannotResolve(_("The time to answer is over. Please call us instead."))
    if said == "accepted" and invoice.balance != resolution.balance_before:
        raise CannotResolve(_("The bill has changed since this offer was made. Please call us; nothing was changed."))
    if not name.strip():
        raise CannotResolve(_("Please give your name: it stands beside your answer."))


def unresolved_held(resolution: Resolution, dispute: Dispute, invoice: Invoice, *, by: str, why: str) -> None:
    """He does not agree that the bill stands: no more calls or reminders by us, ever. The firm goes on as it likes."""
    end_resolution(resolution, Status.FAILED, why=why)
    end = End(closed_as="unresolved", left=Invoice.Left.UNRESOLVED)
    close_held(dispute, invoice, end, by=by, why=why)
    outbox.owe(*track_letters.your_turn(dispute, invoice, "unresolved"))


@transaction.atomic(durable=True)
def drop(dispute_id: UUID, *, name: str, source: str, came_from: str = "", words: str = "") -> Dispute:
    """The customer says himself, on the page or by e-mail, that the bill is fine after all. Dropping twice is once."""
    dispute, invoice = held(dispute_id)
    if dispute.closed_at is not None:
        if dispute.closed_as == Kind.DROPPED:
            return dispute
        raise CannotResolve(_("%(number)s is closed.") % {"number": dispute.number})
    if not name.strip():
        raise CannotResolve(_("Please give your name: it stands beside your answer."))
    for running in Resolution.objects.open().filter(dispute=dispute).select_related("entry"):
        if running.entry is not None and running.entry.status == "done":
            raise CannotResolve(_("The firm has changed the bill meanwhile. Please look at what it says now."))
        end_resolution(running, Status.CANCELED, why="the customer dropped it")
    moment = clock.now()
    Resolution.objects.create(
        dispute=dispute,
        kind=Kind.DROPPED,
        status=Status.DONE,
        currency=invoice.currency,
        balance_before=invoice.balance,
        agreed_balance=invoice.balance,
        words=words.strip(),
        answer="agrees",
        answered_at=moment,
        answered_by=name.strip()[:254],
        answered_from=came_from[:64],
        begun_at=moment,
        begun_by=source,
        ended_at=moment,
    )
    end = End(closed_as=Kind.DROPPED, agreed=invoice.balance, letter="dispute_closed_agreed")
    return close_held(dispute, invoice, end, by=name.strip(), why=words)
