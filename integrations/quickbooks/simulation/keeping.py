"""Keeps the simulated world in a file between two starts of the sandbox, where it is told to."""

import asyncio
import json
import logging
import os
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from integrations.quickbooks.simulation.answers import Answer, Json, dump
from integrations.quickbooks.simulation.books import Books
from integrations.quickbooks.simulation.oauth import Grant
from integrations.quickbooks.simulation.world import World

VERSION = 1
SAVE_AFTER_SECONDS = 0.3

log = logging.getLogger(__name__)


class Keeper:
    """Writes the world down shortly after it changed; a killed process loses no more than that moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._path = Path(world.settings.state_file) if world.settings.state_file else None
        self._timer: asyncio.TimerHandle | None = None

    def recall(self) -> bool:
        """Bring back what was kept; what cannot be read is moved aside and said aloud."""
        if self._path is None or not self._path.exists():
            return False
        try:
            kept = json.loads(self._path.read_bytes(), parse_float=Decimal)
            if kept["version"] != VERSION:
                raise ValueError(f"written by version {kept['version']}, this is {VERSION}")
            restore(self._world, kept)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
            aside = self._path.with_suffix(".damaged")
            log.warning(
                "QuickBooks simulator: %s cannot be read (%s); starting fresh, kept as %s", self._path, problem, aside
            )
            self._path.replace(aside)
            self._world.reset()
            return False
        return True

    def changed(self) -> None:
        """Something may have changed: it will be written down within a moment."""
        if self._path is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, self.save)

    def save(self) -> None:
        """Write the world down now, whole or not at all, readable by its owner only."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(dump(snapshot(self._world)))
        fresh.replace(self._path)


def snapshot(world: World) -> Json:
    """Books, connections, clock and answered request ids; not the log, the faults or what webhooks wait."""
    return {
        "version": VERSION,
        "offset_seconds": world.clock.offset_seconds,
        "books": {realm: _books(books) for realm, books in world.companies.items()},
        "grants": [asdict(grant) for grant in world.oauth.grants],
        "access": world.oauth.living_access_tokens(),
        "answered": [
            [realm, key, answer.status, answer.body.decode(), answer.content_type]
            for (realm, key), answer in world.answered.items()
        ],
    }


def restore(world: World, kept: Json) -> None:
    """The world as it was kept."""
    world.clock.offset_seconds = float(kept["offset_seconds"])
    world.oauth.restore([Grant(**_plain(grant)) for grant in kept["grants"]], kept["access"])
    world.answered = {
        (realm, key): Answer(status, body.encode(), content_type)
        for realm, key, status, body, content_type in kept["answered"]
    }
    for realm, found in kept["books"].items():
        books = world.companies[realm]
        books.company, books.preferences = found["company"], found["preferences"]
        books.replace_all(found["objects"], found["deleted"], found["counters"])


def _books(books: Books) -> Json:
    return {**books.whole(), "counters": books.counters()}


def _plain(grant: Json) -> Json:
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in grant.items()}
