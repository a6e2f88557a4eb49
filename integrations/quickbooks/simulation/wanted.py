"""What a control request asks for, read with errors that say what to send instead."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.quickbooks.simulation.amounts import amount
from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.books import ENTITIES, Books
from integrations.quickbooks.simulation.world import World

MISSING = object()


class WrongRequestError(ValueError):
    """The control request cannot be understood; the text says why."""


class Wanted:
    """Values by name; whatever nobody asked for in the end is an error, so that no misspelling passes in silence."""

    def __init__(self, values: Json) -> None:
        self._values = values

    @classmethod
    def read(cls, body: bytes, others: Json) -> "Wanted":
        """The JSON object of a body, with values from the address beside it."""
        try:
            found = json.loads(body, parse_float=Decimal) if body.strip() else {}
        except (ValueError, RecursionError):
            raise WrongRequestError("the body must be JSON") from None
        if not isinstance(found, dict):
            raise WrongRequestError("the body must be a JSON object")
        return cls({**found, **others})

    def rest(self) -> Json:
        """Everything not yet asked for."""
        found, self._values = self._values, {}
        return found

    def all_known(self) -> None:
        """Raises where something was sent that nobody knows."""
        if self._values:
            raise WrongRequestError(f"unknown: {', '.join(sorted(self._values))}")

    def value(self, name: str, default: Any = MISSING) -> Any:
        """The value as it came."""
        if name in self._values:
            return self._values.pop(name)
        if default is MISSING:
            raise WrongRequestError(f"{name} is missing")
        return default

    def text(self, name: str, default: Any = MISSING) -> str:
        """A text; a number is taken as its digits."""
        found = self.value(name, default)
        if isinstance(found, bool) or not isinstance(found, (str, int)):
            raise WrongRequestError(f"{name} must be a text")
        return str(found)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        found = self.value(name, default)
        if not isinstance(found, bool):
            raise WrongRequestError(f"{name} must be true or false")
        return found

    def number(self, name: str, default: Any = MISSING) -> Decimal:
        """A number."""
        try:
            return amount(self.value(name, default))
        except ValueError as problem:
            raise WrongRequestError(f"{name}: {problem}") from None

    def number_or_none(self, name: str) -> Decimal | None:
        """A number, if one was sent."""
        return self.number(name) if self._values.get(name) is not None else self.value(name, None)

    def day(self, name: str) -> date | None:
        """A calendar date, if one was sent."""
        found = self.value(name, None)
        try:
            return date.fromisoformat(found) if found is not None else None
        except (TypeError, ValueError):
            raise WrongRequestError(f"{name} must be a date such as 2026-11-02") from None

    def json_object(self, name: str) -> Json:
        """An object."""
        found = self.value(name)
        if not isinstance(found, dict):
            raise WrongRequestError(f"{name} must be a JSON object")
        return found

    def company(self, world: World) -> Books:
        """The books of the company named by `realm`."""
        realm = self.text("realm")
        if realm not in world.companies:
            raise WrongRequestError(f"there is no company {realm}; there are {', '.join(world.companies)}")
        return world.companies[realm]

    def entity(self, default: Any = MISSING) -> str:
        """The kind of object named by `entity`."""
        found = self.text("entity", default)
        if found not in ENTITIES:
            raise WrongRequestError(f"entity must be one of {', '.join(ENTITIES)}")
        return found
