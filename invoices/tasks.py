"""Doors of the sync: the bell of one connection, and the sweep of all that are due."""

from uuid import UUID

from celery import shared_task

from integrations import bells
from invoices import sync
from syntharra import due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@shared_task
def sync_connection(business_id: str, connection_id: str) -> str:
    """Read these books; a word for how it ended."""
    with acting_for(UUID(business_id)):
        run = sync.sync(UUID(connection_id))
        return str(run.status) if run is not None else "left alone"


@shared_task
def sweep() -> int:
    """Have every connection read that is due, each by a task of its own: one slow vendor holds up nobody else."""
    asked = 0
    for business_id in due.businesses(bells.SYNC):
        with acting_for(business_id):
            for connection_id in due.rows(bells.SYNC):
                sync_connection.delay(str(business_id), str(connection_id))
                asked += 1
    return asked
