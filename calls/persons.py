"""Whether a person of the firm can be put through now."""

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Business
from calls.workdays import is_workday
from integrations.models import PhoneLine
from syntharra import clock


def number_of(business: Business) -> str:
    """The telephone of a person of the firm; empty where there is none, or where it would ring ourselves."""
    number = business.person_phone or business.dispute_phone
    own = PhoneLine.objects.filter(number=number, released_at=None)
    return "" if not number or own.exists() else number


def is_open(business: Business, at: datetime) -> bool:
    """The firm's open hours: those it calls in on business days, on its own wall clock. Nobody is there on a federal holiday."""
    here = at.astimezone(ZoneInfo(business.time_zone))
    return is_workday(here.date()) and business.call_from <= here.time() < business.call_until


def answers_now(business: Business) -> bool:
    """A person can be rung at this moment."""
    return is_open(business, clock.now()) and number_of(business) != ""
