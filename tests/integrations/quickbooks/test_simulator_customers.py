"""Customers and jobs: names, retiring, balances of parents; text in any script."""

from collections.abc import Iterator
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


def sold(amount: float, words: str = "Drain cleaning") -> dict[str, Any]:
    detail = {"ItemRef": {"value": "13"}, "UnitPrice": amount, "Qty": 1}
    return {"Description": words, "Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def test_customers_are_made_changed_and_retired(vendor: Vendor) -> None:
    made = vendor.post("customer", {"GivenName": "Rosa", "FamilyName": "Lind"})["Customer"]
    check("customer", made)

    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    retired = vendor.post("customer", body)["Customer"]

    assert (made["DisplayName"], made["Balance"]) == ("Rosa Lind", 0)
    assert retired["Active"] is False
    assert vendor.query("SELECT * FROM Customer WHERE DisplayName = 'Rosa Lind'") == {}


def test_a_job_stands_below_its_customer(vendor: Vendor) -> None:
    made = vendor.post("customer", {"DisplayName": "Pine St job", "ParentRef": {"value": "62"}})["Customer"]
    vendor.post("invoice", {"CustomerRef": {"value": made["Id"]}, "Line": [sold(60)]})

    check("customer", made)
    assert made["FullyQualifiedName"] == "Oak & Sons Landscaping:Pine St job"
    assert (made["Job"], made["Level"], made["ParentRef"]["value"]) == (True, 1, "62")
    parent = vendor.get("customer/62")["Customer"]
    assert (parent["Balance"], parent["BalanceWithJobs"]) == (1940, 2000)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"DisplayName": "HARBOR cafe"}, "6240"),
        ({"Id": "61", "SyncToken": "0", "sparse": True, "DisplayName": "Harbor Cafe"}, "6240"),
        ({"Notes": "nameless"}, "2020"),
        ({"DisplayName": "Job of nobody", "ParentRef": {"value": "999"}}, "610"),
    ],
)
def test_a_wrong_customer_is_refused(vendor: Vendor, body: dict[str, Any], code: str) -> None:
    assert fault_of(vendor.call("POST", "customer", json=body)) == (400, code)


def test_emoji_and_accents_come_back_as_they_were_sent(vendor: Vendor) -> None:
    made = vendor.post("customer", {"DisplayName": "Café Señor 🌮"})["Customer"]

    answer = vendor.call("GET", f"customer/{made['Id']}")

    assert answer.json()["Customer"]["DisplayName"] == "Café Señor 🌮"
    assert "Café Señor 🌮".encode() in answer.content
