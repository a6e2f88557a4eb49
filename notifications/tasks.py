"""Doors of the outbox: the bell and the sweep."""

from uuid import UUID

from celery import shared_task

from notifications import outbox
from syntharra import due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@shared_task
def work(business_id: str) -> int:
    """Carry out what this business owes now."""
    with acting_for(UUID(business_id)):
        return outbox.work()


@shared_task
def sweep() -> int:
    """Carry out what any business owes now: for bells nobody heard, and for what became due with time."""
    taken = 0
    for business_id in due.businesses(outbox.KIND):
        try:
            with acting_for(business_id):
                taken += outbox.work()
        except Exception:  # one business in trouble holds up nobody else
            log.exception("outbox_failed", business=str(business_id))
    return taken
