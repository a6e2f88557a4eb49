"""What webhooks from the books lead to: the objects they name are looked at soon, once, however many hints came."""

from collections.abc import Sequence

from integrations import bells
from integrations.models import Connection, ConnectionDoor, Hint, InboxEvent
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for

OBJECTS = ("customer", "invoice", "payment", "credit_memo")


def read_hints(events: Sequence[InboxEvent]) -> str:
    """Ask for one reading of every company these events name, beginning with the objects they name.

    Events of companies nobody here has lead to nothing. Safe to do twice.
    """
    by_account: dict[str, list[InboxEvent]] = {}
    for event in events:
        by_account.setdefault(event.account, []).append(event)
    doors = ConnectionDoor.objects.filter(provider=events[0].source, account__in=by_account)
    asked = 0
    for door in doors:
        with acting_for(door.business_id):
            connection = Connection.objects.filter(pk=door.connection_id).exclude(state="disconnected").first()
            if connection is not None:
                _note(connection, by_account[door.account])
                bells.ask_for_sync(connection.pk)
                asked += 1
    return f"asked for {asked} syncs"


def _note(connection: Connection, events: Sequence[InboxEvent]) -> None:
    named = {(str(event.payload.get("object")), str(event.payload.get("external_id"))) for event in events}
    hints = [
        Hint(connection=connection, kind=kind, external_id=external_id[:64], noted_at=machine_now())
        for kind, external_id in sorted(named)
        if kind in OBJECTS and external_id
    ]
    Hint.objects.bulk_create(
        hints,
        update_conflicts=True,
        unique_fields=["business", "connection", "kind", "external_id"],
        update_fields=["noted_at"],
    )
