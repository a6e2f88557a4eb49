"""Keeps a simulated world in a file between two starts of the sandbox, where it is told to."""

import asyncio
import json
import logging
import os
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from integrations.simulation.books import Books
from integrations.simulation.world import World
from integrations.simulation.written import as_text, from_text

VERSION = 1
SAVE_AFTER_SECONDS = 0.5

log = logging.getLogger(__name__)


class Keeper:
    """Writes the world down shortly after it changed; a killed process loses no more than that moment."""

    def __init__(self, world: World[Any], file: str | None = None) -> None:
        self._world = world
        named = file or world.settings.state_file
        self._path = Path(named) if named else None
        self._timer: asyncio.TimerHandle | None = None
        self._written: WeakKeyDictionary[Books, tuple[int, str]] = WeakKeyDictionary()  # and their count of changes

    def recall(self) -> bool:
        """Bring back what was kept; what cannot be read is moved aside and said aloud."""
        if self._path is None or not self._path.exists():
            return False
        try:
            kept = json.loads(self._path.read_bytes())
            if kept["version"] != VERSION or kept["vendor"] != self._world.vendor:
                raise ValueError(f"written by version {kept['version']} of {kept['vendor']}")
            self._restore(kept)
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
            aside = self._path.with_suffix(".damaged")
            vendor = self._world.vendor
            log.warning(
                "%s simulator: %s cannot be read (%s); starting fresh, kept as %s", vendor, self._path, problem, aside
            )
            self._path.replace(aside)
            self._world.reset()
            return False
        return True

    def changed(self) -> None:
        """Something may have changed: it will be written down within a moment."""
        if self._path is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_AFTER_SECONDS, self.save)

    def save(self, *, everything: bool = False) -> None:
        """Write the world down now, whole or not at all, readable by its owner only.

        Books that say they have not changed are taken as last written, unless `everything` is asked for.
        """
        if everything:
            self._written.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(self._snapshot(), file, ensure_ascii=False)
        fresh.replace(self._path)

    def _snapshot(self) -> dict[str, Any]:
        """Books, connections, clock and the vendor's own facts; not the log, the faults or what webhooks wait."""
        companies = self._world.companies
        return {
            "version": VERSION,
            "vendor": self._world.vendor,
            "offset_seconds": self._world.clock.offset_seconds,
            "tokens": self._world.tokens.kept(),
            "own": as_text(self._world.own),
            "books": companies.kept | {account: self._text(books) for account, books in companies.open.items()},
        }

    def _restore(self, kept: dict[str, Any]) -> None:
        world = self._world
        world.clock.offset_seconds = float(kept["offset_seconds"])
        world.tokens.bring_back(kept["tokens"])
        world.own.update(from_text(kept["own"]))
        world.companies.kept = {account: str(text) for account, text in kept["books"].items()}

    def _text(self, books: Books) -> str:
        changes, text = self._written.get(books, (-1, ""))
        if changes != books.changes:
            text = as_text(books.kept())
            self._written[books] = (books.changes, text)
        return text
