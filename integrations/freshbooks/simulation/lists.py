"""A page of a list: searched, sorted, cut to a page, with the numbers beside it."""

import re
from dataclasses import dataclass
from typing import Any

from integrations.freshbooks.simulation import searches
from integrations.freshbooks.simulation.errors import INVALID_PAGE, INVALID_PER_PAGE, Refused, invalid
from integrations.freshbooks.simulation.resources import Resource
from integrations.freshbooks.simulation.view import DELETED, View

type Json = dict[str, Any]
type Params = list[tuple[str, str]]

MOST_PER_PAGE = 100
REMEMBERED = 12
"""Searches."""
SORT = re.compile(r"([a-z_]+)_(asc|desc)")


@dataclass(frozen=True)
class Page:
    """Which page, of how many rows."""

    number: int
    per_page: int


def page(view: View, resource: Resource, params: Params) -> Json:
    """The list and its numbers. Raises Refused for a parameter that is unknown or cannot be."""
    check_names(resource, params)
    include, wanted_page = included(resource, params), which(params, resource.noun, view.settings.default_per_page)
    rows = _remembered(view, resource, params)
    return {
        resource.plural: [resource.render(view, row, include) for row in cut(rows, wanted_page)],
        **numbers(len(rows), wanted_page),
    }


def included(resource: Resource, params: Params) -> set[str]:
    """What `include[]` asks for. Raises Refused for what this kind has not."""
    wanted = {value for name, value in params if name == "include[]"}
    if unknown := sorted(wanted - resource.includes):
        raise invalid(resource.noun, "include[]", unknown[0], "Unrecognized include.")
    return wanted


def check_names(resource: Resource, params: Params, *, listed: bool = True) -> None:
    """Raises Refused for a parameter nobody knows."""
    known = ("include[]", "page", "per_page", "sort") if listed else ("include[]",)
    for name, value in params:
        if name not in known and not (listed and searches.KEY.fullmatch(name)):
            raise invalid(resource.noun, name, value, "Unrecognized parameter.")


def which(params: Params, object: str, default_per_page: int) -> Page:
    """Page 0 is page 1; more than 100 rows a page are silently 100."""
    given = dict(params)
    number = _whole(given.get("page", "1"))
    if number is None:
        raise Refused(INVALID_PAGE, "Page must be a number.", object, "page", given["page"])
    per_page = _whole(given.get("per_page", str(default_per_page)))
    if not per_page:
        raise Refused(INVALID_PER_PAGE, "Per_page must be a positive number.", object, "per_page", given["per_page"])
    return Page(max(1, number), min(per_page, MOST_PER_PAGE))


def cut[T](rows: list[T], wanted: Page) -> list[T]:
    """The rows of the page: none beyond the last."""
    return rows[(wanted.number - 1) * wanted.per_page : wanted.number * wanted.per_page]


def numbers(total: int, wanted: Page) -> Json:
    """What stands beside the list."""
    pages = -(-total // wanted.per_page)
    return {"page": wanted.number, "pages": pages, "per_page": wanted.per_page, "total": total}


def _remembered(view: View, resource: Resource, params: Params) -> list[Any]:
    """The rows in their order, searched for once as long as nothing was saved and the day and the settings stay."""
    books = view.books
    asked = tuple(sorted(one for one in params if one[0] not in ("page", "per_page", "include[]")))
    key = (books.account, resource.plural, asked, books.changes, books.today(), view.settings)
    if key not in view.found:
        if len(view.found) >= REMEMBERED:
            view.found.clear()
        view.found[key] = _search(view, resource, params)
    return view.found[key]


def _search(view: View, resource: Resource, params: Params) -> list[Any]:
    ignore = view.settings.unknown_search == "ignore"
    wanted = searches.read(params, resource.searches, resource.noun, ignore_unknown=ignore)
    rows = [
        row
        for row in resource.rows(view)
        if (wanted.about_state or resource.state(row) != DELETED) and wanted.fits(view, row)
    ]
    return _sorted(view, resource, params, rows)


def _sorted(view: View, resource: Resource, params: Params, rows: list[Any]) -> list[Any]:
    """As asked for, else the newest first; equals by id."""
    wanted = dict(params).get("sort")
    if wanted is None:
        return sorted(rows, key=lambda row: int(row.id), reverse=True)
    found = SORT.fullmatch(wanted)
    known = found is not None and found.group(1) in resource.sorts
    if found is None or not known or (found.group(1) == "updated" and not view.settings.sort_by_updated):
        raise invalid(resource.noun, "sort", wanted, "Unrecognized sort.")
    get = resource.sorts[found.group(1)]
    return sorted(rows, key=lambda row: (get(view, row), int(row.id)), reverse=found.group(2) == "desc")


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
