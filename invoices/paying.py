"""A customer pays by card on the firm's own account: the page he is sent to, and ending it when it may not be paid on.

A row first, made under the customer's lock with the freeze looked at; then the processor is asked under the row's own key;
then, under the lock again, the page is opened or (somebody froze meanwhile) ended. GET never comes here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import timeline
from compliance.models import Purpose
from integrations.errors import Disconnected, Refused, Unanswered, VendorError
from integrations.models import CardAccount
from integrations.stripe import connecting, minor
from integrations.stripe.client import Cards, Item, Order, Session, cards_for
from invoices.models import Checkout, CheckoutInvoice, Customer, Invoice
from invoices.services import hold
from invoices.sync import read_fresh
from notifications import outbox
from notifications.models import Duty
from notifications.outbox import Later
from syntharra import clock, logs, money

log = logs.get(__name__)

LASTS = timedelta(hours=1)  # the processor takes 30 minutes to 24 hours
STILL_GOOD = timedelta(minutes=5)
LOST_AFTER = timedelta(minutes=2)  # a page nobody was ever sent to: its answer got lost
LOOK_AFTER = LASTS + timedelta(minutes=10)
END, LOOK = "end_checkout", "look_at_checkout"
LEAST = {"USD": Decimal("0.50")}
BY = "customer"
AGAIN = "another page was asked for"
Status = Checkout.Status


class CannotPay(Exception):
    """Not now, or not like that; the message says why and what to do. Nothing was asked of the processor."""


class Stopped(CannotPay):
    """We have stopped asking for it: it is disputed, paused, or out of collection. He may still want to pay."""


class Changed(CannotPay):
    """The books show another amount than the one he saw."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What he wants to pay: how much for which invoice. ``seen``: the balance he was shown. ``anyway``: although we stopped.

    ``agreed``: an amount that was agreed on or computed from his own claim, which may be less than the smallest part.
    """

    shares: Mapping[UUID, Decimal]
    seen: Mapping[UUID, Decimal]
    anyway: bool = False
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the processor sends him back to."""

    success_url: str
    cancel_url: str


def begin(wish: Wish, places: Places, *, language: str) -> Checkout:
    """A page to pay on: the one he has already where it is for the same, else a new one. Call it outside any transaction.

    Raises CannotPay (Stopped, Changed) with nothing begun.
    """
    for invoice_id in wish.shares:
        _read_books(invoice_id)
    try:
        checkout, is_new = _ask(wish)
    except IntegrityError as error:  # the database's own guard knows a reason we did not look at
        log.warning("guard_refused", error=str(error).splitlines()[0])
        raise Stopped(_("We have stopped asking for this. Nothing has to be paid while it is open.")) from None
    if not is_new:
        return checkout
    account = CardAccount.objects.select_related("business").get(pk=checkout.account_id)
    try:
        session = _made(cards_for(account.business, account.account), _order(checkout, places, language))
    except VendorError as error:
        _not_made(checkout.pk, error)
        if isinstance(error, Refused | Disconnected):
            raise CannotPay(
                _("The card processor does not take this payment. Please pay the firm another way.")
            ) from None
        raise CannotPay(_("The card processor does not answer just now. Please try again in a few minutes.")) from None
    checkout = _bind(checkout.pk, session)
    if checkout.status != Status.OPEN and checkout.ended_why == AGAIN:
        raise CannotPay(_("You have just opened the payment page a second time. Please go on there."))
    if checkout.status != Status.OPEN:
        raise Stopped(_("We have just stopped asking for this. Nothing has to be paid while it is open."))
    return checkout


def _made(cards: Cards, order: Order) -> Session:
    """Asked twice under the same key where the first answer got lost: it is the same page."""
    try:
        return cards.begin(order)
    except Unanswered:
        return cards.begin(order)


def _read_books(invoice_id: UUID) -> None:
    """The amount is what the books say now, as it is before a call."""
    invoice = Invoice.objects.get(pk=invoice_id)
    if invoice.read_at >= clock.now() - timedelta(minutes=settings.FRESH_FOR_MINUTES):
        return
    try:
        read_fresh(invoice_id)
    except VendorError as error:
        log.info("books_not_read", invoice=str(invoice_id), problem=error.problem)
        words = _(
            "The firm's books cannot be read just now, so we do not know what is still open. Please try again later."
        )
        raise CannotPay(words) from None


