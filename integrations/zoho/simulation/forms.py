"""How Zoho Books writes money, moments and ids; where others say null, it says an empty text."""

import hashlib
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from integrations.simulation.books import Books, Kind

PREFIXES = {"us": "3818499", "eu": "20063381"}
"""How ids of a data center begin: nineteen digits in the first, twenty in the second."""
NUMBERS: dict[str, int] = {
    "customer": 76,
    "invoice": 99,
    "payment": 82,
    "credit": 90,
    "contact_person": 77,
    "address": 78,
    "line_item": 101,
    "item": 65,
    "invoice_payment": 83,
    "creditnote_invoice": 91,
    "refund": 84,
    "comment": 112,
    "currency": 97,
    "customfield": 31,
    "account": 36,
    "user": 51,
    "tax": 44,
}
PLACES = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "CAD": "C$", "AUD": "A$"}
COUNTRIES = {
    "US": "U.S.A.",
    "CA": "Canada",
    "GB": "United Kingdom",
    "IN": "India",
    "JP": "Japan",
    "DE": "Germany",
    "AU": "Australia",
    "NZ": "New Zealand",
    "IE": "Ireland",
    "FR": "France",
}


def object_id(data_center: str, kind: Kind, number: int, *, organization: int = 0) -> str:
    """The id of the n-th object of a kind: digits only, longer than a float can hold."""
    return f"{PREFIXES[data_center]}{organization:02d}{NUMBERS[kind]:03d}{number:07d}"


def derived_id(data_center: str, kind: str, *parts: object) -> str:
    """An id for something the books keep no id for; the same parts have the same id for ever."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return f"{PREFIXES[data_center]}{NUMBERS[kind]:03d}{int.from_bytes(digest[:8]) % 10**9:09d}"


def precision(currency: str) -> int:
    """How many decimals the currency has."""
    return PLACES.get(currency, 2)


def money(amount: Decimal, currency: str) -> Decimal:
    """An amount as it is written: 1840.00 dollars, 1840 yen."""
    return amount.quantize(Decimal(1).scaleb(-precision(currency)), ROUND_HALF_EVEN)


def written(amount: Decimal, currency: str) -> str:
    """An amount with its symbol, for the fields that end in `_formatted`."""
    return f"{SYMBOLS.get(currency, currency)}{money(amount, currency):,}"


def day(value: date | None) -> str:
    """A calendar date; "" where there is none."""
    return value.isoformat() if value else ""


def stamp(value: datetime, zone: ZoneInfo) -> str:
    """A moment to the second with the organization's offset, without a colon: 2026-03-14T16:05:02-0500."""
    return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")


def country(code: str) -> str:
    """The country's name as the vendor spells it."""
    return COUNTRIES.get(code, code)


def exchange_rate(books: Books, currency: str) -> Decimal:
    """What one unit is worth in the organization's currency; fixed, so that books stay the same."""
    in_dollars = {"USD": "1", "EUR": "1.08", "GBP": "1.27", "INR": "0.012", "JPY": "0.0066", "CAD": "0.74"}
    if currency == books.currency:
        return Decimal("1.0")
    one, base = (Decimal(in_dollars.get(code, "1")) for code in (currency, books.currency))
    return (one / base).quantize(Decimal("0.000001"))
