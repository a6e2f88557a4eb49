"""The token that opens a company's books: encrypted at rest, renewed by one worker at a time, never shown.

A rotating refresh token is spent by its first use: two workers that both sent it would lose the connection. So a
refresh happens under the lock of the connection's row, after reading it again; the same transaction writes the new
pair. An answer that is lost on the way leaves the old pair, which the vendor still takes for a while.
"""

from datetime import timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from integrations import health, secrets, sign_in
from integrations.errors import Disconnected, Unavailable
from integrations.models import Connection
from integrations.sign_in import Tokens
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

TABLE = "integrations_connection"
EARLY = timedelta(seconds=60)


def token(connection_id: UUID, *, stale: str | None = None) -> str:
    """A token that should work; ``stale`` names the one that just did not. Call it outside any transaction.

    Raises Disconnected when only the owner can help, Unavailable when the vendor cannot be asked now.
    """
    usable = _usable(Connection.objects.get(pk=connection_id), stale)
    if usable is not None:
        return usable
    try:
        renewed = _renew(connection_id, stale)
    except OperationalError:
        raise Unavailable(_("Another worker has been renewing the access for too long.")) from None
    if isinstance(renewed, Disconnected):
        raise renewed
    return renewed


@transaction.atomic(durable=True)
def _renew(connection_id: UUID, stale: str | None) -> str | Disconnected:
    connection = health.held(connection_id)
    usable = _usable(connection, stale)
    if usable is not None:
        return usable  # another worker was faster
    try:
        held = tokens_of(connection)
        tokens = sign_in.at(connection.provider).refresh(held, sandbox=connection.sandbox)
    except Disconnected as error:
        health.mark(connection, error.problem, detail=health.detail_of(error))
        return error  # not raised: that would take the mark away with the rest of the transaction
    keep(connection, tokens)
    log.info("access_renewed", connection=str(connection_id), rotated=tokens.refresh != held.refresh)
    return tokens.access


def _usable(connection: Connection, stale: str | None) -> str | None:
    if connection.state in (Connection.State.RECONNECT, Connection.State.DISCONNECTED):
        problem = connection.problem or Disconnected.usual_problem
        raise Disconnected(_("These books are not connected."), problem=problem)
    ends = connection.access_expires_at
    if ends is None or ends - EARLY <= machine_now():
        return None
    try:
        access = opened(connection)["access"]
    except Disconnected:
        return None  # said and marked by the renewal
    return access if access != stale else None


def opened(connection: Connection) -> dict[str, str]:
    """Its tokens. Raises Disconnected when no key of this installation opens them."""
    try:
        return secrets.decrypt(TABLE, connection.pk, bytes(connection.secrets))
    except secrets.Unreadable as error:
        log.error("secrets_unreadable", connection=str(connection.pk), error=str(error))
        raise Disconnected(_("The stored access cannot be opened."), problem="secrets_unreadable") from None


def tokens_of(connection: Connection) -> Tokens:
    """The pair it holds, with what belongs to it. Raises Disconnected when it cannot be opened."""
    pair = opened(connection)
    ends = connection.access_expires_at or machine_now()
    return Tokens(pair["access"], pair["refresh"], ends, connection.refresh_expires_at, connection.details)


def keep(connection: Connection, tokens: Tokens) -> None:
    """Store this pair on a held row; the one before is gone with it."""
    connection.secrets = secrets.encrypt(TABLE, connection.pk, {"access": tokens.access, "refresh": tokens.refresh})
    connection.access_expires_at = tokens.access_expires_at
    connection.refresh_expires_at = tokens.refresh_expires_at
    connection.details = {**connection.details, **tokens.details}
    connection.save(update_fields=["secrets", "access_expires_at", "refresh_expires_at", "details"])
