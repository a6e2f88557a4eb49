"""Reading, creating and updating: lock tokens, full and sparse updates, repeated requests."""

from collections.abc import Iterator
from datetime import datetime
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


def sold(amount: float, words: str = "Drain cleaning") -> dict[str, Any]:
    detail = {"ItemRef": {"value": "13"}, "UnitPrice": amount, "Qty": 1}
    return {"Description": words, "Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def new_invoice(vendor: Vendor, amount: float = 250, customer: str = "74") -> Any:
    return vendor.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sold(amount)]})["Invoice"]


@pytest.mark.parametrize(
    ("path", "entity"), [("invoice/412", "Invoice"), ("customer/58", "Customer"), ("payment/455", "Payment")]
)
def test_one_object_is_read_by_id(vendor: Vendor, path: str, entity: str) -> None:
    answer = vendor.get(path)

    check(entity.lower(), answer[entity])
    assert sorted(answer) == sorted([entity, "time"])


def test_the_company_and_its_preferences_are_read(vendor: Vendor) -> None:
    company = vendor.get(f"companyinfo/{vendor.realm}")["CompanyInfo"]
    preferences = vendor.get("preferences")["Preferences"]

    check("companyinfo", company)
    assert (company["CompanyName"], company["Country"]) == ("Ava's Plumbing", "US")
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == "USD"


def test_the_payment_link_comes_only_when_asked_for(vendor: Vendor) -> None:
    asked = vendor.get("invoice/412", include="invoiceLink")["Invoice"]

    check("invoice", asked)
    assert asked["InvoiceLink"] == f"{vendor.base_url}/pay/{vendor.realm}/412"
    assert "InvoiceLink" not in vendor.invoice("412")


@pytest.mark.parametrize(("path", "code"), [("invoice/99999", "610"), ("invoice/abc", "2030"), ("customer/0", "610")])
def test_what_is_not_there_is_not_found(vendor: Vendor, path: str, code: str) -> None:
    assert fault_of(vendor.call("GET", path)) == (400, code)


def test_a_new_invoice_is_numbered_summed_up_and_dated(vendor: Vendor) -> None:
    body = {"CustomerRef": {"value": "74"}, "Line": [sold(250), sold(49.5)], "TxnDate": "2026-11-02"}

    made = vendor.post("invoice", body)["Invoice"]

    check("invoice", made)
    assert (made["TotalAmt"], made["Balance"], made["SyncToken"]) == (Decimal("299.5"), Decimal("299.5"), "0")
    assert (made["TxnDate"], made["DueDate"]) == ("2026-11-02", "2026-12-02")
    assert made["CustomerRef"] == {"value": "74", "name": "Quiet Inn"}
    assert made["Line"][2] == {"Amount": Decimal("299.5"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert vendor.get("customer/74")["Customer"]["Balance"] == Decimal("299.5")


def test_terms_decide_when_a_new_invoice_is_due(vendor: Vendor) -> None:
    body = {
        "CustomerRef": {"value": "74"},
        "Line": [sold(10)],
        "TxnDate": "2026-11-02",
        "SalesTermRef": {"value": "2"},
        "Deposit": 4,
        "TxnTaxDetail": {"TotalTax": 0.8},
    }

    made = vendor.post("invoice", body)["Invoice"]

    assert made["DueDate"] == "2026-11-17"
    assert (made["TotalAmt"], made["Balance"]) == (Decimal("10.8"), Decimal("6.8"))


def test_a_discount_line_is_taken_off(vendor: Vendor) -> None:
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}

    made = vendor.post("invoice", {"CustomerRef": {"value": "74"}, "Line": [sold(333.33), discount]})["Invoice"]

    check("invoice", made)
    assert made["TotalAmt"] == Decimal("300.0")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Line": [sold(10)]}, "2020"),
        ({"CustomerRef": {"value": "74"}}, "2020"),
        ({"CustomerRef": {"value": "74"}, "Line": []}, "2020"),
        ({"CustomerRef": {"value": "999"}, "Line": [sold(10)]}, "610"),
        ({"CustomerRef": {"value": "74"}, "Line": [{**sold(10), "DetailType": "Nonsense"}]}, "2170"),
        ({"CustomerRef": {"value": "74"}, "Line": [{**sold(10), "Amount": 11}]}, "6070"),
        ({"CustomerRef": {"value": "74"}, "Line": [{"Amount": 10, "DetailType": "SalesItemLineDetail"}]}, "2020"),
        (
            {
                "CustomerRef": {"value": "74"},
                "Line": [
                    {
                        "Amount": 1,
                        "DetailType": "SalesItemLineDetail",
                        "SalesItemLineDetail": {"ItemRef": {"value": "404"}},
                    }
                ],
            },
            "2500",
        ),
        ({"CustomerRef": {"value": "74"}, "Line": [sold(-10)]}, "6000"),
        ({"CustomerRef": {"value": "74"}, "Line": [sold(10)], "DueDate": "soon"}, "2010"),
        ({"CustomerRef": {"value": "74"}, "Line": [sold(10)], "Color": "red"}, "2010"),
        ({"CustomerRef": {"value": "74"}, "Line": [sold(10)], "Deposit": "a lot"}, "2010"),
        ({"CustomerRef": {"value": "74"}, "Line": [sold(10)], "Deposit": 1e30}, "2020"),
    ],
)
def test_a_wrong_invoice_is_refused_and_nothing_is_booked(vendor: Vendor, body: dict[str, Any], code: str) -> None:
    before = vendor.look(f"books/{vendor.realm}")

    assert fault_of(vendor.call("POST", "invoice", json=body)) == (400, code)
    assert vendor.look(f"books/{vendor.realm}") == before


