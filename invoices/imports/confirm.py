"""The owner says yes to what he saw: from this commit on the file is his books' word, and a worker reads it in.

Confirming twice is once. What is no longer as it was shown is not confirmed: it is shown anew.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.db import connection as database
from psycopg.errors import LockNotAvailable

from accounts import timeline
from accounts.models import Business, User
from integrations import bells, health
from integrations.file import kept
from integrations.models import Connection, ConnectionDoor, Provider
from invoices.import_models import ImportBatch, has_nothing_new
from invoices.imports.plan import Plan, connection_of, plan_of
from invoices.imports.uploads import NotOpen, held
from syntharra import clock
from syntharra.tenancy import current_business

KEPT = timedelta(days=90)


class Missing(StrEnum):
    """What the owner says about open invoices that are no longer in the file."""

    LEAVE = "leave"  # nothing: they stay as they were last confirmed, and grow old
    OWED = "owed"  # still owed as they are: confirmed anew
    CLOSED = "closed"  # paid, or no longer owed


class NotConfirmed(Exception):
    """Nothing was done; ``why``: changed (it is no longer what was shown), busy (the file before is still being read),
    nothing (no invoice in it can be taken), over (discarded, or a day has passed)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic(durable=True)
def confirm(batch_id: UUID, *, seen: str, missing: Missing, business: Business, by: User) -> ImportBatch:
    """Take the file at its word, as it was ``seen``. Raises NotConfirmed. Twice is once."""
    done = ImportBatch.objects.filter(pk=batch_id, status=ImportBatch.Status.CONFIRMED).first()
    if done is not None:
        return done
    _alone(business)
    try:
        batch = held(batch_id)
    except NotOpen:
        again = ImportBatch.objects.filter(pk=batch_id, status=ImportBatch.Status.CONFIRMED).first()
        if again is not None:
            return again
        raise NotConfirmed("over") from None
    if batch.status != ImportBatch.Status.MAPPED:
        raise NotConfirmed("changed")
    connection = connection_of(business)
    if connection is not None and connection.state != Connection.State.DISCONNECTED and not has_nothing_new(connection):
        raise NotConfirmed("busy")
    plan = plan_of(batch, business)
    if plan.digest != seen:
        raise NotConfirmed("changed")
    if not plan.taken and (not plan.missing or missing is Missing.LEAVE):
        raise NotConfirmed("nothing")
    connection = health.held(connection.pk) if connection is not None else _new_connection(business, by)
    return _take(batch, plan, missing, connection, by)


def _take(batch: ImportBatch, plan: Plan, missing: Missing, connection: Connection, by: User) -> ImportBatch:
    moment = clock.now()
    _open_again(connection, by, moment)
    counts: dict[str, Any] = {
        "invoices": len(plan.taken),
        "new": len(plan.new),
        "changed": len(plan.changed),
        "missing": len(plan.missing),
        "errors": len({note.row for note in plan.records.errors}),
        "left_out": len(plan.left_out),
        "customers": len(plan.customers),
        "totals": {currency: str(amount) for currency, amount in plan.totals().items()},
        "said_missing": missing.value if plan.missing else "",
    }
    batch.move(
        ImportBatch.Status.CONFIRMED,
        connection=connection,
        confirmed={
            "customers": [kept.of_customer(one) for one in plan.customers],
            "invoices": [kept.of_invoice(entry.invoice) for entry in plan.taken],
            "missing": [one.external_id for one in plan.missing] if missing is not Missing.LEAVE else [],
            "said": missing.value,
        },
        counts=counts,
        rows=[],
        confirmed_at=moment,
        confirmed_by=by.email,
        ends_at=moment + max(KEPT, timedelta(days=settings.FILE_FRESH_DAYS)),
    )
    timeline.record(connection, "imported", by=by.email, file=batch.file_name, sha256=batch.file_hash, **counts)
    bells.ask_for_sync(connection.pk)
    return batch


def _alone(business: Business) -> None:
    """Two confirmations of one business wait for each other, and nothing else waits for them: a preview takes seconds.

    Only a confirmed file writes invoices of files, so that what is compared here stays as it is until the commit.
    """
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {business.pk}"])
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise NotConfirmed("busy") from None
        raise


def _new_connection(business: Business, by: User) -> Connection:
    connection = Connection.objects.create(
        provider=Provider.FILE,
        account=str(business.pk),
        company=business.name,
        sandbox=business.sandbox,
        currency=business.currency,
        country=business.country,
        time_zone=business.time_zone,
        connected_at=clock.now(),
        connected_by=by.email,
    )
    _open_door(connection)
    timeline.record(connection, "connected", by=by.email, company=connection.company)
    return connection


def _open_again(connection: Connection, by: User, moment: datetime) -> None:
    """Connected, and nothing is wrong with it: there is a new file."""
    if connection.state == Connection.State.DISCONNECTED:
        connection.connected_at, connection.connected_by, connection.disconnected_at = moment, by.email, None
        _open_door(connection)
        timeline.record(connection, "reconnected", by=by.email, company=connection.company)
    connection.state = Connection.State.CONNECTED
    connection.problem, connection.problem_detail, connection.problem_since = "", "", None
    connection.save()


def _open_door(connection: Connection) -> None:
    ConnectionDoor.objects.get_or_create(
        provider=connection.provider,
        account=connection.account,
        defaults={"business_id": current_business(), "connection_id": connection.pk},
    )
