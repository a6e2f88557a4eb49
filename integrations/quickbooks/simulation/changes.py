"""Change data capture: full objects changed since a moment, and the little that is left of deleted ones."""

from datetime import timedelta

from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.bodies import missing
from integrations.quickbooks.simulation.books import TRACKED, Books
from integrations.quickbooks.simulation.clock import read_time

LOOK_BACK = timedelta(days=30)
MOST_OBJECTS = 1000

NAMES = {name.lower(): name for name in TRACKED}


def capture(books: Books, entities: str | None, changed_since: str | None) -> Json:
    """The CDCResponse, one group an entity in the order asked for, at most 1000 objects in all."""
    if not entities:
        raise missing("entities")
    if not changed_since:
        raise missing("changedSince")
    names = [_named(one) for one in entities.split(",")]
    since = _moment(books, changed_since)
    groups: list[Json] = []
    left = MOST_OBJECTS
    for name in names:
        found = books.tables[name].changes_since(since)[:left]
        left -= len(found)
        groups.append(_group(books, name, found))
    return {"CDCResponse": [{"QueryResponse": groups}]}


def _group(books: Books, name: str, found: list[Json]) -> Json:
    """Nothing changed is an empty object, or an empty list where the company never had such a thing: both occur."""
    if found:
        return {name: found, "startPosition": 1, "maxResults": len(found), "totalCount": len(found)}
    if len(books.tables[name]):
        return {}
    return {name: [], "startPosition": 1, "maxResults": 0}


def _named(name: str) -> str:
    entity = NAMES.get(name.strip().lower())
    if entity is None:
        raise ApiFault("4001", "Invalid query", f"Entity {name.strip()!r} is not supported by change data capture")
    return entity


def _moment(books: Books, text: str) -> float:
    try:
        moment = read_time(text)
    except ValueError:
        raise ApiFault("4001", "Invalid query", f"changedSince {text!r} is not a date and time") from None
    if moment < books.clock.now() - LOOK_BACK:
        raise ApiFault("4001", "Invalid query", "changedSince must lie within the last 30 days")
    return float(int(moment.timestamp()))
