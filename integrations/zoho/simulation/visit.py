"""One admitted call of the data API: who asks, whose books, what is meant by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from integrations.simulation.books import Books
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.tokens import Grant
from integrations.zoho.simulation import answers, lists
from integrations.zoho.simulation.view import View

if TYPE_CHECKING:
    from integrations.zoho.simulation.world import ZohoWorld

type Form = Literal["text", "id", "number", "boolean", "day", "objects", "anything"]


@dataclass
class Visit:
    """What every endpoint's work is handed."""

    world: "ZohoWorld"
    call: Call
    grant: Grant
    data_center: str
    ids: dict[str, str]
    found: View | None = None

    @property
    def view(self) -> View:
        """The organization that was asked for; only the list of organizations has none."""
        if self.found is None:
            raise answers.invalid_value("organization_id")
        return self.found

    @property
    def books(self) -> Books:
        return self.view.books

    def body(self, fields: Mapping[str, Form], *, required: tuple[str, ...] = ()) -> Json:
        """The JSON body, read and checked. Raises the vendor's error for an unknown, missing or ill-formed field."""
        return checked(self.json(), fields, required=required)

    def json(self) -> Any:
        """The body as JSON and nothing else."""
        if self.call.content_type != "application/json":
            raise answers.refusal(9, "Invalid value passed for JSONString")
        try:
            return self.call.json()
        except ValueError:
            raise answers.refusal(1038, "JSON is not well formed") from None

    def flag(self, name: str) -> bool:
        """A boolean query parameter, false where it is not given."""
        value = self.call.param(name, "false")
        if value not in ("true", "false"):
            raise answers.invalid_value(name)
        return value == "true"


type Work = Callable[[Visit], Answer]


def checked(given: Any, fields: Mapping[str, Form], *, required: tuple[str, ...] = ()) -> Json:
    """An object of these fields, ids as texts, numbers as Decimal, days as dates."""
    if not isinstance(given, dict):
        raise answers.refusal(1038, "JSON is not well formed")
    for name in given:
        if name not in fields:
            raise answers.invalid_value(name)
    for name in required:
        if given.get(name) in (None, "", []):
            raise answers.invalid_value(name)
    return {name: _as(fields[name], name, value) for name, value in given.items()}


def _as(form: Form, name: str, value: Any) -> Any:
    match form, value:
        case "anything", _:
            return value
        case "id", str() | int() if not isinstance(value, bool) and str(value).isdecimal():
            return str(value)
        case ("text", str()) | ("boolean", bool()):
            return value
        case "number", int() | Decimal() if not isinstance(value, bool):
            return Decimal(value)
        case "day", str():
            return _day(value, name)
        case "objects", list() if all(isinstance(one, dict) for one in value):
            return value
    raise answers.invalid_value(name)


def _day(value: str, name: str) -> date | None:
    return lists.day(value, name) if value else None
