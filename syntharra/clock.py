"""The two times.

Business time is what law, cadence, due dates, promises and dispute clocks see; in a sandbox installation it can be moved
forward so that a month passes in a minute. Machine time runs leases, time-outs, tokens, sessions, signatures and log
stamps and is never moved: with one clock for both, moving a month would end a living worker's lease and ring twice.
"""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

_REREAD_SECONDS = 1.0


class _Shift:
    """How far business time runs ahead here, as last read from the database."""

    by = timedelta(0)
    read_at = float("-inf")


def machine_now() -> datetime:
    """The machine's clock, aware and in UTC. Never moved."""
    return datetime.now(UTC)


def now() -> datetime:
    """Business time, aware and in UTC: machine time plus the shift of a sandbox installation."""
    return machine_now() + shift()


def today(time_zone: str) -> date:
    """The calendar date of business time in an IANA time zone, for example ``America/New_York``."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def shift() -> timedelta:
    """How far business time is ahead; always zero outside a sandbox installation.

    Read from the database at most once a second. On an event loop, where a query would block every open call, the
    last value read by a thread of this process is used.
    """
    if not settings.SANDBOX:
        return timedelta(0)
    if time.monotonic() - _Shift.read_at > _REREAD_SECONDS and not _on_event_loop():
        reread()
    return _Shift.by


def reread() -> timedelta:
    """Read the shift from the database now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shift FROM syntharra_sandboxclock WHERE id = 1")
        row = cursor.fetchone()
    _Shift.by = row[0] if row else timedelta(0)
    _Shift.read_at = time.monotonic()
    return _Shift.by


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
