"""Amounts as the card processor writes them: whole numbers of the currency's smallest unit. Pure."""

from decimal import Decimal

from syntharra import money

# The processor's own list of currencies without decimals; of the others, two.
WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
# Three decimals there, or rules of their own: not taken by card here.
NOT_TAKEN = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "HUF", "ISK", "TWD", "UGX"])


def takes(currency: str) -> bool:
    """Whether an amount in this currency is written exactly the same on both sides."""
    return currency.upper() not in NOT_TAKEN and money.places(currency.upper()) == _places(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """79600 for 796.00 USD, 796 for 796 JPY. Raises NotMoney for more decimals than the currency has."""
    exact = money.of(amount, currency.upper()).amount
    return int(exact.scaleb(_places(currency)))


def from_minor(units: int, currency: str) -> Decimal:
    """796.00 for 79600 and USD."""
    return Decimal(units).scaleb(-_places(currency))


def _places(currency: str) -> int:
    return 0 if currency.upper() in WHOLE else 2
