"""How the vendor writes ids, dates and money."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid5

FAMILY = UUID("3b1c9a52-7d0e-5c43-9a64-6f1f0a7e2d11")
CENT = Decimal("0.01")
EMPTY_GUID = "00000000-0000-0000-0000-000000000000"


def guid(*parts: object) -> str:
    """The same id for the same parts, always."""
    return str(uuid5(FAMILY, "/".join(str(part) for part in parts)))


def is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def midnight(day: date) -> datetime:
    """A calendar date as the vendor keeps it: midnight UTC, whatever the organisation's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    whole = int(moment.timestamp())
    return whole * 1000 + moment.microsecond // 1000


def instant_form(moment: datetime) -> str:
    return f"/Date({milliseconds(moment)}+0000)/"


def bare_instant_form(moment: datetime) -> str:
    """Without an offset: envelopes and history are written so."""
    return f"/Date({milliseconds(moment)})/"


def date_form(day: date) -> str:
    return instant_form(midnight(day))


def plain_date(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def money(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def unit_amount(amount: Decimal, places: int) -> Decimal:
    """Two decimals unless the caller opted in to four."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def quantity(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def rate(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.000001"), ROUND_HALF_UP)
