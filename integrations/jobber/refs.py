"""What is Jobber's own about single fields: ids, days said as instants, money as floating numbers. Pure."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations import fields
from integrations.fields import Bad, Json

_ID = re.compile(r"[A-Za-z0-9+/=_-]{1,64}")
_CENT, _NOISE = Decimal("0.01"), Decimal("0.000001")


def is_id(external_id: str) -> bool:
    """Whether it may be one of theirs: they are opaque, but never anything else than these characters."""
    return _ID.fullmatch(external_id) is not None


def identifier(raw: Json) -> str:
    return fields.identifier(raw.get("id"), "id")


def day(raw: Json, name: str, zone: str) -> date | None:
    """The calendar day an instant stands for in the account's zone; None where it is missing. Raises Bad."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Bad("date_unreadable", f"{name}: {fields.kind_of(value)}")
    try:
        found = datetime.fromisoformat(value.strip())
        # Without a zone, or without an hour at all, it is the day itself.
        return found.astimezone(ZoneInfo(zone)).date() if found.tzinfo else found.date()
    except (ValueError, OverflowError):
        raise Bad("date_unreadable", f"{name}: {fields.clean(value)[:40]!r}") from None


def money(raw: Json, name: str, currency: str) -> Decimal:
    """An amount. The noise of a binary number far behind the cents is left off; parts of a cent raise Bad."""
    value = raw.get(name)
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**12:
        near = value.quantize(_CENT)
        if abs(near - value) < _NOISE:
            return fields.exact(near, name, currency)
    return fields.amount(raw, name, currency)


def moment(value: Any) -> datetime | None:
    return fields.moment(value)


def order(value: Any) -> datetime:
    """For comparing: an instant that cannot be read comes before all others."""
    return fields.moment(value) or datetime.min.replace(tzinfo=UTC)
