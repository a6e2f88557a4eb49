"""Invoices copied in the books: same customer, similar lines, a new number. Asked about once; on hold until answered.

A firm that corrects a bill by writing a new one must not have its customer called afresh, three times more, about what
he has objected to already. Nobody but the owner can tell a replacement from next month's bill: so we ask.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import timeline
from accounts.models import User
from invoices.changes import receivables_changed
from invoices.models import Hold, Invoice, InvoiceLine, PlanInvoice, Promise, Replacement
from invoices.services import hold, hold_customer
from syntharra import clock, due
from syntharra.models import Due
from syntharra.tenancy import current_business

WITHIN = timedelta(days=45)
ALIKE = 0.75
MOST_COMPARED = 40
AT_ONCE = 200
DUE = "replacement"
REASON = "replacement?"
ENDED = (Invoice.Books.VOID, Invoice.Books.DELETED, Invoice.Books.PAID, Invoice.Books.WRITTEN_OFF)
TAKEN_BACK = (Invoice.Books.VOID, Invoice.Books.DELETED)


class AnsweredAlready(Exception):
    """Somebody has answered; the answer stands."""


def similar(one: Sequence[tuple[str, Decimal]], other: Sequence[tuple[str, Decimal]]) -> float:
    """How alike two bills are by what they charge for, 0 to 1. Pure; numbers and dates in the words do not count."""

    def words(lines: Sequence[tuple[str, Decimal]]) -> list[str]:
        text = " ".join(description for description, _amount in lines).casefold()
        return [word for word in text.split() if not any(letter.isdigit() for letter in word)]

    mine, theirs = words(one), words(other)
    if not mine or not theirs:
        return 0.0
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()


def remember(invoices: Sequence[UUID]) -> None:
    """These came new, or were taken back: look at them. Part of the transaction that writes them.

    Whoever wrote them may die right after it; what is remembered is looked at by the next reading or the sweep.
    """
    due.note(DUE, *invoices, at=clock.now())


def look(guard: Callable[[], None] = lambda: None) -> int:
    """Ask about what is remembered as new, or stands beside what was taken back; how many questions.

    Some write the new bill before they void the old one. Safe to do twice, and by several at once. ``guard`` runs first
    in every transaction. Call it outside any.
    """
    waiting = Due.objects.filter(business_id=current_business(), kind=DUE, due_at__lte=clock.now())
    noted = dict(waiting.order_by("due_at", "row_id").values_list("row_id", "due_at")[:AT_ONCE])
    if not noted:
        return 0
    changed = Invoice.objects.filter(pk__in=noted)
    taken_back = list(changed.filter(books_status__in=TAKEN_BACK))
    new = [*changed.exclude(books_status__in=TAKEN_BACK).values_list("pk", flat=True), *_beside(taken_back)]
    asked = 0
    for invoice in Invoice.objects.filter(pk__in=new, replaces=None, replacement=None).order_by("customer_id", "pk"):
        older = _older(invoice)
        if older is not None:
            asked += _ask(guard, invoice.pk, older.pk)
    _settle(noted)
    return asked


def _settle(noted: Mapping[UUID, datetime]) -> None:
    """They were looked at. What was remembered once more meanwhile is looked at again."""
    same = Q(pk=None)
    for row_id, due_at in noted.items():
        same |= Q(row_id=row_id, due_at=due_at)
    Due.objects.filter(same, business_id=current_business(), kind=DUE).delete()


def _beside(taken_back: Iterable[Invoice]) -> list[UUID]:
    """Open bills of the same customers that came to us after these, and are dated no earlier nor much later."""
    after = [
        Q(customer=older.customer_id, pk__gt=older.pk, issued_on__range=(older.issued_on, older.issued_on + WITHIN))
        for older in taken_back
        if older.issued_on
    ]
    return list(Invoice.objects.open().filter(reduce(or_, after)).values_list("pk", flat=True)) if after else []


def _older(invoice: Invoice) -> Invoice | None:
    """What it may be a copy of: the nearest of this customer that ended without money, or is still disputed."""
    since = (invoice.issued_on or clock.now().date()) - WITHIN
    others = (
        Invoice.objects.filter(customer=invoice.customer_id, currency=invoice.currency, issued_on__gte=since)
        .exclude(pk=invoice.pk)
        .exclude(number=invoice.number)
        .order_by("-issued_on", "-pk")[:MOST_COMPARED]
    )
    candidates = [other for other in others if _gave_way(other, invoice)]
    lines = _lines([invoice.pk, *(other.pk for other in candidates)])
    alike = [(similar(lines[invoice.pk], lines[other.pk]), other) for other in candidates]
    best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= ALIKE else None


def _gave_way(older: Invoice, newer: Invoice) -> bool:
    """Ended without being paid in money, or frozen: an open one beside it is next month's bill, or a twin."""
    if older.frozen_at is not None or older.paused_reason:
        return True
    if older.books_status not in ENDED:
        return False
    cash = older.allocations.filter(kind="cash", amount__gt=0, payment__reversed_at=None).exists()
    return not cash and (older.issued_on or newer.issued_on) is not None


