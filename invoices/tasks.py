"""Doors of the sync: the bell of one connection, and the sweep of all that are due."""

from uuid import UUID

from celery import shared_task
from django.conf import settings

from integrations import bells
from integrations.errors import Throttled
from integrations.models import Connection
from integrations.pace import Pace
from invoices import replacements, sync
from syntharra import due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@shared_task
def sync_connection(business_id: str, connection_id: str) -> str:
    """Read these books for a while; a word for how it ended.

    A turn at a time: long readings put themselves down and queue up again behind the others, and no vendor has more
    than its share of the workers. Who finds no turn stays due, and the next sweep asks again.
    """
    with acting_for(UUID(business_id)):
        provider = Connection.objects.values_list("provider", flat=True).get(pk=connection_id)
        try:
            with _turns_at(provider).place(patience=0):
                run = sync.sync(UUID(connection_id), seconds=settings.SYNC_TURN_SECONDS)
        except Throttled:
            log.info("sync_waits_its_turn", provider=provider)
            return "waits its turn"
        return str(run.status) if run is not None else "left alone"


def _turns_at(provider: str) -> Pace:
    """How many readings of one vendor's books go on at once: one that is slow holds up only its own."""
    lease = int(settings.SYNC_TURN_SECONDS) + 120
    name = f"readings:{provider}"
    return Pace(name, per_minute=100_000, at_once=settings.SYNC_AT_ONCE_PER_VENDOR, lease_seconds=lease)


@shared_task
def look_for_replacements(business_id: str) -> int:
    """Ask about the new bills that whoever read them did not get to; how many questions."""
    with acting_for(UUID(business_id)):
        return replacements.look()


@shared_task
def sweep() -> int:
    """Have every connection read that is due, each by a task of its own: one slow vendor holds up nobody else.

    And every question asked about a replacement that a reading left behind.
    """
    for business_id in due.businesses(replacements.DUE):
        look_for_replacements.delay(str(business_id))
    asked = 0
    for business_id in due.businesses(bells.SYNC):
        with acting_for(business_id):
            for connection_id in due.rows(bells.SYNC):
                sync_connection.delay(str(business_id), str(connection_id))
                asked += 1
    return asked