@transaction.atomic(durable=True)
def _ask(wish: Wish) -> tuple[Checkout, bool]:
    invoices = hold(*wish.shares)
    account = connecting.taking()
    if account is None:
        raise CannotPay(_("The firm takes no cards here just now. Please pay it another way."))
    _check(invoices, wish)
    purpose = Purpose.SERVICE if wish.anyway else Purpose.COLLECT
    shares = {invoice.pk: wish.shares[invoice.pk] for invoice in invoices}
    for older in _payable(shares):
        same = {row.invoice_id: row.amount for row in older.invoices.all()} == shares
        good = older.status == Status.OPEN and older.expires_at > clock.machine_now() + STILL_GOOD
        if same and good and older.purpose == purpose and older.account_id == account.pk:
            return older, False
        end_held(older, why=AGAIN)
    checkout = Checkout.objects.create(
        purpose=purpose,
        customer_id=invoices[0].customer_id,
        account=account,
        amount=sum(shares.values(), Decimal(0)),
        currency=invoices[0].currency,
        asked_at=clock.now(),
        expires_at=(clock.machine_now() + LASTS).replace(microsecond=0),
    )
    for position, invoice in enumerate(invoices):
        CheckoutInvoice.objects.create(checkout=checkout, invoice=invoice, position=position, amount=shares[invoice.pk])
    numbers = [invoice.number for invoice in invoices]
    facts: dict[str, Any] = {"purpose": purpose.value, "amount": checkout.amount, "currency": checkout.currency}
    timeline.record(checkout, "asked_to_pay", by=BY, invoices=numbers, **facts)
    outbox.owe(outbox.Act(kind="look_at_checkout", key=str(checkout.pk), after=LOOK_AFTER))
    return checkout, True


def _payable(shares: Iterable[UUID]) -> list[Checkout]:
    found = Checkout.objects.payable().filter(invoices__invoice__in=list(shares)).exclude(status=Status.ENDING)
    return list(found.distinct().order_by("pk").prefetch_related("invoices"))


def is_stopped(invoice: Invoice) -> bool:
    """Whether we have stopped asking for it ourselves."""
    left = invoice.left_reason is not None and invoice.left_reason != Invoice.Left.YOUR_DECISION
    return invoice.frozen_at is not None or invoice.paused_reason != "" or left


def _check(invoices: Sequence[Invoice], wish: Wish) -> None:
    stopped = [invoice for invoice in invoices if is_stopped(invoice)]
    if stopped and not wish.anyway:
        raise Stopped(_("We have stopped asking for this. Nothing has to be paid while it is open."))
    if stopped and len(invoices) > 1:  # 15 USC 1692h: one payment is not spread onto what is disputed
        raise Stopped(_("An invoice somebody disagrees with is paid by itself, not together with others."))
    if len({invoice.currency for invoice in invoices}) > 1 or not minor.takes(invoices[0].currency):
        raise CannotPay(_("This currency cannot be paid by card here. Please pay the firm another way."))
    for invoice in invoices:
        _check_amount(invoice, wish)


def _check_amount(invoice: Invoice, wish: Wish) -> None:
    amount, seen = wish.shares[invoice.pk], wish.seen.get(invoice.pk)
    if invoice.card_paid_at is not None:
        raise CannotPay(_("A payment is on its way already. We wait for the firm's books to show it."))
    if invoice.books_status != Invoice.Books.OPEN or invoice.balance <= 0:
        raise CannotPay(_("Nothing is open on this invoice any more."))
    shown = money.shown(invoice.balance_money)
    if seen != invoice.balance:
        raise Changed(_("The books have changed: %(shown)s is open now. Please look again.") % {"shown": shown})
    try:
        money.of(amount, invoice.currency)
    except money.NotMoney:
        raise CannotPay(_("Enter the amount in whole cents.")) from None
    least = least_of(invoice, wish)
    if not least <= amount <= invoice.balance:
        words = _("Choose an amount from %(least)s to %(most)s.")
        raise CannotPay(words % {"least": money.shown(money.of(least, invoice.currency)), "most": shown})


def least_of(invoice: Invoice, wish: Wish) -> Decimal:
    """The smallest amount he may pay on it now: all of it, unless the firm takes parts, agreed on installments, or we have
    stopped asking."""
    least = LEAST.get(invoice.currency, Decimal(1))
    if wish.anyway or wish.agreed:
        return min(least, invoice.balance)
    if not invoice.business.takes_parts:
        on_plan = invoice.plan_links.filter(live=True).exists()
        return min(least, invoice.balance) if on_plan else invoice.balance
    return min(max(least, invoice.business.smallest_part), invoice.balance)


def _order(checkout: Checkout, places: Places, language: str) -> Order:
    rows = checkout.invoices.select_related("invoice__business", "invoice__customer").order_by("position")
    items = [Item(_("Invoice %(number)s") % {"number": row.invoice.number}, row.amount) for row in rows]
    return Order(
        key=f"co:{checkout.pk}",
        currency=checkout.currency,
        items=items,
        success_url=places.success_url,
        cancel_url=places.cancel_url,
        expires_at=checkout.expires_at,
        language=language,
        # Ids of ours alone: nothing of the customer's stands at the processor that he does not enter there himself.
        metadata={"checkout": str(checkout.pk), "business": str(checkout.business_id)},
    )


@transaction.atomic(durable=True)
def _bind(checkout_id: UUID, session: Session) -> Checkout:
    """The page is there. Somebody may have stopped us meanwhile: then it is to be ended, not opened."""
    checkout = held(checkout_id)
    if checkout.status == Status.ASKED:
        stopped = any(is_stopped(row.invoice) for row in checkout.invoices.select_related("invoice"))
        if checkout.purpose != Purpose.COLLECT or not stopped:
            return checkout.move(Status.OPEN, session=session.id, url=session.url)
        checkout.move(Status.ENDING, ended_why="we stopped asking")
    Checkout.objects.filter(pk=checkout_id).update(session=session.id)
    if checkout.status == Status.ENDING:
        outbox.owe(outbox.Act(kind="end_checkout", key=str(checkout_id)))
    return checkout


