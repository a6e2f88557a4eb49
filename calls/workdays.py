"""Business days: Monday to Friday without federal holidays. Pure."""

from datetime import date, timedelta

from compliance.windows import public_holidays


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and day.toordinal() not in public_holidays(None, day.year)


def workdays_after(day: date, count: int) -> date:
    """The day that many business days later."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
