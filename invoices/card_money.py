"""Money seen at the card processor: taken note of once, held for, entered in the books, found again there, taken back.

Nothing here lowers a balance or makes a fee: that the books do. Until they show it, nobody asks for what was paid.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum

from accounts import timeline
from accounts.models import User
from integrations.abilities import Act
from integrations.stripe.client import Session
from invoices import entries, paying, receipts
from invoices.changes import receivables_changed
from invoices.models import Allocation, BookEntry, CardPayment, Checkout, CheckoutInvoice, Customer, Invoice
from invoices.services import hold_customer
from notifications import outbox
from syntharra import clock, logs

log = logs.get(__name__)

BY = "Stripe"
CLOCKS_APART = timedelta(minutes=10)
Status = CardPayment.Status


def register() -> None:
    """Say who carries out what paying by card owes."""
    paying.register(settle)
    receipts.register()


@transaction.atomic(durable=True)
def settle(checkout_id: UUID, session: Session) -> CardPayment | None:
    """What the processor says became of this page. Told again, or in another order, it is the same; None: nothing was paid."""
    checkout = paying.held(checkout_id)
    if session.status == "expired":
        if checkout.status in (Checkout.Status.OPEN, Checkout.Status.ENDING, Checkout.Status.ASKED):
            why = checkout.ended_why or "it ran out"
            checkout.move(Checkout.Status.ENDED, url="", ended_at=clock.now(), ended_why=why)
        return None
    if session.status != "complete" or not session.payment_intent:
        return None
    known = CardPayment.objects.filter(intent=session.payment_intent).first()
    if known is None:
        return _seen(checkout, session)
    if known.status == Status.COMING and session.payment_status == "paid":
        known.move(Status.ARRIVED)
        timeline.record(known, "card_arrived", by=BY, amount=known.amount, currency=known.currency)
        _enter(known)
    return known


def _seen(checkout: Checkout, session: Session) -> CardPayment:
    rows = _shares(checkout)
    invoices = [row.invoice for row in rows]
    arrived = session.payment_status == "paid"
    payment = CardPayment.objects.create(
        checkout=checkout,
        customer_id=checkout.customer_id,
        status=Status.ARRIVED if arrived else Status.COMING,
        intent=session.payment_intent,
        amount=session.amount,
        currency=session.currency,
        on_frozen=any(invoice.frozen_at is not None for invoice in invoices),
        seen_at=clock.now(),
    )
    if checkout.status != Checkout.Status.PAID:
        checkout.move(Checkout.Status.PAID, session=session.id, url="", ended_at=clock.now())
    facts: dict[str, Any] = {
        "amount": payment.amount,
        "currency": payment.currency,
        "purpose": checkout.purpose,
        "arrived": arrived,
    }
    numbers = [invoice.number for invoice in invoices]
    timeline.record(payment, "paid_by_card", by="customer", invoices=numbers, on_frozen=payment.on_frozen, **facts)
    paying.stop_held([invoice.pk for invoice in invoices], why="it was paid on another page")
    if not _found(payment, rows):
        _wait_for_books(payment, rows)
    outbox.owe(*receipts.of_payment(payment, rows), *receipts.to_firm(payment, rows))
    receivables_changed()
    return payment


def _wait_for_books(payment: CardPayment, rows: Sequence[CheckoutInvoice]) -> None:
    """Nobody asks for it from here on until the books show it."""
    checkout = payment.checkout
    as_asked = (payment.amount, payment.currency) == (checkout.amount, checkout.currency)
    payment.too_much = not as_asked or _is_too_much(rows)
    payment.save(update_fields=["too_much"])
    Invoice.objects.filter(pk__in=[row.invoice_id for row in rows]).update(card_paid_at=clock.now())
    if payment.status == Status.ARRIVED:
        _enter(payment)


def _shares(checkout: Checkout) -> list[CheckoutInvoice]:
    rows = checkout.invoices.select_related("invoice__connection", "invoice__customer", "invoice__business")
    return list(rows.order_by("position"))


def _is_too_much(rows: Sequence[CheckoutInvoice]) -> bool:
    """More is paid by card, or paid and not in the books yet, than the books say is owed."""
    waiting = CardPayment.objects.filter(in_books_at=None).exclude(status=Status.FAILED)
    for row in rows:
        others = CheckoutInvoice.objects.filter(invoice=row.invoice, checkout__payment__in=waiting).exclude(pk=row.pk)
        sum_before = others.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        if sum_before + row.amount > row.invoice.balance:
            return True
    return False


def _enter(payment: CardPayment) -> None:
    """Have it entered in the books, by us where a program can, else as the firm's task. Not what nobody may decide for it:

    a share of one payment for several invoices of a private person that falls on a disputed one (15 USC 1692h), or more
    than is owed.
    """
    if payment.too_much:
        return
    rows = _shares(payment.checkout)
    person = rows[0].invoice.customer.kind != Customer.Kind.BUSINESS
    for row in rows:
        if person and len(rows) > 1 and row.invoice.frozen_at is not None:
            timeline.record(payment, "card_share_withheld", by=BY, invoice=row.invoice.number, amount=row.amount)
            continue
        entries.ask_held(row.invoice, Act.RECEIVE, cause=cause_of(payment), by=BY, amount=row.amount)


def cause_of(payment: CardPayment) -> str:
    """By what its entry in the books is known."""
    return f"card {payment.pk}"


@transaction.atomic(durable=True)
def did_not_arrive(checkout_id: UUID) -> None:
    """A bank did not send the money it had promised: nothing was paid."""
    checkout = paying.held(checkout_id)
    payment = CardPayment.objects.filter(checkout=checkout, status=Status.COMING).first()
    if payment is not None:
        payment.move(Status.FAILED)
        _not_kept(payment, "card_failed")


def _not_kept(payment: CardPayment, verb: str) -> None:
    """Nothing is left of it: it no longer holds anything back, and nobody need enter it."""
    for entry in BookEntry.objects.filter(act=Act.RECEIVE, cause=cause_of(payment)):
        entries.cancel(entry.pk, by=BY)
    timeline.record(payment, verb, by=BY, amount=payment.amount, currency=payment.currency)
    _let_go(payment)
    receivables_changed()


def _let_go(payment: CardPayment) -> None:
    """Its invoices may be asked about again, unless another payment for them is still to show in the books."""
    others = CardPayment.objects.filter(in_books_at=None).exclude(status=Status.FAILED).exclude(pk=payment.pk)
    waiting = CheckoutInvoice.objects.filter(checkout__payment__in=[one for one in others if one.kept > 0])
    mine = payment.checkout.invoices.values("invoice")
    Invoice.objects.filter(pk__in=mine).exclude(pk__in=waiting.values("invoice")).update(card_paid_at=None)


@transaction.atomic(durable=True)
def money_back(
    payment_id: UUID, *, charge: str = "", refunded: Decimal | None = None, withdrawn: Decimal | None = None
) -> CardPayment:
    """What went back of it by now, as the processor says: all of it each time, so that repeats and order do not matter."""
    found = CardPayment.objects.get(pk=payment_id)
    hold_customer(found.customer_id)
    payment = CardPayment.objects.select_related("checkout").get(pk=payment_id)
    before = payment.kept
    payment.charge = charge or payment.charge
    payment.refunded = payment.refunded if refunded is None else refunded
    payment.withdrawn = payment.withdrawn if withdrawn is None else withdrawn
    payment.save(update_fields=["charge", "refunded", "withdrawn"])
    if payment.kept == before:
        return payment
    facts: dict[str, Any] = {"refunded": payment.refunded, "withdrawn": payment.withdrawn, "kept": payment.kept}
    timeline.record(payment, "card_money_back", by=BY, amount=payment.amount, currency=payment.currency, **facts)
    if payment.in_books_at is None:
        if payment.kept == 0:
            _not_kept(payment, "card_taken_back")
    else:
        limit(payment)
    receivables_changed()
    return payment


def limit(payment: CardPayment) -> None:
    """No more counts of it than the firm still has, whatever the books say: in the order of its invoices."""
    left, whole = payment.kept, payment.kept == payment.amount
    for row in payment.checkout.invoices.order_by("position"):
        share = min(row.amount, left)
        left -= share
        mine = Allocation.objects.filter(card_payment=payment, invoice=row.invoice_id)
        mine.update(at_most=None if whole else share)


def match() -> int:
    """Find payments seen at the processor in the books; how many. Whoever learned of one first, it is one payment."""
    found = 0
    waiting = CardPayment.objects.filter(in_books_at=None, status=Status.ARRIVED).order_by("customer_id", "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        found += _match(pk)
    return found


@transaction.atomic(durable=True)
def _match(payment_id: UUID) -> int:
    hold_customer(CardPayment.objects.values_list("customer_id", flat=True).get(pk=payment_id))
    payment = CardPayment.objects.select_related("checkout", "business").get(pk=payment_id)
    if payment.in_books_at is not None or payment.kept == 0:
        return 0
    rows = _shares(payment.checkout)
    if _found(payment, rows):
        return 1
    said = _said_by_hand(payment, rows)
    if said:
        _in_books(payment, by=said)
    return int(bool(said))


def _found(payment: CardPayment, rows: Sequence[CheckoutInvoice]) -> bool:
    """Whether the books show each share of it; then it is in the books from here on."""
    allocations = [found for row in rows if (found := _allocation(payment, row)) is not None]
    if payment.status != Status.ARRIVED or len(allocations) < len(rows):
        return False
    Allocation.objects.filter(pk__in=[allocation.pk for allocation in allocations]).update(card_payment=payment)
    _in_books(payment, by=BY)
    return True


def _allocation(payment: CardPayment, row: CheckoutInvoice) -> Allocation | None:
    """The cash in the books that is this share: by our own entry, by the processor's number, or by amount and day."""
    cash = Allocation.objects.filter(
        invoice=row.invoice, kind=Allocation.Kind.CASH, amount__gt=0, payment__reversed_at=None
    ).filter(card_payment=None)
    written = BookEntry.objects.filter(invoice=row.invoice, act=Act.RECEIVE, cause=cause_of(payment)).exclude(
        external_id=""
    )
    ids = list(written.values_list("external_id", flat=True))
    ours = cash.filter(payment__external_id__in=ids) if ids else cash.none()
    numbers = [number for number in (payment.intent, payment.charge) if number]
    asked = payment.checkout.asked_at
    day = asked.astimezone(ZoneInfo(payment.business.time_zone)).date()
    # By amount only what the books have learned of since he asked for the page; where they do not say when: since that day.
    later = Q(payment__created_in_books_at__gte=asked - CLOCKS_APART)
    later |= Q(payment__created_in_books_at=None, payment__paid_on__gte=day)
    same = cash.filter(later, amount=row.amount).order_by("payment__paid_on", "pk")
    return ours.first() or cash.filter(payment__reference__in=numbers).first() or same.first()


