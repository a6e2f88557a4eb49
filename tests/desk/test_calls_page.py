"""The list of calls: a sentence in the address narrows it, the foot adds it up, and a file has the very same list."""

import csv
import io
import os
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from openpyxl import load_workbook

from accounts.models import ActivityLine, Role
from calls.models import Call
from desk import exports
from invoices.models import Customer
from tests.cast import Firm, make_member
from tests.desk import call_scene
from tests.desk.call_scene import Cafe
from tests.desk.scene import Maker, Scene, a_day
from tests.desk.test_pages import text

MANY = 10_000 if os.environ.get("PROOF") == "full" else 1_500
EVERYBODY = [
    *("Harbor Cafe", "Elm Street Deli", "Summit Fitness", "Lena Park Dental", "Nguyen Bakery", "Ortiz Auto Body"),
    *("Oak & Sons Landscaping", "Beacon Books", "Lakeview Apartments"),
]
NARROWED = {
    "": EVERYBODY,
    "period=today": ["Harbor Cafe"],
    "period=yesterday": EVERYBODY[1:-1],
    "period=week": EVERYBODY[:-1],
    "since=2026-11-20&until=2026-11-20": ["Lakeview Apartments"],
    "period=between&since=2026-11-24": ["Harbor Cafe"],
    "period=last_month": [],
    "outcome=promise_to_pay": ["Oak & Sons Landscaping"],
    "who=nobody": ["Summit Fitness", "Lakeview Apartments"],
    "who=right&period=today": ["Harbor Cafe"],
    "who=other": ["Elm Street Deli"],
    "disputed=yes": ["Harbor Cafe"],
    "disputed=no&period=today": [],
    "direction=inbound": ["Elm Street Deli"],
    "attempt=2": [],
    "attempt=1&period=today": ["Harbor Cafe"],
    "q=ana+reyes": ["Harbor Cafe"],
    "q=2233": ["Oak & Sons Landscaping"],
    "q=(614)+555-0107": ["Nguyen Bakery"],
    "q=5550193": ["Elm Street Deli"],
    "q=12": [],
    "q=2393": ["Elm Street Deli"],
    "sort=oldest&period=week&who=right": [
        *("Beacon Books", "Oak & Sons Landscaping", "Ortiz Auto Body", "Nguyen Bakery", "Lena Park Dental"),
        "Harbor Cafe",
    ],
    "sort=longest&period=yesterday&outcome=": [
        *("Oak & Sons Landscaping", "Beacon Books", "Ortiz Auto Body", "Lena Park Dental", "Elm Street Deli"),
        *("Summit Fitness", "Nguyen Bakery"),
    ],
    "show=live": [],
    # Nonsense is left out.
    "period=never&outcome=x&who=%01&attempt=9&since=0001-01-01&until=9999-12-31&customer=nobody&sort=;drop&page=77": EVERYBODY,
}


@pytest.fixture
def scene(ava: Client, plumber: Firm) -> Scene:
    made = a_day(plumber)
    call_scene.inbound(Maker(plumber))
    return made


@pytest.fixture
def cafe(ava: Client, plumber: Firm) -> Cafe:
    return Cafe.of(plumber)


def customers(answer: Any) -> list[str]:
    return [row.customer for row in answer.context["rows"]]