def test_a_sparse_update_changes_what_it_names_and_nothing_else(vendor: Vendor) -> None:
    before = vendor.invoice("412")
    body = {"Id": "412", "SyncToken": before["SyncToken"], "sparse": True, "PrivateNote": "Spoke with Ana"}

    after = vendor.post("invoice", body)["Invoice"]

    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"PrivateNote", "SyncToken", "MetaData"}
    assert (before["SyncToken"], after["SyncToken"]) == ("1", "2")
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]
    assert vendor.invoice("412") == after


def test_a_full_update_clears_what_it_leaves_out(vendor: Vendor) -> None:
    before = vendor.invoice("412")
    body = {
        "Id": "412",
        "SyncToken": before["SyncToken"],
        "CustomerRef": before["CustomerRef"],
        "Line": [sold(1296)],
        "TxnDate": before["TxnDate"],
    }

    after = vendor.post("invoice", body)["Invoice"]

    check("invoice", after)
    assert "BillEmail" not in after
    assert "CustomerMemo" not in after
    assert after["EmailStatus"] == "NotSet"
    assert (after["TotalAmt"], after["Balance"], after["DocNumber"]) == (Decimal("1296.0"), Decimal("796.0"), "2207")
    assert after["LinkedTxn"] == before["LinkedTxn"]


def test_new_lines_move_the_balance_by_the_difference(vendor: Vendor) -> None:
    body = {"Id": "412", "SyncToken": "1", "sparse": True, "Line": [sold(1000)], "TxnTaxDetail": {"TotalTax": 80}}

    after = vendor.post("invoice", body)["Invoice"]

    assert (after["TotalAmt"], after["Balance"]) == (Decimal("1080.0"), Decimal("580.0"))
    assert vendor.get("customer/58")["Customer"]["Balance"] == Decimal("580.0")


def test_an_invoice_cannot_be_cut_below_what_was_paid(vendor: Vendor) -> None:
    body = {"Id": "412", "SyncToken": "1", "sparse": True, "Line": [sold(100)], "TxnTaxDetail": {"TotalTax": 0}}

    assert fault_of(vendor.call("POST", "invoice", json=body)) == (400, "6000")
    assert vendor.invoice("412")["Balance"] == Decimal("796.0")


