"""Bells and rows by which this lower app asks for work above it: a due row says what, a task's name wakes somebody.

A bell nobody hears costs a minute: sweeps go round.
"""

from uuid import UUID

from syntharra import clock, due
from syntharra.bells import after_commit
from syntharra.tenancy import current_business

SYNC, REVOKE, REGISTER = "sync", "revoke", "register"


def ask_for_sync(connection_id: UUID) -> None:
    """These books want reading now. Asked while they are being read, they are read once more afterwards."""
    due.note(SYNC, connection_id, at=clock.now())
    after_commit("invoices.tasks.sync_connection", str(current_business()), str(connection_id))


def ask_for_revoking(connection_id: UUID) -> None:
    """The access to these books is to be given back at the vendor."""
    due.note(REVOKE, connection_id, at=clock.now())
    after_commit("integrations.tasks.revoke", str(current_business()), str(connection_id))


def ask_to_register(connection_id: UUID) -> None:
    """The vendor is to ring for these books, or has answered: what is still missing wants doing."""
    due.note(REGISTER, connection_id, at=clock.now())
    after_commit("integrations.tasks.register", str(current_business()), str(connection_id))


def ask_to_read_inbox() -> None:
    """Webhooks were stored."""
    after_commit("integrations.tasks.read_inbox")
