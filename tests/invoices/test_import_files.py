"""Files as they come: every encoding and delimiter, titles above the header; and what is refused, each with its sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from integrations.file import words
from integrations.file.reading import read
from integrations.file.tables import MOST_COLUMNS, MOST_ROWS, NotReadable, Table

LINES = "Invoice;Customer;Balance\n2207;Peña & Söhne;796,00\n2208;Café Niño;12,50\n"


def refused(content: bytes) -> str:
    with pytest.raises(NotReadable) as caught:
        read(content)
    said = words.about_file(caught.value.reason, caught.value.facts)
    assert all(said)
    return caught.value.reason


def book(*rows: list[Any], **more: list[list[Any]]) -> bytes:
    """A workbook of Excel with these rows, and further sheets by name."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, others in more.items():
        extra = made.create_sheet(name)
        for row in others:
            extra.append(row)
    stored = io.BytesIO()
    made.save(stored)
    return stored.getvalue()


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same workbook with other parts inside."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stored.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        LINES.encode(),
        LINES.encode("utf-8-sig"),
        LINES.encode("utf-16"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.encode("utf-16-le"),
        LINES.encode("utf-16-be"),
        LINES.encode("cp1252"),
        LINES.encode("latin-1"),
        LINES.replace("\n", "\r\n").encode(),
        LINES.replace("\n", "\r").encode(),
    ],
)
def test_a_list_is_read_in_whatever_encoding_it_was_saved(content: bytes) -> None:
    table = read(content)

    assert table.header == ("Invoice", "Customer", "Balance")
    assert [row.cells for row in table.rows] == [("2207", "Peña & Söhne", "796,00"), ("2208", "Café Niño", "12,50")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_any_delimiter_is_found(delimiter: str) -> None:
    lines = ["Invoice,Customer,Balance", "2207,Harbor Cafe,796.00", "2208,Oak,12.50"]

    table = read("\n".join(lines).replace(",", delimiter).encode())

    assert table.rows[1].cells == ("2208", "Oak", "12.50")


def test_excel_may_name_the_delimiter_itself() -> None:
    table = read(b'sep=|\nInvoice|Customer|Balance\n1|"A, B; C"|5\n')

    assert (table.rows[0].number, table.rows[0].cells) == (3, ("1", "A, B; C", "5"))


def test_rows_keep_the_numbers_a_spreadsheet_program_shows() -> None:
    content = b'A/R Aging Summary\nAs of Nov 24\n\nInvoice,Customer,Balance\n\n1,"Harbor\nCafe",5\n2,Oak,6\n'

    table = read(content)

    assert table.header == ("Invoice", "Customer", "Balance")
    assert [(row.number, row.cells[1]) for row in table.rows] == [(6, "Harbor\nCafe"), (7, "Oak")]


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_line() -> None:
    content = b'Invoice,Customer,Balance\n1,Oak,5\n2,"Harbor Cafe,6\n3,Elm,7\n'

    with pytest.raises(NotReadable) as caught:
        read(content)

    assert (caught.value.reason, caught.value.facts) == ("open_quote", {"line": 3})


def test_inches_in_a_description_are_no_reason_to_refuse() -> None:
    table = read(b'Invoice,Customer,Balance,Memo\n1,Oak,5,3" pipe\n2,Elm,6,"5" pipe"\n')

    assert [row.cells[3] for row in table.rows] == ['3" pipe', '5 pipe"']


def test_a_workbook_is_read_as_excel_shows_it() -> None:
    content = book(
        ["Invoice", "Customer", "Balance", "Due", "Sent"],
        [2207, "Harbor Cafe", 0.1 + 0.2, date(2026, 11, 24), True],
        ["B-8", "Oak", 1234.5, "11/24/2026", None],
        Second=[["not", "read"]],
    )

    table = read(content)

    assert (table.kind, table.sheet, table.others) == ("xlsx", "Sheet", ("Second",))
    assert table.rows[0].cells == ("2207", "Harbor Cafe", "0.3", "2026-11-24", "TRUE")
    assert table.rows[1].cells == ("B-8", "Oak", "1234.5", "11/24/2026", "")


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        (b'<c r="C2"><f>A2+1</f><v>6</v></c>', "6"),
        (b'<c r="C2" t="str"><f>""</f><v></v></c>', ""),
        (b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        (b'<c r="C2"><f>A2+1</f><v></v></c>', None),
        (b'<c r="C2"><f>A2+1</f><v/></c>', None),
        (b'<c r="C2"><f t="shared" si="0"/></c>', None),
        (b"<c r='C2' s='1'>\n<f ca='1'>A2+1</f>\n</c>", None),
    ],
)
def test_a_formula_is_taken_with_its_result_and_never_for_an_empty_cell(cell: bytes, taken: str | None) -> None:
    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        last = sheet.rindex(b"<c ")
        parts["xl/worksheets/sheet1.xml"] = sheet[:last] + cell + sheet[sheet.rindex(b"</c>") + 4 :]

    content = repacked(GOOD, change)

    assert (refused(content) == "uncounted") if taken is None else (read(content).rows[0].cells[2] == taken)


