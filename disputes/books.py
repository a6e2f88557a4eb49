"""The books moved under a dispute: by what we wrote, or by themselves. Looked at whenever receivables changed.

What a running resolution waited for ends it. Anything else is one card with one question; the invoice stays frozen.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from disputes import deadlines, track_letters, versions
from disputes.ending import End, close_held, end_resolution
from disputes.models import BooksMoved, Dispute, Resolution
from disputes.resolving import CannotResolve, Kind, Status, back_to_work, held, held_resolution
from invoices import entries
from invoices.holds import MORE_THAN_AGREED
from invoices.models import BookEntry, CreditMemo, Hold, Invoice, Replacement
from invoices.services import hold
from notifications import outbox
from syntharra import clock, due, money
from syntharra.tenancy import TenantQuerySet

DUE = "books_moved"
What = BooksMoved.What
CLOSES_AFTER = {What.CLEARED: deadlines.SENT_BY_ITSELF_AFTER, What.PAID: deadlines.PAID_SETTLES_AFTER}
LOOK_AGAIN = timedelta(hours=1)
GONE = (Invoice.Books.VOID, Invoice.Books.DELETED, Invoice.Books.WRITTEN_OFF)


@dataclass(frozen=True)
class Seen:
    """What changed, judged: ``cash`` is the money that came in since the dispute opened."""

    what: str
    was: Decimal
    now: Decimal
    proof: str


def look() -> int:
    """Look at every live dispute whose invoice the books changed since; how many. Safe to repeat."""
    changed = Dispute.objects.live().exclude(
        books_balance=F("invoice__balance"), books_status=F("invoice__books_status")
    )
    looked = 0
    for pk in list(changed.order_by("invoice__customer_id", "pk").values_list("pk", flat=True)):
        looked += look_at(pk)
    cleared = BooksMoved.objects.filter(answer="", what=What.CLEARED, dispute__invoice__replaced_by__isnull=False)
    for pk in list(cleared.order_by("pk").values_list("dispute", flat=True).distinct()):
        looked += _now_replaced(pk)
    unwritten = Resolution.objects.filter(
        status=Status.RUNNING, entry__status="canceled", entry__problem=entries.CHANGED
    )
    for pk in list(unwritten.values_list("pk", flat=True)):
        looked += _was_not_written(pk)
    risen = Invoice.objects.open().filter(balance__gt=F("agreed_at_most"), frozen_at=None, left_reason=None)
    for pk in list(risen.order_by("customer_id", "pk").values_list("pk", flat=True)):
        looked += _ask_about_more(pk)
    return looked


@transaction.atomic(durable=True)
def _ask_about_more(invoice_id: UUID) -> int:
    """It ended, and the books show more than it ended on (a credit taken back, a payment bounced, a fee): the owner decides.

    Nobody asks for it meanwhile: the balance itself says so. The hold is what he sees, and lifts when he means it.
    """
    (invoice,) = hold(invoice_id)
    if invoice.frozen_at is not None or invoice.left_reason is not None or not invoice.is_more_than_agreed:
        return 0
    if Hold.objects.running(clock.now()).filter(invoice=invoice, reason__startswith=MORE_THAN_AGREED).exists():
        return 0
    ended = Dispute.objects.filter(Q(invoice=invoice) | Q(invoice__replaced_by=invoice)).exclude(closed_at=None)
    last = ended.exclude(closed_as="false_alarm").select_related("invoice").order_by("-closed_at").first()
    if last is None:
        return 0
    Hold.objects.create(
        customer_id=invoice.customer_id, invoice=invoice, reason=f"{MORE_THAN_AGREED} {last.number}", by="Syntharra",
        since=clock.now(),
    )  # fmt: skip
    facts: dict[str, Any] = {"agreed": invoice.agreed_at_most, "now": invoice.balance}
    timeline.record(last, "more_than_agreed", by="Syntharra", invoice=invoice.number, **facts)
    outbox.owe(*track_letters.your_turn(last, invoice, "more_than_agreed"))
    return 1


@transaction.atomic(durable=True)
def _now_replaced(dispute_id: UUID) -> int:
    """What seemed to be cleared was replaced: the owner has said so since."""
    dispute, invoice = held(dispute_id)
    if dispute.closed_at is not None:
        return 0
    running = Resolution.objects.open().filter(dispute=dispute, status=Status.RUNNING).first()
    if running is None or not _ends(running, dispute, invoice):
        _ask(dispute, invoice, _judged(dispute, invoice, dispute.balance_at_opening))
    return 1


@transaction.atomic(durable=True)
def look_at(dispute_id: UUID) -> int:
    dispute, invoice = held(dispute_id)
    was = (dispute.books_balance, dispute.books_status)
    if dispute.closed_at is not None or was == (invoice.balance, invoice.books_status):
        return 0
    versions.take(dispute, invoice, because="books_changed")
    Dispute.objects.filter(pk=dispute.pk).update(books_balance=invoice.balance, books_status=invoice.books_status)
    before = dispute.books_balance if dispute.books_balance is not None else dispute.balance_at_opening
    running = Resolution.objects.open().filter(dispute=dispute, status=Status.RUNNING).first()
    if running is not None and _ends(running, dispute, invoice):
        return 1
    if running is not None:
        _overtaken(running, dispute, invoice)
    _ask(dispute, invoice, _judged(dispute, invoice, before))
    return 1


@transaction.atomic(durable=True)
def _was_not_written(resolution_id: UUID) -> int:
    """The worker saw before it wrote that the bill is another one."""
    running, dispute, invoice = held_resolution(resolution_id)
    if running.status == Status.RUNNING:
        _overtaken(running, dispute, invoice)
    return 1


def _overtaken(running: Resolution, dispute: Dispute, invoice: Invoice) -> None:
    """A credit agreed on another balance is not written on this one; what the books may have already stays under way.

    Money that came in meanwhile makes it no other bill.
    """
    if running.kind not in (Kind.CREDIT_MEMO, Kind.SETTLEMENT) or running.entry_id is None:
        return
    entry = BookEntry.objects.get(pk=running.entry_id)
    if entries.still_fits(entry, invoice) is False:
        entry = entries.cancel_unbegun(entry.pk, by="Syntharra")
    if entry.status == BookEntry.Status.CANCELED:
        end_resolution(running, Status.FAILED, why="the bill changed under it")
        back_to_work(dispute)
        timeline.record(dispute, "resolution_overtaken", by="Syntharra", kind=running.kind)


def _ends(running: Resolution, dispute: Dispute, invoice: Invoice) -> bool:
    """Whether the books now show what this was about; then it is done, and the dispute with it."""
    gone = invoice.balance == 0
    newer = newer_of(invoice) if gone else None
    match running.kind:
        case Kind.WRITE_OFF if gone and paid_since(dispute, invoice) >= running.balance_before:
            if running.entry_id is not None:  # nothing is left to write off
                entries.cancel(running.entry_id, by="Syntharra")
            end = End(closed_as="paid", letter="dispute_closed_paid")
        case Kind.WRITE_OFF if gone:
            end = End(closed_as=Kind.WRITE_OFF, left=Invoice.Left.WRITE_OFF)
        case Kind.CREDIT_MEMO | Kind.SETTLEMENT | Kind.REVISED_INVOICE if (
            running.agreed_balance is not None
            and (newer or invoice).balance == running.agreed_balance
            and (running.kind != Kind.SETTLEMENT or running.answer == "accepted")
        ):
            letter = "dispute_closed_agreed" if running.agreed_balance > 0 else "dispute_closed_zero"
            end = End(closed_as=running.kind, agreed=running.agreed_balance, letter=letter, on=newer)
            Resolution.objects.filter(pk=running.pk).update(replaced_by=newer)
        case Kind.SETTLEMENT | Kind.BILL_STANDS | Kind.PLAIN_QUESTION if gone and paid_since(dispute, invoice) > 0:
            end = End(closed_as="paid", letter="dispute_closed_paid")
        case _:
            return False
    end_resolution(running, Status.DONE)
    close_held(dispute, invoice, end, by="Syntharra", why=running.words)
    return True


def _judged(dispute: Dispute, invoice: Invoice, before: Decimal) -> Seen:
    cash = paid_since(dispute, invoice)
    newer = newer_of(invoice) if invoice.balance == 0 and not cash else None
    if newer is not None:
        return Seen(What.REPLACED, before, newer.balance, newer.number)
    if invoice.books_status in GONE:
        return Seen(What.CLEARED, before, invoice.balance, str(invoice.get_books_status_display()))
    if invoice.balance > before:
        return Seen(What.ROSE, before, invoice.balance, "")
    if invoice.balance == 0:
        return Seen(What.PAID if cash > 0 else What.CLEARED, before, Decimal(0), _proof(dispute, invoice))
    part_paid = cash > 0 and before - invoice.balance <= cash
    return Seen(What.PART_PAID if part_paid else What.LOWERED, before, invoice.balance, _proof(dispute, invoice))


def newer_of(invoice: Invoice) -> Invoice | None:
    """The bill that took this one's place, as the owner said or as we wrote it ourselves."""
    return invoice.replaced_by.select_related("customer", "business", "connection").order_by("-pk").first()


