"""Ending a dispute, one way at a time: begun by a member, confirmed above his limit, carried on by the books or the customer.

Each kind is a few steps on one row (``Resolution.step`` says what is waited for). What is written into the books goes
through ``invoices.entries``: once, read back, or as the owner's task. Only the books, the customer himself or the owner
end it; time alone never leads back to collection.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Membership, Role, User
from disputes import deadlines, limits, track_letters
from disputes.ending import End, close_held, end_resolution
from disputes.models import Dispute, Resolution
from integrations.abilities import Act
from invoices import entries, plans, verification
from invoices.models import BookEntry, Invoice
from invoices.plan_rules import BadPlan, Part, checked
from invoices.services import hold
from notifications import outbox
from syntharra import clock, due, money

Kind, Step, Status = Resolution.Kind, Resolution.Step, Resolution.Status
DUE = "resolution"
OFFER_LASTS = timedelta(days=14)
ASKS_OWNER = (Kind.MEDIATION, Kind.SMALL_CLAIMS, Kind.WRITE_OFF, Kind.PLAN)
LEAVES = {Kind.MEDIATION: Invoice.Left.MEDIATION, Kind.SMALL_CLAIMS: Invoice.Left.SMALL_CLAIMS}
OWNERS_ONLY = (Kind.MEDIATION, Kind.SMALL_CLAIMS, Kind.WRITE_OFF)
FROM_THE_CUSTOMER = (Kind.DROPPED, Kind.PAID)


class CannotResolve(Exception):
    """This end makes no sense or may not be chosen now; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the member chose. ``lowered_by`` for a credit; ``agreed`` for a settlement or a revised invoice; ``words`` to the
    customer, or the reason; ``parts`` of a payment plan; ``visit_on`` for rework; ``expires`` for offers (default two weeks).
    """

    kind: str
    lowered_by: Decimal | None = None
    agreed: Decimal | None = None
    words: str = ""
    visit_on: date | None = None
    expires: datetime | None = None
    parts: tuple[Part, ...] = ()


@transaction.atomic(durable=True)
def begin(dispute_id: UUID, plan: Plan, *, by: User) -> Resolution:
    """Start ending it this way. Above the member's limit it waits for an owner. Raises CannotResolve; nothing is written then."""
    dispute, invoice = held(dispute_id)
    _check(dispute, invoice, plan)
    role = Membership.objects.get(business=invoice.business_id, user=by).role
    if role not in limits.DECIDES:
        raise CannotResolve(_("Your role may not end a dispute."))
    given_up = _given_up(invoice, plan)
    alone = is_alone(invoice, plan, role)
    resolution = Resolution.objects.create(
        dispute=dispute,
        kind=plan.kind,
        status=Status.RUNNING if alone else Status.TO_CONFIRM,
        step=Step.NONE if alone else Step.OWNER,
        currency=invoice.currency,
        balance_before=invoice.balance,
        lowered_by=plan.lowered_by,
        agreed_balance=_agreed(invoice, plan),
        words=plan.words.strip(),
        schedule=[[part.due_on.isoformat(), str(part.amount), part.is_down_payment] for part in plan.parts],
        visit_on=plan.visit_on,
        expires_at=plan.expires,
        begun_at=clock.now(),
        begun_by=by.email,
    )
    Dispute.objects.filter(pk=dispute.pk, decided_at=None).update(decided_at=clock.now())
    if dispute.status != Dispute.Status.RESOLVING:
        dispute.move(Dispute.Status.RESOLVING)
    facts: dict[str, Any] = {"kind": plan.kind, "given_up": given_up, "to_confirm": not alone}
    timeline.record(dispute, "resolution_begun", by=by.email, invoice=invoice.number, **facts)
    if alone:
        _start(resolution, dispute, invoice, by=by.email)
    else:
        outbox.owe(*track_letters.to_confirm(resolution, dispute, invoice))
    return resolution


