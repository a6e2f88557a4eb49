"""Webhooks, stored once and read later: the vendor has its 200 before anybody thinks about what it said.

A source is read by whoever said ``reads(source, reader)`` at start-up. Every event is in the hands of one reader at a
time; a reader that dies gives it back when its lease runs out.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from integrations.models import InboxEvent
from syntharra import logs
from syntharra.clock import machine_now

MOST_TRIES = 8
AT_A_TIME = 200
_STORE = """
    INSERT INTO integrations_inboxevent
           (source, event_id, account, payload, correlation, received_at, tries, outcome)
    VALUES (%s, %s, %s, %s::jsonb, %s, %s, 0, '') ON CONFLICT (source, event_id) DO NOTHING
"""

type Reader = Callable[[Sequence[InboxEvent]], str]
"""Reads some events of its source, safe to do twice; answers what came of them, for the record."""

_readers: dict[str, Reader] = {}


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as a vendor delivered it."""

    event_id: str
    payload: Any
    account: str = ""


def reads(source: str, reader: Reader) -> None:
    """From now on this reader reads what this source sends."""
    _readers[source] = reader


def keep(source: str, event_id: str, payload: Any, account: str = "") -> bool:
    """Store one event. False when it was there already."""
    return keep_all(source, [Delivered(event_id, payload, account)]) == 1


def keep_all(source: str, delivered: Iterable[Delivered]) -> int:
    """Store the events of one delivery, each once by the vendor's event id; how many were new."""
    events = {event.event_id: event for event in delivered}
    if not events:
        return 0
    now, correlation = machine_now(), logs.correlation_id()[:64]
    rows = [
        (source, event.event_id, event.account, json.dumps(event.payload), correlation, now)
        for event in events.values()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, rows)
        return int(cursor.rowcount)


def read(source: str) -> int:
    """Read what waits of this source, oldest first; how many events."""
    done = 0
    while events := _take(source):
        outcome = _readers[source](events)
        mine = InboxEvent.objects.filter(pk__in=[event.pk for event in events])
        done += mine.update(done_at=machine_now(), leased_until=None, outcome=outcome[:60])
    return done


def sources() -> list[str]:
    """The sources that have something waiting and somebody to read it."""
    waiting = InboxEvent.objects.waiting().filter(source__in=_readers, tries__lt=MOST_TRIES)
    return sorted(set(waiting.values_list("source", flat=True)))


@transaction.atomic(durable=True)
def _take(source: str) -> list[InboxEvent]:
    free = InboxEvent.objects.waiting().filter(source=source, tries__lt=MOST_TRIES)
    events = list(free.select_for_update(skip_locked=True).order_by("received_at", "pk")[:AT_A_TIME])
    lease = machine_now() + timedelta(seconds=settings.WORK_LEASE_SECONDS)
    InboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(leased_until=lease, tries=F("tries") + 1)
    return events
