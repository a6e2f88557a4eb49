"""One reading of the books at a time for each connection: begun, renewed, put down, ended; taken over from the dead.

The lease runs on machine time and its value is also the proof of ownership: a worker that slept through its lease finds
another value and lets go, before it has written anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import timeline
from integrations import bells, health
from integrations.abilities import abilities_of
from integrations.errors import Refused, Throttled, VendorError
from integrations.models import Connection, SyncRun
from invoices.changes import receivables_changed
from invoices.import_models import has_nothing_new
from invoices.sync_reading import Reading
from syntharra import clock, due, logs
from syntharra.clock import machine_now

log = logs.get(__name__)

BY = "Syntharra"
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=30)
LONGEST_ASKED = timedelta(hours=24)  # as long as any vendor's limit lasts; what asks for more is a mistake
LOOK_AGAIN = {"subscription_ended": timedelta(hours=1)}
_LOST = (Connection.State.RECONNECT, Connection.State.DISCONNECTED)


class LostRun(Exception):
    """Another worker has this run, or it was ended: stop, nothing of this batch was written."""


@dataclass
class Held:
    """A run in our hands. A rollback puts an earlier lease back in its row, so our last two are both good."""

    run: SyncRun
    leases: list[datetime]
    goes_on: bool = False  # begun by another worker, or in an earlier turn


@transaction.atomic(durable=True)
def begin(connection_id: UUID) -> Held | None:
    """A run that is ours: taken over, gone on with, or new. None when another worker has it or nothing can be read.

    From here the books are due again in a few minutes, so that what is asked for meanwhile is not forgotten.
    """
    connection = health.held(connection_id)
    if connection.state in _LOST or has_nothing_new(connection):
        due.settle(bells.SYNC, connection.pk)
        return None
    run = SyncRun.objects.filter(connection=connection, status=SyncRun.Status.RUNNING).first()
    if run is not None and run.leased_until is not None and run.leased_until > machine_now():
        return None
    minutes = max(settings.SYNC_EVERY_MINUTES, abilities_of(connection.provider).every_minutes)
    due.note(bells.SYNC, connection.pk, at=clock.now() + timedelta(minutes=minutes))
    lease, goes_on = _lease(), run is not None
    if run is None:
        run = SyncRun.objects.create(
            connection=connection, started_at=clock.now(), leased_until=lease, **_starting_point(connection)
        )
    else:
        SyncRun.objects.filter(pk=run.pk).update(leased_until=lease)
        log.info("sync_taken_over", run=str(run.pk), connection=str(connection_id))
    run.connection = connection
    return Held(run, [lease], goes_on or bool(run.whole and run.cursor))


def _starting_point(connection: Connection) -> dict[str, Any]:
    """Where the last run failed in the middle of the whole, there; else what changed since the last good one."""
    last = SyncRun.objects.filter(connection=connection).order_by("-started_at", "-pk").first()
    if last is not None and last.status == SyncRun.Status.FAILED and last.whole and last.problem != "vendor_refused":
        return {
            "whole": True,
            "cursor": last.cursor,
            "seen": last.seen,
            "written": last.written,
            "set_aside": last.set_aside,
            "expected": last.expected,
        }
    return {"whole": not connection.cursor, "cursor": connection.cursor}


def guard(held: Held) -> None:
    """Still ours, for another lease; part of every transaction of the run. Raises LostRun."""
    lease = _lease()
    mine = SyncRun.objects.filter(pk=held.run.pk, status=SyncRun.Status.RUNNING, leased_until__in=held.leases)
    if mine.update(leased_until=lease) != 1:
        raise LostRun(f"run {held.run.pk} is no longer ours")
    held.leases = [*held.leases[-1:], lease]


@transaction.atomic(durable=True)
def advance(held: Held, cursor: dict[str, Any], reading: Reading, *, seen: int) -> None:
    """A page is done: from now on a killed run is gone on with after it."""
    guard(held)
    run = held.run
    run.cursor = cursor
    run.seen += seen
    run.written += reading.written
    run.set_aside += reading.set_aside
    run.save(update_fields=["cursor", "whole", "expected", "seen", "written", "set_aside"])


@transaction.atomic(durable=True)
def put_down(held: Held) -> None:
    """Time is up for this worker; another goes on at once where this one stands."""
    guard(held)
    SyncRun.objects.filter(pk=held.run.pk).update(leased_until=None)
    bells.ask_for_sync(held.run.connection_id)


@transaction.atomic(durable=True)
def done(held: Held, cursor: dict[str, Any]) -> SyncRun:
    """The books were read to the end: the next run starts from here."""
    guard(held)
    run = held.run
    connection = health.well(run.connection_id)
    connection.cursor, connection.synced_at = cursor, clock.now()
    connection.save(update_fields=["cursor", "synced_at"])
    run.move(SyncRun.Status.DONE, ended_at=clock.now(), leased_until=None)
    counts: dict[str, Any] = {"seen": run.seen, "written": run.written, "set_aside": run.set_aside}
    timeline.record(connection, "synced", by=BY, whole=run.whole, **counts)
    if run.written:
        receivables_changed()
    if connection.pk in due.rows(bells.SYNC):
        bells.ask_for_sync(connection.pk)  # somebody asked while we were reading
    log.info("synced", connection=str(connection.pk), whole=run.whole, **counts)
    return run


@transaction.atomic(durable=True)
def failed(held: Held, error: VendorError) -> SyncRun:
    """The books could not be read to the end: say why, and when they are looked at again."""
    guard(held)
    run = held.run
    connection = health.trouble(run.connection_id, error)
    detail = health.detail_of(error)
    run.move(
        SyncRun.Status.FAILED, ended_at=clock.now(), leased_until=None, problem=error.problem, problem_detail=detail
    )
    timeline.record(connection, "sync_failed", by=BY, problem=error.problem)
    if connection.state in _LOST:
        due.settle(bells.SYNC, connection.pk)
    else:
        due.note(bells.SYNC, connection.pk, at=clock.now() + _wait(run, error))
    log.warning("sync_failed", connection=str(connection.pk), problem=error.problem, vendor_code=error.vendor_code)
    return run


def _wait(run: SyncRun, error: VendorError) -> timedelta:
    """As long as the vendor asks; else longer with every failure in a row."""
    if isinstance(error, Throttled) and error.retry_after is not None:
        asked = timedelta(seconds=min(error.retry_after, LONGEST_ASKED.total_seconds()))
        return max(asked, SHORTEST_WAIT)
    if error.problem in LOOK_AGAIN:
        return LOOK_AGAIN[error.problem]
    if isinstance(error, Refused):
        return LONGEST_WAIT
    statuses = SyncRun.objects.filter(connection=run.connection_id).order_by("-started_at", "-pk")
    in_a_row = 0
    for status in statuses.values_list("status", flat=True)[:6]:
        if status == SyncRun.Status.DONE:
            break
        in_a_row += 1
    return min(timedelta(minutes=2 ** max(0, in_a_row - 1)), LONGEST_WAIT)


def _lease() -> Any:
    return machine_now() + timedelta(seconds=settings.WORK_LEASE_SECONDS)
