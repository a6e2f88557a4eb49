"""Doors of disputes: the morning sweep, and what the books mark as disputed."""

from celery import shared_task

from accounts.models import Business
from disputes import digest, from_books
from invoices.changes import MARKS
from syntharra import due
from syntharra.tenancy import acting_for


@shared_task
def sweep_digests() -> int:
    """Owe the daily dispute e-mail wherever it is 08:00 or later and it was not owed today; to how many people."""
    owed = 0
    for business_id in due.businesses(digest.KIND):
        with acting_for(business_id):
            owed += digest.send_digest(Business.objects.get(pk=business_id))
    return owed


@shared_task
def sweep_books() -> int:
    """Stop collecting wherever the books mark an invoice as disputed; how many disputes were opened."""
    opened = 0
    for business_id in due.businesses(MARKS):
        with acting_for(business_id):
            try:
                opened += from_books.open_marked()
            except Exception:
                from_books.again_soon()
                raise
    return opened
