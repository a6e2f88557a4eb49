"""Workbooks of Excel (.xlsx): looked into before they are opened, then read for their values alone. Pure.

A workbook is a ZIP of XML: what would unfold into gigabytes, runs programs, is locked, or declares a document type of
its own is refused before any of it is parsed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook

from integrations.file.tables import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS, NotReadable, Row, Table, cleaned, laid_out

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNFOLDED = 120 * 1024 * 1024
MOST_TIMES_LARGER = 300
MOST_PARTS = 2_000
_FARTHEST_ROW = 60_000
_CHUNK = 1 << 20
_LONGEST_FORMULA = 10_000
_UNCOUNTED = re.compile(
    rb"""<c\b(?![^<>]*\bt=["']str["'])[^<>]*>\s*<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
"""A formula without its result beside it: some programs leave the counting to Excel, and to us the cell is empty.

An empty text ("str") is a result.
"""


def is_container(content: bytes) -> bool:
    return content.startswith((*_ZIP, _OLE))


def table(content: bytes) -> Table:
    """The first sheet that holds something. Raises NotReadable."""
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise NotReadable("locked" if locked else "old_excel")
    try:
        _look_inside(content)
        return _read(content)
    except NotReadable:
        raise
    except MemoryError:
        raise NotReadable("bomb") from None
    except Exception:  # the parser's own errors are many, and a broken file is no error of ours
        raise NotReadable("broken") from None


def _look_inside(content: bytes) -> None:
    """Raises NotReadable for what must not be opened. Sizes are those the ZIP declares: reading stops there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        if any(part.flag_bits & 0x1 for part in parts):
            raise NotReadable("locked")
        unfolded = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or unfolded > MOST_UNFOLDED or unfolded > MOST_TIMES_LARGER * len(content) + 10**6:
            raise NotReadable("bomb")
        if any(name.endswith("vbaproject.bin") for name in names):
            raise NotReadable("macros")
        if "xl/workbook.xml" not in names:
            raise NotReadable("open_document" if "content.xml" in names else "another_kind")
        if b"macroEnabled" in archive.read("[Content_Types].xml"):
            raise NotReadable("macros")
        uncounted = False
        for part in parts:
            name = part.filename.lower()
            if name.endswith((".xml", ".rels")):
                uncounted |= _looked_through(archive, part) and name.startswith("xl/worksheets/")
        if uncounted:
            raise NotReadable("uncounted")


def _looked_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a formula in it stands without its result. Raises NotReadable for a document type of its own.

    No program writes a document type into a workbook; entities that unfold without end need one.
    """
    before, uncounted = b"", False
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            plain = (before + chunk).replace(b"\0", b"")  # the same in UTF-16
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise NotReadable("bomb")
            uncounted = uncounted or _UNCOUNTED.search(plain) is not None
            before = chunk[-_LONGEST_FORMULA:]
    return uncounted


def _read(content: bytes) -> Table:
    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)) as book:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)
        for sheet in sheets:
            sheet.reset_dimensions()  # what the file says of its own size may be wrong
            rows = list(_rows(sheet))
            if rows:
                others = tuple(str(other.title) for other in sheets if other is not sheet)
                return laid_out("xlsx", rows, sheet=str(sheet.title), others=others)
    raise NotReadable("empty")


def _rows(sheet: Any) -> Iterator[Row]:
    filled = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(value is not None for value in values[MOST_COLUMNS:]):
            raise NotReadable("too_many_columns", most=MOST_COLUMNS, found=len(values))
        cells = tuple(cleaned(_as_text(value)) for value in values[:MOST_COLUMNS])
        if any(cells):
            filled += 1
            yield Row(number, cells)
        if filled > MOST_ROWS + HEADER_WITHIN or number > _FARTHEST_ROW:
            raise NotReadable("too_many_rows", most=MOST_ROWS)


def _as_text(value: Any) -> str:
    """As Excel shows it, to its fifteen digits: what it keeps beyond them is no part of the amount."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(value, ".0f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta | time):
        return str(value)
    return str(value)