def _may_be_replaced(invoice: Invoice) -> bool:
    """Somebody still has to say whether a new bill takes its place."""
    return Replacement.objects.filter(older=invoice, answer=None).exists()


def paid_since(dispute: Dispute, invoice: Invoice) -> Decimal:
    """Money set against the invoice since the dispute opened; what was taken back does not count."""
    came = invoice.allocations.filter(kind="cash", payment__reversed_at=None, changed_at__gte=dispute.opened_at)
    return came.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def _proof(dispute: Dispute, invoice: Invoice) -> str:
    """The credit memo that lowered it, by its number, where the books say."""
    memos = CreditMemo.objects.filter(customer=invoice.customer_id, deleted_at=None).exclude(number="")
    applied = memos.filter(applied__contains=[{"invoice": invoice.external_id}])
    number = applied.order_by("-issued_on", "-pk").values_list("number", flat=True).first()
    if not number:
        number = _only_one_of_that_size(dispute, invoice, memos)
    return _("credit memo %(number)s") % {"number": number} if number else ""


def _only_one_of_that_size(dispute: Dispute, invoice: Invoice, memos: TenantQuerySet[CreditMemo]) -> str | None:
    """Some books say how much credit went to a bill and not from which memo: named only where no other fits."""
    since = invoice.allocations.filter(kind="credit", changed_at__gte=dispute.opened_at)
    credited = since.aggregate(sum=Sum("amount"))["sum"]
    fitting = list(memos.filter(total=credited, applied=[]).values_list("number", flat=True)[:2]) if credited else []
    return fitting[0] if len(fitting) == 1 else None


