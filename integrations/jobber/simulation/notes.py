"""Notes of the staff on invoices and clients, kept beside the object they are on."""

from integrations.jobber.simulation import times
from integrations.jobber.simulation.asking import Asking
from integrations.jobber.simulation.ids import encoded
from integrations.simulation.call import Json

FIRST = 80_000
LINKS = ("invoices", "jobs", "quotes", "requests")


def new(asking: Asking, extra: Json, message: str, *, pinned: bool, links: Json | None = None) -> Json:
    """A note added to an object's own facts."""
    own = asking.world.own
    own["notes"] = int(own.get("notes", 0)) + 1
    note = {
        "id": encoded("Note", FIRST + own["notes"]),
        "message": message,
        "pinned": pinned,
        "links": {**dict.fromkeys(LINKS, False), **(links or {})},
        "created_at": asking.books.clock.now(),
        "edited_at": None,
    }
    extra["notes"] = [*extra.get("notes", ()), note]
    return note


def change(asking: Asking, note: Json, wanted: Json) -> None:
    """Other words, or pinned or not."""
    note |= {name: wanted[name] for name in ("message", "pinned") if wanted.get(name) is not None}
    note["edited_at"] = asking.books.clock.now()


def rendered(note: Json) -> Json:
    """As Jobber shows it."""
    edited = note["edited_at"]
    return {
        "id": note["id"],
        "message": note["message"],
        "pinned": note["pinned"],
        "linkedTo": note["links"],
        "createdAt": times.instant(note["created_at"]),
        "lastEditedAt": times.instant(edited) if edited else None,
    }
