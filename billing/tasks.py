"""Doors of billing: the sweep for money that came in."""

from datetime import timedelta

from celery import shared_task

from billing.services import is_undecided, look_for_recoveries
from invoices.changes import MONEY
from syntharra import clock, due
from syntharra.tenancy import acting_for, current_business


@shared_task
def sweep() -> int:
    """Look for recoveries wherever money came in or was taken back since the last look."""
    decided = 0
    for business_id in due.businesses(MONEY):
        with acting_for(business_id):
            due.settle(MONEY, current_business())  # before looking: what comes in meanwhile is due again
            decided += look_for_recoveries()
            if is_undecided():  # somebody else was busy with the customer
                due.note(MONEY, current_business(), at=clock.now() + timedelta(minutes=1))
    return decided