@transaction.atomic(durable=True)
def _not_made(checkout_id: UUID, error: VendorError) -> None:
    """Refused, or nobody knows: then a page may be there, of which nobody has the address, and it runs out by itself."""
    checkout = held(checkout_id)
    if checkout.status in (Status.ASKED, Status.ENDING):
        refused = checkout.status == Status.ASKED and isinstance(error, Refused)
        why = f"{error.problem} {error.vendor_code or ''}".strip()
        checkout.move(Status.REFUSED if refused else Status.ENDED, ended_at=clock.now(), ended_why=why[:120])
        timeline.record(checkout, "page_not_made", by=BY, problem=error.problem, code=error.vendor_code)


def held(checkout_id: UUID) -> Checkout:
    """This page, fresh, with its customer locked until the transaction ends."""
    owner = Checkout.objects.values_list("customer_id", flat=True).get(pk=checkout_id)
    Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=owner)
    return Checkout.objects.get(pk=checkout_id)


def end_held(checkout: Checkout, *, why: str) -> None:
    """From the commit on it is to be ended at the processor. Inside the caller's transaction, the customer held."""
    if checkout.status in (Status.ASKED, Status.OPEN):
        checkout.move(Status.ENDING, ended_why=why)
        if checkout.session:
            outbox.owe(outbox.Act(kind="end_checkout", key=str(checkout.pk)))


def stop_held(invoices: Iterable[UUID], *, why: str, until: datetime | None = None) -> int:
    """Nobody may go on paying on pages that were opened before we stopped: each is to be ended; how many.

    Part of the transaction that freezes or pauses, or of one soon after: then ``until`` is when it stopped, and who asked since
    to pay all the same may. A payment that is made in the same moment is taken note of all the same.
    """
    pages = [
        page
        for page in _payable(invoices)
        if until is None or page.asked_at <= until or page.purpose == Purpose.COLLECT
    ]
    for page in pages:
        end_held(page, why=why)
    return len(pages)


def stop_all(account: CardAccount, *, why: str) -> int:
    """The account is let go: every page on it is to be ended; how many."""
    pages = list(Checkout.objects.filter(account=account, status__in=(Status.ASKED, Status.OPEN)).order_by("pk"))
    for page in pages:
        end_held(page, why=why)
    return len(pages)


def register(settle: Callable[[UUID, Session], object]) -> None:
    """Say who ends pages and who looks whether a webhook got lost. ``settle`` takes note of what the processor says."""

    def end(duty: Duty) -> str:
        return _end(UUID(duty.key), settle)

    def look(duty: Duty) -> str:
        return _look(UUID(duty.key), settle)

    outbox.carries_out(END, end)
    outbox.carries_out(LOOK, look)


def _end(checkout_id: UUID, settle: Callable[[UUID, Session], object]) -> str:
    """Ended at the processor; or paid in the last moment, which counts. Safe to run twice."""
    checkout = Checkout.objects.select_related("account__business").get(pk=checkout_id)
    if checkout.status != Status.ENDING:
        return f"was {checkout.status}"
    try:
        cards = cards_for(checkout.account.business, checkout.account.account)
        session = cards.end(checkout.session)
    except VendorError as error:
        if checkout.expires_at < clock.machine_now():
            return _ran_out(checkout_id)
        raise Later(20.0, error.problem) from None
    settle(checkout_id, session)
    return session.status


def _look(checkout_id: UUID, settle: Callable[[UUID, Session], object]) -> str:
    """After its time: whatever became of the page is known, even where no webhook ever came."""
    checkout = Checkout.objects.select_related("account__business").get(pk=checkout_id)
    if checkout.status in (Status.PAID, Status.ENDED, Status.REFUSED):
        return f"was {checkout.status}"
    if not checkout.session:
        if checkout.expires_at - LASTS + LOST_AFTER > clock.machine_now():
            raise Later(LOST_AFTER.total_seconds(), "being made")
        return _ran_out(checkout_id)
    try:
        session = cards_for(checkout.account.business, checkout.account.account).session(checkout.session)
    except VendorError as error:
        if checkout.expires_at + LASTS < clock.machine_now():
            return _ran_out(checkout_id)
        raise Later(300.0, error.problem) from None
    if session.status == "open":
        raise Later(600.0, "somebody may still pay on it")
    settle(checkout_id, session)
    return session.status


@transaction.atomic(durable=True)
def _ran_out(checkout_id: UUID) -> str:
    checkout = held(checkout_id)
    if checkout.status in (Status.ASKED, Status.OPEN, Status.ENDING):
        checkout.move(Status.ENDED, url="", ended_at=clock.now(), ended_why=checkout.ended_why or "it ran out")
    return "ran out"
