"""CSV as programs really write it: any encoding they use, any delimiter, line breaks inside quotes. Pure."""

import codecs
import csv
import io
from collections import Counter
from itertools import islice

from integrations.file.tables import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS, NotReadable, Row, Table, cleaned, laid_out

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|^~"
_LOOKED_AT = 60


def table(content: bytes) -> Table:
    """The table of a text file. Raises NotReadable."""
    text = decoded(content)
    if _is_binary(text):
        raise NotReadable("another_kind")
    named, skipped = _named_delimiter(text)
    try:
        delimiter = named or delimiter_of(text)
        _refuse_open_quote(text, delimiter)
        rows = _rows(text, delimiter)
    except csv.Error:
        raise NotReadable("broken") from None
    return laid_out("csv", [row for row in rows if row.number > skipped])


def decoded(content: bytes) -> str:
    """As text: by its mark, else UTF-16 by its shape, else UTF-8, else the encoding of Windows, else Latin-1."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    start = content[:4000]
    if start.count(0) > len(start) // 4:
        little = start[1::2].count(0) >= start[::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def delimiter_of(text: str) -> str:
    """The sign between the cells: the one that cuts most rows into the same number of them."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        widths = [len(row) for row in islice(reader, _LOOKED_AT) if any(cell.strip() for cell in row)]
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        width, times = wide.most_common(1)[0]
        if (score := (times / len(widths), width)) > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str) -> list[Row]:
    rows, filled = [], 0
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS + HEADER_WITHIN:
            raise NotReadable("too_many_rows", most=MOST_ROWS)
        if len(cells) > MOST_COLUMNS * 20:
            raise NotReadable("too_many_columns", most=MOST_COLUMNS, found=len(cells))
        rows.append(Row(number, tuple(cleaned(cell) for cell in cells)))
    return rows


def _named_delimiter(text: str) -> tuple[str, int]:
    """Excel's own first line "sep=;" names the delimiter and is no row."""
    first = text.split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    return "", 0


def _refuse_open_quote(text: str, delimiter: str) -> None:
    """A quote that is never closed swallows every row after it: better no file than half of one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for _row in reader:
            begun = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise NotReadable("open_quote", line=begun) from None


def _is_binary(text: str) -> bool:
    start = text[:4000]
    odd = sum(1 for letter in start if letter == "\ufffd" or (ord(letter) < 32 and letter not in "\t\r\n\f\v\0"))
    return odd > max(2, len(start) // 50)
