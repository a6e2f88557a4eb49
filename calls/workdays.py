"""Business days, Monday to Friday without federal holidays, and hours on a wall clock. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.windows import public_holidays


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day.toordinal() not in public_holidays(None, day.year)


def workdays_after(day: date, count: int) -> date:
    """The day that many business days later."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def at_local(day: date, at: time, zone: str) -> datetime:
    """That hour of that day on the wall clock of an IANA zone, as an instant in UTC."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
