"""How Square writes money, moments, dates and ids."""

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

type Json = dict[str, Any]

NO_CENTS = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"})
THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
UPPER = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def exponent(currency: str) -> int:
    """How many digits the smallest unit of a currency is behind the point."""
    return 0 if currency in NO_CENTS else 3 if currency in THOUSANDTHS else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the smallest unit, half to even as Square does."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_EVEN)


def money(amount: Decimal, currency: str) -> Json:
    """A Money object: whole smallest units."""
    return {"amount": int(rounded(amount, currency).scaleb(exponent(currency))), "currency": currency}


def amount_of(units: int, currency: str) -> Decimal:
    """The amount a Money object means."""
    return Decimal(units).scaleb(-exponent(currency))


def decimal_text(value: Decimal) -> str:
    """A quantity or percentage as Square writes it: no exponent, no trailing zeros."""
    return format(value.normalize(), "f") if value else "0"


def stamp(at: datetime) -> str:
    """A moment in RFC 3339 with 0, 2 or 3 digits of the second: a last zero is not written."""
    milliseconds = at.microsecond // 1000
    text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if milliseconds == 0:
        return text + "Z"
    return f"{text}.{milliseconds // 10:02d}Z" if milliseconds % 10 == 0 else f"{text}.{milliseconds:03d}Z"


def whole_stamp(at: datetime) -> str:
    """A moment to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_written(at: datetime) -> datetime:
    """The moment as `stamp` shows it: what filters and orders compare."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def moment(text: object) -> datetime:
    """An RFC 3339 moment. Raises ValueError, also without a time or a zone."""
    if not isinstance(text, str) or "T" not in text.upper():
        raise ValueError(text)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def soon(at: datetime, seconds: float) -> datetime:
    """A moment later."""
    return at + timedelta(seconds=seconds)


def day(text: object) -> date:
    """A calendar date, YYYY-MM-DD. Raises ValueError."""
    if not isinstance(text, str) or len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def present(fields: Json) -> Json:
    """Without what has no value: Square leaves out, it never writes null."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}


def made(length: int, *parts: object, letters: str = MIXED) -> str:
    """An id made of these parts, the same every time."""
    number = int.from_bytes(hashlib.sha512(":".join(map(str, parts)).encode()).digest())
    found = []
    for _ in range(length):
        number, at = divmod(number, len(letters))
        found.append(letters[at])
    return "".join(found)


def uid(*parts: object) -> str:
    """A UUID-like uid made of these parts."""
    digits = hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def invoice_id(*parts: object) -> str:
    """The look of an invoice id: inv:0-Ch and url-safe letters."""
    digest = hashlib.sha256(":".join(map(str, parts)).encode()).digest()
    return "inv:0-Ch" + base64.urlsafe_b64encode(digest[:15]).decode()