def _said_by_hand(payment: CardPayment, rows: Sequence[CheckoutInvoice]) -> str:
    """Who of the firm says it is entered, once the books were read after that; "" while nobody does."""
    by = ""
    for row in rows:
        entry = BookEntry.objects.filter(invoice=row.invoice, act=Act.RECEIVE, cause=cause_of(payment)).first()
        if (
            entry is None
            or entry.status != BookEntry.Status.DONE
            or entry.ended_at is None
            or "@" not in entry.ended_by
        ):
            return ""
        synced = row.invoice.connection.synced_at
        if synced is None or synced <= entry.ended_at:
            return ""
        by = entry.ended_by
    return by


def _in_books(payment: CardPayment, *, by: str) -> None:
    payment.in_books_at, payment.in_books_by = clock.now(), by
    payment.save(update_fields=["in_books_at", "in_books_by"])
    for entry in BookEntry.objects.filter(act=Act.RECEIVE, cause=cause_of(payment)):
        entries.cancel(entry.pk, by=BY)  # somebody was faster: nothing is left to enter
    if payment.kept < payment.amount:
        limit(payment)
    _let_go(payment)
    timeline.record(payment, "card_in_books", by=by, amount=payment.amount, currency=payment.currency)
    receivables_changed()


@transaction.atomic(durable=True)
def looked_after(payment_id: UUID, *, by: User) -> CardPayment:
    """A member has seen to a payment we cannot enter (too much, a share nobody may apply): it holds nothing back any more."""
    hold_customer(CardPayment.objects.values_list("customer_id", flat=True).get(pk=payment_id))
    payment = CardPayment.objects.select_related("checkout", "business").get(pk=payment_id)
    if payment.in_books_at is None:
        _in_books(payment, by=by.email)
    return payment
