"""Opening disputes, and pausing where we are not sure. One act, one transaction; the freeze is a fact, not a list of changes.

On a call alone what a freeze brings with it has a transaction of its own, behind the agent's word: see ``calls.freezing``.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import User
from disputes import reminders
from disputes.digest import look_tomorrow
from disputes.ending import end_resolution, withdraw_letters
from disputes.freeze import Before, BeforeFreeze, NewClaim, freeze_held, once_more, stop_calls
from disputes.letters import acknowledgement, owner_alerts, pause_letters
from disputes.models import BooksMoved, Claim, Dispute, Resolution
from invoices import paying, silence
from invoices.models import Invoice
from invoices.services import hold
from notifications import outbox
from syntharra import bulk, clock
from syntharra.reading import Given

_NAMED = BeforeFreeze(lambda: Given("invoices"))


class CannotRelease(Exception):
    """The dispute is not live, or no reason was given; the message says which."""


def open_dispute(*invoice_ids: UUID, claim: NewClaim) -> list[Dispute]:
    """Stop asking for money on these invoices of one customer. A second claim joins the live dispute.

    From the commit on no attempt or message with purpose ``collect`` about them leaves. Owed in the same transaction: the
    end of calls under way, the owner's alert, the customer's acknowledgement. Safe to call twice.
    """
    return once_more(lambda: _opened(invoice_ids, claim))


@transaction.atomic(durable=True)
def _opened(invoice_ids: Collection[UUID], claim: NewClaim) -> list[Dispute]:
    found, _ = _NAMED.hold(invoices=invoice_ids)
    # Where it is known who says it, he may mean a bill the books show for another by now.
    return _open(found.only(invoice_ids) if claim.customer is None else found.each(invoice_ids), claim)


def open_dispute_held(invoices: list[Invoice], new: NewClaim) -> list[Dispute]:
    """The same for invoices held in the caller's transaction."""
    return _open(_NAMED.of_held(invoices), new)


def _open(before: Before, new: NewClaim) -> list[Dispute]:
    invoices = before.invoices
    with bulk.together():
        frozen = freeze_held(before, new)
        outbox.owe(
            stop_calls(frozen.claim, invoices),
            *follow_held(frozen.claim, frozen.disputes, frozen.began, new=len(frozen.began) == len(invoices)),
        )
    return frozen.disputes


def follow_held(
    claim: Claim, disputes: list[Dispute], began: list[Dispute], *, new: bool, until: datetime | None = None
) -> list[outbox.Letter | outbox.Act]:
    """What a freeze brings with it: the books' reminders quiet, pages to pay ended, tomorrow's digest; gives the letters it owes.

    ``new``: all of it began in this transaction, no letter waits. ``until``: in a later one, when it began; what the customer
    opened since to pay all the same is his.
    """
    customer, business = claim.customer, disputes[0].invoice.business
    for dispute in began:
        reminders.quiet(dispute)
    # Whoever asks for a page to pay on from the freeze on meets it; what was opened before is ended.
    if began:
        paying.stop_held([dispute.invoice_id for dispute in began], why="disputed", until=until)
    look_tomorrow(business)
    return [*owner_alerts(claim, disputes), *acknowledgement(claim, disputes, customer, new=new)]


@transaction.atomic
def specify(source: str, source_key: str, *, reason: str, words: str, urgent: bool = False) -> Claim:
    """The customer went on to say what is wrong: kept with the claim he made there."""
    claim = Claim.objects.select_for_update(no_key=True).get(source=source, source_key=source_key)
    if words not in claim.words:
        claim.words = f"{claim.words} {words}".strip()
    if claim.reason == Claim.Reason.OTHER_VAGUE:
        claim.reason = reason
    claim.urgent = claim.urgent or urgent
    claim.save(update_fields=["words", "reason", "urgent"])
    for dispute in claim.disputes.all():
        timeline.record(dispute, "said_more", by=claim.by or claim.source, reason=claim.reason)
    return claim


@transaction.atomic
def pause(*invoice_ids: UUID, why: str, words: str, source_key: str, by: str) -> list[Invoice]:
    """As silent as frozen, without a dispute: ``unsure`` or ``already_paid``. A frozen invoice stays frozen."""
    invoices = [invoice for invoice in hold(*invoice_ids) if invoice.frozen_at is None]
    for invoice in invoices:
        if invoice.paused_reason == why:
            continue
        moment = clock.now()
        Invoice.objects.filter(pk=invoice.pk).update(
            paused_reason=why, paused_at=moment, paused_source=source_key[:160]
        )
        invoice.paused_reason, invoice.paused_at = why, moment
        timeline.record(invoice, f"paused_{why}", by=by, words=words)
    if invoices:
        paying.stop_held([invoice.pk for invoice in invoices], why=why)
        look_tomorrow(invoices[0].business)
        outbox.owe(
            silence.lines(
                invoices[0].customer_id,
                key=f"{why}:{source_key}",
                because="INVOICE_PAUSED",
                about=[invoice.pk for invoice in invoices],
                source=source_key,
            ),
            *pause_letters(invoices, why=why, words=words, source_key=source_key),
        )
    return invoices


@transaction.atomic
def settle_pause(invoice_id: UUID, *, by: User, reason: str) -> Invoice:
    """The owner says there is nothing to it: the invoice may be collected on again. With a reason, on record."""
    if not reason.strip():
        raise CannotRelease("say why: the reason is kept with the invoice")
    (invoice,) = hold(invoice_id)
    if (
        Invoice.objects.filter(pk=invoice_id)
        .exclude(paused_reason="")
        .update(paused_reason="", paused_at=None, paused_source="")
    ):
        timeline.record(invoice, "pause_ended", by=by.email, reason=reason)
    invoice.refresh_from_db()
    return invoice


@transaction.atomic(durable=True)
def release(dispute_id: UUID, *, by: User, reason: str) -> Dispute:
    """A false alarm, ended by the owner with a reason: the invoice thaws, and the customer's unsent letters are withdrawn."""
    if not reason.strip():
        raise CannotRelease("say why: the reason is kept with the dispute")
    found = Dispute.objects.select_related("invoice").get(pk=dispute_id)
    (invoice,) = hold(found.invoice_id)
    dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=dispute_id)
    if dispute.closed_at is not None:
        raise CannotRelease(f"{dispute.number} is already closed")
    dispute.move(
        Dispute.Status.CLOSED,
        closed_at=clock.now(),
        closed_as="false_alarm",
        closed_by=by.email,
        closed_reason=reason.strip()[:300],
    )
    moment = clock.now()
    for running in Resolution.objects.open().filter(dispute=dispute):
        end_resolution(running, Resolution.Status.CANCELED, why="false alarm")
    BooksMoved.objects.filter(dispute=dispute, answer="").update(
        answer="closed", answered_at=moment, answered_by=by.email
    )
    Invoice.objects.filter(pk=invoice.pk).update(frozen_at=None)
    reminders.again(dispute, by=by.email)
    timeline.record(dispute, "released", by=by.email, reason=reason, withdrawn=withdraw_letters(invoice))
    return dispute


@transaction.atomic
def answer_for_others(dispute_id: UUID, *, go_on: bool, by: User) -> Dispute:
    """The owner's answer about the customer's other overdue invoices: go on with them, or leave them too."""
    dispute = Dispute.objects.select_for_update(of=("self",), no_key=True).get(pk=dispute_id)
    Dispute.objects.filter(pk=dispute.pk).update(go_on_with_others=go_on)
    dispute.go_on_with_others = go_on
    timeline.record(dispute, "answered_for_others", by=by.email, go_on=go_on)
    return dispute
