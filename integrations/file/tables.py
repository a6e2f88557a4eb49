"""A table as it came out of a file: the header, and rows of texts with their numbers; and what is too much. Pure."""

from dataclasses import dataclass
from typing import Any

from integrations.file import columns

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000
HEADER_WITHIN = 25


class NotReadable(Exception):
    """The file cannot be taken: ``reason`` is a code of ``integrations.file.words``, ``facts`` fill its sentence."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row with the number it has in the file, as a spreadsheet program counts."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """The header and what stands under it. ``others``: names of sheets that were not read."""

    kind: str  # csv or xlsx
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""
    others: tuple[str, ...] = ()


def cleaned(value: str) -> str:
    """A cell as we keep it: no NULs, no blanks around it, not endless."""
    plain = value.replace("\0", "").replace("\u00a0", " ").encode(errors="replace").decode().strip()
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - 1] + "…"


def laid_out(kind: str, rows: list[Row], *, sheet: str = "", others: tuple[str, ...] = ()) -> Table:
    """Header and rows from everything that was read: lines above the header (a title, a date) are passed over.

    Raises NotReadable for no rows, too many rows or too many columns.
    """
    filled = [row for row in rows if any(row.cells)]
    if not filled:
        raise NotReadable("empty")
    at = columns.header_at([row.cells for row in filled[:HEADER_WITHIN]])
    header, below = filled[at], filled[at + 1 :]
    width = max(_width(row.cells) for row in (header, *below))
    if width > MOST_COLUMNS:
        raise NotReadable("too_many_columns", most=MOST_COLUMNS, found=width)
    if len(below) > MOST_ROWS:
        raise NotReadable("too_many_rows", most=MOST_ROWS)
    if width < 2:
        raise NotReadable("one_column")
    if not below:
        raise NotReadable("no_rows")
    return Table(
        kind=kind,
        header=_padded(header.cells, width),
        rows=tuple(Row(row.number, _padded(row.cells, width)) for row in below),
        sheet=sheet,
        others=others,
    )


def _width(cells: tuple[str, ...]) -> int:
    return next((index + 1 for index in range(len(cells) - 1, -1, -1) if cells[index]), 0)


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *("",) * (width - len(cells)))[:width]
