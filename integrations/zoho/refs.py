"""What is Zoho's own about single fields: "" for nothing, money as a number of the object's precision, times with offsets. Pure."""

from datetime import datetime
from decimal import Decimal

from integrations import fields
from integrations.fields import Json

_USUAL, _MOST = 2, 6
_DUST = Decimal("0.000001")


def plain(raw: Json) -> Json:
    """The object without its empty fields: "" and " " stand for nothing, also where a date or a number belongs."""
    return {name: value for name, value in raw.items() if not (isinstance(value, str) and not value.strip())}


def inner(raw: Json, name: str) -> Json:
    return plain(fields.inner(raw, name))


def items(raw: Json, name: str) -> list[Json]:
    return [plain(one) for one in fields.items(raw, name)]


def precision(raw: Json) -> int:
    """How many decimals the object's amounts have; two where it does not say."""
    found = fields.clean(raw.get("price_precision"))
    return min(int(found), _MOST) if found.isascii() and found.isdigit() and len(found) < 4 else _USUAL


def amount(raw: Json, name: str, currency: str, places: int, *, default: Decimal | None = None) -> Decimal:
    """An exact amount. They count in floating point: dust far below a cent is taken off, anything more is Bad."""
    value = raw.get(name)
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**15:
        clean = value.quantize(Decimal(1).scaleb(-places))
        if abs(clean - value) < _DUST:
            return fields.exact(clean, name, currency)
    return fields.amount(raw, name, currency, default=default)


def currency(raw: Json, home: str) -> str:
    return fields.currency_code(raw.get("currency_code"), home)


def changed_at(raw: Json) -> datetime | None:
    return fields.moment(raw.get("last_modified_time"))


def created_at(raw: Json) -> datetime | None:
    return fields.moment(raw.get("created_time"))


def stamp(moment: datetime) -> str:
    """As their filters take it, for example 2026-03-01T00:00:00+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
