"""What we must remember of a write that a vendor keeps no key for: how things stood before it, under our own key.

Written before anything is written at the vendor, each time in a transaction of its own, so a killed worker's successor knows
what its predecessor saw. Rows of the database: nothing that may not be lost lives in a cache.
"""

from typing import Any, Protocol
from uuid import UUID

from integrations.models import WriteMemory
from syntharra.clock import machine_now

type Facts = dict[str, Any]


class Memories(Protocol):
    """What is known of writes, by key."""

    def read(self, key: str) -> Facts:
        """Nothing known is an empty dictionary."""

    def write(self, key: str, facts: Facts) -> None: ...

    def forget(self, key: str) -> None: ...


class Remembered:
    """The memories of one connection."""

    def __init__(self, connection_id: UUID) -> None:
        self._connection_id = connection_id

    def read(self, key: str) -> Facts:
        found = WriteMemory.objects.filter(connection_id=self._connection_id, key=key).first()
        return dict(found.facts) if found is not None else {}

    def write(self, key: str, facts: Facts) -> None:
        WriteMemory.objects.update_or_create(
            connection_id=self._connection_id, key=key, defaults={"facts": facts, "changed_at": machine_now()}
        )

    def forget(self, key: str) -> None:
        WriteMemory.objects.filter(connection_id=self._connection_id, key=key).delete()


class Fleeting:
    """Memories for as long as the process lives: for whoever only reads, and for tests without rows."""

    def __init__(self) -> None:
        self._facts: dict[str, Facts] = {}

    def read(self, key: str) -> Facts:
        return dict(self._facts.get(key, {}))

    def write(self, key: str, facts: Facts) -> None:
        self._facts[key] = dict(facts)

    def forget(self, key: str) -> None:
        self._facts.pop(key, None)
