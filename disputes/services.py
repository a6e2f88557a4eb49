"""Opening disputes, and pausing where we are not sure. One act, one transaction; the freeze is a fact, not a list of changes.

On a call alone what a freeze brings with it has a transaction of its own, behind the agent's word: see ``calls.freezing``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import timeline
from accounts.models import Business, User
from disputes import deadlines, reminders, versions
from disputes.digest import look_tomorrow
from disputes.ending import end_resolution, withdraw_letters
from disputes.letters import acknowledgement, owner_alerts, pause_letters
from disputes.models import BooksMoved, Claim, ClaimOn, Dispute, Resolution
from invoices import paying, silence, verification
from invoices.models import Allocation, Customer, Invoice, InvoiceLine
from invoices.services import hold, hold_and_ask
from notifications import outbox
from syntharra import bulk, clock
from syntharra.identifiers import uuid7
from syntharra.postgres.questions import Statement, ask, found_together
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

    def row(self, customer: Customer) -> dict[str, Any]:
        """What is kept of it, by column."""
        return {
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


@dataclass(frozen=True, kw_only=True)
class Before:
    """Held invoices of one customer, and what stood in the way of their freeze or is kept with it: read behind the lock."""

    invoices: list[Invoice]
    past: Mapping[UUID, Sequence[Dispute]]  # by invoice; a live one comes first
    lines: Sequence[InvoiceLine]
    against: Sequence[Allocation]

    @property
    def live(self) -> dict[UUID, Dispute]:
        return {pk: earlier[0] for pk, earlier in self.past.items() if earlier[0].closed_at is None}


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What a freeze made: the claim, the invoices it is about with the live dispute of each, and which of those began in it."""

    claim: Claim
    is_new_claim: bool
    invoices: list[Invoice]
    disputes: list[Dispute]
    began: list[Dispute]


@transaction.atomic(durable=True)
def open_dispute(*invoice_ids: UUID, claim: NewClaim) -> list[Dispute]:
    """Stop asking for money on these invoices of one customer. A second claim joins the live dispute.

    From the commit on no attempt or message with purpose ``collect`` about them leaves. Owed in the same transaction: the
    end of calls under way, the owner's alert, the customer's acknowledgement. Safe to call twice.
    """
    return _open(hold_before_freeze(*invoice_ids), claim)


def open_dispute_held(invoices: list[Invoice], new: NewClaim) -> list[Dispute]:
    """The same for invoices held in the caller's transaction."""
    about = [invoice.pk for invoice in invoices]
    earlier, lines, against = found_together(*_asked_before(about))
    return _open(_before(invoices, earlier, lines, against), new)


def hold_before_freeze(*invoice_ids: UUID) -> Before:
    """Lock the customer of these invoices, and read what a freeze of them goes by, in one message."""
    invoices, earlier, lines, against = hold_and_ask(invoice_ids, *_asked_before(invoice_ids))
    return _before(invoices, earlier, lines, against)


def _asked_before(about: Sequence[UUID]) -> tuple[QuerySet[Any, Any], ...]:
    earlier = Dispute.objects.filter(invoice__in=about).order_by("-closed_at")
    return earlier, versions.lines_of(about), versions.allocations_of(about)


def _before(
    invoices: list[Invoice], earlier: list[Dispute], lines: list[InvoiceLine], against: list[Allocation]
) -> Before:
    past: dict[UUID, list[Dispute]] = defaultdict(list)
    for dispute in earlier:
        past[dispute.invoice_id].append(dispute)
    return Before(invoices=invoices, past=past, lines=lines, against=against)


def _open(before: Before, new: NewClaim) -> list[Dispute]:
    invoices = before.invoices
    with bulk.together():
        frozen = freeze_held(before, new)
        outbox.owe(
            stop_calls(frozen.claim, invoices),
            *follow_held(frozen.claim, frozen.disputes, frozen.began, new=len(frozen.began) == len(invoices)),
        )
    return frozen.disputes


