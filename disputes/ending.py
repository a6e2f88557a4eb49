"""How a dispute ends: back to collection on what the books show, closed with nothing owed, or out of collection for good.

Nothing resumes by itself, and nothing resumes on a word: the books must show the agreed balance when it is closed.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import timeline
from disputes import deadlines, reminders, track_letters, versions
from disputes.models import BooksMoved, Dispute, Resolution
from invoices import entries, replacements, verification
from invoices.changes import receivables_changed
from invoices.models import Hold, Invoice, PaymentPlan
from notifications import outbox
from notifications.models import Message
from syntharra import clock, due, money

ATTEMPTS = 3
AGREED, CLEARED = "dispute_closed_agreed", "dispute_closed_zero"


class NotProved(Exception):
    """The books do not show what would have to be true for this end; the message says what they show."""


class ClosedAlready(Exception):
    """The dispute ended before; how is on its page."""


@dataclass(frozen=True, kw_only=True)
class End:
    """``agreed``: what the customer owes from here on; None where nothing is collected any more. ``left``: out for good, and why."""

    closed_as: str
    agreed: Decimal | None = None
    left: str | None = None
    letter: str = ""  # of ``track_letters``; "" for none
    letter_after: timedelta = timedelta(0)
    on_plan: bool = False  # it is paid in installments: nothing is asked for but those
    on: Invoice | None = None  # the bill that took its place, where the books cannot change one that was sent

    @property
    def resumes(self) -> bool:
        return self.agreed is not None and self.agreed > 0


def close_held(dispute: Dispute, invoice: Invoice, end: End, *, by: str, why: str = "") -> Dispute:
    """End it, inside the caller's transaction with the customer held. Raises NotProved or ClosedAlready."""
    if dispute.closed_at is not None:
        raise ClosedAlready(_("%(number)s is closed already.") % {"number": dispute.number})
    goes_on = end.on or invoice
    if end.agreed is not None:
        _prove(goes_on, end.agreed)
    moment = clock.now()
    zone = invoice.business.time_zone
    again_on = deadlines.collect_again_on(moment, zone) if end.resumes else None
    withdrawn = withdraw_letters(invoice)
    BooksMoved.objects.filter(dispute=dispute, answer="").update(answer="closed", answered_at=moment, answered_by=by)
    dispute.move(
        Dispute.Status.CLOSED,
        closed_at=moment,
        closed_as=end.closed_as,
        closed_by=by,
        closed_reason=why.strip()[:300],
        agreed_balance=end.agreed,
        collect_again_on=again_on,
    )
    left = {"left_reason": end.left, "left_at": moment} if end.left else {}
    Invoice.objects.filter(pk=invoice.pk).update(frozen_at=None, **left)
    invoice.frozen_at = None
    if not end.left:
        _agree(invoice, goes_on, end.agreed or Decimal(0))
    versions.take(dispute, invoice, because="resolved")
    if end.resumes and not end.on_plan:
        _grace(dispute, goes_on, moment, zone)
    if end.letter:
        # "What we agreed: nothing" is no letter: the books had cleared it before he agreed.
        letter = end.letter if end.resumes or end.letter != AGREED else CLEARED
        outbox.owe(*track_letters.closing(letter, dispute, goes_on, after=end.letter_after))
    facts: dict[str, Any] = {
        "closed_as": end.closed_as,
        "agreed": end.agreed,
        "left": end.left,
        "withdrawn": withdrawn,
        "why": why,
    }
    timeline.record(dispute, "closed", by=by, invoice=invoice.number, **facts)
    receivables_changed()
    return dispute


def goes_on_after_plan(plan: PaymentPlan) -> None:
    """A plan that ended a dispute was not kept: the way back that waited for it. Told in writing, and after a grace of its own.

    In the transaction that ends the plan, its invoices held. What was disputed, cleared or left since has no way back.
    """
    resolution = Resolution.objects.filter(pk=plan.cause.removeprefix("resolution ")).first() if plan.cause else None
    if resolution is None:
        return
    dispute = Dispute.objects.get(pk=resolution.dispute_id)
    invoice = Invoice.objects.select_related("customer", "business", "connection").get(pk=dispute.invoice_id)
    is_open = invoice.books_status == Invoice.Books.OPEN and invoice.balance > 0
    if not is_open or invoice.frozen_at is not None or invoice.left_reason is not None:
        return
    since = Dispute.objects.filter(invoice=invoice, opened_at__gt=dispute.opened_at)
    if since.exclude(closed_as="false_alarm").exists():  # that one had its own end, and its own letter
        reminders.again(dispute, by="Syntharra")
        return
    moment, zone = clock.now(), invoice.business.time_zone
    Dispute.objects.filter(pk=dispute.pk).update(collect_again_on=deadlines.collect_again_on(moment, zone))
    dispute.refresh_from_db()
    _grace(dispute, invoice, moment, zone)
    outbox.owe(*track_letters.closing(AGREED, dispute, invoice, after=timedelta(0)))


