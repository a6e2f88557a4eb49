"""Lists as files for a spreadsheet program: CSV written while it is read, or a workbook. Cells never run as formulas.

Every list of the desk hands its rows to ``answer``; what it must not do is write cells itself.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from accounts.models import Business
from desk.streams import streamed
from syntharra.tenancy import acting_for

type Cell = str | int | Decimal | date | datetime | None

#: Rows of which are looked up together: the questions asked of the database grow with the pages, not with the rows.
ROWS_AT_ONCE = 500
MOST_IN_A_WORKBOOK = 50_000
KINDS = ("csv", "xlsx")
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What makes a spreadsheet program calculate, also behind blanks (OWASP, CSV injection), in both widths of East Asian print.
_FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class TooManyRows(ValueError):
    """More rows than a workbook is made for; CSV takes any number."""


@dataclass(frozen=True)
class Listed[Row]:
    """A list to be written: what its file is called, its head, which rows in which order, and a row's cells.

    ``keys`` is asked once; ``load`` fetches the rows of some keys, and the file keeps the order of the keys.
    """

    name: str
    head: Sequence[str]
    keys: Sequence[UUID]
    load: Callable[[Sequence[UUID]], dict[UUID, Row]]
    cells: Callable[[Row], Sequence[Cell]]


def answer(request: HttpRequest, business: Business, listed: "Listed[Any]", kind: str) -> HttpResponseBase:
    """The list as a download. Hours are those of the business's wall, words those of the reader. Raises TooManyRows."""
    if kind == "xlsx":
        if len(listed.keys) > MOST_IN_A_WORKBOOK:
            raise TooManyRows(f"{len(listed.keys)} rows, at most {MOST_IN_A_WORKBOOK}")
        with timezone.override(ZoneInfo(business.time_zone)):
            return _workbook(listed)
    language = translation.get_language()
    lines = streamed(request, _csv(business, listed, language))
    response = StreamingHttpResponse(lines, content_type=_TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="{listed.name}.csv"'
    return response


def harmless(text: str) -> str:
    """A text no spreadsheet program takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _csv(business: Business, listed: "Listed[Any]", language: str | None) -> Iterator[str]:
    """The view has returned when this runs, so each portion enters the business, its clock and its language again."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow([harmless(word) for word in listed.head])
    yield "\ufeff" + line.take()
    for keys in batched(listed.keys, ROWS_AT_ONCE):
        zone = timezone.override(ZoneInfo(business.time_zone))
        with acting_for(business.pk), zone, translation.override(language):
            writer.writerows([_plain(cell) for cell in row] for row in _rows(listed, keys))
        yield line.take()


def _workbook(listed: "Listed[Any]") -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_XML.sub("", listed.name)[:31])
    sheet.freeze_panes = "A2"
    for at, word in enumerate(listed.head):
        sheet.column_dimensions[chr(ord("A") + at)].width = max(12, len(word) + 4)
    heads = [WriteOnlyCell(sheet, value=harmless(word)) for word in listed.head]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for keys in batched(listed.keys, ROWS_AT_ONCE):
        for row in _rows(listed, keys):
            sheet.append([_typed(cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{listed.name}.xlsx", content_type=_TYPES["xlsx"])


def _rows(listed: "Listed[Any]", keys: Sequence[UUID]) -> Iterable[Sequence[Cell]]:
    found = listed.load(keys)
    return [listed.cells(found[key]) for key in keys if key in found]


def _plain(cell: Cell) -> str:
    """As CSV has it: a moment on the wall of the business without its offset, a number with a point."""
    match cell:
        case None:
            return ""
        case datetime():
            return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case str():
            return harmless(_NOT_IN_XML.sub("", cell))
    return str(cell)


def _typed(cell: Cell) -> Any:
    """As a workbook has it: it knows no zones, so a moment is what the wall showed."""
    match cell:
        case datetime():
            return timezone.localtime(cell).replace(tzinfo=None)
        case str():
            return harmless(_NOT_IN_XML.sub("", cell))
    return cell


class _Line:
    """What the writer wrote since it was last taken."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

    def take(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return text
