"""The webhook callbacks of every business: registered, verified, gone. Plain JSON inside, so that it can be kept."""

import secrets
import string
from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]

FIRST = 2001
NOUNS: dict[str, tuple[str, ...]] = {
    "invoice": ("create", "update", "delete", "sendByEmail"),
    "payment": ("create", "update", "delete"),
    "client": ("create", "update", "delete"),
    "credit_note": ("create", "update", "delete"),
    "estimate": ("create", "update", "delete", "sendByEmail"),
    "expense": ("create", "update", "delete"),
    "item": ("create", "update", "delete"),
    "project": ("create", "update", "delete"),
    "recurring": ("create", "update", "delete"),
    "tax": ("create", "update", "delete"),
    "time_entry": ("create", "update", "delete"),
}
SCOPES = {
    "invoice": "invoices",
    "payment": "payments",
    "client": "clients",
    "credit_note": "credit_notes",
    "estimate": "estimates",
    "expense": "expenses",
    "item": "billable_items",
    "project": "projects",
    "recurring": "invoices",
    "tax": "taxes",
    "time_entry": "time_entries",
}
LETTERS = string.ascii_letters + string.digits


class Callbacks:
    """`own` is the world's drawer for the vendor's facts."""

    def __init__(self, own: dict[str, Any]) -> None:
        self._own = own

    def add(self, account: str, event: str, uri: str, at: str) -> Json:
        """A new one, not verified; its verifier signs everything that is ever sent to it."""
        number = self._own.get("next_callback", FIRST)
        self._own["next_callback"] = number + 1
        verifier = "".join(secrets.choice(LETTERS) for _ in range(34))
        made = {"id": number, "event": event, "uri": uri, "verified": False, "verifier": verifier, "updated_at": at}
        self._of(account)[str(number)] = made
        return made

    def get(self, account: str, id: str) -> Json | None:
        """None where there is none."""
        found: Json | None = self._of(account).get(id)
        return found

    def remove(self, account: str, id: str) -> bool:
        """False where there was none."""
        return self._of(account).pop(id, None) is not None

    def all(self, account: str) -> list[Json]:
        """Of one business, oldest first."""
        return list(self._of(account).values())

    def wanting(self, account: str, name: str) -> Iterator[Json]:
        """The verified ones that hear of this event, by its name or by its noun."""
        for one in self._of(account).values():
            if one["verified"] and one["event"] in (name, name.partition(".")[0]):
                yield one

    def _of(self, account: str) -> Json:
        found: Json = self._own.setdefault("callbacks", {}).setdefault(account, {})
        return found


def noun_of(event: str) -> str | None:
    """The noun of an event the vendor knows, None for any other."""
    noun, _, verb = event.partition(".")
    known = noun in NOUNS and (not verb if "." not in event else verb in NOUNS[noun])
    return noun if known else None