def _agree(invoice: Invoice, goes_on: Invoice, agreed: Decimal) -> None:
    """From here on no more than this is asked for, and nothing on a bill another one took the place of."""
    if goes_on.pk != invoice.pk:
        Invoice.objects.filter(pk=invoice.pk).update(agreed_at_most=Decimal(0))
    Invoice.objects.filter(pk=goes_on.pk).update(agreed_at_most=agreed)
    goes_on.agreed_at_most = agreed


def _prove(invoice: Invoice, agreed: Decimal) -> None:
    shown = money.shown(invoice.balance_money)
    if invoice.balance != agreed:
        wanted = money.shown(money.of(agreed, invoice.currency))
        words = _("Your books show %(shown)s for %(number)s, not the %(agreed)s that was agreed.")
        raise NotProved(words % {"shown": shown, "number": invoice.number, "agreed": wanted})
    if agreed > 0 and invoice.books_status != Invoice.Books.OPEN:
        words = _("Your books do not show %(number)s as open.")
        raise NotProved(words % {"number": invoice.number})


def attempts_left(invoice: Invoice) -> int:
    """How many of the three are left, counting those made about what it replaces. A dispute gives none back."""
    chain, older = set(), {invoice.pk}
    while older:
        chain |= older
        before = Invoice.objects.filter(pk__in=older).exclude(replaces=None).values_list("replaces", flat=True)
        older = {pk for pk in before if pk is not None} - chain
    counted = Invoice.objects.filter(pk__in=chain, attempt_links__attempt__counted=True, attempt_links__dropped_at=None)
    return max(0, ATTEMPTS - counted.values("attempt_links__attempt").distinct().count())


def _grace(dispute: Dispute, invoice: Invoice, moment: datetime, zone: str) -> None:
    """Nobody asks before the new date. With no attempt left: one written reminder, then the owner's decision."""
    assert dispute.collect_again_on is not None
    until = datetime.combine(dispute.collect_again_on, time(0), ZoneInfo(zone))
    if invoice.pk != dispute.invoice_id:  # what kept the new bill quiet was the old one's dispute
        waits = Hold.objects.filter(invoice=invoice, reason=replacements.REASON, lifted_at=None)
        waits.update(lifted_at=moment, lifted_by="Syntharra")
        _inherit_proof(dispute.invoice, invoice)
    Hold.objects.create(
        customer_id=invoice.customer_id,
        invoice=invoice,
        reason=f"after {dispute.number}",
        by="Syntharra",
        since=moment,
        until=until,
    )
    reminders.again(dispute, by="Syntharra")
    if verification.is_missing(invoice):
        verification.send_or_ask(invoice)  # before anything else: until it has left nobody may ask
    else:
        _remind_last(dispute, invoice)


def _remind_last(dispute: Dispute, invoice: Invoice) -> None:
    """With no attempt left: the one written reminder. What is paused is as silent as what is frozen."""
    if attempts_left(invoice) == 0 and not invoice.paused_reason:
        outbox.owe(*track_letters.last_reminder(dispute, invoice))


def proof_was_sent(message: Message) -> None:
    """What waited for the proof: the last reminder about what was agreed. In the transaction that marks the proof sent."""
    for invoice in Invoice.objects.filter(messages__message=message, frozen_at=None, left_reason=None):
        older = Invoice.objects.filter(replaced_by=invoice).values("pk")
        ended = Dispute.objects.filter(Q(invoice=invoice) | Q(invoice__in=older)).exclude(collect_again_on=None)
        last = ended.order_by("-closed_at").first()
        if last is not None and invoice.balance == last.agreed_balance:
            _remind_last(last, invoice)


def _inherit_proof(older: Invoice, newer: Invoice) -> None:
    """Who asked for the proof of a bill asks for that of the one that takes its place."""
    if older.proof_owed_at is not None:
        Invoice.objects.filter(pk=newer.pk, proof_owed_at=None).update(proof_owed_at=older.proof_owed_at)
        newer.refresh_from_db(fields=["proof_owed_at"])


def withdraw_letters(invoice: Invoice) -> int:
    """Unsent letters about this dispute and about no other live one; how many. One on its way sees for itself."""
    waiting = Message.objects.filter(about__invoice=invoice, purpose="dispute", status__in=("draft", "queued"))
    others = Dispute.objects.live().exclude(invoice=invoice).values("invoice")
    alone = [
        pk for pk in waiting.values_list("pk", flat=True) if not others.filter(invoice__messages__message=pk).exists()
    ]
    due.settle(outbox.KIND, *alone)
    return Message.objects.filter(pk__in=alone, status__in=("draft", "queued")).update(status=Message.Status.WITHDRAWN)


def end_resolution(resolution: Resolution, status: str, *, why: str = "") -> Resolution:
    """The row's own end; what follows for the dispute is the caller's. What is not written yet is not written any more."""
    if status != Resolution.Status.DONE and resolution.entry_id is not None:
        entries.cancel(resolution.entry_id, by="Syntharra")
    return resolution.move(status, step=Resolution.Step.NONE, ended_at=clock.now(), ended_why=why[:300])
