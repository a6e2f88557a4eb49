"""The books' own reminders and late fees: what the owner said about them, and when to ask him again.

No vendor tells us all of it, so we ask: when books are connected, and weekly while they are on.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import User
from integrations import health
from integrations.models import Connection, Provider
from syntharra import clock

ON, OFF = "on", "off"
ASK_AGAIN_AFTER = timedelta(days=7)


@transaction.atomic
def say(connection_id: UUID, said: str, *, by: User) -> Connection:
    """Keep what the owner says: ``on``, ``off``, or "" when he does not know any more. Saying it again renews it."""
    if said not in (ON, OFF, ""):
        raise ValueError(said)
    connection = health.held(connection_id)
    connection.reminders_said, connection.reminders_said_at = said, clock.now() if said else None
    connection.save(update_fields=["reminders_said", "reminders_said_at"])
    timeline.record(connection, "said_reminders", by=by.email, outcome=said or "not known", company=connection.company)
    return connection


def is_to_be_asked(connection: Connection, *, at: datetime) -> bool:
    """Whether the owner is to be asked (again): he has not said, or said "on" a week ago. A spreadsheet sends none."""
    if lacks_answer(connection):
        return True
    silent = connection.provider == Provider.FILE or connection.state == Connection.State.DISCONNECTED
    if silent or connection.reminders_said != ON:
        return False
    said_at = connection.reminders_said_at
    return said_at is None or at - said_at > ASK_AGAIN_AFTER


def lacks_answer(connection: Connection) -> bool:
    """Whether nobody has said it of these books yet: a firm goes live with an answer only."""
    if connection.provider == Provider.FILE or connection.state == Connection.State.DISCONNECTED:
        return False
    return connection.reminders_said not in (ON, OFF)
