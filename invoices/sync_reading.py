"""What the parts of a sync share: the page being applied, the digest that says nothing changed, and the locks."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from integrations.models import Connection
from invoices.models import Customer
from invoices.sync_rows import find

MOST_CUSTOMERS = 50
ROUNDS = (0.0, 0.05, 0.25, 1.0)
# Raise it when what is stored of an object changes: every row is then written anew by the next reading of the whole.
MAPPING = 2


@dataclass
class Reading:
    """One page of the books being applied. ``guard`` runs first in every transaction: it raises when the run was lost."""

    connection: Connection
    at: datetime  # business time at which the vendor was asked
    guard: Callable[[], None] = lambda: None
    written: int = 0
    set_aside: int = 0
    busy: int = 0

    @cached_property
    def terms_days(self) -> int | None:
        """The firm's terms for invoices without a due date."""
        return self.connection.business.default_terms_days


@dataclass(frozen=True)
class Work[T]:
    """Something to write, and the customers that must be held for it. None: a row nobody else can know of yet."""

    item: T
    customers: frozenset[UUID]


def digest_of(*parts: Any) -> str:
    """The same for the same content, in 32 characters."""
    return hashlib.blake2b(repr((MAPPING, parts)).encode(), digest_size=16).hexdigest()


def plan_anew() -> None:
    """Once a page: have the server plan its statements for the tables as they are now.

    It keeps the plans by which it checks keys as long as a connection lives; those made while a table was empty may go
    through all of a business's rows for every row written.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def carry_out[T](reading: Reading, works: Iterable[Work[T]], write: Callable[[Sequence[T]], None]) -> None:
    """Write everything under the locks it needs: customers in key order, at most 50 at a time, a commit per batch.

    Customers somebody else is at work with are skipped and tried again; in the end they are waited for, one by one.
    What could not be written even so is counted in ``reading.busy``; everything else is.
    """
    waiting = sorted(works, key=lambda work: sorted(work.customers))
    for pause in ROUNDS:
        if not waiting:
            return
        time.sleep(pause)
        waiting = [work for batch in _batches(waiting) for work in _try(reading, batch, write)]
    stuck: set[UUID] = set()
    for work in waiting:
        if work.customers & stuck or not _wait_for(reading, work, write):
            stuck |= work.customers
            reading.busy += 1


def _wait_for[T](reading: Reading, work: Work[T], write: Callable[[Sequence[T]], None]) -> bool:
    """Write it once its customers are free; False when they were not for as long as a lock is waited for."""
    try:
        with transaction.atomic(durable=True):
            reading.guard()
            _hold(work.customers, skip_locked=False)
            write([work.item])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False
    return True


def _try[T](reading: Reading, batch: Sequence[Work[T]], write: Callable[[Sequence[T]], None]) -> list[Work[T]]:
    """Write what can be held now; what could not."""
    with transaction.atomic(durable=True):
        reading.guard()
        held = _hold(frozenset().union(*(work.customers for work in batch)), skip_locked=True)
        free = [work.item for work in batch if work.customers <= held]
        if free:
            write(free)
    return [work for work in batch if not work.customers <= held]


def _hold(customers: frozenset[UUID], *, skip_locked: bool) -> set[UUID]:
    if not customers:
        return set()
    rows = Customer.objects.filter(pk__in=customers).order_by("pk")
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return set(locked.values_list("pk", flat=True))


def _batches[T](works: Sequence[Work[T]]) -> Iterator[list[Work[T]]]:
    batch: list[Work[T]] = []
    customers: set[UUID] = set()
    for work in works:
        if batch and (len(customers | work.customers) > MOST_CUSTOMERS or len(batch) >= 1000):
            yield batch
            batch, customers = [], set()
        batch.append(work)
        customers |= work.customers
    if batch:
        yield batch


def is_older(theirs: datetime | None, stored: datetime | None) -> bool:
    """Whether this is a version of the object from before the one we have."""
    return theirs is not None and stored is not None and theirs < stored


def customer_ids(reading: Reading, external_ids: Iterable[str]) -> dict[str, UUID]:
    """Our customers of these ids of the books."""
    rows = find(Customer, reading.connection.pk, external_ids, "id")
    return {name: row.pk for name, row in rows.items()}
