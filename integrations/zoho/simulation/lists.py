"""Lists as the vendor gives them: which parameters each takes, how they filter, sorting and pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.simulation.call import Answer, Call, Json
from integrations.zoho.simulation.answers import invalid_value, success

MOST_PER_PAGE = 200
type Facts = dict[str, Any]
"""What a list can filter and sort by, as plain values: cheaper than the whole row."""
type Keep = Callable[[Facts], bool]

DATE_ENDINGS = ("", "_start", "_end", "_before", "_after")
AMOUNT_ENDINGS = ("", "_less_than", "_less_equals", "_greater_than", "_greater_equals")
TEXT_ENDINGS = ("", "_startswith", "_contains")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list of the vendor: `fields` are filters by kind, keyed by parameter, with the row's field they look at."""

    key: str
    report: str
    texts: dict[str, str] = field(default_factory=dict)
    exact: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)
    moments: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    """Parameters that the vendor takes and this simulator has nothing to match with: no row does."""
    statuses: dict[str, Keep] = field(default_factory=dict)
    filters: dict[str, Keep] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    counted: bool = False
    """Whether response_option is taken."""

    @property
    def parameters(self) -> set[str]:
        """Every query parameter this list takes."""
        names = {"page", "per_page", "sort_column", "sort_order", *self.exact, *self.moments, *self.ignored}
        names |= {name + ending for name in self.texts for ending in TEXT_ENDINGS}
        names |= {name + ending for name in self.dates for ending in DATE_ENDINGS}
        names |= {name + ending for name in self.amounts for ending in AMOUNT_ENDINGS}
        names |= {"status"} if self.statuses else set()
        names |= {"filter_by"} if self.filters else set()
        names |= {"search_text"} if self.searched else set()
        return names | ({"response_option"} if self.counted else set())


def listed[T](
    listing: Listing, all_of_them: Iterable[tuple[Facts, T]], render: Callable[[T], Json], call: Call
) -> Answer:
    """The page that was asked for, with its page_context. Raises the vendor's error for a value it cannot read."""
    keeps = _keeps(listing, call)
    found = [(facts, one) for facts, one in all_of_them if all(keep(facts) for keep in keeps)]
    column = call.param("sort_column", "created_time")
    if column not in listing.sorts:
        raise invalid_value("sort_column")
    order = call.param("sort_order", "D" if "sort_column" not in dict(call.params) else "A")
    if order not in ("A", "D"):
        raise invalid_value("sort_order")
    found.sort(key=lambda one: _sortable(one[0].get(column)), reverse=order == "D")
    page, per_page = _number(call, "page", 1), _number(call, "per_page", MOST_PER_PAGE)
    if per_page > MOST_PER_PAGE:
        raise invalid_value("per_page")
    shown = [render(one) for _, one in found[(page - 1) * per_page : page * per_page]]
    context: Json = {
        "page": page,
        "per_page": per_page,
        "has_more_page": page * per_page < len(found),
        "report_name": listing.report,
        "applied_filter": call.param("filter_by", next(iter(listing.filters))),
        "sort_column": column,
        "sort_order": order,
    }
    option = call.param("response_option", "0")
    if option not in ("0", "1", "2", "3", "4"):
        raise invalid_value("response_option")
    if option != "0":
        context |= {"total": len(found), "total_pages": -(-len(found) // per_page)}
    if option == "2":
        return success(page_context=context)
    parts: Json = {listing.key: shown}
    return success(**parts, page_context=context)


def moment(text: str, name: str) -> datetime:
    """A moment with an offset; a plus that was not encoded arrives as a space and is refused."""
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise invalid_value(name) from None
    return found


def day(text: str, name: str) -> date:
    """A calendar date and nothing else."""
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise invalid_value(name) from None


def _keeps(listing: Listing, call: Call) -> list[Keep]:
    keeps: list[Keep] = []
    for name, value in call.params:
        if name in ("page", "per_page", "sort_column", "sort_order", "response_option", "organization_id"):
            continue
        if not value:
            raise invalid_value(name)
        keeps.append(_keep(listing, name, value))
    return keeps


def _keep(listing: Listing, name: str, value: str) -> Keep:
    if name == "status":
        return _chosen(listing.statuses, name, value)
    if name == "filter_by":
        return _chosen(listing.filters, name, value)
    if name == "search_text":
        wanted = value.lower()
        return lambda row: any(wanted in str(row.get(one, "")).lower() for one in listing.searched)
    if name in listing.exact:
        return lambda row: str(row.get(listing.exact[name], "")) == value
    if name in listing.moments:
        since = moment(value, name)
        return lambda row: bool(row[listing.moments[name]].replace(microsecond=0) >= since)
    if name in listing.ignored:
        return lambda row: False
    for fields, endings, make in (
        (listing.dates, DATE_ENDINGS, _by_date),
        (listing.amounts, AMOUNT_ENDINGS, _by_amount),
        (listing.texts, TEXT_ENDINGS, _by_text),
    ):
        for ending in endings:
            if name.endswith(ending) and name.removesuffix(ending) in fields:
                return make(fields[name.removesuffix(ending)], ending, value, name)
    raise invalid_value(name)


def _by_date(column: str, ending: str, value: str, name: str) -> Keep:
    wanted = day(value, name)
    compare: dict[str, Callable[[date], bool]] = {
        "": lambda found: found == wanted,
        "_start": lambda found: found >= wanted,
        "_end": lambda found: found <= wanted,
        "_before": lambda found: found < wanted,
        "_after": lambda found: found > wanted,
    }
    return lambda row: row[column] is not None and compare[ending](row[column])


def _by_amount(column: str, ending: str, value: str, name: str) -> Keep:
    try:
        wanted = Decimal(value)
    except InvalidOperation:
        raise invalid_value(name) from None
    compare: dict[str, Callable[[Decimal], bool]] = {
        "": lambda found: found == wanted,
        "_less_than": lambda found: found < wanted,
        "_less_equals": lambda found: found <= wanted,
        "_greater_than": lambda found: found > wanted,
        "_greater_equals": lambda found: found >= wanted,
    }
    return lambda row: compare[ending](row[column])


def _by_text(column: str, ending: str, value: str, name: str) -> Keep:
    wanted = value.lower()
    compare: dict[str, Callable[[str], bool]] = {
        "": lambda found: found == wanted,
        "_startswith": lambda found: found.startswith(wanted),
        "_contains": lambda found: wanted in found,
    }
    return lambda row: compare[ending](str(row.get(column, "")).lower())


def _chosen(choices: dict[str, Keep], name: str, value: str) -> Keep:
    if value not in choices:
        raise invalid_value(name)
    return choices[value]


def _number(call: Call, name: str, default: int) -> int:
    text = call.param(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise invalid_value(name)
    return int(text)


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.lower() if isinstance(value, str) else value)
