"""What a firm chooses about its cadence: the smallest balance, the polite e-mails, and what becomes of old invoices."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts import timeline
from accounts.models import Business, User
from calls.facts import BACKLOG_DAYS
from invoices.changes import PLAN
from invoices.models import Invoice
from syntharra import clock, due

BATCH = 500


@transaction.atomic
def set_minimum(business: Business, amount: Decimal, *, by: User) -> Business:
    """Invoices below this balance, in the firm's currency, are not called about. Raises ValueError below zero."""
    if amount < 0:
        raise ValueError("the smallest balance is not below zero")
    if Business.objects.filter(pk=business.pk).exclude(minimum_balance=amount).update(minimum_balance=amount):
        timeline.record(business, "set_minimum", by=by.email, amount=str(amount), was=str(business.minimum_balance))
        due.note(PLAN, business.pk, at=clock.now())
    business.refresh_from_db()
    return business


@transaction.atomic
def send_polite_emails(business: Business, *, on: bool, by: User) -> Business:
    """A friendly e-mail on the first and the seventh day past due, or none. Saying it twice is once."""
    if Business.objects.filter(pk=business.pk, polite_emails=not on).update(polite_emails=on):
        timeline.record(business, "switched_polite_emails", by=by.email, on=on)
        due.note(PLAN, business.pk, at=clock.now())
    business.refresh_from_db()
    return business


def below_minimum(business: Business) -> QuerySet[Invoice]:
    """Late invoices too small to be called about."""
    late = Invoice.objects.open().overdue_by(1, on=clock.today(business.time_zone))
    return late.filter(business=business, balance__lt=business.minimum_balance)


def backlog(business: Business) -> QuerySet[Invoice]:
    """What was more than 90 days past due when its books were connected and is still owed, oldest first."""
    connected_on = TruncDate("connection__connected_at", output_field=DateField())
    old = Invoice.objects.open().filter(business=business, due_on__isnull=False, left_reason=None)
    found = old.annotate(connected_on=connected_on).filter(Q(due_on__lt=F("connected_on") - BACKLOG_DAYS))
    return found.order_by("customer__name", "customer_id", "due_on", "pk")


def choose_for_backlog(
    business: Business, choice: Invoice.Backlog, *, by: User, invoices: Collection[UUID] | None = None
) -> int:
    """Call about these, or leave them (all that are not chosen for yet, where none are named); how many changed.

    In batches: each invoice has its line on record. What is called about goes through the gate as any other.
    """
    found = backlog(business).exclude(backlog_choice=choice)
    found = found.filter(backlog_choice="") if invoices is None else found.filter(pk__in=list(invoices))
    wanted, changed = list(found.values_list("pk", flat=True)), 0
    for start in range(0, len(wanted), BATCH):
        changed += _choose(wanted[start : start + BATCH], choice, by)
    due.note(PLAN, business.pk, at=clock.now())
    return changed


@transaction.atomic
def _choose(wanted: Collection[UUID], choice: Invoice.Backlog, by: User) -> int:
    rows = list(Invoice.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    changed = [row for row in rows if row.backlog_choice != choice]
    Invoice.objects.filter(pk__in=[row.pk for row in changed]).update(backlog_choice=choice)
    acts = [
        timeline.Act(
            "invoice", row.pk, "chose_for_backlog", row.customer_id, {"choice": choice.value, "invoice": row.number}
        )
        for row in changed
    ]
    timeline.record_all(acts, by=by.email)
    return len(changed)
