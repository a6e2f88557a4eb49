"""Doors of integrations: the bell and the sweep of the inbox, and access that is to be given back."""

from uuid import UUID

from celery import shared_task

from integrations import bells, connections, inbox, registrations
from integrations.stripe import missed
from syntharra import due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@shared_task
def read_inbox() -> int:
    """Read what webhooks brought, of every source that has a reader; how many events."""
    return _read_all()


@shared_task
def sweep_inbox() -> int:
    """For bells nobody heard: read what waits, give back access and make the registrations still owed to a vendor."""
    for business_id in due.businesses(bells.REVOKE):
        with acting_for(business_id):
            for connection_id in due.rows(bells.REVOKE):
                connections.revoke(connection_id)
    for business_id in due.businesses(bells.REGISTER):
        with acting_for(business_id):
            for connection_id in due.rows(bells.REGISTER):
                registrations.bring_up(connection_id)
    return _read_all()


@shared_task
def make_up_card_events() -> int:
    """Put what the card processor lists and no webhook told into the inbox; how many events."""
    return missed.make_up()


@shared_task
def revoke(business_id: str, connection_id: str) -> bool:
    """Give the access to disconnected books back at the vendor."""
    with acting_for(UUID(business_id)):
        return connections.revoke(UUID(connection_id))


@shared_task
def register(business_id: str, connection_id: str) -> bool:
    """Have the vendor ring for these books."""
    with acting_for(UUID(business_id)):
        return registrations.bring_up(UUID(connection_id))


def _read_all() -> int:
    return sum(inbox.read(source) for source in inbox.sources())