def _ask(dispute: Dispute, invoice: Invoice, seen: Seen) -> None:
    """One open question a dispute: a newer change takes the place of the one not answered yet."""
    moment = clock.now()
    BooksMoved.objects.filter(dispute=dispute, answer="").update(answer="overtaken", answered_at=moment)
    wait = CLOSES_AFTER.get(What(seen.what))
    card = BooksMoved.objects.create(
        dispute=dispute,
        what=seen.what,
        was=seen.was,
        now=seen.now,
        currency=invoice.currency,
        status=invoice.books_status,
        proof=seen.proof[:120],
        seen_at=moment,
        acts_at=moment + wait if wait else None,
    )
    if card.acts_at is not None:
        due.note(DUE, card.pk, at=card.acts_at)
    facts: dict[str, Any] = {"was": seen.was, "now": seen.now, "status": invoice.books_status, "proof": seen.proof}
    timeline.record(dispute, f"books_{seen.what}", by="Syntharra", invoice=invoice.number, **facts)
    outbox.owe(*track_letters.books_moved(card, dispute, invoice))


@transaction.atomic(durable=True)
def answer(card_id: UUID, *, yes: bool, by: User) -> BooksMoved:
    """The owner's answer to the card. Yes to a lower balance: that is what was agreed. No: it stays frozen as it is.

    Yes to nothing owed or to paid closes it at once; no to those keeps it open until somebody ends it. Raises CannotResolve.
    """
    dispute, invoice = held(BooksMoved.objects.values_list("dispute_id", flat=True).get(pk=card_id))
    card = BooksMoved.objects.get(pk=card_id)
    if card.answer:
        if card.answer == ("yes" if yes else "no"):
            return card
        raise CannotResolve(_("This was answered already, or the books have moved on."))
    if yes and _shown_now(card, invoice) != card.now:
        shown = money.shown(invoice.balance_money)
        raise CannotResolve(_("Your books show %(shown)s by now. Look again in a minute.") % {"shown": shown})
    _answered(card, "yes" if yes else "no", by.email)
    timeline.record(dispute, "books_answered", by=by.email, what=card.what, yes=yes, now=card.now)
    if yes:
        _follow(card, dispute, invoice, by=by.email)
    return card


