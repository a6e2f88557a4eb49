"""Which questions their lists take, and which of their rows say too little to be used as they are. Pure.

Calls are counted by the day at Zoho, so no row is looked into that can do without.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Json
from integrations.zoho import refs

PATHS = {
    "contact": "/contacts",
    "invoice": "/invoices",
    "creditnote": "/creditnotes",
    "customerpayment": "/customerpayments",
}
LOOK_BACK = timedelta(days=60)
MOST_AT_FIRST = 200
"""So many of a kind are looked into when the whole is read without a start; the others when they change."""
LATELY = timedelta(days=14)

_FULL_WITH = {
    "contact": "contact_persons",
    "invoice": "line_items",
    "creditnote": "invoices_credited",
    "customerpayment": "invoices",
}
_SINGLES = {"customerpayment": ("payment", "customerpayment")}


def parameters(entity: str, since: datetime | None, first_day: date) -> list[tuple[str, str]]:
    """What a list is asked with: all of it, or what changed since then."""
    match entity:
        case "contact":
            order = [("sort_column", "last_modified_time"), ("sort_order", "D")]
            return [("contact_type", "customer"), *order]
        case "invoice":
            changed = [("last_modified_time", refs.stamp(since))] if since is not None else []
            return [("sort_column", "created_time"), *changed]
        case _:
            return [("date_start", first_day.isoformat())] if since is not None else []


def single(answer: Json, entity: str) -> Any:
    """The one object in an answer."""
    names = _SINGLES.get(entity, (entity,))
    return next((answer[name] for name in names if name in answer), None)


def is_older(row: Any, since: datetime | None) -> bool:
    """Whether this row did not change since then. Where it does not say, it may have."""
    changed = refs.changed_at(row) if isinstance(row, dict) else None
    return since is not None and changed is not None and changed < since


def is_known(entity: str, row: Any, since: datetime | None) -> bool:
    """A payment or credit note listed for its date, which did not change since then."""
    return entity in ("creditnote", "customerpayment") and is_older(row, since)


def is_needed(entity: str, row: Json, since: datetime | None, looked: int, first_day: date, now: datetime) -> bool:
    """Whether a row must be looked into. Without a start only what is owed on or by, and what was paid lately."""
    if _FULL_WITH[entity] in row or (entity == "creditnote" and row.get("balance") == row.get("total")):
        return False  # of a credit that is whole, nothing was used
    if since is not None:
        return True
    if entity == "contact":
        return _is_positive(row.get("outstanding_receivable_amount"))
    if entity == "invoice":
        is_open = fields.text(row, "status").casefold() not in ("void", "draft") and _is_positive(row.get("balance"))
        return looked < MOST_AT_FIRST and (is_open or not is_older(row, now - LATELY))
    dated = _day(row)
    return looked < MOST_AT_FIRST or dated is None or dated >= first_day


def _is_positive(value: Any) -> bool:
    """Whether something is owed; where they do not say, it may be."""
    return not isinstance(value, Decimal) or value > 0


def _day(row: Json) -> date | None:
    try:
        return fields.day(refs.plain(row), "date")
    except fields.Bad:
        return None
