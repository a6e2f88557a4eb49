"""One kind of object in one company's books, kept in order of id and in order of last change."""

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterator

from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.clock import read_time

type IdKey = tuple[int, int, str]
"""Ids sort as numbers whatever their length; whatever is no number comes last, as text."""

REMEMBERED_SEARCHES = 8
HIGHEST: IdKey = (2, 0, "")


def id_key(identity: str) -> IdKey:
    """Where an id stands in the order of ids."""
    if identity.isascii() and identity.isdigit():
        return (0, int(identity), identity)
    return (1, 0, identity)


def changed_at(item: Json, fallback: float) -> float:
    """Epoch seconds of `MetaData.LastUpdatedTime`; the fallback where it is missing or unreadable."""
    meta = item.get("MetaData")
    text = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
    try:
        return read_time(text).timestamp() if isinstance(text, str) else fallback
    except ValueError:
        return fallback


class Table:
    """Putting and removing cost a binary search; reading a page costs the page."""

    def __init__(self) -> None:
        self._items: dict[str, Json] = {}
        self._deleted: dict[str, Json] = {}
        self._changed: dict[str, float] = {}
        self._by_id: list[IdKey] = []
        self._by_change: list[tuple[float, IdKey]] = []
        self._deleted_by_change: list[tuple[float, IdKey]] = []
        self._searches: OrderedDict[object, list[str]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Json]:
        return (self._items[key[2]] for key in self._by_id)

    def get(self, identity: str) -> Json | None:
        """The object with this id, unless it is deleted."""
        return self._items.get(identity)

    def changed(self, identity: str) -> float:
        """When the object was last changed, in epoch seconds."""
        return self._changed[identity]

    def ids(self) -> list[str]:
        """All ids, lowest first."""
        return [key[2] for key in self._by_id]

    def ids_changed_since(self, moment: float) -> list[str]:
        """Ids changed at this moment or later, oldest change first."""
        start = bisect_left(self._by_change, (moment, (-1, 0, "")))
        return [key[2] for _, key in self._by_change[start:]]

    def changes_since(self, moment: float) -> list[Json]:
        """Objects and the remains of deleted ones changed at this moment or later, oldest change first."""
        low: tuple[float, IdKey] = (moment, (-1, 0, ""))
        living = self._by_change[bisect_left(self._by_change, low) :]
        dead = self._deleted_by_change[bisect_left(self._deleted_by_change, low) :]
        found = [(at, key, self._items[key[2]]) for at, key in living]
        found += [(at, key, self._deleted[key[2]]) for at, key in dead]
        found.sort(key=lambda one: one[:2])
        return [item for _, _, item in found]

    def put(self, identity: str, item: Json, now: float) -> None:
        """Add or replace an object; a deleted id comes back to life."""
        key = id_key(identity)
        if identity in self._items:
            self._forget_change(identity)
        else:
            insort(self._by_id, key)
        if self._deleted.pop(identity, None) is not None:
            self._deleted_by_change = [one for one in self._deleted_by_change if one[1] != key]
        moment = changed_at(item, now)
        self._items[identity] = item
        self._changed[identity] = moment
        insort(self._by_change, (moment, key))
        self._searches.clear()

    def delete(self, identity: str, remains: Json, now: float) -> None:
        """Take an object out; only its remains are still seen by those who ask for changes."""
        key = id_key(identity)
        self._forget_change(identity)
        del self._items[identity]
        del self._changed[identity]
        self._by_id.pop(bisect_left(self._by_id, key))
        self._searches.clear()
        self.bury(identity, remains, now)

    def bury(self, identity: str, remains: Json, now: float) -> None:
        """Keep the remains of something that is no longer here."""
        self._deleted[identity] = remains
        insort(self._deleted_by_change, (changed_at(remains, now), id_key(identity)))

    def deleted(self) -> list[Json]:
        """What is left of deleted objects, oldest first."""
        return [self._deleted[key[2]] for _, key in self._deleted_by_change]

    def remembered(self, search: object) -> list[str] | None:
        """The ids an equal search found, if nothing was written since."""
        found = self._searches.get(search)
        if found is not None:
            self._searches.move_to_end(search)
        return found

    def remember(self, search: object, ids: list[str]) -> None:
        """Keep what a search found, so that its next page need not search again."""
        self._searches[search] = ids
        if len(self._searches) > REMEMBERED_SEARCHES:
            self._searches.popitem(last=False)

    def _forget_change(self, identity: str) -> None:
        entry = (self._changed[identity], id_key(identity))
        self._by_change.pop(bisect_right(self._by_change, entry) - 1)
