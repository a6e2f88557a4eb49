"""After a customer and the firm did not agree: what the owner may still choose. Nobody calls or reminds about it any more.

One closing statement, an offer on the customer's page, mediation, small claims, a write-off, or leave. None of it leads back
to collection: an offer that is accepted lowers the bill in the books, and he pays by coming himself.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Membership, Role, User
from disputes import track_letters
from disputes.models import Dispute, LastStep
from disputes.resolving import CannotResolve, held
from integrations.abilities import Act
from invoices import entries
from invoices.models import Invoice
from notifications import outbox
from syntharra import clock

Kind = LastStep.Kind
OFFER_LASTS = timedelta(days=14)
ANSWERS = ("accepted", "declined")
_LEAVES = {
    Kind.MEDIATION: Invoice.Left.MEDIATION,
    Kind.SMALL_CLAIMS: Invoice.Left.SMALL_CLAIMS,
    Kind.WRITE_OFF: Invoice.Left.WRITE_OFF,
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """``amount``: of an offer, what the customer would pay, in the invoice's currency."""

    kind: str
    words: str = ""
    amount: Decimal | None = None


def is_open(dispute: Dispute, invoice: Invoice) -> bool:
    """It ended unresolved, is still owed, and was not taken further."""
    unresolved = dispute.closed_as == "unresolved" and invoice.left_reason == Invoice.Left.UNRESOLVED
    return (
        unresolved and invoice.frozen_at is None and invoice.books_status == Invoice.Books.OPEN and invoice.balance > 0
    )


def was_stated(invoice: Invoice) -> bool:
    """The one closing statement was made."""
    return LastStep.objects.filter(invoice=invoice, kind=Kind.STATEMENT).exists()


def open_offer(dispute: Dispute) -> LastStep | None:
    """The offer he may answer now; None when there is none, it ran out, or the bill was taken further."""
    offers = LastStep.objects.filter(dispute=dispute, kind=Kind.OFFER, answer="", expires_at__gt=clock.now())
    waiting = offers.filter(invoice__left_reason=Invoice.Left.UNRESOLVED, invoice__frozen_at=None)
    return waiting.order_by("-at").first()


@transaction.atomic(durable=True)
def choose(dispute_id: UUID, choice: Choice, *, by: User) -> LastStep:
    """Do it, and keep that it was chosen. Raises CannotResolve; nothing is written or sent then."""
    dispute, invoice = held(dispute_id)
    if Membership.objects.get(business=invoice.business_id, user=by).role != Role.OWNER:
        raise CannotResolve(_("Only an owner may choose this."))
    _check(dispute, invoice, choice)
    moment = clock.now()
    step = LastStep.objects.create(
        dispute=dispute,
        invoice=invoice,
        kind=choice.kind,
        words=choice.words.strip(),
        amount=choice.amount if choice.kind == Kind.OFFER else None,
        balance_before=invoice.balance,
        currency=invoice.currency,
        by=by.email,
        at=moment,
        expires_at=moment + OFFER_LASTS if choice.kind == Kind.OFFER else None,
    )
    facts: dict[str, Any] = {"kind": step.kind, "amount": step.amount}
    timeline.record(dispute, "last_step", by=by.email, invoice=invoice.number, **facts)
    match step.kind:
        case Kind.STATEMENT:
            outbox.owe(*track_letters.closing_statement(step, dispute, invoice))
        case Kind.OFFER:
            outbox.owe(*track_letters.last_offer(step, dispute, invoice))
        case Kind.WRITE_OFF:
            _leave(invoice, Kind.WRITE_OFF)
            entries.ask(invoice.pk, Act.WRITE_OFF, cause=f"last step {step.pk}", by=by.email, words=_("Written off"))
        case Kind.MEDIATION | Kind.SMALL_CLAIMS:
            _leave(invoice, Kind(step.kind))
    return step


@transaction.atomic(durable=True)
def answer_offer(step_id: UUID, said: str, *, name: str, came_from: str = "") -> LastStep:
    """The customer's own answer, with his name. The first counts. Accepted, the rest is credited in the books."""
    dispute, invoice = held(LastStep.objects.values_list("dispute_id", flat=True).get(pk=step_id))
    step = LastStep.objects.get(pk=step_id)
    if said and step.answer == said:
        return step
    if said not in ANSWERS:
        raise CannotResolve(_("This is no answer to what was asked."))
    if not name.strip():
        raise CannotResolve(_("Please give your name: it stands beside your answer."))
    if open_offer(dispute) != step or step.amount is None:
        raise CannotResolve(_("The time to answer is over. Please call us instead."))
    if said == "accepted" and invoice.balance != step.balance_before:
        raise CannotResolve(_("The bill has changed since this offer was made. Please call us; nothing was changed."))
    given: dict[str, Any] = {"answer": said, "answered_at": clock.now(), "answered_by": name.strip()[:254]}
    LastStep.objects.filter(pk=step.pk).update(**given, answered_from=came_from[:64])
    step.refresh_from_db()
    timeline.record(dispute, f"customer_{said}", by=name.strip(), kind="offer")
    if said == "accepted":
        lowered, cause = invoice.balance - step.amount, f"last step {step.pk}"
        words, expects = _("Adjustment"), invoice.balance  # not written on another bill than it was agreed on
        entries.ask(invoice.pk, Act.LOWER, cause=cause, by=name.strip(), amount=lowered, words=words, expects=expects)
    outbox.owe(*track_letters.your_turn(dispute, invoice, f"offer_{said}"))
    return step


def _check(dispute: Dispute, invoice: Invoice, choice: Choice) -> None:
    if choice.kind not in Kind:
        raise CannotResolve(_("Choose one of the answers on the page."))
    if not is_open(dispute, invoice):
        raise CannotResolve(_("There is nothing more to choose: it was ended, taken further or paid."))
    if choice.kind == Kind.STATEMENT and was_stated(invoice):
        raise CannotResolve(_("The closing statement was made already. There is one, and no second."))
    if choice.kind == Kind.STATEMENT and not choice.words.strip():
        raise CannotResolve(_("Write what you want to say to them at the end."))
    if choice.kind == Kind.OFFER:
        if choice.amount is None or not 0 < choice.amount < invoice.balance:
            raise CannotResolve(_("The amount offered must be more than zero and less than what is owed."))
        if open_offer(dispute) is not None:
            raise CannotResolve(_("They have an offer already, and time to answer it."))


def _leave(invoice: Invoice, kind: "LastStep.Kind") -> None:
    Invoice.objects.filter(pk=invoice.pk).update(left_reason=_LEAVES[kind], left_at=clock.now())
