"""Awkward data on demand: unknown fields, missing and unreadable values, too many decimals, long ids."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integrations.quickbooks.simulator_server import Vendor, running_simulator

FINANCE = "{http://schema.intuit.com/finance/v3}"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


@pytest.mark.parametrize(
    "planted",
    [
        {"Id": "61", "DisplayName": "Marta 🌮 Díaz", "Loyalty": {"Tier": "gold"}, "PrimaryPhone": None},
        {"Id": "61", "DisplayName": "Marta", "PrimaryPhone": {"FreeFormNumber": "ask for Bob"}},
        {"Id": "12345678901234567890", "DisplayName": "Twenty digits", "Balance": 10.005},
    ],
)
def test_awkward_objects_come_back_exactly_as_planted(vendor: Vendor, planted: dict[str, Any]) -> None:
    vendor.control("objects", realm=vendor.realm, entity="Customer", object=planted)

    text = vendor.call("GET", f"customer/{planted['Id']}").text
    found = json.loads(text)["Customer"]

    assert {name: found[name] for name in planted} == planted
    assert sorted(found) == sorted([*planted, "MetaData"])


def test_three_decimals_stay_three_decimals(vendor: Vendor) -> None:
    vendor.control(
        "objects", realm=vendor.realm, entity="Invoice", merge=True, object={"Id": "412", "Balance": 796.005}
    )

    assert '"Balance":796.005' in vendor.call("GET", "invoice/412").text


def test_single_fields_of_an_object_can_be_changed_and_dropped(vendor: Vendor) -> None:
    before = vendor.get("customer/62")["Customer"]

    vendor.control(
        "objects",
        realm=vendor.realm,
        entity="Customer",
        merge=True,
        object={"Id": "62", "Notes": None},
        drop=["PrimaryPhone"],
    )

    after = vendor.get("customer/62")["Customer"]
    assert after["Notes"] is None
    assert "PrimaryPhone" not in after
    assert (before["SyncToken"], after["SyncToken"]) == ("0", "1")
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]


def test_awkward_objects_break_no_query(vendor: Vendor) -> None:
    awkward: list[dict[str, Any]] = [
        {"Id": "9001", "Balance": "much", "DueDate": None, "Line": None, "CustomerRef": "58", "MetaData": "x"},
        {"Id": "9002", "MetaData": {"LastUpdatedTime": "never"}, "CustomerRef": {"value": 58}, "TotalAmt": True},
        {"Id": "nine", "LinkedTxn": {}, "Line": [None, 3], "TxnTaxDetail": []},
    ]
    for planted in awkward:
        vendor.control("objects", realm=vendor.realm, entity="Invoice", object=planted)

    for statement in (
        "SELECT * FROM Invoice",
        "SELECT * FROM Invoice WHERE Balance > '0' AND DueDate < '2030-01-01' ORDERBY Balance DESC, DueDate",
        "SELECT * FROM Invoice WHERE CustomerRef = '58' AND MetaData.CreateTime > '2020-01-01'",
        "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > '2020-01-01' ORDERBY MetaData.LastUpdatedTime",
    ):
        assert vendor.call("GET", "query", params={"query": statement}).status_code == 200
    for planted in awkward:
        assert vendor.http.get(f"/pay/{vendor.realm}/{planted['Id']}").status_code == 200
