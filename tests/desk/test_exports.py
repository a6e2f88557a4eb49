"""Whatever somebody calls himself, a spreadsheet program reads a name."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Business
from desk.exports import Cell, Listed, answer, harmless
from syntharra.identifiers import uuid7

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
HOSTILE = st.one_of(
    st.text(max_size=20), st.builds("{}{}".format, st.sampled_from([*STARTS, " =", "\u00a0-"]), st.text(max_size=20))
)


def written(kind: str, *rows: list[Cell]) -> bytes:
    business = Business(pk=uuid7(), time_zone="America/New_York")
    keys = [uuid7() for _row in rows]
    loaded = dict(zip(keys, rows, strict=True))
    listed: Listed[list[Cell]] = Listed("list", ["A", "B"], keys, lambda some: {key: loaded[key] for key in some}, list)
    return b"".join(answer(HttpRequest(), business, listed, kind).streaming_content)  # type: ignore[attr-defined]


def sheet(content: bytes) -> Any:
    """The one sheet of a workbook."""
    return load_workbook(io.BytesIO(content)).active


@given(HOSTILE)
def test_no_text_starts_a_formula(said: str) -> None:
    kept = harmless(said)

    assert not kept.lstrip(" \u00a0").startswith(STARTS)
    assert kept in (said, f"'{said}")


def test_no_cell_of_a_file_is_a_formula() -> None:
    rows: list[list[Cell]] = [[f"{start}1+cmd|' /C calc'!A0", f"\x00{start}x"] for start in STARTS]

    table = list(csv.reader(io.StringIO(written("csv", *rows).decode("utf-8-sig"), newline="")))[1:]
    cells = [cell for row in sheet(written("xlsx", *rows)).iter_rows(min_row=2) for cell in row]

    assert [cell[0] for row in table for cell in row] == ["'"] * 2 * len(STARTS)
    assert [(cell.data_type, str(cell.value)[0]) for cell in cells] == [("s", "'")] * 2 * len(STARTS)


@pytest.mark.parametrize("said", ["Harbor Cafe", "(614) 555-0103", "O'Brien", "3 + 4", "a=b", ""])
def test_what_is_no_formula_stays_as_it_is(said: str) -> None:
    assert harmless(said) == said


def test_a_cell_keeps_its_kind() -> None:
    at = datetime(2026, 7, 1, 13, 5, 9, tzinfo=UTC)
    row: list[Cell] = ["a", 7, None, Decimal("-12.50"), date(2026, 7, 1), at]

    plain = written("csv", row).decode("utf-8-sig").splitlines()[1]
    values = next(sheet(written("xlsx", row)).iter_rows(min_row=2, values_only=True))

    assert plain == "a,7,,-12.50,2026-07-01,2026-07-01 09:05:09"
    wall: Any = datetime(2026, 7, 1, 9, 5, 9)  # noqa: DTZ001  (a workbook knows no zones)
    assert values == ("a", 7, None, -12.5, datetime(2026, 7, 1), wall)  # noqa: DTZ001
