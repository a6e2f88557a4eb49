"""What the clocks of disputes look at, gathered for many in a few queries; and the legal dates members enter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from disputes import deadlines
from disputes.clocks import Legal, Letter, Track
from disputes.models import Dispute, LegalDate
from invoices.models import Invoice
from invoices.notice_models import ValidationNotice
from invoices.services import hold
from notifications.models import Duty, Message, MessageInvoice
from syntharra import clock

ACKNOWLEDGEMENT = "dispute_acknowledgement"
DECISION_DAYS = 5  # for disputes older than the stored limit
ENTERED = (LegalDate.Kind.LIEN, LegalDate.Kind.BOND, LegalDate.Kind.CHARGEBACK, LegalDate.Kind.OTHER)


class BadDate(ValueError):
    """A legal date that cannot be meant; the message says what to enter."""


def tracks(disputes: Sequence[Dispute], zone: str) -> dict[UUID, Track]:
    """By dispute, in four queries for any number of them."""
    letters, legal = _letters(disputes), legal_dates(dispute.invoice_id for dispute in disputes)
    waiting = _lines_to_end(disputes)
    return {
        dispute.pk: replace(
            row_track(dispute, zone),
            stopped_at=None if dispute.invoice_id in waiting and dispute.closed_at is None else dispute.opened_at,
            letter=letters.get(dispute.invoice_id),
            legal=legal.get(dispute.invoice_id, ()),
        )
        for dispute in disputes
    }


def track_of(dispute: Dispute, zone: str) -> Track:
    return tracks([dispute], zone)[dispute.pk]


def row_track(dispute: Dispute, zone: str) -> Track:
    """What the row alone tells, without a query: for boards and lists. ``legal_on`` is used where it was annotated."""
    legal_on: date | None = getattr(dispute, "legal_on", None)
    legal = (Legal(kind=getattr(dispute, "legal_kind", "") or "other", on=legal_on),) if legal_on else ()
    return Track(
        opened_at=dispute.opened_at,
        zone=zone,
        stopped_at=dispute.opened_at,
        told_at=dispute.owner_told_at,
        acknowledged_at=dispute.acknowledged_at,
        specified_at=dispute.specified_at,
        asked_again=dispute.specification_asked,
        first_word_at=dispute.first_word_at,
        decide_by=dispute.decide_by or deadlines.decided_by(dispute.opened_at, DECISION_DAYS, zone),
        decided_at=dispute.decided_at,
        closed_at=dispute.closed_at,
        legal=legal,
    )


def legal_dates(invoice_ids: Iterable[UUID]) -> dict[UUID, list[Legal]]:
    """Dates members entered and the ends of validation periods, by invoice. Two queries."""
    ids = list(invoice_ids)
    found: dict[UUID, list[Legal]] = defaultdict(list)
    for row in LegalDate.objects.filter(invoice__in=ids).order_by("on"):
        found[row.invoice_id].append(
            Legal(kind=row.kind, on=row.on, note=row.note, done_at=row.done_at, entered_at=row.at, key=str(row.pk))
        )
    notices = ValidationNotice.objects.filter(invoice__in=ids, bounced_at=None).exclude(period_ends_on=None)
    for notice in notices.order_by("period_ends_on"):
        if notice.period_ends_on is not None and notice.sent_at is not None:
            found[notice.invoice_id].append(
                Legal(kind=LegalDate.Kind.VALIDATION, on=notice.period_ends_on, entered_at=notice.sent_at)
            )
    return found


@transaction.atomic
def enter(invoice_id: UUID, *, kind: str, on: date, note: str, by: User) -> LegalDate:
    """Keep a date the law or a card network set. The same kind and day twice is once. Raises BadDate."""
    (invoice,) = hold(invoice_id)
    if kind not in ENTERED:
        raise BadDate(_("Choose what the date is for."))
    if not 2000 <= on.year < 2100:
        raise BadDate(_("Enter the date with its year, such as 2026-12-31."))
    row, made = LegalDate.objects.get_or_create(
        invoice=invoice,
        kind=kind,
        on=on,
        defaults={"note": note.strip()[:200], "by": by.email, "at": clock.now()},
    )
    if made:
        timeline.record(invoice, "entered_legal_date", by=by.email, kind=kind, on=on.isoformat(), note=note.strip())
    return row


@transaction.atomic
def done(legal_date_id: UUID, *, by: User) -> LegalDate:
    """What the date asked for was done. Ticking twice is once."""
    row = LegalDate.objects.get(pk=legal_date_id)
    moment = clock.now()
    if LegalDate.objects.filter(pk=row.pk, done_at=None).update(done_at=moment, done_by=by.email):
        invoice = Invoice.objects.get(pk=row.invoice_id)
        timeline.record(invoice, "kept_legal_date", by=by.email, kind=row.kind, on=row.on.isoformat())
    row.refresh_from_db()
    return row


def _letters(disputes: Sequence[Dispute]) -> dict[UUID, Letter]:
    """The acknowledgement that counts for each invoice: one that still may leave before one that was refused."""
    since = min((dispute.opened_at for dispute in disputes), default=None)
    if since is None:
        return {}
    about = MessageInvoice.objects.filter(
        invoice__in=[dispute.invoice_id for dispute in disputes],
        message__letter=ACKNOWLEDGEMENT,
        message__owed_at__gte=since,
    )
    found: dict[UUID, Letter] = {}
    for link in about.select_related("message").order_by("message__owed_at"):
        message = link.message
        match message.status:
            case Message.Status.REFUSED:
                found.setdefault(link.invoice_id, Letter(refused=message.outcome or "OPT_OUT"))
            case Message.Status.QUEUED | Message.Status.SENDING:
                found[link.invoice_id] = Letter(due_at=message.due_at)
            case Message.Status.DRAFT:
                found[link.invoice_id] = Letter(due_at=message.due_at, paper=message.channel == "letter")
    return found


def _lines_to_end(disputes: Sequence[Dispute]) -> set[UUID]:
    """Invoices for which a line to the customer is still to be ended."""
    waiting = Duty.objects.filter(
        kind="stop_calls", done_at=None, facts__customer__in=[str(dispute.customer_id) for dispute in disputes]
    )
    return {UUID(pk) for facts in waiting.values_list("facts", flat=True) for pk in facts["invoices"]}
