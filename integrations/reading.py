"""What webhooks from the books lead to: the company they name is read soon, once, however many came."""

from collections.abc import Sequence

from integrations import bells
from integrations.models import Connection, ConnectionDoor, InboxEvent
from syntharra.tenancy import acting_for


def read_hints(events: Sequence[InboxEvent]) -> str:
    """Ask for one sync of every company these events name. Events of companies nobody here has lead to nothing."""
    accounts = {event.account for event in events}
    doors = ConnectionDoor.objects.filter(provider=events[0].source, account__in=accounts)
    asked = 0
    for door in doors:
        with acting_for(door.business_id):
            if Connection.objects.filter(pk=door.connection_id).exclude(state="disconnected").exists():
                bells.ask_for_sync(door.connection_id)
                asked += 1
    return f"asked for {asked} syncs"
