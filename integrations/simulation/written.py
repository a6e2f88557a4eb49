"""Books and a vendor's own facts as JSON text and back, exactly: amounts, dates and the neutral objects."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.simulation.entities import Credit, Customer, Invoice, Line, Payment, Person, Refund

CLASSES: dict[str, type] = {one.__name__: one for one in (Customer, Person, Invoice, Line, Payment, Refund, Credit)}


def as_text(value: Any) -> str:
    """Texts, numbers, lists, mappings, sets, Decimals, dates, times and the objects of the books."""
    return json.dumps(value, default=_as_json, ensure_ascii=False, separators=(",", ":"))


def _as_json(value: Any) -> Any:
    match value:
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$time": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case set() | frozenset():
            return {"$set": sorted(value)}
    if type(value).__name__ in CLASSES:
        return {"$": type(value).__name__, **vars(value)}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def from_text(text: str) -> Any:
    """What `as_text` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return json.loads(text, object_hook=_from_json)


def _from_json(found: dict[str, Any]) -> Any:
    match found:
        case {"$decimal": text}:
            return Decimal(text)
        case {"$time": text}:
            return datetime.fromisoformat(text)
        case {"$date": text}:
            return date.fromisoformat(text)
        case {"$set": values}:
            return set(values)
        case {"$": name}:
            return CLASSES[name](**{field: value for field, value in found.items() if field != "$"})
    return found