def is_alone(invoice: Invoice, plan: Plan, role: str) -> bool:
    """Whether this role needs no owner for it."""
    within = limits.is_within(invoice.business, role, _given_up(invoice, plan), invoice.currency)
    return within and (role == Role.OWNER or plan.kind not in ASKS_OWNER)


@transaction.atomic(durable=True)
def confirm(resolution_id: UUID, *, by: User) -> Resolution:
    """An owner agrees to what was begun above somebody's limit. Confirming twice is once."""
    resolution, dispute, invoice = held_resolution(resolution_id)
    if Membership.objects.get(business=invoice.business_id, user=by).role != Role.OWNER:
        raise CannotResolve(_("Only an owner may confirm this."))
    if resolution.status != Status.TO_CONFIRM:
        return resolution
    _check_amounts(invoice, resolution)
    resolution.move(Status.RUNNING, step=Step.NONE, confirmed_at=clock.now(), confirmed_by=by.email)
    timeline.record(dispute, "resolution_confirmed", by=by.email, kind=resolution.kind)
    _start(resolution, dispute, invoice, by=by.email)
    return resolution


@transaction.atomic(durable=True)
def take_back(resolution_id: UUID, *, by: User, why: str) -> Resolution:
    """Not this way after all. What stands in the books already stays there, and cannot be taken back here."""
    resolution, dispute, _invoice = held_resolution(resolution_id)
    if not why.strip():
        raise CannotResolve(_("Say why: the reason is kept with the dispute."))
    if resolution.status not in (Status.TO_CONFIRM, Status.RUNNING):
        raise CannotResolve(_("This is over already."))
    if resolution.entry is not None:
        entry = entries.cancel(resolution.entry.pk, by=by.email)
        if entry.status == BookEntry.Status.DONE:
            raise CannotResolve(_("It stands in your books already. Take it back there; we see it and ask you."))
    end_resolution(resolution, Status.CANCELED, why=why.strip())
    back_to_work(dispute)
    timeline.record(dispute, "resolution_taken_back", by=by.email, kind=resolution.kind, why=why)
    return resolution


def held(dispute_id: UUID) -> tuple[Dispute, Invoice]:
    """The dispute and its invoice, fresh, the customer locked."""
    invoice_id = Dispute.objects.values_list("invoice_id", flat=True).get(pk=dispute_id)
    (invoice,) = hold(invoice_id)
    return Dispute.objects.get(pk=dispute_id), Invoice.objects.select_related("customer", "business", "connection").get(
        pk=invoice.pk
    )


def held_resolution(resolution_id: UUID) -> tuple[Resolution, Dispute, Invoice]:
    dispute, invoice = held(Resolution.objects.values_list("dispute_id", flat=True).get(pk=resolution_id))
    return Resolution.objects.select_related("entry").get(pk=resolution_id), dispute, invoice


def back_to_work(dispute: Dispute) -> None:
    """This way led nowhere: the dispute is where it was, and as frozen."""
    if dispute.status == Dispute.Status.RESOLVING:
        dispute.move(
            Dispute.Status.SPECIFIED
            if dispute.specified_at
            else Dispute.Status.ACKNOWLEDGED
            if dispute.acknowledged_at
            else Dispute.Status.NEW
        )


