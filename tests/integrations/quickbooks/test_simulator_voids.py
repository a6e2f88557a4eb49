"""Voiding and deleting: what stays, what is gone, and what becomes of the money on it."""

from collections.abc import Iterator

import pytest

from tests.integrations.quickbooks.simulator_server import Vendor, check, fault_of, good, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


def test_a_voided_invoice_stays_with_nothing_on_it(vendor: Vendor) -> None:
    vendor.control("settings", void_answers_with_old_amounts=False)

    answer = good(vendor.call("POST", "invoice", params={"operation": "void"}, json={"Id": "398", "SyncToken": "0"}))

    voided = vendor.invoice("398")
    check("invoice", voided)
    assert answer["Invoice"] == voided
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    assert vendor.get("customer/64")["Customer"]["Balance"] == 0


def test_the_answer_to_a_void_may_still_show_the_old_amounts(vendor: Vendor) -> None:
    answer = good(vendor.call("POST", "invoice", params={"operation": "void"}, json={"Id": "398", "SyncToken": "0"}))

    assert (answer["Invoice"]["TotalAmt"], answer["Invoice"]["Balance"]) == (980, 980)
    assert answer["Invoice"]["SyncToken"] == "1"
    assert vendor.invoice("398")["TotalAmt"] == 0


def test_voiding_a_partly_paid_invoice_leaves_the_payment_as_credit(vendor: Vendor) -> None:
    vendor.call("POST", "invoice", params={"operation": "void"}, json={"Id": "412", "SyncToken": "1"})

    payment = vendor.get("payment/455")["Payment"]
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["Line"]) == (500, 500, [])
    assert vendor.get("customer/58")["Customer"]["Balance"] == -500


def test_a_deleted_invoice_is_gone(vendor: Vendor) -> None:
    answer = good(vendor.call("POST", "invoice", params={"operation": "delete"}, json={"Id": "398", "SyncToken": "0"}))

    assert answer["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": "398"}
    assert fault_of(vendor.call("GET", "invoice/398")) == (400, "610")
    assert vendor.query("SELECT COUNT(*) FROM Invoice WHERE Id = '398'") == {"totalCount": 0}
    assert fault_of(vendor.call("POST", "invoice", json={"Id": "398", "SyncToken": "0"})) == (400, "610")


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("customer", {"operation": "delete"}),
        ("creditmemo", {"operation": "void"}),
        ("payment", {"operation": "void"}),
        ("invoice", {"operation": "merge"}),
        ("invoice", {"include": "everything"}),
    ],
)
def test_operations_the_vendor_does_not_have_are_refused(vendor: Vendor, path: str, params: dict[str, str]) -> None:
    answer = vendor.call("POST", path, params=params, json={"Id": "58", "SyncToken": "0"})

    assert fault_of(answer) == (400, "500")
