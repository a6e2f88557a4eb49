"""Sweeps of accounts."""

from celery import shared_task

from accounts import timeline
from syntharra import due
from syntharra.tenancy import acting_for


@shared_task
def seal() -> int:
    """Seal the activity of every business that has unsealed lines."""
    sealed = 0
    for business_id in due.businesses("seal"):
        with acting_for(business_id):
            sealed += timeline.seal()
    return sealed
