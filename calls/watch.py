"""One look and one beat for all lines of a process: five hundred calls ask the database as often as one does."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from django.db import DatabaseError

from calls import notes
from calls.notes import Page
from calls.opened import OpenLine, forbidden_of
from calls.threads import in_database
from syntharra import logs

log = logs.get(__name__)

LOOK_SECONDS = 1.0
NOTES_SECONDS = 0.2  # what comes together in so short a time is written down at once; acts never wait for it
AT_ONCE = 60  # calls whose pages go into one transaction
TICK_SECONDS = 0.1


class Watched(Protocol):
    """A session on a line."""

    line: OpenLine
    writing: asyncio.Lock  # held by whoever writes this line's page
    is_dirty: bool

    def page(self) -> Page: ...

    def give_back(self, page: Page) -> None: ...

    def stop(self, because: str) -> None: ...

    def tick(self) -> None: ...


class _Watch:
    """Runs while there are sessions. For one event loop."""

    def __init__(self) -> None:
        self.sessions: set[Watched] = set()
        self._jobs = [asyncio.create_task(job) for job in (self._look(), self._beat(), self._note())]

    def end(self) -> None:
        for job in self._jobs:
            job.cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for session in list(self.sessions):
                try:
                    session.tick()
                except Exception:  # one line's trouble is not the others'
                    log.exception("tick_failed", line=str(session.line.line_id))

    async def _note(self) -> None:
        """What was said since the last time, of all lines of a business in one transaction."""
        while True:
            await asyncio.sleep(NOTES_SECONDS)
            for business_id, lines in _by_business(s for s in self.sessions if s.is_dirty and not s.writing.locked()):
                for start in range(0, len(lines), AT_ONCE):
                    await self._write(business_id, lines[start : start + AT_ONCE])

    async def _write(self, business_id: UUID, lines: list[Watched]) -> None:
        """A page that could not be written comes again with the next one."""
        mine = [session for session in lines if not session.writing.locked()]
        for session in mine:
            await session.writing.acquire()  # free, so that nobody else runs in between
        pages = {session.line.call_id: session.page() for session in mine}
        kept = {call_id: page for call_id, page in pages.items() if not page.is_empty}
        try:
            if kept:
                await in_database(business_id, lambda: notes.write_all(kept))
        except Exception as error:  # whatever it was, the lines go on
            log.warning("notes_not_written", business=str(business_id), lines=len(mine), error=type(error).__name__)
            for session in mine:
                session.give_back(pages[session.line.call_id])
        finally:
            for session in mine:
                session.writing.release()

    async def _look(self) -> None:
        """The bell may not be heard: once a second the facts are asked which lines may go on, all of a business at once."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await asyncio.gather(*(self._look_at(*lines) for lines in _by_business(self.sessions)))

    async def _look_at(self, business_id: UUID, lines: list[Watched]) -> None:
        calls = [session.line.call_id for session in lines]
        try:
            found = await in_database(business_id, lambda: forbidden_of(calls))
        except DatabaseError as error:
            log.warning("not_looked", business=str(business_id), error=type(error).__name__)
            return
        except Exception:  # looking goes on, whatever it was
            log.exception("look_failed", business=str(business_id))
            return
        for session in lines:
            if because := found.get(session.line.call_id, ""):
                session.stop(because)


def _by_business(sessions: Iterable[Watched]) -> list[tuple[UUID, list[Watched]]]:
    found: dict[UUID, list[Watched]] = defaultdict(list)
    for session in sessions:
        found[session.line.business_id].append(session)
    return list(found.items())


_watches: dict[asyncio.AbstractEventLoop, _Watch] = {}


def begin(session: Watched) -> None:
    """From now on this line is looked after."""
    loop = asyncio.get_running_loop()
    if loop not in _watches:
        _watches[loop] = _Watch()
    _watches[loop].sessions.add(session)


def end(session: Watched) -> None:
    loop = asyncio.get_running_loop()
    watch = _watches.get(loop)
    if watch is None:
        return
    watch.sessions.discard(session)
    if not watch.sessions:
        watch.end()
        del _watches[loop]