def test_a_formula_in_a_csv_stays_a_text() -> None:
    assert read(b"Invoice,Customer,Balance\n=1+1,@SUM(A1),5\n").rows[0].cells == ("=1+1", "@SUM(A1)", "5")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n\n", "empty"),
        (b",,,\n,,,\n", "empty"),
        (b"Invoice,Customer,Balance\n", "no_rows"),
        (b"one column\n1\n2\n", "one_column"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"PK\x03\x04 and then nothing", "broken"),
        (b"\x1f\x8b\x08 gzip", "another_kind"),
        (bytes(range(1, 32)) * 50, "another_kind"),
        (b"a,b\n" + b"x" * (10 * 1024 * 1024), "too_large"),
        (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b",".join([b"a"] * (MOST_COLUMNS + 1)) + b"\n" + b",".join([b"1"] * (MOST_COLUMNS + 1)), "too_many_columns"),
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "broken"),
    ],
)
def test_what_is_no_list_is_refused_with_its_sentence(content: bytes, reason: str) -> None:
    assert refused(content) == reason


def test_the_most_rows_and_columns_are_still_taken() -> None:
    table = read((",".join(["a"] * MOST_COLUMNS) + "\n" + (",".join(["1"] * 2) + "\n") * MOST_ROWS).encode())

    assert (len(table.rows), len(table.header)) == (MOST_ROWS, MOST_COLUMNS)


GOOD = book(["Invoice", "Customer", "Balance"], [1, "Oak", 5])


def _with(name: str, part: bytes) -> bytes:
    return repacked(GOOD, lambda parts: parts.update({name: part}))


def _without(name: str) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return repacked(GOOD, change)


def _entities() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        laughs = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'
        parts["xl/worksheets/sheet1.xml"] = laughs + sheet

    return repacked(GOOD, change)


def _many_rows() -> bytes:
    row = b'<row><c t="inlineStr"><is><t>1</t></is></c><c><v>2</v></c></row>'

    def change(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        head, _, rest = sheet.partition(b"<sheetData>")
        parts["xl/worksheets/sheet1.xml"] = (
            head + b"<sheetData>" + row * (MOST_ROWS + 60) + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
        )

    return repacked(GOOD, change)


def _macro_type() -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")

    return repacked(GOOD, change)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_with("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macros"),
        (_macro_type(), "macros"),
        (_with("xl/media/zeros.bin", bytes(60 * 1024 * 1024)), "bomb"),
        (_entities(), "bomb"),
        (_without("xl/workbook.xml"), "another_kind"),
        (_without("xl/worksheets/sheet1.xml"), "empty"),
        (_with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "broken"),
        (GOOD[: len(GOOD) // 2], "broken"),
        (book(), "empty"),
        (_many_rows(), "too_many_rows"),
        (book([1] * (MOST_COLUMNS + 1), [1] * (MOST_COLUMNS + 1)), "too_many_columns"),
    ],
    ids=[
        "macro",
        "macro-type",
        "zeros",
        "entities",
        "no-book",
        "no-sheet",
        "cut-xml",
        "cut-zip",
        "empty",
        "rows",
        "columns",
    ],
)
def test_a_hostile_or_broken_workbook_is_refused_before_it_can_hurt(content: bytes, reason: str) -> None:
    assert refused(content) == reason


def test_a_cell_at_the_end_of_the_sheet_does_not_make_a_million_rows() -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Invoice", "Customer", "Balance"])
    sheet.cell(row=1_048_576, column=1, value="x")
    stored = io.BytesIO()
    made.save(stored)

    assert refused(stored.getvalue()) == "too_many_rows"


def read_or_reason(content: bytes) -> Table | str:
    """The table, or the sentence it is refused with."""
    try:
        return read(content)
    except NotReadable as error:
        return " ".join(words.about_file(error.reason, error.facts))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    table = read_or_reason(content)

    assert isinstance(table, str) or all(len(row.cells) == len(table.header) for row in table.rows)


@given(st.binary(max_size=60), st.integers(min_value=0, max_value=len(GOOD)))
def test_no_damage_to_a_workbook_breaks_the_reader(noise: bytes, at: int) -> None:
    table = read_or_reason(GOOD[:at] + noise + GOOD[at + len(noise) :])

    assert isinstance(table, str) or len(table.header) >= 2


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_what_a_program_writes_is_what_we_read(rows: list[tuple[str, str, str]]) -> None:
    import csv

    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([("Invoice", "Customer", "Balance"), *rows])

    filled = [row for row in rows if any(cell.replace("\u00a0", " ").strip() for cell in row)]
    if not filled:
        assert refused(written.getvalue().encode()) == "no_rows"
        return
    table = read(written.getvalue().encode())
    assert [row.cells for row in table.rows] == [
        tuple(cell.replace("\u00a0", " ").strip() for cell in row) for row in filled
    ]
