"""What a control request asks for, read with errors that say what to send instead."""

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MISSING = object()


class WrongRequest(ValueError):
    """The control request cannot be understood; the text says why."""


class Wanted:
    """Values by name; whatever nobody asked for in the end is an error, so that no misspelling passes in silence."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    @classmethod
    def read(cls, body: bytes, others: dict[str, Any]) -> "Wanted":
        """The JSON object of a body, with values from the address beside it."""
        try:
            found = json.loads(body, parse_float=Decimal) if body.strip() else {}
        except (ValueError, RecursionError):
            raise WrongRequest("the body must be JSON") from None
        if not isinstance(found, dict):
            raise WrongRequest("the body must be a JSON object")
        return cls({**found, **others})

    def rest(self) -> dict[str, Any]:
        """Everything not yet asked for."""
        found, self._values = self._values, {}
        return found

    def all_known(self) -> None:
        """Raises where something was sent that nobody knows."""
        if self._values:
            raise WrongRequest(f"unknown: {', '.join(sorted(self._values))}")

    def value(self, name: str, default: Any = MISSING) -> Any:
        """The value as it came."""
        if name in self._values:
            return self._values.pop(name)
        if default is MISSING:
            raise WrongRequest(f"{name} is missing")
        return default

    def text(self, name: str, default: Any = MISSING) -> str:
        """A text; a number is taken as its digits."""
        found = self.value(name, default)
        if isinstance(found, bool) or not isinstance(found, (str, int)):
            raise WrongRequest(f"{name} must be a text")
        return str(found)

    def texts(self, name: str, default: Any = MISSING) -> list[str]:
        """A list of texts."""
        found = self.value(name, default)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise WrongRequest(f"{name} must be a list of texts")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        found = self.value(name, default)
        if not isinstance(found, bool):
            raise WrongRequest(f"{name} must be true or false")
        return found

    def number(self, name: str, default: Any = MISSING) -> Decimal:
        """A number, as JSON's or as a text."""
        return decimal(name, self.value(name, default))

    def json_object(self, name: str) -> dict[str, Any]:
        """An object."""
        found = self.value(name)
        if not isinstance(found, dict):
            raise WrongRequest(f"{name} must be a JSON object")
        return found


def decimal(name: str, value: Any) -> Decimal:
    """An exact number. Raises WrongRequest."""
    if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
        try:
            found = Decimal(value)
        except InvalidOperation:
            found = Decimal("NaN")
        if found.is_finite():
            return found
    raise WrongRequest(f"{name} must be a number such as 120.50")


def day(name: str, value: Any) -> date | None:
    """A calendar date or null. Raises WrongRequest."""
    try:
        return None if value is None else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongRequest(f"{name} must be a date such as 2026-11-02") from None


def moment(name: str, value: Any) -> datetime:
    """An aware time. Raises WrongRequest."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise WrongRequest(f"{name} must be a time such as 2026-11-02T09:00:00+00:00")
    return found