def _check(dispute: Dispute, invoice: Invoice, plan: Plan) -> None:
    if dispute.closed_at is not None:
        raise CannotResolve(_("%(number)s is closed.") % {"number": dispute.number})
    if Resolution.objects.open().filter(dispute=dispute).exists():
        raise CannotResolve(_("Another way to end it is under way: take that back first."))
    if plan.kind not in Kind or plan.kind in FROM_THE_CUSTOMER:
        raise CannotResolve(_("Only the customer himself can end it this way."))
    if plan.kind == Kind.CREDIT_MEMO and not (plan.lowered_by and 0 < plan.lowered_by <= invoice.balance):
        raise CannotResolve(_("The credit must be more than zero and no more than what is owed."))
    if plan.kind == Kind.SETTLEMENT and not (plan.agreed is not None and 0 < plan.agreed < invoice.balance):
        raise CannotResolve(_("The amount offered must be more than zero and less than what is owed."))
    if plan.kind == Kind.REWORK and (plan.visit_on is None or plan.visit_on < clock.today(invoice.business.time_zone)):
        raise CannotResolve(_("Say on which day somebody comes, today or later."))
    if plan.kind == Kind.PLAN:
        _check_payments(invoice, plan)
    if plan.kind == Kind.PLAIN_QUESTION:
        _check_plain_question(dispute)
    if plan.kind in (Kind.BILL_STANDS, *OWNERS_ONLY) and not plan.words.strip():
        raise CannotResolve(_("Say why, point by point: it is kept with the dispute."))
    if plan.expires is not None and plan.expires <= clock.now():
        raise CannotResolve(_("The last day to answer must lie ahead."))


def first_payment_on(invoice: Invoice) -> date:
    """The first day on which an installment may be due: nobody asks before the grace after a dispute is over."""
    return deadlines.collect_again_on(clock.now(), invoice.business.time_zone)


def _check_payments(invoice: Invoice, plan: Plan) -> None:
    """The installments are what the books show as owed, and the first comes after the grace."""
    if verification.is_missing(invoice):
        raise CannotResolve(_("Send the proof that the law asks for first."))
    if not plan.words.strip():
        raise CannotResolve(_("Say with whom it was agreed, and how."))
    try:
        checked(plan.parts, invoice.balance, invoice.currency, earliest=first_payment_on(invoice))
    except BadPlan as bad:
        raise CannotResolve(plans.words_for(bad, invoice.balance, invoice.currency)) from bad


def _agree_on_plan(resolution: Resolution, dispute: Dispute, invoice: Invoice, *, by: str) -> None:
    """The dispute ends on what the books show, and is paid in installments; collecting waits while he pays them."""
    parts = [Part(date.fromisoformat(day), Decimal(amount), down) for day, amount, down in resolution.schedule]
    earliest = first_payment_on(invoice)
    end_resolution(resolution, Status.DONE)
    close_held(dispute, invoice, End(closed_as=Kind.PLAN, agreed=invoice.balance, on_plan=True), by=by)
    try:
        plans.agree_held(
            [invoice], parts, how=resolution.words, by=by, cause=f"resolution {resolution.pk}", earliest=earliest
        )
    except plans.CannotPlan as refusal:
        raise CannotResolve(str(refusal)) from refusal


def may_ask_plainly(dispute: Dispute) -> bool:
    """What is wrong was never said, though it was asked three times; and it was not asked in this way before."""
    if dispute.closed_at is not None or dispute.specified_at is not None or dispute.acknowledged_at is None:
        return False
    asked = clock.now() - dispute.acknowledged_at >= deadlines.ASK_AGAIN_AFTER[-1]
    return asked and not Resolution.objects.filter(dispute=dispute, kind=Kind.PLAIN_QUESTION).exists()


def _check_plain_question(dispute: Dispute) -> None:
    if Resolution.objects.filter(dispute=dispute, kind=Kind.PLAIN_QUESTION).exists():
        raise CannotResolve(_("They were asked once already. Answer them point by point: the bill stands."))
    if not may_ask_plainly(dispute):
        raise CannotResolve(
            _("This is for those who never said what is wrong, seven days after they were asked in writing.")
        )


def _check_amounts(invoice: Invoice, resolution: Resolution) -> None:
    if invoice.balance != resolution.balance_before:
        shown = money.shown(invoice.balance_money)
        words = _("Your books show %(shown)s by now. Take this back and begin again with the new amount.")
        raise CannotResolve(words % {"shown": shown})


