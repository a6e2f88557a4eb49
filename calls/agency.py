"""Handing accounts to a collection agency: which may go, what each is marked with, and that they leave collection for good.

Nobody but an owner hands over, each account by his own tick; one that was ever disputed by a second yes of its own, with ground
and dates in the file. What the law forbids to collect is not offered: bankruptcy (11 USC 362), a death, a private person with
a lawyer or who asked for no contact (15 USC 1692c), proof still owed (15 USC 1692g(b)), a dispute or question still open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, Membership, Role, User
from calls.models import AgencyAccount, AgencyFile, FinalChoice
from compliance.courts import terms
from compliance.models import StopKind
from compliance.rulebook import RuleBook
from compliance.services import stops_on_people
from disputes.models import Dispute
from invoices import verification
from invoices.families import families, kin_of
from invoices.models import Customer, Invoice, PlanInvoice, ValidationNotice
from invoices.services import hold
from notifications import outbox
from syntharra import clock

DUTY = "agency_file"
MOST = 200  # accounts in one file
DISPUTED, TIME_BARRED, MAYBE_BARRED = "disputed", "time_barred", "may_be_time_barred"
ATTORNEY, CEASE, NOT_NOTICED, WRONG_NUMBER = "attorney", "cease", "no_validation_notice", "wrong_number"
OPEN_TO_IT = (Invoice.Left.YOUR_DECISION, Invoice.Left.UNRESOLVED)


class CannotHandOver(Exception):
    """Nothing was handed over; the message says why and what to do."""


@dataclass(frozen=True)
class Candidate:
    """One invoice at the end of the road. ``against``: why it may not be handed over, "" when it may."""

    invoice: Invoice
    marks: tuple[str, ...]
    disputes: tuple[Dispute, ...]
    against: str = ""

    @property
    def is_disputed(self) -> bool:
        return DISPUTED in self.marks


def at_the_end(business: Business) -> "QuerySet[Invoice]":
    """What waits for the owner's choice or stayed unresolved, and is still owed."""
    found = Invoice.objects.open().filter(business=business, left_reason__in=OPEN_TO_IT)
    return found.select_related("customer").order_by("left_at", "pk")


def candidates(invoices: Sequence[Invoice], *, today: date) -> list[Candidate]:
    """These invoices (with their customers) as they may or may not be handed over. A fixed number of queries for each level of a family."""
    customers = {invoice.customer_id: invoice.customer for invoice in invoices}
    stops = stops_on_people(kin_of(families(customers.values())))
    ids = [invoice.pk for invoice in invoices]
    disputes: dict[UUID, list[Dispute]] = {pk: [] for pk in ids}
    for dispute in Dispute.objects.filter(invoice__in=ids).order_by("opened_at"):
        disputes[dispute.invoice_id].append(dispute)
    noticed = set(
        ValidationNotice.objects.filter(invoice__in=ids, bounced_at=None)
        .exclude(sent_at=None)
        .values_list("invoice_id", flat=True)
    )
    planned = set(PlanInvoice.objects.filter(invoice__in=ids, live=True).values_list("invoice_id", flat=True))
    unproved = {one.pk for one in invoices if verification.is_missing(one)}
    return [
        _judged(
            invoice,
            kinds={StopKind(one.kind) for one in stops[invoice.customer_id]},
            disputes=disputes[invoice.pk],
            noticed=invoice.pk in noticed,
            planned=invoice.pk in planned,
            unproved=invoice.pk in unproved,
            today=today,
        )
        for invoice in invoices
    ]


def hand_over(
    invoice_ids: Collection[UUID], *, agency: str, disputed_confirmed: Collection[UUID] = (), by: User
) -> AgencyFile:
    """These leave collection for good, a customer at a time, and the file with their documents is owed.

    ``disputed_confirmed``: those once disputed, each of which the owner said yes to by itself. Raises CannotHandOver before
    anything is done; what changed only in between stays where it is, and is not among the file's accounts.
    """
    wanted = list(dict.fromkeys(invoice_ids))
    listed = _checked(wanted, agency, by)
    for candidate in candidates(listed, today=clock.today(listed[0].business.time_zone)):
        _check(candidate, disputed_confirmed)
    with transaction.atomic():
        made = AgencyFile.objects.create(
            agency=agency.strip()[:120], handed_at=clock.now(), handed_by=by.email, expected=len(wanted)
        )
        outbox.owe(outbox.Act(kind=DUTY, key=str(made.pk), facts={"file": str(made.pk)}))
    by_customer: dict[UUID, list[UUID]] = {}
    for invoice in sorted(listed, key=lambda one: (one.customer_id, one.pk)):
        by_customer.setdefault(invoice.customer_id, []).append(invoice.pk)
    for ids in by_customer.values():
        _hand_over_of_one(made, ids, disputed_confirmed, by=by)
    AgencyFile.objects.filter(pk=made.pk).update(expected=made.accounts.count())
    made.refresh_from_db()
    outbox.ring()
    return made


