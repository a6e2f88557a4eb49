"""Lists: which records a query means, in which order, and which page of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from integrations.simulation.call import Call, Json
from integrations.xero.simulation.answers import bad_query, invalid
from integrations.xero.simulation.fields import Record
from integrations.xero.simulation.forms import is_guid
from integrations.xero.simulation.where import BadQuery, Fields, parse, parse_order

PAGE_SIZE = 100
LARGEST_PAGE = 1000
STATUSES = ("DRAFT", "SUBMITTED", "DELETED", "AUTHORISED", "PAID", "VOIDED")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What a list endpoint lets one ask for."""

    name: str  # of the list in the answer
    type_name: str  # as the filter language calls it
    fields: Fields
    params: frozenset[str]


@dataclass(frozen=True)
class Page:
    """The records of one page; `pagination` is None where no page was asked for."""

    records: list[Record]
    pagination: Json | None


def find(call: Call, resource: Resource, records: list[Record]) -> Page:
    """Filter, order and cut. Raises VendorRefusal for anything that cannot be asked."""
    check_params(call, resource.params)
    since = modified_since(call)
    chosen = [one for one in records if since is None or one.updated_at >= since]
    for name, value in (("IDs", "id"), ("ContactIDs", "contact")):
        if wanted := _guids(call, name):
            chosen = [one for one in chosen if (one.id if value == "id" else one.whose.id) in wanted]
    for name, field in (("InvoiceNumbers", "InvoiceNumber"), ("Statuses", "Status"), ("References", "Reference")):
        chosen = _listed(call, resource, name, field, chosen)
    chosen = _searched(call, resource, chosen)
    try:
        if text := call.param("where"):
            chosen = [*filter(parse(text, resource.fields, resource.type_name), chosen)]
        chosen.sort(key=lambda one: (one.updated_at, one.id))
        if text := call.param("order"):
            for value_of, highest_first in reversed(parse_order(text, resource.fields, resource.type_name)):
                chosen.sort(key=_sorting(value_of), reverse=highest_first)
    except BadQuery as problem:
        raise bad_query(call, str(problem)) from None
    return _cut(call, chosen)


def check_params(call: Call, known: frozenset[str]) -> None:
    """Raises VendorRefusal for a parameter this endpoint does not have, or one given twice."""
    names = [name for name, _ in call.params]
    if unknown := sorted(set(names) - known):
        raise bad_query(call, f"The parameter '{unknown[0]}' was not recognised.")
    if len(names) > len(set(names)):
        raise bad_query(call, "A parameter was given more than once.")


def flag(call: Call, name: str, *, default: bool = False) -> bool:
    text = call.param(name).lower()
    if text in ("", "true", "false"):
        return default if not text else text == "true"
    raise bad_query(call, f"The value '{call.param(name)}' is not valid for {name}.")


def number(call: Call, name: str, default: int, *, most: int) -> int:
    text = call.param(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise invalid(call, f"{name} must be a number from 1 to {most}")
    return int(text)


def unit_places(call: Call) -> int:
    """2 unless four decimals of unit amounts were asked for."""
    if call.param("unitdp") not in ("", "2", "4"):
        raise bad_query(call, "The value of unitdp must be 2 or 4.")
    return int(call.param("unitdp") or 2)


def modified_since(call: Call) -> datetime | None:
    """The If-Modified-Since header, ISO or as HTTP writes dates; without a zone it is UTC."""
    text = call.headers.get("if-modified-since", "").strip()
    if not text:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except ValueError:
            continue
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    raise bad_query(call, f"The If-Modified-Since header '{text}' is not a date.")


def _guids(call: Call, name: str) -> set[str]:
    found = {text.strip().lower() for text in call.param(name).split(",") if text.strip()}
    if wrong := next((text for text in found if not is_guid(text)), None):
        raise bad_query(call, f"{name}: '{wrong}' is not a Guid.")
    return found


def _listed(call: Call, resource: Resource, name: str, field: str, records: list[Record]) -> list[Record]:
    wanted = {text.strip() for text in call.param(name).split(",") if text.strip()}
    if not wanted:
        return records
    if name == "Statuses" and (wrong := next((text for text in sorted(wanted) if text not in STATUSES), None)):
        raise bad_query(call, f"Statuses: '{wrong}' is not a status.")
    value_of = resource.fields[field][1]
    return [one for one in records if value_of(one) in wanted]


def _searched(call: Call, resource: Resource, records: list[Record]) -> list[Record]:
    term = call.param("searchTerm").lower()
    if not term:
        return records
    names = [name for name in ("InvoiceNumber", "Reference", "Name", "EmailAddress") if name in resource.fields]
    getters = [resource.fields[name][1] for name in names]
    return [one for one in records if any(term in (value_of(one) or "").lower() for value_of in getters)]


def _sorting(value_of: Callable[[Record], object]) -> Callable[[Record], tuple[bool, object]]:
    """Absent values come first."""

    def key(record: Record) -> tuple[bool, object]:
        value = value_of(record)
        return (value is not None, value if value is not None else 0)

    return key


def _cut(call: Call, records: list[Record]) -> Page:
    if not call.param("page"):
        return Page(records, None)
    page = number(call, "page", 1, most=1_000_000)
    size = number(call, "pageSize", PAGE_SIZE, most=LARGEST_PAGE)
    pages = -(-len(records) // size)
    pagination = {"page": page, "pageSize": size, "pageCount": pages, "itemCount": len(records)}
    return Page(records[(page - 1) * size : page * size], pagination)
