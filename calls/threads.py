"""The database from the event loop: work goes to threads of its own, for the business it is about.

What must be committed before the agent's next word has threads nobody else uses.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import close_old_connections

from syntharra.tenancy import acting_for

_commits = ThreadPoolExecutor(4, thread_name_prefix="call-commit")
_notes = ThreadPoolExecutor(4, thread_name_prefix="call-note")


async def in_database[T](business_id: UUID, work: Callable[[], T], *, urgent: bool = False) -> T:
    """What ``work`` gives back; it runs in a thread, acting for this business."""

    def run() -> T:
        close_old_connections()
        try:
            with acting_for(business_id):
                return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_commits if urgent else _notes, run)


async def anywhere[T](work: Callable[[], T]) -> T:
    """The same for what needs no business: open tables and files."""

    def run() -> T:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_notes, run)
