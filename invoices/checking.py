"""Check first, from the rows: what speaks against a call and was not ticked, and the ticks. A constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, Sum

from accounts import timeline
from accounts.models import Business, User
from invoices.changes import receivables_changed
from invoices.checks import USUAL_WORDS, Finding, Reason, Sheet, findings
from invoices.elsewhere import elsewhere
from invoices.families import families
from invoices.models import Allocation, Checked, CreditMemo, Customer, Invoice, InvoiceLine, Payment
from invoices.services import hold_customer
from syntharra import clock
from syntharra.reading import Given, Reading
from syntharra.tenancy import current_business

_TEXTS = Reading(
    lambda: InvoiceLine.objects.filter(invoice_id__among=Given("invoices")).values_list(
        "invoice_id", "item", "description"
    )
)
_COMING = Reading(
    lambda: Allocation.objects.filter(
        invoice_id__among=Given("invoices"), kind=Allocation.Kind.COMING, amount__gt=0
    ).values_list("invoice_id", flat=True)
)
_ALIKE = Reading(
    lambda: (
        Invoice.objects.filter(
            customer_id__among=Given("customers"),
            issued_on__among=Given("days"),
            books_status__in=(Invoice.Books.OPEN, Invoice.Books.PAID),
        )
        .order_by("number")
        .values_list("pk", "number", "customer_id", "total", "issued_on")
    )
)
_UNAPPLIED = Reading(
    lambda: (
        Payment.objects.filter(customer_id__among=Given("customers"), unapplied__gt=0, reversed_at=None)
        .values_list("customer_id", "pending")
        .annotate(Sum("unapplied"))
    )
)
_MEMOS = Reading(
    lambda: (
        CreditMemo.objects.filter(customer_id__among=Given("customers"), balance__gt=0, deleted_at=None)
        .values_list("customer_id")
        .annotate(Sum("balance"))
    )
)
_TICKED = Reading(
    lambda: Checked.objects.filter(customer_id__among=Given("customers")).values_list("customer_id", "reason", "about")
)


class NotThere(Exception):
    """Nothing of this customer is waiting to be looked at for this reason."""


def open_findings(
    invoices: Sequence[Invoice],
    *,
    business: Business | None = None,
    customers: Mapping[UUID, Customer] | None = None,
    related: Sequence[Sequence[Customer]] | None = None,
) -> dict[UUID, list[Finding]]:
    """What is to be looked at first and was not ticked, by invoice. A fixed number of queries.

    ``business``, ``customers`` (theirs, and maybe others) and the ``families`` of these where the caller has read them.
    """
    if not invoices:
        return {}
    business = business or Business.objects.get(pk=current_business())
    customers = _customers_of(invoices, customers or {})
    texts, pending, twins, doubled = _texts(invoices), _pending(invoices), _twins(invoices), elsewhere(invoices)
    credit, coming = _money_of(customers.values(), related)
    ticked = _ticked(customers)
    words = USUAL_WORDS if business.check_words is None else tuple(business.check_words)
    at = clock.now().astimezone(ZoneInfo(business.time_zone))
    found: dict[UUID, list[Finding]] = {}
    for invoice in invoices:
        customer = customers[invoice.customer_id]
        sheet = Sheet(
            customer_name=customer.name,
            company=customer.company,
            texts=(*texts[invoice.pk], invoice.memo),
            has_due_date=invoice.due_on is not None,
            sent=invoice.sent,
            in_flight=invoice.in_flight,
            balance_changed_at=invoice.balance_changed_at,
            credit=credit.get(customer.pk, Decimal(0)),
            pending=invoice.pk in pending or customer.pk in coming,
            twin=twins.get(invoice.pk, ""),
            elsewhere=doubled.get(invoice.pk, ""),
        )
        all_of_it = findings(sheet, words=words, late_fees_attested=business.late_fees_attested, at=at)
        found[invoice.pk] = [one for one in all_of_it if (customer.pk, one.reason, one.about) not in ticked]
    return found


def _customers_of(invoices: Sequence[Invoice], known: Mapping[UUID, Customer]) -> dict[UUID, Customer]:
    wanted = {invoice.customer_id for invoice in invoices}
    missing = wanted - known.keys()
    read = Customer.objects.in_bulk(missing) if missing else {}
    return {pk: known[pk] if pk in known else read[pk] for pk in wanted}


@transaction.atomic
def tick(customer_id: UUID, reason: str, about: str, *, by: User) -> Checked:
    """The owner looked: this reason no longer keeps calls from this customer. Ticking twice is once.

    Raises NotThere for a reason that is none of ours. A missing due date cannot be ticked: it needs the firm's terms.
    """
    if reason not in set(Reason) or reason == Reason.NO_TERMS:
        raise NotThere(reason)
    customer = hold_customer(customer_id)
    row, made = Checked.objects.get_or_create(
        customer=customer, reason=reason, about=about[:120], defaults={"by": by.email, "at": clock.now()}
    )
    if made:
        timeline.record(customer, "checked_first", by=by.email, reason=reason, about=about[:120])
        receivables_changed()
    return row


@transaction.atomic
def untick(customer_id: UUID, reason: str, about: str, *, by: User) -> bool:
    """Look first again from now on. False when it was not ticked."""
    customer = hold_customer(customer_id)
    gone, _rows = Checked.objects.filter(customer=customer, reason=reason, about=about[:120]).delete()
    if gone:
        timeline.record(customer, "checks_again", by=by.email, reason=reason, about=about[:120])
        receivables_changed()
    return bool(gone)


@transaction.atomic
def set_terms(business: Business, days: int | None, *, by: User) -> int:
    """How many days after its date an invoice without a due date is due; None: never. How many invoices it moved.

    Never the invoice's date alone: without terms nobody is called about such an invoice.
    """
    if days is not None and not 0 <= days <= 365:
        raise ValueError("terms are from 0 to 365 days")
    Business.objects.filter(pk=business.pk).update(default_terms_days=days)
    business.default_terms_days = days
    mine = Invoice.objects.filter(Q(due_on=None) | Q(terms_assumed=True))
    if days is None:
        moved = mine.update(due_on=None, terms_assumed=False)
    else:
        moved = mine.exclude(issued_on=None).update(due_on=F("issued_on") + timedelta(days=days), terms_assumed=True)
    timeline.record(business, "set_terms", by=by.email, days=days)
    receivables_changed()
    return moved


def due_on(books_say: date | None, issued_on: date | None, terms_days: int | None) -> tuple[date | None, bool]:
    """When it is due, and whether that is by the firm's default terms."""
    if books_say is not None or issued_on is None or terms_days is None:
        return books_say, False
    return issued_on + timedelta(days=terms_days), True


