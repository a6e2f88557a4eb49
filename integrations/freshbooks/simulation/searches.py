"""`search[…]` as the vendor reads it: exact, in a list, contained, from (inclusive) and to (exclusive)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from integrations.freshbooks.simulation.errors import NOT_A_DATE, NOT_A_NUMBER, Refused
from integrations.freshbooks.simulation.money import read_decimal
from integrations.freshbooks.simulation.view import View

type Get = Callable[[View, Any], Any]
type Test = Callable[[Any], bool]
type Search = tuple[Literal["equals", "in", "like", "min", "max"], Literal["text", "number", "day", "flag"], Get]

KEY = re.compile(r"search\[([a-z0-9_]+)\](\[\])?")


@dataclass(frozen=True)
class Wanted:
    """What was searched for, ready to be asked of a row."""

    tests: list[tuple[Get, Test]]
    about_state: bool
    """Somebody asked for a vis_state; else deleted ones stay hidden."""

    def fits(self, view: View, row: Any) -> bool:
        """Whether every search finds it."""
        return all(test(get(view, row)) for get, test in self.tests)


def equals(get: Get, value: Literal["text", "number", "day", "flag"] = "text") -> Search:
    """Exactly this."""
    return ("equals", value, get)


def among(get: Get, value: Literal["text", "number"] = "number") -> Search:
    """One of several, each given as a parameter of its own: `search[ids][]=1&search[ids][]=2`."""
    return ("in", value, get)


def like(get: Get) -> Search:
    """Contained, whatever the case."""
    return ("like", "text", get)


def between(name: str, get: Get, value: Literal["number", "day"]) -> dict[str, Search]:
    """`name_min` counts itself, `name_max` does not."""
    return {f"{name}_min": ("min", value, get), f"{name}_max": ("max", value, get)}


def read(params: list[tuple[str, str]], known: dict[str, Search], object: str, *, ignore_unknown: bool) -> Wanted:
    """The searches of a query string. Raises Refused for one that is unknown or has a value that cannot be."""
    values: dict[str, list[str]] = {}
    for key, value in params:
        found = KEY.fullmatch(key)
        if found is None:
            continue
        name, listed = found.group(1), bool(found.group(2))
        if name not in known or (known[name][0] == "in") != listed:
            if ignore_unknown:
                continue
            raise Refused(1004, "Unrecognized search.", object, f"search[{name}]", value)
        values.setdefault(name, []).append(value)
    tests = [(known[name][2], _test(known[name], given, object, name)) for name, given in values.items()]
    return Wanted(tests, "vis_state" in values)


def _test(search: Search, given: list[str], object: str, name: str) -> Test:
    kind, value, _ = search
    wanted: list[Any] = [_value(value, one, object, name) for one in given]
    last = wanted[-1]
    match kind:
        case "in":
            return lambda found: found in wanted
        case "like":
            return lambda found: str(last).lower() in (found or "").lower()
        case "min":
            return lambda found: found is not None and found >= last
        case "max":
            return lambda found: found is not None and found < last
    return lambda found: found == last


def _value(kind: str, text: str, object: str, name: str) -> str | Decimal | date | bool:
    match kind:
        case "day":
            try:
                return date.fromisoformat(text) if len(text) == 10 else _bad_date(text, object, name)
            except ValueError:
                return _bad_date(text, object, name)
        case "number":
            number = read_decimal(text)
            if number is None:
                raise Refused(NOT_A_NUMBER, "Value is not a number.", object, f"search[{name}]", text)
            return number
        case "flag":
            if text not in ("true", "false"):
                raise Refused(1004, "Value must be true or false.", object, f"search[{name}]", text)
            return text == "true"
    return text


def _bad_date(text: str, object: str, name: str) -> date:
    raise Refused(NOT_A_DATE, "Date must be in the form YYYY-MM-DD.", object, f"search[{name}]", text)
