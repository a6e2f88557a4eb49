"""The list of calls stays as quick when there are very many: its pages are read off an index, none is sorted for."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from calls.models import Call
from desk.call_filter import Chosen
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business

pytestmark = pytest.mark.django_db
MANY = 200_000 if os.environ.get("PROOF") == "full" else 3_000
# Copies of one call, a minute apart: written by the server, for a list of this length is not written row by row.
COPIES = """
INSERT INTO calls_call ({columns})
SELECT {copied} FROM calls_call AS one, generate_series(1, %s) AS n WHERE one.id = %s
"""


def make_many(count: int) -> None:
    one = Call.objects.create(
        sid="CA0",
        direction="inbound",
        status="completed",
        to="+16145550199",
        caller="+16145550120",
        placed_at=clock.now(),
        seconds=40,
    )
    columns = [f'"{field.column}"' for field in Call._meta.concrete_fields]
    own = {'"id"': "gen_random_uuid()", '"sid"': "'CA' || n", '"placed_at"': "one.placed_at - n * interval '1 minute'"}
    statement = COPIES.format(
        columns=", ".join(columns), copied=", ".join(own.get(name, f"one.{name}") for name in columns)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [count, one.pk])


@pytest.fixture
def many(plumber: Firm) -> Firm:
    rival = make_business("Rival Plumbing", email="rival@rival.example")
    with acting_for(rival.business.pk):
        make_many(MANY // 10)
    make_many(MANY)
    return plumber


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize(
    "query", ["", "period=week", "sort=oldest", "direction=inbound&period=30", "outcome=&who=nobody&period=7"]
)
def test_a_page_of_the_list_is_read_off_an_index(many: Firm, query: str) -> None:
    page = Chosen(many.business, QueryDict(query)).calls()[:30]

    plan = _plan(page)

    assert {node.get("Index Name") for node in nodes(plan)} & {"calls_by_time"} == {"calls_by_time"}
    assert not [node["Node Type"] for node in nodes(plan) if node["Node Type"] in ("Seq Scan", "Sort")]


def _plan(page: Any) -> dict[str, Any]:
    sql, given = page.query.sql_with_params()
    with connection.cursor() as cursor:
        # A test's table has no statistics: only what is possible is asked, whether the order can be read off the index.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", given)
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def test_the_page_comes_quickly_at_any_length(many: Firm) -> None:
    browser = Client()
    browser.force_login(many.owner)
    browser.get("/calls/")
    took = {}
    for address in ("/calls/", "/calls/?period=7", "/calls/?page=50", "/calls/?show=live"):
        began = time.perf_counter()
        assert browser.get(address).status_code == 200
        took[address] = round(time.perf_counter() - began, 3)

    assert {address: seconds for address, seconds in took.items() if seconds > 3.0} == {}, took