def freeze_held(before: Before, new: NewClaim) -> Frozen:
    """The freeze itself, for held invoices: what was said, the disputes, the bills as they stand. The caller owes what follows.

    Nothing collects from the commit on, and it is owed with it that lines under way end (``stop_calls``).
    """
    invoices, live, moment = before.invoices, before.live, clock.now()
    customer = invoices[0].customer
    opening = [invoice for invoice in invoices if invoice.pk not in live]
    claim, is_new, last = _claimed_and_frozen(new, customer, [invoice.pk for invoice in opening], moment)
    with bulk.together():
        began = _opened(before, opening, moment, last)
        disputes = [began.get(invoice.pk) or live[invoice.pk] for invoice in invoices]
        for invoice, dispute in zip(invoices, disputes, strict=True):
            _claimed_on(dispute, claim, invoice, is_new=invoice.pk in began)
        if claim.is_written:
            verification.asked_for(invoices, customer, at=claim.said_at)
    return Frozen(claim=claim, is_new_claim=is_new, invoices=invoices, disputes=disputes, began=list(began.values()))


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


def _opened(before: Before, opening: list[Invoice], moment: datetime, last: int) -> dict[UUID, Dispute]:
    """A dispute about each of these, which have none; they are frozen since that moment, and the last of them has this number."""
    made: dict[UUID, Dispute] = {}
    for number, invoice in enumerate(opening, start=last - len(opening) + 1):
        earlier = before.past.get(invoice.pk)
        invoice.frozen_at = moment
        row = {
            "id": uuid7(),
            "number": f"D-{number}",
            "invoice_id": invoice.pk,
            "customer_id": invoice.customer_id,
            "opened_at": moment,
            "balance_at_opening": invoice.balance,
            "books_balance": invoice.balance,
            "books_status": invoice.books_status,
            "currency": invoice.currency,
            "decide_by": deadlines.decided_by(moment, invoice.business.decision_days, invoice.business.time_zone),
            "reopens_id": earlier[0].pk if earlier else None,
        }
        bulk.insert(Dispute, [row])
        dispute = made[invoice.pk] = bulk.as_made(Dispute, row)
        dispute.invoice = invoice
        versions.first(dispute, invoice, before.lines, before.against)
    return made


def _claimed_on(dispute: Dispute, claim: Claim, invoice: Invoice, *, is_new: bool) -> None:
    """That this was said about it; once."""
    claims = set() if is_new else set(ClaimOn.objects.filter(dispute=dispute).values_list("claim_id", flat=True))
    if claim.pk in claims:
        return
    first = not claims
    bulk.insert(ClaimOn, [{"dispute_id": dispute.pk, "claim_id": claim.pk, "first": first}])
    verb = "froze" if first else "claim_added"
    timeline.record(
        dispute, verb, by=claim.by or claim.source, invoice=invoice.number, source=claim.source, reason=claim.reason
    )


_FREEZE = "UPDATE invoices_invoice SET frozen_at = %s WHERE business_id = %s AND id = ANY(%s)"
_NUMBER = "UPDATE accounts_business SET dispute_numbers = dispute_numbers + %s WHERE id = %s RETURNING dispute_numbers"


def _claimed_and_frozen(
    new: NewClaim, customer: Customer, opening: list[UUID], moment: datetime
) -> tuple[Claim, bool, int]:
    """Keep the claim, freeze these invoices, and count them among the firm's disputes (``D-1001``, ``D-1002`` ...).

    The one row of the claim, whether it is new, and the number of the last. In one message, in this order: the counter's row is the
    last lock taken.
    """
    row, business_id = new.row(customer), current_business()
    statements: list[Statement] = [bulk.inserting(Claim, [row], on_conflict=_SAID_THERE, returning="id")]
    if opening:
        statements += [(_FREEZE, (moment, business_id, opening)), (_NUMBER, (len(opening), business_id))]
    made, *counted = ask(*statements)
    said_before = Claim.objects.filter(source=new.source, source_key=new.source_key)
    claim = bulk.as_made(Claim, row) if made else said_before.get()
    claim.customer = customer
    if not opening:
        return claim, bool(made), 0
    if not counted[-1]:
        raise Business.DoesNotExist(business_id)
    return claim, bool(made), int(counted[-1][0][0])


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
