"""Doors of billing: the sweep for money that came in."""

from celery import shared_task

from billing.services import look_for_recoveries
from integrations.models import ConnectionDoor
from syntharra.tenancy import acting_for


@shared_task
def sweep() -> int:
    """Look for recoveries in every business that has books connected."""
    decided = 0
    for business_id in ConnectionDoor.objects.values_list("business_id", flat=True).distinct():
        with acting_for(business_id):
            decided += look_for_recoveries()
    return decided
