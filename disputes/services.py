"""Opening disputes, and pausing where we are not sure. One act, one transaction; the freeze is a fact, not a list of changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts import timeline
from accounts.models import Business, User
from disputes import deadlines, reminders, versions
from disputes.digest import look_tomorrow
from disputes.ending import end_resolution, withdraw_letters
from disputes.letters import acknowledgement, owner_alerts, pause_letters
from disputes.models import BooksMoved, Claim, ClaimOn, Dispute, Resolution
from invoices import paying, silence, verification
from invoices.models import Customer, Invoice
from invoices.services import hold
from notifications import outbox
from syntharra import bulk, clock
from syntharra.identifiers import uuid7
from syntharra.tenancy import current_business

_SAID_THERE = "(business_id, source, source_key) DO NOTHING"


class CannotRelease(Exception):
    """The dispute is not live, or no reason was given; the message says which."""


@dataclass(frozen=True, kw_only=True)
class NewClaim:
    """What was said, by whom, where. ``source_key`` names the place (a call, a page, a mail): said twice there, it is one."""

    source: str
    source_key: str
    words: str
    reason: str = Claim.Reason.OTHER_VAGUE
    language: str = "en-us"
    urgent: bool = False
    said_at: datetime | None = None
    by: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)

    def kept(self, customer: Customer) -> Claim:
        """The one row of this claim."""
        wanted = {
            "id": uuid7(),
            "source": self.source,
            "source_key": self.source_key,
            "customer_id": customer.pk,
            "words": self.words,
            "reason": self.reason,
            "language": self.language,
            "urgent": self.urgent,
            "said_at": self.said_at or clock.now(),
            "by": self.by,
            "evidence": self.evidence,
        }
        if bulk.insert(Claim, [wanted], on_conflict=_SAID_THERE, returning="id"):
            claim = bulk.as_made(Claim, wanted)
        else:
            claim = Claim.objects.get(source=self.source, source_key=self.source_key)
        claim.customer = customer
        return claim


@transaction.atomic(durable=True)
def open_dispute(*invoice_ids: UUID, claim: NewClaim) -> list[Dispute]:
    """Stop asking for money on these invoices of one customer. A second claim joins the live dispute.

    From the commit on no attempt or message with purpose ``collect`` about them leaves. Owed in the same transaction: the
    end of calls under way, the owner's alert, the customer's acknowledgement. Safe to call twice.
    """
    return open_dispute_held(hold(*invoice_ids), claim)


def open_dispute_held(invoices: list[Invoice], new: NewClaim) -> list[Dispute]:
    """The same for invoices held in the caller's transaction."""
    customer = invoices[0].customer
    claim = new.kept(customer)
    frozen_now = {invoice.pk for invoice in invoices if invoice.frozen_at is None}
    past: dict[UUID, list[Dispute]] = defaultdict(list)
    for dispute in Dispute.objects.filter(invoice__in=invoices).order_by("-closed_at"):  # a live one comes first
        past[dispute.invoice_id].append(dispute)
    known = {dispute.pk for earlier in past.values() for dispute in earlier}
    with bulk.together():
        disputes = [_freeze(invoice, claim, past[invoice.pk]) for invoice in invoices]
        if claim.is_written:
            verification.asked_for(invoices, customer, at=claim.said_at)
        # Whoever asks for a page to pay on from here on meets the freeze; what was opened before is ended.
        if frozen_now:
            paying.stop_held(frozen_now, why="disputed")
        look_tomorrow(invoices[0].business)
        outbox.owe(
            stop_calls(claim, invoices),
            *owner_alerts(claim, disputes),
            *acknowledgement(claim, disputes, customer, new=not known & {dispute.pk for dispute in disputes}),
        )
    return disputes


def _freeze(invoice: Invoice, claim: Claim, past: Sequence[Dispute]) -> Dispute:
    dispute = next((one for one in past if one.closed_at is None), None)
    if dispute is None:
        moment = clock.now()
        Invoice.objects.filter(pk=invoice.pk).update(frozen_at=moment)
        invoice.frozen_at = moment
        dispute = Dispute.objects.create(
            number=_next_number(current_business()),
            invoice=invoice,
            customer_id=invoice.customer_id,
            opened_at=moment,
            balance_at_opening=invoice.balance,
            books_balance=invoice.balance,
            books_status=invoice.books_status,
            currency=invoice.currency,
            decide_by=deadlines.decided_by(moment, invoice.business.decision_days, invoice.business.time_zone),
            reopens=past[0] if past else None,
        )
        versions.first(dispute, invoice)
        reminders.quiet(dispute)
        claims: set[UUID] = set()
    else:
        claims = set(ClaimOn.objects.filter(dispute=dispute).values_list("claim_id", flat=True))
    if claim.pk not in claims:
        first = not claims
        bulk.insert(ClaimOn, [{"dispute_id": dispute.pk, "claim_id": claim.pk, "first": first}])
        verb = "froze" if first else "claim_added"
        timeline.record(
            dispute, verb, by=claim.by or claim.source, invoice=invoice.number, source=claim.source, reason=claim.reason
        )
    return dispute


_NEXT_NUMBER = """
UPDATE accounts_business SET dispute_numbers = dispute_numbers + 1 WHERE id = %s RETURNING dispute_numbers
"""


def _next_number(business_id: UUID) -> str:
    """``D-1001``, ``D-1002`` ... counted per business; the counter's row is the last lock taken."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [business_id])
        row = cursor.fetchone()
    if row is None:
        raise Business.DoesNotExist(business_id)
    return f"D-{row[0]}"


def stop_calls(claim: Claim, invoices: list[Invoice]) -> outbox.Act:
    """End what rings or speaks to this customer, except the line the claim was made on."""
    return outbox.Act(
        kind="stop_calls",
        key=f"claim:{claim.pk}",
        facts={
            "customer": str(claim.customer_id),
            "invoices": [str(invoice.pk) for invoice in invoices],
            "except_call": claim.evidence.get("call"),
        },
    )


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
