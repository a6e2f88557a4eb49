"""Money inside the simulated books: Decimal while we count, a JSON number on the wire."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

ZERO = Decimal(0)
CENT = Decimal("0.01")


def amount(value: Any) -> Decimal:
    """The number in a JSON value; the vendor also takes numbers written as strings. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def amount_or_zero(value: Any) -> Decimal:
    """As `amount`, for objects planted as they are: whatever is no number counts nothing."""
    try:
        return amount(value)
    except ValueError:
        return ZERO


def cents(value: Decimal) -> Decimal:
    """Rounded half up to cents."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def wire(value: object) -> int | float:
    """How a Decimal leaves in JSON: 0 as `0`, all else as a number with a point. For json's `default`."""
    if isinstance(value, Decimal):
        return float(value) if value else 0
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
