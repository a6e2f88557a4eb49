"""Business days, and whether the books were read since one of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.windows import public_holidays
from integrations.models import Connection
from invoices.models import Invoice


def business_days_later(day: date, count: int) -> date:
    """So many business days after: Monday to Friday, no federal holidays."""
    left = count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day.toordinal() not in public_holidays(None, day.year)
    return day


def read_since(invoices: Sequence[Invoice], day: date, zone: str) -> bool:
    """The books were read after that day, so that what was paid on it would be seen."""
    after = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    books = Connection.objects.filter(pk__in={invoice.connection_id for invoice in invoices})
    return not books.exclude(state=Connection.State.CONNECTED, synced_at__gte=after).exists()
