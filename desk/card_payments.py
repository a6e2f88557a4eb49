"""Payments by card as members see them: what came in, for which invoice, and what is still to be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Business
from desk.standing import invoice_url
from disputes.chargebacks import page_of
from disputes.models import Chargeback, Claim
from invoices.models import BookEntry, CardPayment, CheckoutInvoice, Invoice
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import long_day


@dataclass(frozen=True)
class Paid:
    """One payment. ``state`` for its mark; ``to_tick``: nothing of ours enters it, so somebody says that he has seen to it."""

    pk: UUID
    customer: str
    amount: Money
    numbers: tuple[tuple[str, str], ...]
    words: str
    state: str
    at: datetime
    to_tick: bool = False


def not_in_books(business: Business) -> list[Paid]:
    """What the processor has told of and the books do not show yet, oldest first."""
    waiting = business.cardpayments.filter(in_books_at=None).exclude(status=CardPayment.Status.FAILED)
    return _shown(list(waiting.select_related("customer").order_by("seen_at", "pk")[:50]))


def to_look_at(business: Business) -> list[Paid]:
    """Of those, what we do not enter: too much, or a share nobody may apply for the customer."""
    return [one for one in not_in_books(business) if one.to_tick]


def of_invoice(invoice: Invoice) -> list[Paid]:
    """What was paid on it by card, newest first."""
    mine = CardPayment.objects.filter(checkout__invoices__invoice=invoice).select_related("customer")
    return _shown(list(mine.order_by("-seen_at", "-pk")[:20]))


def _shown(payments: list[CardPayment]) -> list[Paid]:
    if not payments:
        return []
    pages = {payment.checkout_id: payment.pk for payment in payments}
    rows = CheckoutInvoice.objects.filter(checkout__in=pages).select_related("invoice").order_by("position")
    invoices: dict[UUID, list[Invoice]] = {}
    for row in rows:
        invoices.setdefault(pages[row.checkout_id], []).append(row.invoice)
    causes = [f"card {payment.pk}" for payment in payments]
    entered = set(BookEntry.objects.filter(act="receive", cause__in=causes).values_list("cause", "invoice_id"))
    found = []
    for payment in payments:
        mine = invoices.get(payment.pk, [])
        has_entries = bool(mine) and all((f"card {payment.pk}", one.pk) in entered for one in mine)
        waits = payment.in_books_at is None and payment.status == CardPayment.Status.ARRIVED and payment.kept > 0
        words, state = _words(payment)
        found.append(
            Paid(
                pk=payment.pk,
                customer=payment.customer.name,
                amount=money.of(payment.amount, payment.currency),
                numbers=tuple((one.number, invoice_url(one)) for one in mine),
                words=words,
                state=state,
                at=payment.seen_at,
                to_tick=waits and not has_entries,
            )
        )
    return found


@dataclass(frozen=True)
class Questioned:
    """A payment the customer's bank questions, in words; ``url`` where the firm answers the bank."""

    title: str
    words: str
    url: str
    tone: str


def chargebacks(claims: Sequence[Claim]) -> list[Questioned]:
    """Those among the claims of a dispute, as the processor says they stand now."""
    keys = [one.source_key.partition(":")[2] for one in claims if one.source == Claim.Source.CHARGEBACK]
    rows = Chargeback.objects.filter(external_id__in=keys).select_related("payment", "business") if keys else []
    return [_questioned(row) for row in rows]


def _questioned(row: Chargeback) -> Questioned:
    facts = {
        "amount": money.shown(money.of(row.amount, row.currency)),
        "reason": row.reason.replace("_", " "),
        "state": row.get_status_display(),
    }
    title = _("Their bank questions the card payment of %(amount)s: “%(reason)s”.") % facts
    if row.closed_at is not None or row.answer_by is None:
        return Questioned(title, f"{row.get_status_display()}.", page_of(row), "frozen")
    day = long_day(row.answer_by)
    words = _("%(state)s, by %(day)s.") % (facts | {"day": day})
    return Questioned(title, words, page_of(row), "late")


def _words(payment: CardPayment) -> tuple[str, str]:
    back = payment.refunded + payment.withdrawn
    if payment.status == CardPayment.Status.FAILED:
        return _("did not arrive"), "reversed"
    if back > 0:
        shown = money.shown(money.of(back, payment.currency))
        if payment.withdrawn > 0:
            return _("%(amount)s taken back by their bank") % {"amount": shown}, "reversed"
        return _("%(amount)s given back by you") % {"amount": shown}, "reversed"
    if payment.status == CardPayment.Status.COMING:
        return _("on its way"), "waiting"
    if payment.in_books_at is not None:
        return _("in your books"), "recovered"
    if payment.too_much:
        return _("more than was owed: see whether it was paid twice"), "very_overdue"
    if payment.on_frozen:
        return _("arrived on a disputed invoice, which stays disputed"), "frozen"
    return _("arrived, not in your books yet"), "waiting"