def credit_of(customers: Iterable[Customer]) -> dict[UUID, Decimal]:
    """Money lying unused with each of these or in his family: his own, that of those above him, his jobs' and branches'."""
    return _money_of(customers)[0]


def _money_of(
    customers: Iterable[Customer], related: Sequence[Sequence[Customer]] | None = None
) -> tuple[dict[UUID, Decimal], set[UUID]]:
    """What lies unused in the family of each, and in whose family money is on its way that names no invoice."""
    mine = list(customers)
    asked = {customer.pk for customer in mine}
    if related is None or not asked <= {one.pk for family in related for one in family}:
        related = families(mine)
    unused, on_its_way = _unused([one.pk for family in related for one in family])
    credit: dict[UUID, Decimal] = {}
    coming: set[UUID] = set()
    for family in related:
        held = sum((max(unused.get(one.pk, Decimal(0)), one.open_credit or Decimal(0)) for one in family), Decimal(0))
        here = {one.pk for one in family} & asked
        if held > 0:
            credit |= dict.fromkeys(here, held)
        if any(one.pk in on_its_way for one in family):
            coming |= here
    return credit, coming


def _unused(customers: Collection[UUID]) -> tuple[dict[UUID, Decimal], set[UUID]]:
    """Money applied to nothing, and who has some that has not arrived yet."""
    found: dict[UUID, Decimal] = defaultdict(Decimal)
    coming: set[UUID] = set()
    for customer, pending, amount in _UNAPPLIED(customers=customers):
        if pending:
            coming.add(customer)
        else:
            found[customer] += amount
    for customer, amount in _MEMOS(customers=customers):
        found[customer] += amount
    return found, coming


def _texts(invoices: Sequence[Invoice]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for invoice, item, description in _TEXTS(invoices=[invoice.pk for invoice in invoices]):
        found[invoice] += [item, description]
    return found


def _pending(invoices: Sequence[Invoice]) -> set[UUID]:
    """Invoices that a payment on its way is meant for."""
    return set(_COMING(invoices=[invoice.pk for invoice in invoices]))


def _twins(invoices: Sequence[Invoice]) -> dict[UUID, str]:
    """Another open invoice of the same customer, amount and date: one of the two may be a mistake."""
    same = _ALIKE(
        customers={invoice.customer_id for invoice in invoices},
        days={invoice.issued_on for invoice in invoices if invoice.issued_on},
    )
    alike: dict[object, list[tuple[UUID, str]]] = defaultdict(list)
    for pk, number, *key in same:
        alike[tuple(key)].append((pk, number))
    return {
        invoice.pk: others[0]
        for invoice in invoices
        if (others := [n for pk, n in alike[invoice.customer_id, invoice.total, invoice.issued_on] if pk != invoice.pk])
    }


def _ticked(customers: Collection[UUID]) -> set[tuple[UUID, str, str]]:
    return set(_TICKED(customers=customers))
