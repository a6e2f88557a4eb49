"""A card chargeback opens a dispute: the invoice freezes, the firm is told with the bank's deadline, its outcome is kept.

The processor is asked for the dispute itself each time, so repeats and order do not matter. What it took out of the firm's
account takes our fee with it (``invoices.card_money.money_back``); what it gives back brings it again.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from disputes.freeze import NewClaim
from disputes.models import Chargeback, Claim, ClaimOn, Dispute, LegalDate, Post, Side
from disputes.services import open_dispute_held
from integrations.stripe.client import CardDispute
from invoices import card_money
from invoices.models import CardPayment, Invoice
from invoices.services import hold
from syntharra import clock

BY = "Stripe"
Status = Chargeback.Status
OVER = (Status.WON, Status.LOST, Status.INQUIRY_CLOSED, Status.REFUNDED, Status.PREVENTED)
# What the bank says is wrong, in our kinds. That he does not know the charge says: somebody else owes this.
REASONS = {
    "fraudulent": Claim.Reason.IDENTITY,
    "unrecognized": Claim.Reason.IDENTITY,
    "debit_not_authorized": Claim.Reason.IDENTITY,
    "duplicate": Claim.Reason.DUPLICATE,
    "credit_not_processed": Claim.Reason.DUPLICATE,
    "product_not_received": Claim.Reason.NOT_RECEIVED,
    "product_unacceptable": Claim.Reason.QUALITY,
    "subscription_canceled": Claim.Reason.TERMS,
}
# A bank that could not or would not pay: a bounced payment, nobody's disagreement.
BOUNCED = frozenset({"insufficient_funds", "incorrect_account_details", "bank_cannot_process", "check_returned"})


def take_note(payment_id: UUID, found: CardDispute) -> Chargeback:
    """Keep what the processor says; the first time it opens a dispute, or joins the one that is open. Safe to repeat."""
    payment = CardPayment.objects.select_related("checkout").get(pk=payment_id)
    row = _kept(payment, found)
    withdrawn = sum((one.withdrawn for one in payment.chargebacks.all()), Decimal(0))
    card_money.money_back(payment.pk, charge=found.charge, withdrawn=min(withdrawn, payment.amount))
    return row


@transaction.atomic(durable=True)
def _kept(payment: CardPayment, found: CardDispute) -> Chargeback:
    invoices = hold(*payment.checkout.invoices.values_list("invoice_id", flat=True))
    moment = clock.now()
    facts = {
        "status": found.status,
        "reason": found.reason[:60],
        "withdrawn": found.withdrawn,
        "answer_by": found.due_by,
        "changed_at": moment,
        "closed_at": moment if found.status in OVER else None,
    }
    before = Chargeback.objects.filter(external_id=found.id).first()
    if before is None:
        row = Chargeback.objects.create(
            payment=payment, external_id=found.id, amount=found.amount, currency=found.currency,
            opened_at=moment, bounced=found.reason in BOUNCED, **facts,
        )  # fmt: skip
        if row.bounced:
            timeline.record(payment, "card_bounced", by=BY, amount=found.amount, reason=found.reason)
        else:
            _open(row, invoices)
    else:
        if before.closed_at is not None and facts["closed_at"] is not None:
            facts["closed_at"] = before.closed_at
        Chargeback.objects.filter(pk=before.pk).update(**facts)
        row = Chargeback.objects.get(pk=before.pk)
    if not row.bounced:
        for invoice in invoices:
            _clock(row, invoice)
        if row.closed_at is not None and (before is None or before.closed_at is None):
            _decided(row)
    return row


def _open(row: Chargeback, invoices: list[Invoice]) -> None:
    zone = ZoneInfo(invoices[0].business.time_zone)
    evidence = {
        "chargeback": str(row.pk),
        "bank_reason": row.reason,
        "amount": str(row.amount),
        "currency": row.currency,
        "answer_by": row.answer_by.astimezone(zone).date().isoformat() if row.answer_by else None,
        "page": page_of(row),
    }
    claim = NewClaim(
        source=Claim.Source.CHARGEBACK,
        source_key=row.source_key,
        words="",  # the bank speaks, not the customer: nothing is put into his mouth
        reason=REASONS.get(row.reason, Claim.Reason.OTHER_VAGUE),
        language=invoices[0].customer.language,
        by=BY,
        evidence=evidence,
    )
    open_dispute_held(invoices, claim)


def page_of(row: Chargeback) -> str:
    """Where the firm answers the bank: the payment in its own account at the processor."""
    return f"https://dashboard.stripe.com/payments/{row.payment.intent}"


def _clock(row: Chargeback, invoice: Invoice) -> None:
    """The bank's deadline among the legal dates of the invoice, moved where the bank moves it; done when it is decided."""
    if row.answer_by is None:
        return
    on: date = row.answer_by.astimezone(ZoneInfo(invoice.business.time_zone)).date()
    mine = LegalDate.objects.filter(invoice=invoice, kind=LegalDate.Kind.CHARGEBACK, note=row.external_id)
    same_day = LegalDate.objects.filter(invoice=invoice, kind=LegalDate.Kind.CHARGEBACK, on=on)
    if same_day.exclude(
        note=row.external_id
    ).exists():  # two questions of banks about one invoice, due on one day: one line
        mine.filter(done_at=None).update(done_at=clock.now(), done_by=BY)
        return
    if not mine.exists():
        LegalDate.objects.get_or_create(
            invoice=invoice,
            kind=LegalDate.Kind.CHARGEBACK,
            on=on,
            defaults={"note": row.external_id, "by": BY, "at": clock.now()},
        )
    else:
        mine.exclude(on=on).update(on=on)
    answered = row.status in (Status.UNDER_REVIEW, Status.INQUIRY_REVIEW)
    if row.closed_at is not None or answered:
        mine.filter(done_at=None).update(done_at=clock.now(), done_by=BY)


def _decided(row: Chargeback) -> None:
    """Kept with the dispute as a note of ours; the dispute itself goes on: whether the bill is right is another question."""
    claims = Claim.objects.filter(source=Claim.Source.CHARGEBACK, source_key=row.source_key)
    disputes = Dispute.objects.filter(pk__in=ClaimOn.objects.filter(claim__in=claims).values("dispute"))
    words: dict[str, str] = {
        Status.WON: _("The bank has decided for you: the money is yours again."),
        Status.LOST: _("The bank has decided against you: the money stays with the customer."),
        Status.INQUIRY_CLOSED: _("The bank has closed its question. Nothing was taken from you."),
        Status.REFUNDED: _("You gave the money back, so the bank has nothing more to decide."),
    }
    said = words.get(row.status, _("The bank's question is over."))
    for dispute in disputes.select_related("invoice"):
        Post.objects.create(
            dispute=dispute, side=Side.SYNTHARRA, channel=Post.Channel.NOTE, by=BY, words=said, at=clock.now()
        )
        timeline.record(
            dispute, f"chargeback_{row.status}"[:60], by=BY, invoice=dispute.invoice.number, amount=row.amount
        )
