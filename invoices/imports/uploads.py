"""A file comes in, its columns are chosen, or it is thrown away. None of it is a customer or an invoice yet."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from integrations.file import choices, columns
from integrations.file.choices import Choices
from integrations.file.reading import read
from integrations.file.tables import Row, Table
from invoices.import_models import ImportBatch, ImportMapping
from syntharra import clock

LASTS = timedelta(days=1)


class NotOpen(Exception):
    """This import was confirmed, discarded, or has run out: nothing more can be chosen for it."""


class Lacking(Exception):
    """Columns that cannot be done without have not been chosen; ``names`` of the fields."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@transaction.atomic
def take_in(content: bytes, *, name: str, by: User) -> ImportBatch:
    """Read and keep this file for a day, with a guess at its columns. Raises NotReadable, and keeps nothing then.

    A file that was waiting is discarded by it: a business has one on its way at a time.
    """
    table = read(content)
    moment = clock.now()
    ImportBatch.objects.filter(status__in=("uploaded", "mapped", "discarded")).delete()
    kept = ImportMapping.objects.filter(signature=columns.signature(table.header)).first()
    remembered = kept is not None and choices.fits(kept.choices, table)
    chosen = Choices.of(kept.choices) if kept is not None and remembered else choices.guess(table)
    return ImportBatch.objects.create(
        file_name=_shown_name(name),
        file_hash=hashlib.sha256(content).hexdigest(),
        kind=table.kind,
        sheet=table.sheet[:120],
        other_sheets=[other[:120] for other in table.others[:20]],
        header=list(table.header),
        rows=[[row.number, list(row.cells)] for row in table.rows],
        row_count=len(table.rows),
        choices=chosen.kept(),
        remembered=remembered,
        uploaded_by=by.email,
        uploaded_at=moment,
        ends_at=moment + LASTS,
    )


@transaction.atomic
def choose(batch_id: UUID, chosen: Choices, *, by: User) -> ImportBatch:
    """These columns, for this file and for the next with the same header. Raises Lacking and NotOpen."""
    batch = held(batch_id)
    if lacking := columns.missing(chosen.columns):
        raise Lacking(lacking)
    batch.move(ImportBatch.Status.MAPPED, choices=chosen.kept())
    ImportMapping.objects.update_or_create(
        signature=columns.signature(batch.header),
        defaults={"choices": chosen.kept(), "chosen_by": by.email, "chosen_at": clock.now()},
    )
    return batch


@transaction.atomic
def discard(batch_id: UUID) -> bool:
    """Throw it away with all its rows. False when it was confirmed or gone already."""
    return ImportBatch.objects.waiting().filter(pk=batch_id).delete()[0] > 0


def held(batch_id: UUID) -> ImportBatch:
    """This import, locked, while something can still be chosen for it. Raises NotOpen."""
    batch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).filter(pk=batch_id).first()
    if batch is None or not is_open(batch, at=clock.now()):
        raise NotOpen(str(batch_id))
    return batch


def is_open(batch: ImportBatch, *, at: datetime) -> bool:
    return batch.status in (ImportBatch.Status.UPLOADED, ImportBatch.Status.MAPPED) and batch.ends_at > at


def table_of(batch: ImportBatch) -> Table:
    """The file as it was read."""
    rows = tuple(Row(number, tuple(cells)) for number, cells in batch.rows)
    return Table(batch.kind, tuple(batch.header), rows, batch.sheet, tuple(batch.other_sheets))


def samples(batch: ImportBatch, count: int = 3) -> list[list[str]]:
    """For each column its first different cells that hold something."""
    return [list(_first_of(batch, at, count)) for at in range(len(batch.header))]


def _first_of(batch: ImportBatch, at: int, count: int) -> Iterator[str]:
    seen: set[str] = set()
    for _number, cells in batch.rows:
        if cells[at] and cells[at] not in seen:
            seen.add(cells[at])
            yield cells[at]
            if len(seen) == count:
                return


def _shown_name(name: str) -> str:
    """Its last part, printable: the name says nothing about what is in it."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return plain[-160:] or "file"
