"""What is Xero's own about single fields: its dates, its references, the currency of a document. Pure."""

import re
from datetime import UTC, date, datetime, timedelta

from integrations import fields
from integrations.fields import Bad, Json, clean

# /Date(1788393600000+0000)/: milliseconds since 1970; the zone behind them says nothing about the instant.
_TICKS = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(raw: Json, name: str) -> datetime | None:
    """A true instant (``UpdatedDateUTC``); without a zone it is UTC. Unreadable is unknown."""
    value = raw.get(name)
    found = _TICKS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return fields.moment(value)
    try:
        return _EPOCH + timedelta(milliseconds=int(found.group(1)))
    except OverflowError:
        return None


def day(raw: Json, name: str) -> date | None:
    """A calendar date of the company, which Xero writes as midnight UTC: its UTC date, never shifted to a zone."""
    value = raw.get(name)
    found = _TICKS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None:
        at = moment(raw, name)
        if at is None:
            raise Bad("date_unreadable", f"{name}: {clean(value)[:40]!r}")
        return at.date()
    return fields.day(raw, name) or fields.day(raw, f"{name}String")


def currency(raw: Json, home: str) -> str:
    """The document's currency; the company's own where it does not say."""
    return fields.currency_code(raw.get("CurrencyCode"), home)


def inner_id(raw: Json, name: str, key: str) -> str:
    """The id of an object inside, "" where it is missing."""
    return fields.identifier(fields.inner(raw, name).get(key), f"{name}.{key}")


def contact(raw: Json) -> str:
    """Whose document it is. Raises Bad where it does not say."""
    found = inner_id(raw, "Contact", "ContactID")
    if not found:
        raise Bad("field_missing", "Contact")
    return found
