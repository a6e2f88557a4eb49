"""The database from the event loop: work goes to threads of its own, for the business it is about.

What must be committed before the agent's next word has threads nobody else uses, and each a connection of its own, on which the server
knows what will be asked: reading that takes it longer than a freeze. Other threads keep theirs as long as there is work. Asking one whether
it still lives, before each piece, would take as long as many a piece itself.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from syntharra import bells, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)
THREADS = 4  # of each kind
KEPT_SECONDS = 5.0  # a connection nobody used for longer is given back, or asked whether it still lives
WARM_SECONDS = 30.0  # how long one of them waits for the others to be there
GIVES_WAY_SECONDS = 0.03
_SPARE = 4  # connections of the process's pool for whoever else is in it
_commits = ThreadPoolExecutor(THREADS, thread_name_prefix="call-commit")
_notes = ThreadPoolExecutor(THREADS, thread_name_prefix="call-note")
_mine = threading.local()


async def in_database[T](business_id: UUID, work: Callable[[], T], *, urgent: bool = False) -> T:
    """What ``work`` gives back; it runs in a thread, acting for this business. It must bear being done twice.

    ``urgent``: nobody else's records are waited for. What it wakes, and what follows from it, comes when the agent speaks already.
    """

    def run() -> tuple[T, list[bells.Bell]]:
        with acting_for(business_id), bells.held() as waiting:
            if urgent:
                return work(), waiting
            with connection.execute_wrapper(_after_the_urgent):
                return work(), waiting

    if urgent:
        with urgency:
            found, waiting = await _in_thread(run, _commits)
    else:
        found, waiting = await _in_thread(run, _notes)
    if waiting:
        _notes.submit(_here, lambda: _ring(waiting))
    return found


def _ring(waiting: list[bells.Bell]) -> None:
    """Each of them, whatever became of the one before: it stands in the database, and a sweep makes up for it."""
    with connection.execute_wrapper(_after_the_urgent):
        for bell in waiting:
            try:
                surely(bell)
            except Exception as error:
                log.warning("not_followed", error=type(error).__name__)


class _Urgency:
    """How many people on the line wait for what they said to be understood or committed, and whether the others may go on."""

    def __init__(self) -> None:
        self._count = 0
        self._over = threading.Event()
        self._over.set()

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self) -> None:
        self._count += 1  # on the event loop alone
        self._over.clear()

    def end(self) -> None:
        self._count -= 1
        if not self._count:
            self._over.set()

    @property
    def is_on(self) -> bool:
        """Somebody waits."""
        return self._count > 0

    def wait(self) -> None:
        self._over.wait(GIVES_WAY_SECONDS)


urgency = _Urgency()


def _after_the_urgent(execute: Callable[..., Any], *statement: Any) -> Any:
    """Python runs one thread at a time: records of other lines let a whole sentence and a commit pass, before each of their statements.

    Never for long: they may hold a row it waits for.
    """
    urgency.wait()
    return execute(*statement)


async def warm(work: Callable[[], object]) -> None:
    """Once on each connection that commits are made on: what is asked there first would else be asked while somebody waits.

    Nothing may hang on it. Where it fails (there is no database yet), the first commits are slower.
    """
    everybody = threading.Barrier(THREADS)

    def run() -> None:
        with suppress(threading.BrokenBarrierError):  # each thread has one of them, as none goes on before
            everybody.wait(WARM_SECONDS)
        try:
            work()
        except DatabaseError as error:
            log.warning("not_warm", error=type(error).__name__)

    await asyncio.gather(*(_in_thread(run, _commits) for _ in range(THREADS)))


async def anywhere[T](work: Callable[[], T]) -> T:
    """The same for what needs no business: open tables and files."""
    return await _in_thread(work, _notes)


async def _in_thread[T](work: Callable[[], T], threads: ThreadPoolExecutor) -> T:
    keeps = threads is _commits and _may_keep()
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: _here(work, keeps=keeps))


def _here[T](work: Callable[[], T], *, keeps: bool = False) -> T:
    if time.monotonic() - getattr(_mine, "used_at", 0.0) > KEPT_SECONDS:
        _give_up_dead() if keeps else _tidy(idle=True)
    try:
        return surely(work)
    finally:
        _mine.used_at = time.monotonic()
        _tidy(idle=not _may_keep())


def surely[T](work: Callable[[], T]) -> T:
    """What ``work`` gives back. Where the connection kept from before turns out to be dead (the server was restarted), it is done again
    on a new one: for work that may be done twice, as all of a call's may."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        if not _given_up():
            raise
        return work()


def _given_up() -> bool:
    """Whether a connection did not live any more; the next statement opens another."""
    suspect = [one for one in connections.all(initialized_only=True) if one.errors_occurred]
    return _close_dead(suspect)


def _give_up_dead() -> None:
    """The same for connections nobody used for long."""
    _close_dead([one for one in connections.all(initialized_only=True) if one.connection is not None])


def _close_dead(suspect: list[BaseDatabaseWrapper]) -> bool:
    dead = [one for one in suspect if not one.is_usable()]
    for one in dead:
        one.close()
    return bool(dead)


def _tidy(*, idle: bool) -> None:
    """What broke is given up; what is idle as well, where it is old enough or does not answer."""
    for one in connections.all(initialized_only=True):
        if idle or one.errors_occurred:
            one.close_if_unusable_or_obsolete()


def _may_keep() -> bool:
    """The process's pool has enough for all of these threads."""
    return not settings.DATABASE_POOL or settings.DATABASE_POOL >= 2 * THREADS + _SPARE
