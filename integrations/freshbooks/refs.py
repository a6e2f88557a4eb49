"""What is FreshBooks' own about single fields: amounts with their currency beside them, marks, times of New York. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from integrations import fields
from integrations.fields import Bad, Json

EASTERN = ZoneInfo("America/New_York")
_DELETED, _ARCHIVED = "1", "2"


def amount(raw: Json, name: str, currency: str, *, default: Decimal | None = None) -> Decimal:
    """An amount, written with its currency or as a bare number. Raises Bad; one of another currency is not ours to add."""
    value = raw.get(name)
    if not isinstance(value, dict):
        return fields.amount(raw, name, currency, default=default)
    code = fields.clean(value.get("code")).upper()
    if code and code != currency:
        raise Bad("field_wrong", f"{name}: {code} where all else is {currency}")
    if value.get("amount") is None:
        return fields.amount({}, name, currency, default=default)
    return fields.exact(value["amount"], name, currency)


def currency(raw: Json, home: str) -> str:
    """The object's currency, as it says or as its amount does; the company's own where neither does."""
    within = raw.get("amount")
    beside = within.get("code") if isinstance(within, dict) else None
    return fields.currency_code(raw.get("currency_code") or beside, home)


def identifier(raw: Json, *names: str) -> str:
    """The first of these ids that is given. They write 0 for none."""
    for name in names:
        found = fields.identifier(raw.get(name), name)
        if found not in ("", "0"):
            return found
    return ""


def is_deleted(raw: Json) -> bool:
    return fields.clean(raw.get("vis_state")) == _DELETED


def is_archived(raw: Json) -> bool:
    return fields.clean(raw.get("vis_state")) == _ARCHIVED


def is_marked(raw: Json, name: str, *words: str) -> bool:
    """Whether a field holds one of these words, in whichever of their spellings."""
    return fields.text(raw, name).casefold().replace("-", "_") in words


def moment(value: Any) -> datetime | None:
    """An instant in UTC. Without an offset it is of New York, where the hour repeated in November is ambiguous.

    That whole hour is read as its end, the same moment for all of it: a change within it never looks older than
    another, so none is passed over.
    """
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        if read.tzinfo is not None:
            return read.astimezone(UTC)
        first, second = (read.replace(tzinfo=EASTERN, fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    if second - first == timedelta(hours=1):
        return first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return first
