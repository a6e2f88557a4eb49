"""What is Square's own about single fields: money in the smallest unit, and dates in the invoice's own zone. Pure."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations import fields
from integrations.fields import Bad, Json
from syntharra import money


def amount(raw: Json, name: str, home: str, *, default: Decimal | None = None) -> tuple[Decimal, str]:
    """Money in major units with its currency: a whole number of the currency's smallest unit. Raises Bad."""
    held = fields.inner(raw, name)
    currency = fields.currency_code(held.get("currency"), home)
    value = held.get("amount")
    if value is None:
        if default is None:
            raise Bad("field_missing", name)
        return default, currency
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise Bad("amount_unreadable", f"{name}: {fields.kind_of(value)}")
    number = Decimal(value)
    if not number.is_finite() or number != number.to_integral_value():
        raise Bad("amount_decimals", f"{name}: {fields.clean(value)[:40]}")
    if abs(number) > 10**18:
        raise Bad("amount_too_large", f"{name}: {fields.clean(value)[:40]}")
    return fields.exact(number.scaleb(-money.places(currency)), name, currency), currency


def smallest(value: Decimal, currency: str) -> int:
    """An amount as Square wants it written."""
    return int(value.scaleb(money.places(currency)))


def moment(raw: Json, name: str) -> datetime | None:
    """Their moments have none, two or three decimals of a second, always in UTC."""
    return fields.moment(raw.get(name))


def local_day(raw: Json, name: str, zone: str) -> date | None:
    """The calendar date of a moment where the invoice was written."""
    at = moment(raw, name)
    if at is None:
        return None
    try:
        return at.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return at.date()


def zone_of(raw: Json, home: str) -> str:
    """The invoice's zone, which is its location's; the company's own where it does not say."""
    return fields.text(raw, "timezone", most=64) or home
