"""What the clocks of disputes look at, gathered for many in a few queries; and the legal dates members enter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
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
from syntharra import clock, together

ACKNOWLEDGEMENT = "dispute_acknowledgement"
DECISION_DAYS = 5  # for disputes older than the stored limit
ENTERED = (LegalDate.Kind.LIEN, LegalDate.Kind.BOND, LegalDate.Kind.CHARGEBACK, LegalDate.Kind.OTHER)


class BadDate(ValueError):
    """A legal date that cannot be meant; the message says what to enter."""


def wanted(disputes: Sequence[Dispute]) -> dict[str, QuerySet[Any, Any]]:
    """What the clocks of these disputes look at, to be asked together with what else a page asks."""
    return {
        "clock_letters": _letters(disputes),
        "clock_lines": _lines_to_end(disputes),
        **_dates(dispute.invoice_id for dispute in disputes),
    }


def tracks(disputes: Sequence[Dispute], zone: str) -> dict[UUID, Track]:
    """By dispute, in one query for any number of them."""
    return tracks_from(together.load(**wanted(disputes)), disputes, zone)


def tracks_from(found: dict[str, list[Any]], disputes: Sequence[Dispute], zone: str) -> dict[UUID, Track]:
    """The same from what ``wanted`` has brought."""
    letters, legal = _letter_of(found["clock_letters"]), _legal_of(found)
    waiting = {UUID(pk) for row in found["clock_lines"] for pk in row["facts"].get("invoices", ())}
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
    """Dates members entered and the ends of validation periods, by invoice. One query."""
    return _legal_of(together.load(**_dates(invoice_ids)))


def _dates(invoice_ids: Iterable[UUID]) -> dict[str, QuerySet[Any, Any]]:
    ids = list(invoice_ids)
    notices = ValidationNotice.objects.filter(invoice__in=ids, bounced_at=None, sent_at__isnull=False)
    ending = notices.exclude(period_ends_on=None).order_by("period_ends_on")
    return {
        "legal_dates": LegalDate.objects.filter(invoice__in=ids).order_by("on"),
        "notices": ending.values("invoice_id", "period_ends_on", "sent_at"),
    }


def _legal_of(rows: dict[str, list[Any]]) -> dict[UUID, list[Legal]]:
    found: dict[UUID, list[Legal]] = defaultdict(list)
    for row in rows["legal_dates"]:
        found[row.invoice_id].append(
            Legal(kind=row.kind, on=row.on, note=row.note, done_at=row.done_at, entered_at=row.at, key=str(row.pk))
        )
    for notice in rows["notices"]:
        found[notice["invoice_id"]].append(
            Legal(kind=LegalDate.Kind.VALIDATION, on=notice["period_ends_on"], entered_at=notice["sent_at"])
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


def _letters(disputes: Sequence[Dispute]) -> QuerySet[Any, Any]:
    """The acknowledgements of these disputes, the oldest first."""
    since = min((dispute.opened_at for dispute in disputes), default=None)
    about = MessageInvoice.objects.filter(
        invoice__in=[dispute.invoice_id for dispute in disputes] if since else [],
        message__letter=ACKNOWLEDGEMENT,
        message__owed_at__gte=since or clock.now(),
    )
    kept = ("invoice_id", "message__status", "message__outcome", "message__due_at", "message__channel")
    found: QuerySet[Any, Any] = about.order_by("message__owed_at").values(*kept)
    return found


def _letter_of(rows: list[dict[str, Any]]) -> dict[UUID, Letter]:
    """The one that counts for each invoice: one that still may leave before one that was refused."""
    found: dict[UUID, Letter] = {}
    for row in rows:
        match row["message__status"]:
            case Message.Status.REFUSED:
                found.setdefault(row["invoice_id"], Letter(refused=row["message__outcome"] or "OPT_OUT"))
            case Message.Status.QUEUED | Message.Status.SENDING:
                found[row["invoice_id"]] = Letter(due_at=row["message__due_at"])
            case Message.Status.DRAFT:
                paper = row["message__channel"] == "letter"
                found[row["invoice_id"]] = Letter(due_at=row["message__due_at"], paper=paper)
    return found


def _lines_to_end(disputes: Sequence[Dispute]) -> QuerySet[Any, Any]:
    """Duties to end a line to their customers: those of a dispute name its invoices, those of a stop name none."""
    customers = [str(dispute.customer_id) for dispute in disputes]
    return Duty.objects.filter(kind="stop_calls", done_at=None, facts__customer__in=customers).values("facts")