@transaction.atomic
def _hand_over_of_one(made: AgencyFile, ids: Sequence[UUID], confirmed: Collection[UUID], *, by: User) -> None:
    """One customer's, judged again under his lock. What may not go any more stays."""
    invoices = hold(*ids)
    for candidate in candidates(invoices, today=clock.today(invoices[0].business.time_zone)):
        invoice = candidate.invoice
        try:
            _check(candidate, confirmed)
        except CannotHandOver:
            continue
        AgencyAccount.objects.create(
            file=made,
            invoice=invoice,
            customer_id=invoice.customer_id,
            balance=invoice.balance,
            currency=invoice.currency,
            marks=list(candidate.marks),
            dispute_confirmed=candidate.is_disputed,
        )
        left = {"left_reason": Invoice.Left.AGENCY, "left_at": clock.now()}
        Invoice.objects.filter(pk=invoice.pk).update(**left)
        FinalChoice.objects.update_or_create(
            invoice=invoice,
            choice=FinalChoice.Choice.AGENCY,
            defaults={"words": made.agency, "by": by.email, "at": clock.now()},
        )
        facts: dict[str, Any] = {"invoice": invoice.number, "agency": made.agency, "marks": list(candidate.marks)}
        timeline.record(invoice, "handed_to_agency", by=by.email, **facts)


def _check(candidate: Candidate, confirmed: Collection[UUID]) -> None:
    invoice = candidate.invoice
    number = {"number": invoice.number or invoice.external_id}
    if invoice.left_reason not in OPEN_TO_IT or invoice.books_status != Invoice.Books.OPEN or invoice.balance <= 0:
        raise CannotHandOver(_("%(number)s no longer waits for your decision.") % number)
    if candidate.against:
        raise CannotHandOver(f"{number['number']}: {candidate.against}")
    if candidate.is_disputed and invoice.pk not in confirmed:
        raise CannotHandOver(_("%(number)s was disputed: confirm it by itself.") % number)


def _checked(wanted: Sequence[UUID], agency: str, by: User) -> list[Invoice]:
    if not wanted:
        raise CannotHandOver(_("Tick at least one account."))
    if len(wanted) > MOST:
        raise CannotHandOver(_("At most %(most)d accounts go into one file.") % {"most": MOST})
    if not agency.strip():
        raise CannotHandOver(_("Name the agency: it stands on the record of each account."))
    listed = list(Invoice.objects.filter(pk__in=wanted).select_related("customer", "business"))
    if len(listed) != len(wanted):
        raise CannotHandOver(_("One of these accounts is not there any more. Look again."))
    if Membership.objects.get(business=listed[0].business_id, user=by).role != Role.OWNER:
        raise CannotHandOver(_("Only an owner may hand accounts to an agency."))
    return listed


def _judged(
    invoice: Invoice,
    *,
    kinds: set[StopKind],
    disputes: Sequence[Dispute],
    noticed: bool,
    planned: bool,
    unproved: bool,
    today: date,
) -> Candidate:
    person = invoice.customer.kind != Customer.Kind.BUSINESS
    marks = [DISPUTED] if disputes else []
    marks += _age(invoice, today)
    marks += [ATTORNEY] if StopKind.ATTORNEY in kinds else []
    marks += [CEASE] if StopKind.CEASE in kinds else []
    marks += [WRONG_NUMBER] if StopKind.WRONG_NUMBER in kinds else []
    marks += [NOT_NOTICED] if person and not noticed else []
    refusals: Mapping[str, bool] = {
        _("They are in bankruptcy: nobody may collect."): StopKind.BANKRUPTCY in kinds,
        _("They have died: ask a lawyer first."): StopKind.DECEASED in kinds,
        _("They have a lawyer: only through a lawyer of yours."): person and StopKind.ATTORNEY in kinds,
        _("They asked in writing for no contact at all."): person and StopKind.CEASE in kinds,
        _("They disagree with it: end the dispute first."): invoice.frozen_at is not None,
        _("They say that it is paid, or we were not sure: settle that first."): bool(invoice.paused_reason),
        _("The proof they asked for was not sent."): unproved,
        _("They pay it in installments."): planned,
    }
    against = next((words for words, holds in refusals.items() if holds), "")
    return Candidate(invoice, tuple(marks), tuple(disputes), against)


def _age(invoice: Invoice, today: date) -> list[str]:
    starts_on = invoice.due_on or invoice.issued_on
    found = terms(RuleBook.load(), invoice.customer.state, starts_on=starts_on, today=today) if starts_on else None
    if found is None:
        return []
    if found.written.is_over and found.goods.is_over:
        return [TIME_BARRED]
    return [MAYBE_BARRED] if found.written.is_over or found.goods.is_over else []