def workbook(answer: Any) -> Any:
    """The one sheet of a downloaded file."""
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def table(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_the_sentence_in_the_address_narrows_the_list(ava: Client, scene: Scene) -> None:
    found = {query: customers(ava.get(f"/calls/?{query}")) for query in NARROWED}

    assert found == NARROWED


def test_a_call_that_ended_otherwise_is_disputed_where_something_was_disputed_on_it(ava: Client, cafe: Cafe) -> None:
    Call.objects.filter(pk=cafe.call.pk).update(disposition="opt_out")

    assert customers(ava.get("/calls/?disputed=yes")) == ["Harbor Cafe"]
    assert "Harbor Cafe" not in customers(ava.get("/calls/?disputed=no"))


def test_each_part_of_the_sentence_can_be_left_out_alone(ava: Client, cafe: Cafe) -> None:
    chips = ava.get(f"/calls/?q=cafe&period=7&customer={cafe.invoice.customer_id}&disputed=yes").context["chips"]

    assert [chip.words for chip in chips] == ["with “cafe”", "of Harbor Cafe", "in the last 7 days", "disputed"]
    assert chips[0].without == f"/calls/?period=7&customer={cafe.invoice.customer_id}&disputed=yes"
    assert ava.get("/calls/?disputed=yes").context["chips"][0].without == "/calls/"


def test_the_foot_adds_up_everything_that_fits(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/calls/"))
    assert "9 calls somebody spoke on 7 6:53" in page

    assert "2 calls somebody spoke on 0 0:31" in text(ava.get("/calls/?who=nobody"))


def test_planned_calls_are_narrowed_too(ava: Client, scene: Scene) -> None:
    found = {
        query: customers(ava.get(f"/calls/?show=planned&{query}")) for query in ("", "q=roofing", "attempt=2", "q=2235")
    }

    assert found == {
        "": ["Whitaker Realty", "Delgado Roofing"],
        "q=roofing": ["Delgado Roofing"],
        "attempt=2": ["Delgado Roofing"],
        "q=2235": ["Whitaker Realty"],
    }


def test_calls_on_the_line_are_a_list_of_their_own(ava: Client, cafe: Cafe, plumber: Firm) -> None:
    call_scene.live(Maker(plumber))

    page = ava.get("/calls/?show=live")

    assert customers(page) == ["Corner Garage"]
    assert 'hx-trigger="every 3s"' in page.content.decode()


def test_a_file_has_the_very_same_list(ava: Client, scene: Scene) -> None:
    head, *rows = table(ava.get("/calls/calls.csv?period=week&who=right&sort=oldest"))

    assert [row[2] for row in rows] == NARROWED["sort=oldest&period=week&who=right"]
    assert head[:7] == ["Placed", "Direction", "Customer", "Their number", "Our number", "Invoices", "Attempt"]
    assert rows[-1][:14] == [
        *("2026-11-24 09:05:00", "we called", "Harbor Cafe", "(614) 555-0103", "(614) 555-0199", "2207", "1"),
        *("Disputed", "dispute", "quality"),
        "Collecting stopped in that very turn. The invoice is frozen while this is open.",
        *("yes", "2026-11-24 09:05:06", "72"),
    ]
    assert rows[1][5] == "2232, 2233"


def test_under_our_own_server_a_file_leaves_portion_by_portion(
    cafe: Cafe, plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 1)
    call_scene.inbound(Maker(plumber))

    async def portions() -> list[bytes]:
        browser = AsyncClient()
        await browser.aforce_login(plumber.owner)
        answer = await browser.get("/calls/calls.csv")
        return [portion async for portion in answer]  # type: ignore[attr-defined]

    head, *rows = async_to_sync(portions)()
    assert head.startswith(b"\xef\xbb\xbfPlaced,Direction")
    assert [row.decode().split(",")[2] for row in rows] == ["Harbor Cafe", "Elm Street Deli"]


def test_a_workbook_has_figures_and_moments_a_program_can_count_with(ava: Client, cafe: Cafe) -> None:
    answer = ava.get("/calls/calls.xlsx?disputed=yes")

    sheet = workbook(answer)
    head, row = list(sheet.values)
    assert answer["Content-Disposition"] == 'attachment; filename="calls-2026-11-24.xlsx"'
    assert dict(zip(head, row, strict=True))["Seconds"] == 72
    assert (row[0], row[2]) == (datetime(2026, 11, 24, 9, 5), "Harbor Cafe")  # noqa: DTZ001  (as the wall showed it)


def test_planned_calls_can_be_taken_away_too(ava: Client, scene: Scene) -> None:
    _head, *rows = table(ava.get("/calls/calls.csv?show=planned"))

    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("2026-11-24 11:30:00", "Whitaker Realty", "2235", "1"),
        ("2026-11-24 14:20:00", "Delgado Roofing", "2245, 2246", "2"),
    ]


def test_a_name_that_is_a_formula_is_a_name_in_the_file(ava: Client, cafe: Cafe) -> None:
    Customer.objects.filter(pk=cafe.invoice.customer_id).update(name='=HYPERLINK("http://x")')

    _head, row = table(ava.get("/calls/calls.csv?disputed=yes"))
    cell = workbook(ava.get("/calls/calls.xlsx?disputed=yes"))["C2"]

    assert row[2] == '\'=HYPERLINK("http://x")'
    assert (cell.value, cell.data_type) == ('\'=HYPERLINK("http://x")', "s")


def test_taking_a_list_away_goes_on_record(ava: Client, cafe: Cafe) -> None:
    ava.get("/calls/calls.csv?who=right")

    line = ActivityLine.objects.get(verb="exported")
    assert (line.actor, line.detail.facts) == (
        "ava@avasplumbing.example",
        {"what": "made", "rows": 1, "file": "csv"},
    )
    assert "1 row · CSV" in text(ava.get("/activity/"))


def test_who_may_not_take_it_away_is_told_and_shown_no_link(cafe: Cafe, plumber: Firm) -> None:
    worker = Client()
    worker.force_login(make_member(plumber, "pat@avasplumbing.example", Role.CONTRIBUTOR))

    assert worker.get("/calls/").context["exports"] == []
    assert worker.get("/calls/calls.csv").status_code == 403
    assert ActivityLine.objects.filter(verb="exported").count() == 0


def test_a_rival_takes_away_an_empty_list(rex: Client, cafe: Cafe) -> None:
    assert len(table(rex.get("/calls/calls.csv"))) == 1
    assert customers(rex.get("/calls/")) == []


def test_a_workbook_that_would_be_too_long_is_refused_with_the_way_out(
    ava: Client, cafe: Cafe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_IN_A_WORKBOOK", 0)

    answer = ava.get("/calls/calls.xlsx?period=week", follow=True)

    assert answer.redirect_chain == [("/calls/?period=week", 302)]
    assert "An Excel file takes at most 0 calls here. Narrow the sentence, or take the list as CSV." in text(answer)
    assert ActivityLine.objects.filter(verb="exported").count() == 0


def test_an_unknown_kind_of_file_is_not_there(ava: Client, cafe: Cafe) -> None:
    assert ava.get("/calls/calls.pdf").status_code == 404


def test_many_calls_ask_the_database_no_more_than_a_few(
    live: None, ava: Client, plumber: Firm, django_assert_num_queries: Any
) -> None:
    call_scene.many(Maker(plumber), MANY)
    pages = -(-MANY // exports.ROWS_AT_ONCE)

    counted = {
        "/calls/": 11,
        "/calls/?page=20&sort=longest": 11,
        "/calls/?q=2394&disputed=no&who=them&sort=customer": 12,
    }
    for address, count in counted.items():
        with django_assert_num_queries(count, info=address):
            assert len(ava.get(address).context["rows"]) == 30
    # Three come with every request, the keys are one, the line on record one, and each portion of rows three.
    with django_assert_num_queries(5 + 3 * pages):
        assert len(table(ava.get("/calls/calls.csv"))) == MANY + 1
