"""Promises to pay: kept when the books show the money, broken when day and grace have passed without it.

While one runs nobody calls or reminds about its invoice, and time alone does not end it. When the day and its grace are
over the firm is asked once whether the money came; after two silent business days the books decide. A dispute or a pause
keeps everything still. What breaks hands the invoice back to the cadence, where freeze, pause, hold and plan bind as ever.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from invoices.book_days import business_days_later, read_since
from invoices.changes import PLAN
from invoices.models import Allocation, Customer, Invoice, PlanInvoice, Promise
from invoices.services import hold
from notifications.letters import NoLongerTrue, letter_facts
from notifications.members import in_charge, mail_to
from notifications.models import Message
from notifications.outbox import Letter, owe
from syntharra import clock, due, money
from syntharra.tenancy import current_business

DUE, LETTER = "promises", "promise_due"
GRACE = {"link": 1, "office": 1, "transfer": 4, "check": 7, "unknown": 7}  # business days
TO_ANSWER = 2  # business days the firm has before the books decide
ON_ITS_WAY = 5  # business days for money the firm has seen and the books have not
LOOKED_AT = time(10)
US = "Syntharra"
Status = Promise.Status


class CannotAnswer(Exception):
    """Nothing is asked about this promise now; the message says why."""


def register() -> None:
    """Say what the letter that asks the firm tells."""
    letter_facts(LETTER, _of_asked)


# made


def put_down(invoice: Invoice, *, amount: Decimal, on: date, how: str, source: str) -> Promise:
    """What was promised about a held invoice: ``amount`` of its currency by ``on``. From this commit on it holds.

    Said again from the same source (one call) it is the same promise, corrected. A promise of another source stays on
    record with how it ended: broken where its day and grace had passed without the money, else replaced by this one.
    """
    until = business_days_later(on, GRACE[how])
    said = {"amount": amount, "promised_for": on, "how": how, "holds_until": until}
    before = Promise.objects.filter(invoice=invoice, status=Status.RUNNING).first()
    if before is not None and before.source == source:
        Promise.objects.filter(pk=before.pk).update(**said, asked_at=None, answer_by=None)
        _look_after(before, until, invoice)
        return Promise.objects.get(pk=before.pk)
    if before is not None:
        late = before.holds_until < clock.today(invoice.business.time_zone)
        _end(before, _paid_or(before, Status.BROKEN if late else Status.WITHDRAWN), by=source)
    made = Promise.objects.create(
        customer_id=invoice.customer_id,
        invoice=invoice,
        currency=invoice.currency,
        source=source,
        made_at=clock.now(),
        **said,
    )
    _look_after(made, until, invoice)
    return made


def withdraw(invoice_ids: Collection[UUID], *, by: str, source: str = "") -> int:
    """Whatever runs about these held invoices (from this source alone, where one is named) stands no more; how many."""
    found = Promise.objects.filter(invoice__in=list(invoice_ids), status=Status.RUNNING)
    running = list(found.filter(source=source) if source else found)
    for promise in running:
        _end(promise, Status.WITHDRAWN, by=by)
    return len(running)


# watched


def look() -> int:
    """The books changed: look at every promise of the current business that it may have settled; how many."""
    came = Allocation.objects.filter(
        invoice=OuterRef("invoice"),
        kind=Allocation.Kind.CASH,
        payment__reversed_at=None,
        seen_at__gte=OuterRef("made_at"),
    )
    lapsed = Q(holds_until__lt=clock.now().date())
    may_be_over = ~Q(invoice__books_status=Invoice.Books.OPEN) | Q(invoice__balance=0) | lapsed | Exists(came)
    running = list(
        Promise.objects.filter(may_be_over, status=Status.RUNNING)
        .order_by("customer", "pk")
        .values_list("pk", flat=True)
    )
    for pk in running:
        look_at(pk)
    return len(running)


@transaction.atomic(durable=True)
def look_at(promise_id: UUID) -> str:
    """Compare it with the books, and do what its day asks for; a word for what came of it. Safe to repeat."""
    promise, invoice = _held(promise_id)
    if promise.status != Status.RUNNING:
        due.settle(DUE, promise.pk)
        return "over"
    zone = invoice.business.time_zone
    today = clock.today(zone)
    due.note(DUE, promise.pk, at=_at_ten(max(promise.holds_until, today) + timedelta(days=1), zone))
    if (ended := _settled(promise, invoice)) is not None:
        return _end(promise, ended, by=US)
    if invoice.frozen_at is not None or invoice.paused_reason:
        if promise.asked_at is not None:  # whoever was asked has his days again when this is settled
            Promise.objects.filter(pk=promise.pk).update(answer_by=business_days_later(today, TO_ANSWER))
        return "silent"
    if today <= promise.holds_until:
        return "running"
    if invoice.in_flight or invoice.card_paid_at is not None:
        return "on its way"
    if not read_since([invoice], promise.holds_until, zone):
        return "books not read"
    if promise.asked_at is None or promise.answer_by is None:
        return _ask(promise, today)
    if today <= promise.answer_by or not read_since([invoice], promise.answer_by, zone):
        return "asked"
    return _end(promise, Status.BROKEN, by=US)


def paid_since(promise: Promise) -> Decimal:
    """Cash the books show on its invoice since it was made, what was taken back left out."""
    cash = Allocation.objects.filter(
        invoice=promise.invoice_id,
        kind=Allocation.Kind.CASH,
        payment__reversed_at=None,
        seen_at__gte=promise.made_at,
    )
    return cash.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def held_at_most_until(holds_until: date, answer_by: date | None) -> date:
    """The last day on which a promise that breaks still holds its invoice: the firm's days to answer are in it."""
    return answer_by or business_days_later(holds_until + timedelta(days=1), TO_ANSWER)


