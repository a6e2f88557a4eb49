"""Doors of disputes: the morning sweep."""

from celery import shared_task

from accounts.models import Business
from disputes import digest
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