def _lines(invoices: Iterable[UUID]) -> dict[UUID, list[tuple[str, Decimal]]]:
    found: dict[UUID, list[tuple[str, Decimal]]] = defaultdict(list)
    rows = InvoiceLine.objects.filter(invoice__in=list(invoices)).order_by("invoice", "position")
    for pk, item, description, amount in rows.values_list("invoice_id", "item", "description", "amount"):
        found[pk].append((f"{item} {description}", amount))
    return found


@transaction.atomic
def _ask(guard: Callable[[], None], invoice_id: UUID, older_id: UUID) -> int:
    guard()
    invoice, older = Invoice.objects.get(pk=invoice_id), Invoice.objects.get(pk=older_id)
    customer = hold_customer(invoice.customer_id)
    if Replacement.objects.filter(invoice=invoice).exists():
        return 0
    waits = Hold.objects.create(customer=customer, invoice=invoice, reason=REASON, by="Syntharra", since=clock.now())
    Replacement.objects.create(invoice=invoice, older=older, hold=waits, asked_at=clock.now())
    timeline.record(invoice, "may_replace", by="Syntharra", number=invoice.number, older=older.number)
    return 1


def _is_stopped(older: Invoice) -> bool:
    """Whether anything but the books kept this one from being collected on."""
    if older.frozen_at is not None or older.paused_reason or older.left_reason:
        return True
    held = Hold.objects.running(clock.now()).filter(invoice=older).exists()
    held = held or PlanInvoice.objects.filter(invoice=older, live=True).exists()
    return held or Promise.objects.filter(invoice=older, status=Promise.Status.RUNNING).exists()


@transaction.atomic
def answer(replacement_id: UUID, *, replaces: bool, by: User) -> Replacement:
    """The owner says whether the new invoice replaces the older one. Raises AnsweredAlready for another answer.

    Yes: it inherits what happened about the older one (attempts, a stop); where that one is disputed, paused, on hold,
    promised or left, this one stays on hold until somebody lifts it. No: it goes its own way.
    """
    asked = Replacement.objects.select_related("invoice", "older", "hold").get(pk=replacement_id)
    (invoice,) = hold(asked.invoice_id)
    asked.refresh_from_db()
    if asked.answer is not None:
        if asked.answer is replaces:
            return asked
        raise AnsweredAlready(asked.answered_by)
    asked.answer, asked.answered_by, asked.answered_at = replaces, by.email, clock.now()
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    older = Invoice.objects.get(pk=asked.older_id)
    if replaces:
        Invoice.objects.filter(pk=invoice.pk).update(replaces=older)
    if not replaces or not _is_stopped(older):
        Hold.objects.filter(pk=asked.hold_id, lifted_at=None).update(lifted_at=clock.now(), lifted_by=by.email)
    verb = "replaces" if replaces else "does_not_replace"
    timeline.record(invoice, verb, by=by.email, number=invoice.number, older=older.number)
    receivables_changed()
    return asked


def keep_stopped(newer: Invoice, older: Invoice) -> Hold | None:
    """Inside the caller's transaction, the customer held: what stops the older bill stops the one in its place."""
    if not _is_stopped(older):
        return None
    return Hold.objects.create(
        customer_id=newer.customer_id, invoice=newer, reason=REASON, by="Syntharra", since=clock.now()
    )
