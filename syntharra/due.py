"""The list of what is due, by kind: sweeps read it to know which businesses to enter.

Kept in the transaction that makes or ends the work. Moments are business time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from syntharra import bulk, clock
from syntharra.models import Due
from syntharra.tenancy import current_business

AGAIN = "(business_id, kind, row_id) DO UPDATE SET due_at = excluded.due_at"


def note(kind: str, *row_ids: UUID, at: datetime) -> None:
    """These rows of the current business want looking at from this moment on. Noting again moves the moment."""
    note_each(kind, dict.fromkeys(row_ids, at))


def note_each(kind: str, moments: Mapping[UUID, datetime]) -> None:
    """The same with a moment for each row."""
    rows = [{"kind": kind, "row_id": row_id, "due_at": at} for row_id, at in moments.items()]
    bulk.insert(Due, rows, on_conflict=AGAIN)


def note_once(kind: str, row_id: UUID, *, at: datetime) -> None:
    """The same, unless this row is noted already: then its moment stays."""
    row = {"kind": kind, "row_id": row_id, "due_at": at}
    bulk.insert(Due, [row], on_conflict="(business_id, kind, row_id) DO NOTHING")


def put_off(kind: str, row_id: UUID, *, noted: datetime, at: datetime) -> None:
    """Move the moment of this row, unless somebody has noted another than ``noted`` meanwhile."""
    Due.objects.filter(business_id=current_business(), kind=kind, row_id=row_id, due_at=noted).update(due_at=at)


def settle(kind: str, *row_ids: UUID) -> None:
    """Nothing is due for these rows any more."""
    Due.objects.filter(business_id=current_business(), kind=kind, row_id__in=row_ids).delete()


def businesses(kind: str) -> list[UUID]:
    """The businesses that have something of this kind due now, longest waiting first."""
    found = (
        Due.objects.filter(kind=kind, due_at__lte=clock.now()).order_by("due_at").values_list("business_id", flat=True)
    )
    return list(dict.fromkeys(found[:10_000]))


def take(kind: str, *, before: datetime, again: datetime) -> UUID | None:
    """One business with something of this kind due before that moment, longest waiting first; due anew at ``again``.

    Of several workers each gets another. Whoever dies over it leaves it to the sweep after ``again``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [again, kind, before])
        found = cursor.fetchone()
    return None if found is None else found[0]


# By the moment alone, as the index has it: of thousands that wait for the same one none need be sorted.
_TAKE = """
UPDATE syntharra_due SET due_at = %s WHERE id = (
    SELECT id FROM syntharra_due WHERE kind = %s AND due_at <= %s ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING business_id
"""


def rows(kind: str, *, limit: int = 500) -> list[UUID]:
    """What of this kind is due for the current business, longest waiting first."""
    mine = Due.objects.filter(business_id=current_business(), kind=kind, due_at__lte=clock.now())
    return list(mine.order_by("due_at", "row_id").values_list("row_id", flat=True)[:limit])


def rows_noted(kind: str) -> set[UUID]:
    """Everything of this kind that is noted for the current business, due or not."""
    return set(Due.objects.filter(business_id=current_business(), kind=kind).values_list("row_id", flat=True))


def oldest(kinds: Iterable[str]) -> dict[str, float]:
    """Seconds by which the oldest row of each kind is late, for the metrics; 0 where nothing is."""
    late = dict.fromkeys(kinds, 0.0)
    for kind in late:
        first = Due.objects.filter(kind=kind).order_by("due_at").values_list("due_at", flat=True).first()
        if first is not None:
            late[kind] = max(0.0, (clock.now() - first).total_seconds())
    return late
