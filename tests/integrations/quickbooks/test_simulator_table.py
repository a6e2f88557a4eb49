"""The table beneath the books keeps its two orders whatever is put and deleted, and does not search a page twice."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.quickbooks.simulation.clock import pacific
from integrations.quickbooks.simulation.query import parse
from integrations.quickbooks.simulation.search import find
from integrations.quickbooks.simulation.table import Table, id_key

IDS = st.sampled_from(["1", "2", "10", "99", "100", "12345678901234567890", "x", "007"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), IDS, st.integers(0, 10**9)), max_size=40)


def changed_on(identity: str, moment: float) -> dict[str, Any]:
    return {"Id": identity, "MetaData": {"LastUpdatedTime": pacific(datetime.fromtimestamp(moment, UTC))}}


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 10**9))
def test_both_orders_hold_after_any_number_of_puts_and_deletes(steps: list[tuple[str, str, int]], since: int) -> None:
    table = Table()
    living: dict[str, int] = {}
    dead: dict[str, int] = {}

    for act, identity, moment in steps:
        if act == "put":
            table.put(identity, changed_on(identity, moment), 0)
            living[identity] = moment
            dead.pop(identity, None)
        elif identity in living:
            table.delete(identity, {**changed_on(identity, moment), "status": "Deleted"}, 0)
            dead[identity] = moment
            del living[identity]

    every = sorted([*living.items(), *dead.items()], key=lambda one: (one[1], id_key(one[0])))
    assert table.ids() == sorted(living, key=id_key)
    assert [item["Id"] for item in table] == table.ids()
    assert [item["Id"] for item in table.changes_since(since)] == [one for one, moment in every if moment >= since]
    assert table.ids_changed_since(since) == [one for one, moment in every if moment >= since and one in living]
    assert [item["Id"] for item in table.deleted()] == [one for one, _ in every if one in dead]


def test_the_pages_of_one_search_are_searched_once() -> None:
    table = Table()
    for number in range(1, 51):
        table.put(str(number), {**changed_on(str(number), number), "Balance": number}, 0)
    wanted = "SELECT * FROM Invoice WHERE Balance > '10' ORDERBY Balance DESC STARTPOSITION {} MAXRESULTS 10"

    first = find(table, "Invoice", parse(wanted.format(1)))
    second = find(table, "Invoice", parse(wanted.format(11)))
    table.put("60", {**changed_on("60", 60), "Balance": 60}, 0)
    third = find(table, "Invoice", parse(wanted.format(21)))

    assert second is first
    assert (len(first), len(third)) == (40, 41)


def test_time_without_a_readable_last_change_is_the_time_it_was_put() -> None:
    table = Table()

    for identity, meta in {"1": None, "2": {}, "3": {"LastUpdatedTime": "never"}, "4": {"LastUpdatedTime": 5}}.items():
        table.put(identity, {"Id": identity, "MetaData": meta}, 1000)

    assert [table.changed(identity) for identity in table.ids()] == [1000] * 4
