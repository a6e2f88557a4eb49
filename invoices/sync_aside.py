"""Objects of the books that could not be read or used: noted with their reason, cleared when they are good again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from integrations import problems
from integrations.ledger import Item, Unusable, kind_of
from integrations.models import SetAside
from invoices.sync_reading import Reading
from syntharra import clock

PHONES = frozenset(code for code in problems.SET_ASIDE if code.startswith("phone_"))
OBJECTS = frozenset(problems.SET_ASIDE) - PHONES
WAITING = ("customer_unknown", "invoice_unknown")
"""Reasons that another object may cure: these are looked at again with every sync."""


@dataclass(frozen=True, slots=True)
class Note:
    kind: str
    external_id: str
    label: str
    reason: str
    detail: str = ""


def note_of(item: Unusable) -> Note:
    return Note(item.of, item.external_id, item.label, item.reason, item.detail)


def of_items(items: Iterable[Item]) -> set[tuple[str, str]]:
    return {(kind_of(item), item.external_id) for item in items}


def settle(reading: Reading, seen: Collection[tuple[str, str]], notes: Iterable[Note], among: frozenset[str]) -> None:
    """These objects were seen, with these notes: write what is new, clear what no longer holds. Nothing new, no write."""
    if not seen:
        return
    mine = SetAside.objects.filter(connection=reading.connection)
    known = {
        (row.kind, row.external_id, row.reason): row
        for row in mine.filter(_any_of(seen), reason__in=among, cleared_at=None)
    }
    wanted = {(note.kind, note.external_id, note.reason): note for note in notes}
    fresh = [
        note
        for key, note in wanted.items()
        if key not in known or (known[key].detail, known[key].label) != (note.detail[:300], note.label[:200])
    ]
    over = [row.pk for key, row in known.items() if key not in wanted]
    now = clock.now()
    if over:
        reading.written += mine.filter(pk__in=over).update(cleared_at=now)
    if fresh:
        reading.written += len(_write(reading, fresh))
    reading.set_aside += len(wanted)


def waiting(reading: Reading, kind: str, *, limit: int = 100) -> list[str]:
    """Objects of a kind that were set aside for the lack of another one."""
    found = SetAside.objects.filter(connection=reading.connection, kind=kind, reason__in=WAITING, cleared_at=None)
    return list(found.order_by("last_seen_at").values_list("external_id", flat=True)[:limit])


def _any_of(seen: Collection[tuple[str, str]]) -> Q:
    kinds = {kind for kind, _external_id in seen}
    found = Q(pk=None)
    for kind in kinds:
        found |= Q(kind=kind, external_id__in=[external_id for of, external_id in seen if of == kind])
    return found


def _write(reading: Reading, notes: list[Note]) -> list[SetAside]:
    now = clock.now()
    rows = [
        SetAside(
            connection=reading.connection,
            kind=note.kind,
            external_id=note.external_id,
            label=note.label[:200],
            reason=note.reason,
            detail=note.detail[:300],
            first_seen_at=now,
            last_seen_at=now,
        )
        for note in notes
    ]
    return SetAside.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["business", "connection", "kind", "external_id", "reason"],
        update_fields=["label", "detail", "last_seen_at", "cleared_at"],
    )