def _given_up(invoice: Invoice, plan: Plan) -> Decimal:
    """How much of the bill the firm lets go by this."""
    match plan.kind:
        case Kind.CREDIT_MEMO:
            return plan.lowered_by or Decimal(0)
        case Kind.SETTLEMENT | Kind.REVISED_INVOICE:
            return max(invoice.balance - plan.agreed, Decimal(0)) if plan.agreed is not None else Decimal(0)
        case Kind.WRITE_OFF:
            return invoice.balance
    return Decimal(0)


def _agreed(invoice: Invoice, plan: Plan) -> Decimal | None:
    if plan.kind == Kind.PLAN:
        return invoice.balance
    if plan.kind == Kind.CREDIT_MEMO and plan.lowered_by is not None:
        return invoice.balance - plan.lowered_by
    return plan.agreed


def _start(resolution: Resolution, dispute: Dispute, invoice: Invoice, *, by: str) -> None:
    """The first step, when nobody has to be asked any more."""
    match resolution.kind:
        case Kind.CREDIT_MEMO:
            write(resolution, invoice, Act.LOWER, by=by, amount=resolution.lowered_by)
        case Kind.WRITE_OFF:
            write(resolution, invoice, Act.WRITE_OFF, by=by)
        case Kind.REVISED_INVOICE:
            wait(resolution, Step.BOOKS)
        case Kind.SETTLEMENT:
            wait(resolution, Step.CUSTOMER, expires_at=resolution.expires_at or clock.now() + OFFER_LASTS)
            outbox.owe(*track_letters.settlement_offer(resolution, dispute, invoice))
        case Kind.BILL_STANDS:
            wait(resolution, Step.CUSTOMER, expires_at=clock.now() + deadlines.ANSWER_TO_BILL_STANDS)
            outbox.owe(*track_letters.bill_stands(resolution, dispute, invoice))
        case Kind.PLAIN_QUESTION:
            wait(resolution, Step.CUSTOMER, expires_at=clock.now() + deadlines.ANSWER_TO_BILL_STANDS)
            outbox.owe(*track_letters.plain_question(resolution, dispute, invoice))
        case Kind.REWORK:
            wait(resolution, Step.VISIT)
            outbox.owe(*track_letters.rework_agreed(resolution, dispute, invoice))
        case Kind.PLAN:
            _agree_on_plan(resolution, dispute, invoice, by=by)
        case Kind.MEDIATION | Kind.SMALL_CLAIMS:
            end_resolution(resolution, Status.DONE)
            end = End(closed_as=resolution.kind, left=LEAVES[Kind(resolution.kind)])
            close_held(dispute, invoice, end, by=by, why=resolution.words)
        case _:
            raise CannotResolve(_("This end is not chosen here."))


def write(resolution: Resolution, invoice: Invoice, act: Act, *, by: str, amount: Decimal | None = None) -> None:
    """Have it written into the books, or make it the owner's task; the books' own word ends it."""
    cause = f"resolution {resolution.pk}"
    words = (
        _("Adjustment") if act is Act.LOWER else _("Written off")
    )  # never a word of the dispute on the customer's copy
    expects = invoice.balance if act is Act.LOWER else None  # what is written off is written off, however much it is
    entry = entries.ask(invoice.pk, act, cause=cause, by=by, amount=amount, words=words, expects=expects)
    step = Step.BY_HAND if entry.status == BookEntry.Status.BY_HAND else Step.WRITING
    wait(resolution, step, entry=entry)


def wait(resolution: Resolution, step: str, **changes: Any) -> None:
    """From here on it waits for this; where it has an end, the sweep is told when."""
    if changes.get("expires_at") is not None:
        due.note(DUE, resolution.pk, at=changes["expires_at"])
    Resolution.objects.filter(pk=resolution.pk).update(step=step, **changes)
    resolution.step = step
    for name, value in changes.items():
        setattr(resolution, name, value)
