"""What is sent to be written, checked field by field before anything is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.errors import NOT_A_DATE, PARSE_ERROR, Refused, invalid, missing
from integrations.freshbooks.simulation.money import Json, read_decimal
from integrations.simulation.call import Call
from integrations.simulation.entities import Line

type Check = Callable[[str, str, Any], Any]
"""Object, field and what stood there -> what is meant. Raises Refused."""

LINE_FIELDS = frozenset({"name", "description", "qty", "unit_cost", "taxName1", "taxAmount1", "taxName2", "taxAmount2"})
LINE_ECHOES = frozenset({"lineid", "type", "amount", "updated", "expenseid", "compounded_tax", "credit_note"})
"""Come back with lines that were read before; nobody looks at them."""


@dataclass(frozen=True)
class Priced:
    """Lines as they were written, with the tax they carry."""

    lines: list[Line]
    tax: Decimal
    percent: Decimal | None
    """The one tax percentage of all lines; None where they differ."""


def read_body(call: Call, envelopes: tuple[str, ...], object: str) -> tuple[str, Json]:
    """The envelope that was used and what was in it. Raises Refused."""
    if call.content_type != "application/json":
        raise Refused(PARSE_ERROR, "Content-Type must be application/json.", object, status=400)
    try:
        whole = call.json()
    except ValueError:
        raise Refused(PARSE_ERROR, "The request could not be parsed.", object, status=400) from None
    if not isinstance(whole, dict):
        raise Refused(PARSE_ERROR, "The request must be an object.", object, status=400)
    if unknown := sorted(set(whole) - set(envelopes)):
        raise invalid(object, unknown[0], "", "Unrecognized field.")
    for envelope in envelopes:
        if envelope in whole:
            if not isinstance(whole[envelope], dict):
                raise invalid(object, envelope, whole[envelope], "Value must be an object.")
            return envelope, whole[envelope]
    raise missing(object, envelopes[0])


def read_fields(object: str, given: Json, known: dict[str, Check]) -> Json:
    """The fields as they are meant; null stays null. Raises Refused for an unknown one."""
    if unknown := sorted(set(given) - set(known)):
        raise invalid(object, unknown[0], given[unknown[0]], "Unrecognized field.")
    return {name: None if value is None else known[name](object, name, value) for name, value in given.items()}


def require(object: str, given: Json, *names: str) -> None:
    """Raises Refused for the first that is not there, or is null."""
    for name in names:
        if given.get(name) is None:
            raise missing(object, name)


def text(object: str, field: str, value: Any) -> str:
    """Up to 10 000 characters."""
    if not isinstance(value, str):
        raise invalid(object, field, value, "Value must be a string.")
    if len(value) > 10_000:
        raise Refused(1017, "Value is too long.", object, field)
    return value


def whole(object: str, field: str, value: Any) -> int:
    """A whole number, also in a string."""
    number = read_decimal(value)
    if number is None or number != number.to_integral_value():
        raise invalid(object, field, value, "Value must be an integer.")
    return int(number)


def decimal(object: str, field: str, value: Any) -> Decimal:
    """A number, also in a string."""
    number = read_decimal(value)
    if number is None:
        raise invalid(object, field, value, "Value must be a decimal.")
    return number


def percent(object: str, field: str, value: Any) -> Decimal:
    """From 0 to 100, in a string."""
    number = read_decimal(value)
    if number is None or not 0 <= number <= 100:
        raise Refused(1018, "Percent values should be strings formatted as decimals.", object, field, str(value))
    return number


def flag(object: str, field: str, value: Any) -> bool:
    """true or false, nothing like them."""
    if not isinstance(value, bool):
        raise invalid(object, field, value, "Value must be true or false.")
    return value


def day(object: str, field: str, value: Any) -> date:
    """A calendar date."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refused(NOT_A_DATE, "Date must be in the form YYYY-MM-DD.", object, field, str(value))


def one_of(*choices: str) -> Check:
    """One of these words."""

    def check(object: str, field: str, value: Any) -> str:
        if value not in choices:
            raise invalid(object, field, value, f"Value must be one of: {', '.join(choices)}.")
        return str(value)

    return check


def amount(object: str, field: str, value: Any) -> tuple[Decimal, str]:
    """An amount in cents and its currency, "" where none was named."""
    if not isinstance(value, dict) or set(value) - {"amount", "code"}:
        raise invalid(object, field, value, "Value must have an amount and a code.")
    number, code = read_decimal(value.get("amount")), value.get("code", "")
    if number is None or number != round(number, 2):
        raise invalid(object, f"{field}.amount", value.get("amount"), "Value must be a decimal.")
    if not isinstance(code, str) or (code and (len(code) != 3 or not code.isupper())):
        raise invalid(object, f"{field}.code", code, "Value must be a currency code.")
    return number, code


def addresses(object: str, field: str, value: Any) -> list[str]:
    """At least one e-mail address."""
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and "@" in one for one in value):
        raise invalid(object, field, value, "Value must be a list of e-mail addresses.")
    return value


def priced(object: str, field: str, value: Any) -> Priced:
    """Lines with names, quantities, prices and taxes."""
    if not isinstance(value, list) or not value:
        raise invalid(object, field, value, "Value must be a list of lines.")
    lines, tax, percents = [], Decimal(0), set()
    for one in value:
        line, rate = _line(object, field, one)
        lines.append(line)
        percents.add(rate)
        tax += line.amount * rate / 100
    return Priced(lines, round(tax, 2), percents.pop() if len(percents) == 1 else None)


def _line(object: str, field: str, given: Any) -> tuple[Line, Decimal]:
    if not isinstance(given, dict):
        raise invalid(object, field, given, "A line must be an object.")
    if unknown := sorted(set(given) - LINE_FIELDS - LINE_ECHOES):
        raise invalid(object, f"{field}.{unknown[0]}", given[unknown[0]], "Unrecognized field.")
    if given.get("type", 0) not in (0, None):
        raise invalid(object, f"{field}.type", given["type"], "Only plain lines can be written here.")
    require(object, given, "unit_cost")
    price, _ = amount(object, f"{field}.unit_cost", given["unit_cost"])
    name, description = (given.get(key) or "" for key in ("name", "description"))
    quantity = decimal(object, f"{field}.qty", 1 if given.get("qty") is None else given["qty"])
    rate = sum(
        (percent(object, f"{field}.{key}", given.get(key) or "0") for key in ("taxAmount1", "taxAmount2")), Decimal(0)
    )
    words = text(object, f"{field}.description", description) or text(object, f"{field}.name", name)
    return Line(words, quantity, price, item=name if description else ""), rate