@pytest.mark.parametrize("params", [{}, {"operation": "update"}, {"operation": "void"}, {"operation": "delete"}])
def test_an_old_lock_token_is_a_stale_object(vendor: Vendor, params: dict[str, str]) -> None:
    body = {"Id": "412", "SyncToken": "0", "sparse": True, "PrivateNote": "late"}

    assert fault_of(vendor.call("POST", "invoice", params=params, json=body)) == (400, "5010")
    assert vendor.invoice("412")["SyncToken"] == "1"


def test_a_write_without_a_lock_token_is_refused(vendor: Vendor) -> None:
    assert fault_of(vendor.call("POST", "invoice", json={"Id": "412", "sparse": True})) == (400, "2020")


def test_a_repeated_request_id_is_done_once(vendor: Vendor) -> None:
    body = {"CustomerRef": {"value": "74"}, "Line": [sold(80)]}

    first = good(vendor.call("POST", "creditmemo", params={"requestid": "dispute-1042"}, json=body))
    second = good(vendor.call("POST", "creditmemo", params={"requestid": "dispute-1042"}, json=body))
    third = good(vendor.call("POST", "creditmemo", params={"requestid": "dispute-1043"}, json=body))

    assert second == first
    assert third["CreditMemo"]["Id"] != first["CreditMemo"]["Id"]
    assert vendor.query("SELECT COUNT(*) FROM CreditMemo") == {"totalCount": 2}


def test_a_refused_write_may_be_repeated_with_its_request_id(vendor: Vendor) -> None:
    params = {"requestid": "again-1"}

    refused = vendor.call("POST", "invoice", params=params, json={"Line": [sold(10)]})
    made = vendor.call("POST", "invoice", params=params, json={"CustomerRef": {"value": "74"}, "Line": [sold(10)]})

    assert (refused.status_code, made.status_code) == (400, 200)


@pytest.mark.parametrize("given", ["", "x" * 51])
def test_a_request_id_has_1_to_50_characters(vendor: Vendor, given: str) -> None:
    answer = vendor.call("POST", "invoice", params={"requestid": given}, json={})

    assert fault_of(answer) == (400, "2050")


def test_numbers_may_come_as_text_and_blanks_as_nothing(vendor: Vendor) -> None:
    line = {**sold(75), "Amount": "75.00"}
    body = {
        "CustomerRef": {"value": "74", "type": ""},
        "Line": [line],
        "PrivateNote": "",
        "DueDate": "",
        "Deposit": "5",
    }

    made = vendor.post("invoice", body)["Invoice"]

    assert (made["TotalAmt"], made["Balance"]) == (75, 70)
    assert "PrivateNote" not in made


def test_times_carry_the_pacific_offset_of_their_day(vendor: Vendor) -> None:
    summer, winter = new_invoice_on(vendor, "2027-07-01"), new_invoice_on(vendor, "2027-12-01")

    assert summer["MetaData"]["CreateTime"] == "2027-07-01T05:00:00-07:00"
    assert winter["MetaData"]["CreateTime"] == "2027-12-01T04:00:00-08:00"


def new_invoice_on(vendor: Vendor, day: str) -> Any:
    """An invoice made at noon UTC of a day, give or take the seconds the call took."""
    moved = vendor.control("clock", offset_seconds=0)
    offset = (datetime.fromisoformat(f"{day}T12:00:00+00:00") - datetime.fromisoformat(moved["now"])).total_seconds()
    vendor.control("clock", offset_seconds=offset)
    made = new_invoice(vendor)
    made["MetaData"]["CreateTime"] = made["MetaData"]["CreateTime"][:17] + "00" + made["MetaData"]["CreateTime"][19:]
    return made


def test_currency_may_be_left_out_everywhere(vendor: Vendor) -> None:
    vendor.control("settings", currency_ref=False)

    for path in ("invoice/412", "customer/58", "payment/455"):
        assert "CurrencyRef" not in vendor.call("GET", path).text
    assert "CurrencyRef" not in vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice"}).text
    assert vendor.get("preferences")["Preferences"]["CurrencyPrefs"]["HomeCurrency"]["value"] == "USD"