# answered


@transaction.atomic(durable=True)
def answer(promise_id: UUID, *, came: bool, by: User) -> Promise:
    """The firm says whether the money came. It did: the books have five business days to show it. It did not: broken.

    Saying it twice is once. Raises CannotAnswer where nothing is asked, or the invoice is disputed or paused.
    """
    promise, invoice = _held(promise_id)
    if promise.status != Status.RUNNING or promise.asked_at is None:
        raise CannotAnswer(_("Nothing is asked about this promise any more."))
    if invoice.frozen_at is not None or invoice.paused_reason:
        raise CannotAnswer(_("This invoice is disputed or paused: settle that first."))
    if (ended := _settled(promise, invoice)) is not None:
        _end(promise, ended, by=US)
    elif not came:
        _end(promise, Status.BROKEN, by=by.email)
    else:
        until = business_days_later(clock.today(invoice.business.time_zone), ON_ITS_WAY)
        if not promise.said_to_have_come:
            Promise.objects.filter(pk=promise.pk).update(answer_by=until, said_to_have_come=True)
            timeline.record(promise, "promise_came", by=by.email, amount=promise.amount, until=until)
    return Promise.objects.get(pk=promise.pk)


def kept_of(customer: Customer) -> tuple[int, int]:
    """How many of this customer's promises were kept, and how many were kept or broken."""
    ended = list(
        Promise.objects.filter(customer=customer, status__in=(Status.KEPT, Status.BROKEN)).values_list(
            "status", flat=True
        )
    )
    return ended.count(Status.KEPT), len(ended)


def _held(promise_id: UUID) -> tuple[Promise, Invoice]:
    (invoice,) = hold(Promise.objects.values_list("invoice_id", flat=True).get(pk=promise_id))
    return Promise.objects.get(pk=promise_id), invoice


def _settled(promise: Promise, invoice: Invoice) -> str | None:
    """How it ended by what the books and the firm show; None while that is open."""
    paid = paid_since(promise)
    if paid >= promise.amount:
        return Status.KEPT
    if invoice.books_status != Invoice.Books.OPEN or invoice.balance <= 0:
        return Status.KEPT if paid else Status.WITHDRAWN  # nothing is owed any more
    if PlanInvoice.objects.filter(invoice=invoice, live=True).exists():
        return Status.WITHDRAWN
    return Status.WITHDRAWN if invoice.left_reason not in (None, Invoice.Left.YOUR_DECISION) else None


def _paid_or(promise: Promise, otherwise: str) -> str:
    return Status.KEPT if paid_since(promise) >= promise.amount else otherwise


def _end(promise: Promise, status: str, *, by: str) -> str:
    ended: dict[str, Any] = {"status": status, "ended_at": clock.now(), "ended_by": by[:254]}
    if not Promise.objects.filter(pk=promise.pk, status=Status.RUNNING).update(**ended):
        return "over"
    due.settle(DUE, promise.pk)
    said = {"amount": promise.amount, "currency": promise.currency, "on": promise.promised_for}
    timeline.record(promise, f"promise_{status}", by=by, customer=promise.customer_id, **said)
    if status == Status.BROKEN:
        due.note(PLAN, current_business(), at=clock.now())
    return str(status)


def _ask(promise: Promise, today: date) -> str:
    until = business_days_later(today, TO_ANSWER)
    Promise.objects.filter(pk=promise.pk).update(asked_at=clock.now(), answer_by=until)
    owe(*_to_firm(promise))
    timeline.record(promise, "promise_asked", by=US, amount=promise.amount, on=promise.promised_for, until=until)
    return "asked now"


def _look_after(promise: Promise, day: date, invoice: Invoice) -> None:
    due.note(DUE, promise.pk, at=_at_ten(day + timedelta(days=1), invoice.business.time_zone))


def _at_ten(day: date, zone: str) -> datetime:
    return datetime.combine(day, LOOKED_AT, ZoneInfo(zone))


# told


def _to_firm(promise: Promise) -> list[Letter]:
    facts = {"promise": str(promise.pk)}
    return [mail_to(member, LETTER, key=str(promise.pk), facts=facts) for member in in_charge()]


def _of_asked(message: Message) -> dict[str, Any]:
    promise = Promise.objects.select_related("customer", "invoice").get(pk=message.facts["promise"])
    if promise.status != Status.RUNNING:
        raise NoLongerTrue("the promise has ended")
    path = reverse("invoice", args=[str(promise.invoice_id)])
    url = urljoin(settings.PUBLIC_URL + "/", path.lstrip("/"))
    number = promise.invoice.number or promise.invoice.external_id
    amount = money.of(promise.amount, promise.currency)
    return {"promise": promise, "customer": promise.customer, "number": number, "amount": amount, "url": url}
