"""Single fields of a vendor's JSON, read strictly: a wrong one makes its object unusable and no other. Pure."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from syntharra import money

_LARGEST = Decimal("999999999999.99")
_KEPT = Decimal("0.01")
LONGEST_ID = 64

_SHORT, _LONGEST_NUMBER = 100, 1000

_IS_KEPT: ContextVar[bool] = ContextVar("amounts_are_kept", default=True)

type Json = dict[str, Any]


class Bad(Exception):
    """A field that cannot be read: ``reason`` is a code of ``integrations.problems``, ``detail`` names the field."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@contextmanager
def only_read() -> Iterator[None]:
    """Within, amounts are read to be shown and never kept: all decimals of their currency count, not the rows' two."""
    token = _IS_KEPT.set(False)
    try:
        yield
    finally:
        _IS_KEPT.reset(token)


def loads(body: bytes | str) -> Any:
    """JSON with exact numbers. Raises ValueError (also for what is nested beyond reason)."""
    text = body if isinstance(body, str) else body.decode(json.detect_encoding(body), "surrogatepass")
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_float=_number, parse_int=_number, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _number(written: str) -> Decimal | str:
    """A number; one with an exponent nobody means stays text: arithmetic itself fails on it."""
    found = Decimal(written)
    if len(written) < _SHORT and "e" not in written and "E" not in written:
        return found
    return found if abs(found.adjusted()) < _LONGEST_NUMBER else written


def clean(value: Any) -> str:
    """Text that any database and any mail can hold: no NULs, no halves of characters."""
    if type(value) is str and value.isascii() and "\0" not in value:
        return value.strip()
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return str(value).replace("\0", "").encode(errors="replace").decode().strip()


def text(raw: Json, name: str, *, most: int = 0) -> str:
    """A text, "" where it is missing; cut with an ellipsis beyond ``most`` characters."""
    value = clean(raw.get(name))
    return value if not most or len(value) <= most else value[: most - 1] + "…"


def inner(raw: Json, name: str) -> Json:
    """An object inside, empty where it is missing. Raises Bad for anything else."""
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Bad("field_wrong", f"{name}: an object was expected, {kind_of(value)} came")
    return value


def items(raw: Json, name: str) -> list[Json]:
    """A list of objects inside, empty where it is missing. Raises Bad for anything else."""
    value = raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise Bad("field_wrong", f"{name}: a list of objects was expected, {kind_of(value)} came")
    return value


def identifier(value: Any, name: str) -> str:
    """An opaque id, text or number; "" where it is missing."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        raise Bad("field_wrong", f"{name}: an id was expected, {kind_of(value)} came")
    found = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else clean(value)
    if len(found) > LONGEST_ID:
        raise Bad("field_wrong", f"{name}: the id has {len(found)} characters")
    return found


def amount(raw: Json, name: str, currency: str, *, default: Decimal | None = None) -> Decimal:
    """An exact amount in major units. Raises Bad where it is missing (without a default), inexact or no number."""
    value = raw.get(name)
    if value is None:
        if default is None:
            raise Bad("field_missing", name)
        return default
    return exact(value, name, currency)


def exact(value: Any, name: str, currency: str) -> Decimal:
    """This value as an amount of this currency, in major units. Raises Bad; nothing is ever rounded."""
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        raise Bad("amount_unreadable", f"{name}: {kind_of(value)}")
    number = _finite(value)
    if number is None:
        raise Bad("amount_unreadable", f"{name}: {clean(value)[:40]!r}")
    if abs(number) > _LARGEST:
        raise Bad("amount_too_large", f"{name}: {clean(value)[:40]}")
    try:
        found = money.of(number, currency).amount
    except money.NotMoney:
        raise Bad("amount_decimals", f"{name}: {clean(value)[:40]}") from None
    if _IS_KEPT.get() and found != found.quantize(_KEPT):  # a currency with three decimals: rows keep two
        raise Bad("amount_decimals", f"{name}: {clean(value)[:40]}")
    return found


def quantity(raw: Json, name: str) -> Decimal | None:
    """A count or hours, to four decimals; None where it is missing or no number: nothing is computed from it."""
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, str | Decimal | int):
        return None
    number = _finite(value)
    return number.quantize(Decimal("0.0001")) if number is not None and abs(number) < 10**9 else None


def _finite(value: str | Decimal | int) -> Decimal | None:
    """The number, None for what is none or beyond all reason."""
    try:
        number = Decimal(value)
    except (ArithmeticError, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _LONGEST_NUMBER else None


def currency_code(value: Any, home: str) -> str:
    """An ISO 4217 code; the company's own where the vendor does not say. Raises Bad for one nobody knows."""
    code = clean(value).upper() or home
    try:
        money.of(0, code)
    except money.NotMoney:
        raise Bad("currency_unknown", code[:40]) from None
    return code


def day(raw: Json, name: str) -> date | None:
    """A calendar date of the company, None where it is missing."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Bad("date_unreadable", f"{name}: {kind_of(value)}")
    try:
        # A moment where a date was promised: its own calendar date, without a change of zone.
        return date.fromisoformat(clean(value)[:10])
    except ValueError:
        raise Bad("date_unreadable", f"{name}: {clean(value)[:40]!r}") from None


def day_if_any(raw: Json, name: str) -> date | None:
    """A day that is nice to know: one that cannot be read is none, and spoils nothing."""
    try:
        return day(raw, name)
    except Bad:
        return None


def moment(value: Any) -> datetime | None:
    """An instant in UTC; without an offset it counts as UTC. Unreadable is unknown: nothing legal hangs on it."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def kind_of(value: Any) -> str:
    """What came instead of what was promised, in words."""
    names = {dict: "an object", list: "a list", bool: "true or false", str: "a text", Decimal: "a number"}
    return names.get(type(value), "something else")