@transaction.atomic(durable=True)
def take_its_course(card_id: UUID) -> str:
    """Nobody answered: what is cleared closes at hour 20, what was paid after 14 days. A word for what came of it."""
    dispute, invoice = held(BooksMoved.objects.values_list("dispute_id", flat=True).get(pk=card_id))
    card = BooksMoved.objects.get(pk=card_id)
    due.settle(DUE, card.pk)
    if card.answer or card.acts_at is None or card.acts_at > clock.now() or invoice.balance != card.now:
        return "not now"
    if card.what == What.CLEARED and (newer_of(invoice) is not None or _may_be_replaced(invoice)):
        due.note(DUE, card.pk, at=clock.now() + LOOK_AGAIN)
        return "a new bill may have taken its place"
    _answered(card, "closed", "Syntharra")
    _follow(card, dispute, invoice, by="Syntharra")
    return "closed"


def _shown_now(card: BooksMoved, invoice: Invoice) -> Decimal:
    newer = newer_of(invoice) if card.what == What.REPLACED else None
    return (newer or invoice).balance


def _answered(card: BooksMoved, said: str, by: str) -> None:
    BooksMoved.objects.filter(pk=card.pk).update(answer=said, answered_by=by, answered_at=clock.now())
    card.answer = said
    due.settle(DUE, card.pk)


def _follow(card: BooksMoved, dispute: Dispute, invoice: Invoice, *, by: str) -> None:
    for running in Resolution.objects.open().filter(dispute=dispute):
        end_resolution(running, Status.CANCELED, why="the books ended it")
    match card.what:
        case What.LOWERED:
            end = End(closed_as="books_lowered", agreed=invoice.balance, letter="dispute_closed_agreed")
        case What.REPLACED if (newer := newer_of(invoice)) is not None:
            end = End(closed_as="revised_invoice", agreed=newer.balance, letter="dispute_closed_agreed", on=newer)
        case What.CLEARED:
            end = End(closed_as=f"books_{_how(invoice)}", letter="dispute_closed_zero")
        case What.PAID:
            end = End(closed_as="paid", letter="dispute_closed_paid")
        case _:  # rose, part paid: seen; the dispute goes on
            return
    close_held(dispute, invoice, end, by=by, why=card.proof)


def _how(invoice: Invoice) -> str:
    return invoice.books_status if invoice.books_status in GONE else "credit"
