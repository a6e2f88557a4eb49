"""Bells: a worker is told after the commit what waits for it, by the name of a task. A bell nobody hears costs a minute: sweeps go round.

And what follows from a commit, where nobody waits for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from syntharra import logs

log = logs.get(__name__)
Bell = Callable[[], object]
_waiting: ContextVar[list[Bell] | None] = ContextVar("bells_waiting", default=None)


def after_commit(task: str, *arguments: str, seconds: float = 0) -> None:
    """Once this transaction has committed, that task is to run, so many seconds later."""
    transaction.on_commit(lambda: _ring(task, arguments, seconds))


def afterwards(work: Callable[[], object]) -> None:
    """For who has just committed: do what follows from it, at once. Where bells are held somebody waits for the commit: it is left to a worker.

    It must stand in the outbox as well, whose bell wakes one; the sweep comes over it too.
    """
    if _waiting.get() is None:
        work()


@contextmanager
def held() -> Iterator[list[Bell]]:
    """Bells of this block are collected and not rung: whoever waits for the commit need not wait for the broker.

    They are to be rung afterwards by whoever holds them, in their order, from any thread that may use the database.
    """
    bells: list[Bell] = []
    before = _waiting.set(bells)
    try:
        yield bells
    finally:
        _waiting.reset(before)


def _ring(task: str, arguments: tuple[str, ...], seconds: float) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _tell(task, arguments, seconds)
    else:
        waiting.append(lambda: _tell(task, arguments, seconds))


def _tell(task: str, arguments: tuple[str, ...], seconds: float) -> None:
    from syntharra.celery import app

    options: dict[str, Any] = {"countdown": seconds} if seconds else {}
    try:
        app.send_task(task, args=arguments, **options)
    except OperationalError:
        log.warning("bell_not_heard", task=task)
