"""Filters for letters: plain words without markup, the same in the text and the HTML part."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from django import template
from django.utils.translation import get_language, to_locale

from syntharra import money

register = template.Library()


@register.filter
def plain_money(value: money.Money | None) -> str:
    """``$796.00``; empty for none."""
    return money.shown(value) if value is not None else ""


@register.filter
def plain_day(value: date | None) -> str:
    """``Tuesday, November 24, 2026``; empty for none."""
    return format_date(value, format="full", locale=_locale()) if value else ""


@register.filter
def plain_when(value: datetime | None, time_zone: str) -> str:
    """``Tue, Nov 24, 10:15 AM``, ``mar 24 de nov, 10:15 a. m.``, on the wall clock of that zone; empty for none."""
    if value is None:
        return ""
    locale = _locale()
    pattern = "EEE d 'de' MMM, h:mm a" if locale.startswith("es") else "EEE, MMM d, h:mm a"
    return format_datetime(value.astimezone(ZoneInfo(time_zone)), pattern, locale=locale)


@register.filter
def plain_hour(value: datetime | None, time_zone: str) -> str:
    """``10:15 AM`` on the wall clock of that time zone; empty for none."""
    return format_time(value.astimezone(ZoneInfo(time_zone)), "short", locale=_locale()) if value else ""


def _locale() -> str:
    return to_locale(get_language() or "en-us")
