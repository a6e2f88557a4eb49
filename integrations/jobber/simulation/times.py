"""How Jobber writes times: instants with a zone, also where a calendar day is meant."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant(at: datetime) -> str:
    """A moment to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_day(day: date, zone: ZoneInfo, hour: int = 0) -> datetime:
    """The instant that stands for a calendar day where the account is: its midnight, unless set otherwise."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day an instant stands for where the account is."""
    return at.astimezone(zone).date()


def parsed(text: str) -> datetime:
    """An ISO 8601 date-time with a zone. Raises ValueError for anything less."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or "T" not in text.upper():
        raise ValueError(f"{text} has no time zone")
    return found.astimezone(UTC)
