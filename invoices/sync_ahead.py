"""The next page of the books is asked for while this one is being written: the vendor works when we do.

One page, no more: what was read and not yet written is kept in memory, and is read again when the worker dies.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from threading import Lock
from typing import Protocol

from django.db import connection, connections

from integrations.ledger import Item, Page
from syntharra import clock

type Asked = tuple[Page, datetime]
"""A page, and the business time at which it was asked for."""


class Asks(Protocol):
    """Whoever can be asked for single objects of the books: a ledger, or one that is being read ahead."""

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]: ...


class Ahead:
    """Books of which the next page is read beside our work. Single objects are asked for in between, never beside it."""

    def __init__(self, ledger: Asks) -> None:
        self._ledger = ledger
        self._turn = Lock()

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        """See ``integrations.ledger.Ledger``."""
        with self._turn:
            return self._ledger.some(kind, external_ids)

    def pages(self, pages: Iterator[Page]) -> Iterator[Asked]:
        """These, each once it is there, to the one that is done. Close it before the books: a question may be under way.

        What went wrong with a page is raised in its place, after the pages before it. The reader acts for the same
        business by a database connection of its own; inside a transaction that would not see what was written in it,
        so there the pages come in turn.
        """
        if connection.in_atomic_block:
            yield from timed(pages)
            return
        inner, context = timed(pages), copy_context()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="books") as reader:
            try:
                done = False
                coming = reader.submit(context.run, self._next, inner)
                while not done and (asked := coming.result()) is not None:
                    done = asked[0].done
                    if not done:
                        coming = reader.submit(context.run, self._next, inner)
                    yield asked
            finally:
                reader.submit(connections.close_all)

    def _next(self, pages: Iterator[Asked]) -> Asked | None:
        with self._turn:
            return next(pages, None)


def timed(pages: Iterator[Page]) -> Iterator[Asked]:
    """These, in turn."""
    while True:
        asked_at = clock.now()
        page = next(pages, None)
        if page is None:
            return
        yield page, asked_at
