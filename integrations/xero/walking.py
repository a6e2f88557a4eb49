"""Walks through one endpoint of theirs after the other, in the order of last changes, losing nothing on the way.

A full page is followed by asking again from where it ended (``If-Modified-Since``), not by the next number: an object
changed while we page moves to the end and nothing moves past us. Only where more objects than a page holds were changed
in the same second is the next number asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Disconnected, Unavailable
from integrations.fields import Bad
from integrations.ledger import Cursor, Home, Item, Page
from integrations.xero import mapping, shapes
from integrations.xero.client import Client

PAGE = 1000
OVERLAP = timedelta(minutes=5)
_SMALLEST_PAGE = 100  # where an answer does not tell how many pages there are
_SECOND = timedelta(seconds=1)

OPEN = "Open"
"""The invoices that are open now, changed or not: a stage of its own."""
_ENTITIES = list(mapping.ENTITIES)
# They may lie under a permission of their own; without it the invoices still tell that something was credited.
_OPTIONAL = {"Overpayments", "Prepayments"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk stands in one endpoint: what changed since when, and on which page of that."""

    since: datetime | None
    page: int = 1


@dataclass(slots=True)
class Walk:
    """A walk through all endpoints, as a cursor keeps it."""

    marks: dict[str, str]  # the latest change seen of each endpoint
    swept: str = ""  # when what is open was last read whole
    sweep: bool = False
    stage: int = 0
    place: Place | None = None

    @classmethod
    def of(cls, cursor: Cursor) -> "Walk":
        marks = cursor.get("marks")
        kept = {str(name): str(at) for name, at in marks.items()} if isinstance(marks, dict) else {}
        place = Place(fields.moment(cursor.get("since")), int(cursor["page"])) if "page" in cursor else None
        return cls(kept, str(cursor.get("swept", "")), bool(cursor.get("sweep")), int(cursor.get("stage", 0)), place)

    @property
    def cursor(self) -> Cursor:
        found: Cursor = {"marks": dict(self.marks), "swept": self.swept, "stage": self.stage}
        if self.sweep:
            found["sweep"] = True
        if self.place is not None:
            found |= {"page": self.place.page, "since": self.place.since.isoformat() if self.place.since else ""}
        return found

    @property
    def under_way(self) -> bool:
        return self.stage > 0 or self.place is not None

    def remaining(self) -> list[str]:
        return ([OPEN, *_ENTITIES] if self.sweep else _ENTITIES)[self.stage :]

    def start_of(self, entity: str) -> Place:
        mark = fields.moment(self.marks.get(entity))
        return Place(mark - OVERLAP if mark else None)

    def pages(self, client: Client, home: Home) -> Iterator[Page]:
        """Everything from where it stands; each page knows how to go on after it."""
        for entity in self.remaining():
            place: Place | None = self.place or self.start_of(entity)
            while place is not None:
                try:
                    raws, following = fetch(client, entity, place)
                except Disconnected as error:
                    if entity not in _OPTIONAL or error.problem != "scope_missing":
                        raise
                    raws, following = [], None
                self._saw(entity, raws)
                self.stage, self.place = (self.stage, following) if following else (self.stage + 1, None)
                yield Page(tuple(ours(entity, raws, home)), self.cursor)
                place = following

    def _saw(self, entity: str, raws: list[Any]) -> None:
        if entity == OPEN:
            return  # says nothing about what else changed
        before = fields.moment(self.marks.get(entity))
        latest = max((at for raw in raws if (at := _changed_at(raw))), default=None)
        if latest is not None and (before is None or latest > before):
            self.marks[entity] = latest.isoformat()


def fetch(client: Client, entity: str, place: Place) -> tuple[list[Any], Place | None]:
    """One page as it came, and where the next one begins; None at the end."""
    name = "Invoices" if entity == OPEN else entity
    answer = client.get(f"/{name}", *_parameters(entity, place.page, PAGE), headers=_since(place))
    raws = rows(answer, name)
    if not _is_more(answer, len(raws), place.page):
        return raws, None
    times = [_changed_at(raw) for raw in raws]
    last = times[-1]
    if last is not None and all(one and following and one <= following for one, following in pairwise(times)):
        onward = last.replace(microsecond=0) - _SECOND
        if place.since is None or onward > place.since:
            return raws, Place(onward)
    return raws, Place(place.since, place.page + 1)


def ours(entity: str, raws: list[Any], home: Home) -> list[Item]:
    """What of this is ours to collect, in our words."""
    name = "Invoices" if entity == OPEN else entity
    return [mapping.item(name, raw, home) for raw in raws if not mapping.left_out(name, raw)]


def count(client: Client, entity: str, place: Place) -> int:
    """How many objects there are; 0 where Xero does not say."""
    name = "Invoices" if entity == OPEN else entity
    try:
        answer = client.get(f"/{name}", *_parameters(entity, 1, 1), headers=_since(place))
    except Disconnected as error:
        if entity not in _OPTIONAL or error.problem != "scope_missing":
            raise
        return 0
    return _pagination(answer, "itemCount") or 0


def rows(answer: Any, name: str) -> list[Any]:
    """The objects in an answer. Raises Unavailable when it is none."""
    try:
        return mapping.rows(answer, name)
    except Bad as bad:
        raise Unavailable(_("Xero sent something we cannot read."), said=str(bad), problem="answer_garbled") from None


def _parameters(entity: str, page: int, size: int) -> list[tuple[str, str]]:
    found = [("page", str(page)), ("pageSize", str(size)), ("order", "UpdatedDateUTC ASC")]
    if entity in ("Invoices", OPEN):
        found.append(("where", 'Type=="ACCREC"'))  # else the bills of suppliers come along
    if entity == OPEN:
        found.append(("Statuses", "AUTHORISED"))
    if entity == "Contacts":
        found.append(("includeArchived", "true"))
    return found


def _since(place: Place) -> dict[str, str]:
    """Their clock is UTC and has whole seconds."""
    if place.since is None:
        return {}
    return {"If-Modified-Since": place.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")}


def _is_more(answer: Any, size: int, page: int) -> bool:
    if size == 0:
        return False
    pages = _pagination(answer, "pageCount")
    return page < pages if pages is not None else size >= _SMALLEST_PAGE


def _pagination(answer: Any, name: str) -> int | None:
    inside = answer.get("pagination") if isinstance(answer, dict) else None
    try:
        return int(inside[name]) if isinstance(inside, dict) else None
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _changed_at(raw: Any) -> datetime | None:
    return shapes.moment(raw, "UpdatedDateUTC") if isinstance(raw, dict) else None
