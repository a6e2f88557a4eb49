"""Reading what a call sends, as strictly as Square: unknown names, wrong types and bad values have errors of their own."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.simulation.call import Call
from integrations.square.simulation.errors import INVALID, bad, refusal
from integrations.square.simulation.values import Json, amount_of, moment

MOST_UNITS = 99_999_999_99


def query(call: Call, allowed: Collection[str]) -> dict[str, str]:
    """The query parameters of a call. Raises UNKNOWN_QUERY_PARAMETER."""
    for name, _value in call.params:
        if name not in allowed:
            raise bad("UNKNOWN_QUERY_PARAMETER", f"Unknown query parameter `{name}`.", field=name)
    return {name: value for name, value in call.params if value != ""}


def body(call: Call, allowed: Collection[str], *, required: Collection[str] = ()) -> Json:
    """The JSON object of a call. Raises what Square says of other content, other JSON, unknown and missing fields."""
    if call.content_type != "application/json":
        raise refusal(415, INVALID, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be application/json.")
    try:
        found = call.json()
    except ValueError:
        raise bad("EXPECTED_JSON_BODY", "The request body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise bad("EXPECTED_OBJECT", "The request body must be a JSON object.")
    return fields(found, "", allowed, required=required)


def fields(value: Any, path: str, allowed: Collection[str], *, required: Collection[str] = ()) -> Json:
    """An object with known fields only, nulls left out."""
    if not isinstance(value, dict):
        raise bad("EXPECTED_OBJECT", "Expected an object.", field=path)
    for name in value:
        if name not in allowed:
            raise bad("UNKNOWN_BODY_PARAMETER", f"The field named '{name}' is unrecognized.", field=_at(path, name))
    for name in required:
        if value.get(name) is None:
            raise bad("MISSING_REQUIRED_PARAMETER", "Field must be set.", field=_at(path, name))
    return {name: one for name, one in value.items() if one is not None}


def sub(value: Mapping[str, Any], name: str, path: str, allowed: Collection[str], **more: Any) -> Json:
    """An object within an object, {} where there is none."""
    return fields(value[name], _at(path, name), allowed, **more) if name in value else {}


def text(value: Mapping[str, Any], name: str, path: str = "", *, longest: int = 255, empty: bool = True) -> str:
    """A text field, "" where there is none."""
    found = value.get(name, "")
    if not isinstance(found, str):
        raise bad("EXPECTED_STRING", "Expected a string value.", field=_at(path, name))
    if len(found) > longest:
        raise bad("VALUE_TOO_LONG", f"Field must not be greater than {longest} in length.", field=_at(path, name))
    if not empty and name in value and not found:
        raise bad("VALUE_EMPTY", "Field must not be blank.", field=_at(path, name))
    return found


def integer(value: Mapping[str, Any], name: str, path: str = "") -> int | None:
    """A whole number, None where there is none."""
    found = value.get(name)
    if found is not None and (isinstance(found, bool) or not isinstance(found, int)):
        raise bad("EXPECTED_INTEGER", "Expected an integer value.", field=_at(path, name))
    return found


def boolean(value: Mapping[str, Any], name: str, path: str = "", *, default: bool = False) -> bool:
    """True or false."""
    found = value.get(name, default)
    if not isinstance(found, bool):
        raise bad("EXPECTED_BOOLEAN", "Expected a boolean value.", field=_at(path, name))
    return found


def array(value: Mapping[str, Any], name: str, path: str = "", *, most: int | None = None) -> list[Any]:
    """A list, [] where there is none."""
    found = value.get(name, [])
    if not isinstance(found, list):
        raise bad("EXPECTED_ARRAY", "Expected an array.", field=_at(path, name))
    if most is not None and len(found) > most:
        raise bad("ARRAY_LENGTH_TOO_LONG", f"Array must have at most {most} elements.", field=_at(path, name))
    return found


def texts(value: Mapping[str, Any], name: str, path: str = "", *, most: int | None = None) -> list[str]:
    """A list of texts."""
    found = array(value, name, path, most=most)
    for one in found:
        if not isinstance(one, str):
            raise bad("INVALID_ARRAY_VALUE", "Expected a string value.", field=_at(path, name))
    return found


def choice(value: Mapping[str, Any], name: str, path: str, choices: Collection[str], default: str = "") -> str:
    """One of Square's words."""
    found = text(value, name, path)
    if found and found not in choices:
        raise bad("INVALID_ENUM_VALUE", f"`{found}` is not a valid enum value for `{name}`.", field=_at(path, name))
    return found or default


def time(value: Mapping[str, Any], name: str, path: str = "") -> datetime | None:
    """An RFC 3339 moment. Raises INVALID_TIME."""
    if name not in value:
        return None
    try:
        return moment(value[name])
    except ValueError:
        raise bad("INVALID_TIME", f"`{value[name]}` is not a valid RFC 3339 time.", field=_at(path, name)) from None


def time_range(value: Mapping[str, Any], name: str, path: str) -> tuple[datetime | None, datetime | None]:
    """start_at and end_at. Raises INVALID_TIME_RANGE where the end comes first."""
    found = sub(value, name, path, {"start_at", "end_at"})
    here = _at(path, name)
    start, end = time(found, "start_at", here), time(found, "end_at", here)
    if start and end and end < start:
        raise bad("INVALID_TIME_RANGE", "The end of a time range must not be before its start.", field=here)
    return start, end


def decimal(value: Mapping[str, Any], name: str, path: str = "") -> Decimal | None:
    """A number written as a text, such as a quantity or a percentage."""
    found = text(value, name, path, longest=12)
    try:
        number = Decimal(found) if found else None
    except InvalidOperation:
        number = Decimal("NaN")
    if number is not None and not number.is_finite():
        raise bad("INVALID_VALUE", f"`{found}` is not a number.", field=_at(path, name))
    return number


def amount(value: Mapping[str, Any], name: str, path: str, currency: str) -> Decimal | None:
    """The amount of a Money object. Raises CURRENCY_MISMATCH for another currency than the location's."""
    if name not in value:
        return None
    here = _at(path, name)
    found = fields(value[name], here, {"amount", "currency"}, required=("amount", "currency"))
    units = integer(found, "amount", here) or 0
    if units > MOST_UNITS:
        raise bad("VALUE_TOO_HIGH", f"Amount must not be greater than {MOST_UNITS}.", field=f"{here}.amount")
    if found["currency"] != currency:
        raise bad("CURRENCY_MISMATCH", f"The currency must be {currency}.", field=f"{here}.currency")
    return amount_of(units, currency)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
