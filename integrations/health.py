"""How connected books are doing: what the owner's page and banner say, and whether we may still ask."""

from uuid import UUID

from django.db import transaction

from accounts import timeline
from integrations.errors import Refused, VendorError
from integrations.models import Connection
from syntharra import clock

_STATE_FOR = {
    "reconnect_needed": Connection.State.RECONNECT,
    "access_removed": Connection.State.RECONNECT,
    "scope_missing": Connection.State.RECONNECT,
    "secrets_unreadable": Connection.State.RECONNECT,
    "subscription_ended": Connection.State.PAUSED,
}


def held(connection_id: UUID) -> Connection:
    """This connection, locked until the transaction ends. Not by its key: rows may still be added to it meanwhile."""
    return Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection_id)


@transaction.atomic
def trouble(connection_id: UUID, error: VendorError) -> Connection:
    """These books could not be read: say why. One refused object says nothing about the books as a whole."""
    connection = held(connection_id)
    if isinstance(error, Refused) and error.problem == "not_in_books":
        return connection
    return mark(connection, error.problem, detail=detail_of(error))


@transaction.atomic
def well(connection_id: UUID) -> Connection:
    """These books were read: nothing is wrong with them any more, unless access itself was lost."""
    connection = held(connection_id)
    if connection.state == Connection.State.PAUSED or (
        connection.state == Connection.State.CONNECTED and connection.problem
    ):
        if connection.state == Connection.State.PAUSED:
            timeline.record(connection, "became_connected", by=connection.get_provider_display())
        _write(connection, state=Connection.State.CONNECTED, problem="", problem_detail="", problem_since=None)
    return connection


def mark(connection: Connection, problem: str, *, detail: str = "") -> Connection:
    """Put a problem on a held connection; the state follows where only the owner, or time, can help."""
    if connection.state == Connection.State.DISCONNECTED:
        return connection
    state = _STATE_FOR.get(problem, connection.state)
    if problem == connection.problem:
        detail = detail or connection.problem_detail  # what the vendor said at first, not our own echo of it
    if (state, problem, detail) == (connection.state, connection.problem, connection.problem_detail):
        return connection
    if state != connection.state:
        timeline.record(connection, f"became_{state}", by=connection.get_provider_display(), problem=problem)
    since = connection.problem_since if problem == connection.problem else clock.now()
    _write(connection, state=state, problem=problem, problem_detail=detail, problem_since=since)
    return connection


def detail_of(error: VendorError) -> str:
    """The vendor's code and words, for whoever asks its support."""
    said = " ".join(filter(None, (error.vendor_code, error.vendor_words)))
    return (f"{said} ({error.trace})" if error.trace else said)[:300]


def _write(connection: Connection, **changes: object) -> None:
    for name, value in changes.items():
        setattr(connection, name, value)
    connection.save(update_fields=list(changes))
