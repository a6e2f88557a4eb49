"""Change data capture: what changed since, what is left of the deleted, and where it stops."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integrations.quickbooks.simulator_server import Vendor, check, fault_of, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


ALL = "Invoice,Payment,CreditMemo,Customer"


def groups(vendor: Vendor, since: str, entities: str = ALL) -> list[Any]:
    answer = vendor.get("cdc", entities=entities, changedSince=since)
    check("cdc", answer)
    found: list[Any] = answer["CDCResponse"][0]["QueryResponse"]
    return found


def a_moment_ago(**ago: int) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def test_a_group_for_each_entity_in_the_order_asked_for(vendor: Vendor) -> None:
    found = groups(vendor, a_moment_ago(days=29), "Customer,Invoice")

    assert ["Customer" in found[0], "Invoice" in found[1]] == [True, True]
    assert found[1]["maxResults"] == len(found[1]["Invoice"]) == found[1]["totalCount"]


def test_only_what_changed_since_comes_and_whole(vendor: Vendor) -> None:
    before = vendor.get("preferences")["time"]
    vendor.control("clock", offset_seconds=60)
    vendor.control("pay", realm=vendor.realm, doc_number="2231")

    invoices, payments, memos, customers = groups(vendor, before)

    assert invoices["Invoice"] == [vendor.invoice("436")]
    assert [one["TotalAmt"] for one in payments["Payment"]] == [310]
    assert memos == {"CreditMemo": [], "startPosition": 1, "maxResults": 0}
    assert [one["DisplayName"] for one in customers["Customer"]] == ["Marta Diaz"]


def test_an_entity_without_changes_is_an_empty_group(vendor: Vendor) -> None:
    vendor.control("clock", offset_seconds=3600)
    since = vendor.get("preferences")["time"]

    assert groups(vendor, since, "Invoice,Payment") == [{}, {}]


def test_deleted_objects_are_told_with_little_else(vendor: Vendor) -> None:
    since = vendor.get("preferences")["time"]
    vendor.control("delete", realm=vendor.realm, id="398")

    invoice = groups(vendor, since, "Invoice")[0]["Invoice"][0]

    assert sorted(invoice) == ["Id", "MetaData", "domain", "status"]
    assert (invoice["Id"], invoice["status"]) == ("398", "Deleted")


def test_changes_come_oldest_first_deletions_among_them(vendor: Vendor) -> None:
    vendor.control("clock", offset_seconds=86_400)
    since = vendor.get("preferences")["time"]
    for number, (act, identity) in enumerate([("pay", "436"), ("delete", "398"), ("pay", "437")], start=1):
        vendor.control("clock", offset_seconds=86_400 + number * 60)
        key = "invoice" if act == "pay" else "id"
        vendor.control(act, realm=vendor.realm, **{key: identity})

    assert [one["Id"] for one in groups(vendor, since, "Invoice")[0]["Invoice"]] == ["436", "398", "437"]


def test_inactive_customers_are_told_too(vendor: Vendor) -> None:
    since = vendor.get("preferences")["time"]
    vendor.post("customer", {"Id": "58", "SyncToken": "0", "sparse": True, "Active": False})

    assert [one["Active"] for one in groups(vendor, since, "Customer")[0]["Customer"]] == [False]


def test_nothing_older_than_30_days_can_be_asked_for(vendor: Vendor) -> None:
    within = vendor.call("GET", "cdc", params={"entities": "Invoice", "changedSince": a_moment_ago(days=29, hours=23)})
    beyond = vendor.call("GET", "cdc", params={"entities": "Invoice", "changedSince": a_moment_ago(days=30, hours=1)})

    assert within.status_code == 200
    assert fault_of(beyond) == (400, "4001")


def test_the_look_back_is_measured_on_the_worlds_clock(vendor: Vendor) -> None:
    vendor.control("clock", offset_seconds=31 * 86_400)

    answer = vendor.call("GET", "cdc", params={"entities": "Invoice", "changedSince": a_moment_ago(hours=1)})

    assert fault_of(answer) == (400, "4001")


def test_no_answer_holds_more_than_1000_objects_over_all_entities(vendor: Vendor) -> None:
    vendor.control("seed", realm=vendor.realm, invoices=2800, customers=40)

    answer = vendor.get("cdc", entities=ALL, changedSince=a_moment_ago(days=29))

    found = answer["CDCResponse"][0]["QueryResponse"]
    assert sum(group.get("maxResults", 0) for group in found) == 1000
    assert sum(len(group.get(name, [])) for group, name in zip(found, ALL.split(","), strict=True)) == 1000


def test_a_time_without_an_offset_is_taken_for_pacific(vendor: Vendor) -> None:
    vendor.control("clock", offset_seconds=7200)
    vendor.control("pay", realm=vendor.realm, invoice="436")
    changed = vendor.invoice("436")["MetaData"]["LastUpdatedTime"]

    pacific = groups(vendor, changed[:19], "Invoice")[0]["Invoice"]

    assert [one["Id"] for one in pacific] == ["436"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"entities": "Invoice"}, "2020"),
        ({"changedSince": "2026-11-02T08:00:00Z"}, "2020"),
        ({"entities": "Bill", "changedSince": "2026-11-02T08:00:00Z"}, "4001"),
        ({"entities": "Invoice", "changedSince": "yesterday"}, "4001"),
    ],
)
def test_wrong_questions_for_changes_are_refused(vendor: Vendor, params: dict[str, str], code: str) -> None:
    assert fault_of(vendor.call("GET", "cdc", params=params)) == (400, code)
