"""Money as the vendor writes and reads it: a decimal string with a currency code beside it."""

from decimal import Decimal, InvalidOperation
from typing import Any

type Json = dict[str, Any]

CENT = Decimal("0.01")


def money(amount: Decimal, code: str) -> Json:
    """`{"amount": "1840.00", "code": "USD"}`."""
    return {"amount": str(amount.quantize(CENT)), "code": code}


def long_money(amount: Decimal, code: str) -> Json:
    """The same with the 26 decimals `net_paid_amount` has."""
    return {"amount": f"{amount:.26f}", "code": code}


def plain(number: Decimal) -> str:
    """`1`, `2.5`: without the zeros nobody typed."""
    return f"{number.normalize():f}"


def read_decimal(value: Any) -> Decimal | None:
    """The number in a string or a JSON number; None where there is none, or no finite one."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
