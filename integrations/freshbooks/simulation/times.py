"""The vendor's clocks: accounting writes naive US/Eastern, authorization and events write UTC with a Z."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def eastern(moment: datetime) -> str:
    """`2026-03-14 16:05:02`, without a zone. The hour repeated in November reads the same twice."""
    return moment.astimezone(EASTERN).strftime("%Y-%m-%d %H:%M:%S")


def eastern_day(moment: datetime) -> date:
    """The day a change falls on for `search[updated_min]`."""
    return moment.astimezone(EASTERN).date()


def zulu(moment: datetime) -> str:
    """`2026-03-14T20:05:02Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
