"""Money: an amount with its currency. Sums refuse to mix; rounding happens here and nowhere else."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale
from moneyed import CURRENCIES, Money

__all__ = ["Money", "NotMoney", "currency_code", "of", "places", "rounded", "share", "shown", "split", "total"]


class NotMoney(ValueError):
    """The value is no amount of that currency; the message says which and why."""


def of(value: Decimal | int | str, currency: str) -> Money:
    """An exact amount. Refuses floats, unknown currencies, NaN, and more decimals than the currency has."""
    if isinstance(value, float):
        raise NotMoney(f"{value!r} is a float; amounts are exact decimals")
    if currency not in CURRENCIES:
        raise NotMoney(f"{currency!r} is not a currency code of ISO 4217")
    try:
        amount = Decimal(value)
    except ArithmeticError as error:
        raise NotMoney(f"{value!r} is not a number") from error
    if not amount.is_finite():
        raise NotMoney(f"{value!r} is not a finite number")
    quantized = amount.quantize(_step(currency), rounding=ROUND_HALF_UP)
    if quantized != amount:
        raise NotMoney(f"{value} has more decimals than {currency} knows ({places(currency)})")
    return Money(quantized, currency)


def places(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for USD, 0 for JPY."""
    return get_currency_precision(currency)


def rounded(amount: Money) -> Money:
    """To the minor unit, half up."""
    code = currency_code(amount)
    return Money(amount.amount.quantize(_step(code), rounding=ROUND_HALF_UP), code)


def share(amount: Money, rate: Decimal) -> Money:
    """A share of an amount, rounded half up to the minor unit once. ``share(333.33 USD, 0.10)`` is 33.33 USD."""
    return rounded(Money(amount.amount * rate, currency_code(amount)))


def split(amount: Money, parts: int) -> list[Money]:
    """As many equal parts, exact in sum: each to the minor unit, rounded down; the last takes the rest."""
    code = currency_code(amount)
    each = (amount.amount / parts).quantize(_step(code), rounding=ROUND_DOWN)
    return [Money(each, code)] * (parts - 1) + [Money(amount.amount - each * (parts - 1), code)]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero for none. Raises TypeError when another currency is among them."""
    result = Money(Decimal(0), currency)
    for amount in amounts:
        result = result + amount
    return rounded(result)


def currency_code(amount: Money) -> str:
    return str(amount.currency.code)


def shown(amount: Money, language: str | None = None) -> str:
    """As a person reads it, for example ``$1,240.00``; negative as ``-$33.33``."""
    locale = to_locale(language or get_language() or "en-us")
    return format_currency(amount.amount, currency_code(amount), locale=locale)


def _step(currency: str) -> Decimal:
    return Decimal(1).scaleb(-places(currency))
