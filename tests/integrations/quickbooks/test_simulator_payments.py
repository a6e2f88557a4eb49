"""Payments, credit memos and how they are applied, taken back and undone."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

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


def on(entity: str, identity: str, amount: float) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": identity, "TxnType": entity}]}


def paying(customer: str, total: float, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": list(lines)}


def credit_memo(vendor: Vendor, customer: str = "58", amount: float = 200) -> Any:
    line = {
        "Description": "Disputed hours",
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "10"}, "UnitPrice": amount, "Qty": 1},
    }
    return vendor.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [line]})["CreditMemo"]


def balance(vendor: Vendor, invoice: str) -> Any:
    return vendor.invoice(invoice)["Balance"]


def test_one_payment_pays_several_invoices_line_by_line(vendor: Vendor) -> None:
    body = paying("62", 1500, on("Invoice", "437", 1240), on("Invoice", "438", 200))

    made = vendor.post("payment", body)["Payment"]

    check("payment", made)
    assert (made["TotalAmt"], made["UnappliedAmt"]) == (1500, 60)
    assert (balance(vendor, "437"), balance(vendor, "438")) == (0, 500)
    assert vendor.invoice("437")["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Payment"}]
    assert vendor.get("customer/62")["Customer"]["Balance"] == 440


def test_a_payment_moves_the_lock_token_and_the_time_of_its_invoice(vendor: Vendor) -> None:
    before = vendor.invoice("437")

    vendor.post("payment", paying("62", 40, on("Invoice", "437", 40)))

    after = vendor.invoice("437")
    assert (before["SyncToken"], after["SyncToken"]) == ("0", "1")
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]


def test_a_payment_notes_what_was_open_before_it(vendor: Vendor) -> None:
    made = vendor.post("payment", paying("58", 96, on("Invoice", "412", 96)))["Payment"]

    notes = {one["value"]["Name"]: one["value"]["Value"] for one in made["Line"][0]["LineEx"]["any"]}
    assert notes == {"txnId": "412", "txnOpenBalance": "796.00", "txnReferenceNumber": "2207"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (paying("58", 900, on("Invoice", "412", 900)), "6000"),
        (paying("58", 10, on("Invoice", "412", 20)), "6000"),
        (paying("61", 10, on("Invoice", "412", 10)), "6000"),
        (paying("58", 10, on("Invoice", "412", 0)), "6000"),
        (paying("58", -10), "6000"),
        (paying("58", 800, on("Invoice", "412", 400), on("Invoice", "412", 400)), "6000"),
        (paying("58", 10, on("Invoice", "99999", 10)), "610"),
        (paying("58", 10, on("Bill", "412", 10)), "2170"),
        (paying("58", 10, {"Amount": 10}), "2020"),
        ({"CustomerRef": {"value": "58"}}, "2020"),
        ({"TotalAmt": 10}, "2020"),
        ({**paying("58", 10), "TxnDate": "today"}, "2010"),
    ],
)
def test_a_wrong_payment_is_refused_and_changes_nothing(vendor: Vendor, body: dict[str, Any], code: str) -> None:
    before = vendor.look(f"books/{vendor.realm}")

    assert fault_of(vendor.call("POST", "payment", json=body)) == (400, code)
    assert vendor.look(f"books/{vendor.realm}") == before


def test_a_parent_may_pay_for_its_job(vendor: Vendor) -> None:
    vendor.control("refund", realm=vendor.realm, doc_number="2204")

    vendor.post("payment", paying("62", 145, on("Invoice", "515", 145)))

    assert balance(vendor, "515") == 0


def test_changing_a_payment_moves_each_invoice_by_the_difference(vendor: Vendor) -> None:
    made = vendor.post("payment", paying("62", 500, on("Invoice", "437", 500)))["Payment"]
    lines = [on("Invoice", "437", 100), on("Invoice", "438", 400)]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Line": lines}

    changed = vendor.post("payment", body)["Payment"]

    check("payment", changed)
    assert (changed["TotalAmt"], changed["UnappliedAmt"], changed["SyncToken"]) == (500, 0, "1")
    assert (balance(vendor, "437"), balance(vendor, "438")) == (1140, 300)
    assert vendor.invoice("437")["SyncToken"] == "2"


def test_a_full_update_of_a_payment_without_lines_unapplies_it(vendor: Vendor) -> None:
    body = {"Id": "455", "SyncToken": "0", "CustomerRef": {"value": "58"}, "TotalAmt": 500}

    changed = vendor.post("payment", body)["Payment"]

    assert (changed["UnappliedAmt"], changed["Line"]) == (500, [])
    assert "PaymentRefNum" not in changed
    assert (balance(vendor, "412"), vendor.invoice("412")["LinkedTxn"]) == (1296, [])


def test_a_refused_change_of_a_payment_changes_nothing(vendor: Vendor) -> None:
    body = {"Id": "455", "SyncToken": "0", "sparse": True, "Line": [on("Invoice", "412", 2000)]}
    before = vendor.look(f"books/{vendor.realm}")

    assert fault_of(vendor.call("POST", "payment", json=body)) == (400, "6000")
    assert vendor.look(f"books/{vendor.realm}") == before


def test_a_voided_payment_is_owed_again(vendor: Vendor) -> None:
    vendor.control("settings", void_answers_with_old_amounts=False)
    params = {"operation": "update", "include": "void"}

    answer = good(vendor.call("POST", "payment", params=params, json={"Id": "455", "SyncToken": "0", "sparse": True}))

    check("payment", answer["Payment"])
    assert (answer["Payment"]["TotalAmt"], answer["Payment"]["PrivateNote"]) == (0, "Voided")
    assert (balance(vendor, "412"), vendor.invoice("412")["LinkedTxn"]) == (1296, [])
    assert vendor.get("customer/58")["Customer"]["Balance"] == 1296


def test_a_deleted_payment_is_owed_again(vendor: Vendor) -> None:
    good(vendor.call("POST", "payment", params={"operation": "delete"}, json={"Id": "455", "SyncToken": "0"}))

    assert fault_of(vendor.call("GET", "payment/455")) == (400, "610")
    assert balance(vendor, "412") == 1296


def test_a_credit_memo_needs_only_customer_and_line_and_waits_to_be_applied(vendor: Vendor) -> None:
    memo = credit_memo(vendor)

    check("creditmemo", memo)
    assert (memo["TotalAmt"], memo["RemainingCredit"], memo["Balance"]) == (200, 200, 200)
    assert balance(vendor, "412") == 796
    assert vendor.get("customer/58")["Customer"]["Balance"] == 596


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(vendor: Vendor) -> None:
    memo = credit_memo(vendor)
    body = paying("58", 0, on("CreditMemo", memo["Id"], 200), on("Invoice", "412", 200))

    made = vendor.post("payment", body)["Payment"]

    check("payment", made)
    assert (made["TotalAmt"], made["UnappliedAmt"]) == (0, 0)
    assert balance(vendor, "412") == 596
    used = vendor.get(f"creditmemo/{memo['Id']}")["CreditMemo"]
    check("creditmemo", used)
    assert (used["RemainingCredit"], used["Balance"], used["TotalAmt"]) == (0, 0, 200)
    assert used["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Payment"}]


def test_no_more_credit_can_be_applied_than_there_is(vendor: Vendor) -> None:
    memo = credit_memo(vendor, amount=100)
    body = paying("58", 0, on("CreditMemo", memo["Id"], 150), on("Invoice", "412", 150))

    assert fault_of(vendor.call("POST", "payment", json=body)) == (400, "6000")
    assert balance(vendor, "412") == 796


def test_with_automatic_credits_a_memo_may_be_used_up_at_once(vendor: Vendor) -> None:
    vendor.control("settings", auto_apply_credit=True)

    memo = credit_memo(vendor, customer="62", amount=1300)

    assert (memo["TotalAmt"], memo["RemainingCredit"]) == (1300, 0)
    assert (balance(vendor, "437"), balance(vendor, "438")) == (0, 640)
    assert vendor.get("preferences")["Preferences"]["SalesFormsPrefs"]["AutoApplyCredit"] is True


def test_what_a_deleted_credit_memo_had_paid_is_owed_again(vendor: Vendor) -> None:
    memo = vendor.control("credit", realm=vendor.realm, invoice="412", amount=200)["CreditMemo"]
    body = {"Id": memo["Id"], "SyncToken": memo["SyncToken"]}

    good(vendor.call("POST", "creditmemo", params={"operation": "delete"}, json=body))

    assert fault_of(vendor.call("GET", f"creditmemo/{memo['Id']}")) == (400, "610")
    assert (balance(vendor, "412"), vendor.invoice("412")["LinkedTxn"]) == (
        796,
        [{"TxnId": "455", "TxnType": "Payment"}],
    )
    assert vendor.query("SELECT COUNT(*) FROM Payment WHERE TotalAmt = '0'") == {"totalCount": 0}
    assert vendor.get("customer/58")["Customer"]["Balance"] == 796


def test_a_credit_on_a_deleted_invoice_can_be_used_again(vendor: Vendor) -> None:
    memo = vendor.control("credit", realm=vendor.realm, invoice="412", amount=200)["CreditMemo"]

    vendor.control("delete", realm=vendor.realm, id="412")

    assert vendor.get(f"creditmemo/{memo['Id']}")["CreditMemo"]["RemainingCredit"] == 200
    assert vendor.get("payment/455")["Payment"]["UnappliedAmt"] == 500
    assert vendor.get("customer/58")["Customer"]["Balance"] == -700


def test_customers_pay_by_hand_of_the_control_api(vendor: Vendor) -> None:
    whole = vendor.control("pay", realm=vendor.realm, doc_number="2231")
    part = vendor.control("pay", realm=vendor.realm, invoice="412", amount=100.25, date="2026-11-01", reference="88")

    check("payment", whole["Payment"])
    assert (whole["Payment"]["TotalAmt"], whole["Invoice"]["Balance"]) == (310, 0)
    assert (part["Payment"]["TxnDate"], part["Payment"]["PaymentRefNum"]) == ("2026-11-01", "88")
    assert part["Invoice"]["Balance"] == Decimal("695.75")


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_is_taken_back_by_hand_of_the_control_api(vendor: Vendor, how: str) -> None:
    found = vendor.control("refund", realm=vendor.realm, payment="455", how=how)

    assert [one["Balance"] for one in found["Invoices"]] == [1296]
    assert balance(vendor, "412") == 1296


def test_owners_credit_void_and_delete_by_hand_of_the_control_api(vendor: Vendor) -> None:
    credited = vendor.control("credit", realm=vendor.realm, invoice="412", amount=200, description="Two hours off")
    loose = vendor.control("credit", realm=vendor.realm, invoice="412", amount=50, apply=False)
    voided = vendor.control("void", realm=vendor.realm, id="398")
    deleted = vendor.control("delete", realm=vendor.realm, entity="Invoice", id="436")

    assert credited["Invoice"]["Balance"] == 596
    assert (loose["CreditMemo"]["RemainingCredit"], loose["Invoice"]["Balance"]) == (50, 596)
    assert (voided["Invoice"]["TotalAmt"], voided["Invoice"]["PrivateNote"]) == (0, "Voided")
    assert deleted == {"Invoice": {"Id": "436", "status": "Deleted"}}
    assert fault_of(vendor.call("GET", "invoice/436")) == (400, "610")


def test_paying_what_is_paid_is_refused(vendor: Vendor) -> None:
    answer = vendor.http.post("/_sim/pay", json={"realm": vendor.realm, "doc_number": "2244"})

    assert answer.status_code == 400
    assert "nothing to pay" in answer.json()["error"]
