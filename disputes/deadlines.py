"""When something about a dispute must have happened, by PRODUCT and by law. Pure: moments in, moments out; no clock, no database.

Business days are Monday to Friday without federal holidays (observed days too), counted on the firm's own wall clock.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.windows import Calendar

TELL_WITHIN = timedelta(minutes=15)
ACKNOWLEDGE_WITHIN = timedelta(hours=24)
SENT_BY_ITSELF_AFTER = timedelta(hours=20)
FIRST_WORD_DAYS = 2
DECISION_DAYS = range(2, 11)
ASK_AGAIN_AFTER = (timedelta(days=3), timedelta(days=7))
ANSWER_TO_BILL_STANDS = timedelta(days=10)
PAID_SETTLES_AFTER = timedelta(days=14)
GRACE_DAYS = 3
NOTICE_PERIOD = timedelta(days=30)  # 15 USC 1692g(b)
_FEDERAL = Calendar()


def told_by(opened_at: datetime, zone: str) -> datetime:
    """The owner knows at the latest: 15 minutes later, within the same local day; 30 minutes in the day's last half hour."""
    local = opened_at.astimezone(ZoneInfo(zone))
    late = local.time() >= time(23, 30)
    return opened_at + (timedelta(minutes=30) if late else TELL_WITHIN)


def acknowledged_by(opened_at: datetime) -> datetime:
    """The customer has it in writing: 24 hours by the clock, weekends included."""
    return opened_at + ACKNOWLEDGE_WITHIN


def first_word_by(opened_at: datetime, zone: str) -> datetime:
    """A person at the firm has said something to the customer."""
    return business_days_after(opened_at, FIRST_WORD_DAYS, zone)


def decided_by(opened_at: datetime, days: int, zone: str) -> datetime:
    """The firm has said what it will do. ``days``: what the firm gives itself, 2 to 10 business days."""
    return business_days_after(opened_at, min(max(days, DECISION_DAYS.start), DECISION_DAYS.stop - 1), zone)


def collect_again_on(closed_at: datetime, zone: str) -> date:
    """The first local day on which money may be asked for again: at least three whole days after the closing letter."""
    return closed_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=GRACE_DAYS + 1)


def business_days_after(start: datetime, days: int, zone: str) -> datetime:
    """The same time of day, so many business days later. A start on a closed day counts from the next open one."""
    local = start.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day)
    return datetime.combine(day, local.time(), local.tzinfo).astimezone(start.tzinfo)


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and not _FEDERAL.closes(day.toordinal())
