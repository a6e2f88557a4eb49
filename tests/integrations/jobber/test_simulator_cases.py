"""The rarer cases every account has: how Jobber shows each of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integrations.jobber.simulator import Jobber, running_simulator


@pytest.fixture(scope="module")
def jobber() -> Iterator[Jobber]:
    with running_simulator() as url:
        yield Jobber(url).connect()


def money(invoice: Any) -> tuple[float, ...]:
    amounts = invoice["amounts"]
    names = ("total", "depositAmount", "paymentsTotal", "tipsTotal", "invoiceBalance")
    return tuple(amounts[name] for name in names)


def records(invoice: Any) -> list[tuple[str, float, str | None]]:
    nodes = invoice["paymentRecords"]["nodes"]
    return [(one["adjustmentType"], one["amount"], one["jobberPaymentTransactionStatus"]) for one in nodes]


@pytest.mark.parametrize(
    ("name", "status", "amounts", "history"),
    [
        (
            "Dana Ruiz",
            "past_due",
            (1840.0, 300.0, 200.0, 0.0, 1340.0),
            [("DEPOSIT", 300.0, None), ("PAYMENT", 200.0, None)],
        ),
        ("Priya Natarajan", "paid", (180.0, 0.0, 180.0, 20.0, 0.0), [("PAYMENT", 180.0, "SUCCEEDED")]),
        (
            "Tom Okafor",
            "past_due",
            (640.0, 0.0, 500.0, 0.0, 140.0),
            [("PAYMENT", 640.0, "PARTIALLY_REFUNDED"), ("REFUND", 140.0, "SUCCEEDED")],
        ),
        (
            "Grace Lindqvist",
            "past_due",
            (95.5, 0.0, 0.0, 0.0, 95.5),
            [("PAYMENT", 95.5, "REFUNDED"), ("REFUND", 95.5, "SUCCEEDED")],
        ),
        (
            "Walt Brennan",
            "past_due",
            (1200.0, 0.0, 0.0, 0.0, 1200.0),
            [("PAYMENT", 1200.0, "SUCCEEDED"), ("FAILED_ACH_PAYMENT", 1200.0, "FAILED")],
        ),
        ("Irene Castellanos", "past_due", (820.0, 0.0, 0.0, 0.0, 820.0), [("PAYMENT", 820.0, "PENDING")]),
        ("Noah Feldman", "past_due", (310.0, 0.0, 0.0, 0.0, 310.0), [("PAYMENT", 310.0, "FAILED")]),
        ("Bea Thornton", "paid", (455.0, 0.0, 455.0, 0.0, 0.0), [("PAYMENT", 455.0, "IN_DISPUTE")]),
        ("Leo Marchetti", "past_due", (530.0, 0.0, 0.0, 0.0, 530.0), [("PAYMENT", 530.0, "DISPUTED")]),
        (
            "Sam O'Dell",
            "past_due",
            (275.0, 0.0, 0.0, 0.0, 275.0),
            [("PAYMENT", 275.0, None), ("CORRECTION", 275.0, None)],
        ),
        ("Hank Mullins", "bad_debt", (2100.0, 0.0, 0.0, 0.0, 0.0), [("BAD_DEBT", 2100.0, None)]),
        ("Nora Whitfield", "draft", (760.0, 0.0, 0.0, 0.0, 760.0), []),
        ("Omar Haddad", "awaiting_payment", (390.0, 0.0, 0.0, 0.0, 390.0), []),
        ("Alvarado Property Group", "past_due", (350.0, 0.0, 200.0, 0.0, 150.0), [("PAYMENT", 200.0, None)]),
    ],
)
def test_money_and_its_history(
    jobber: Jobber, name: str, status: str, amounts: tuple[float, ...], history: list[tuple[str, float, str | None]]
) -> None:
    found = jobber.case(name)

    assert (found["invoiceStatus"], money(found), records(found)) == (status, amounts, history)


def test_tips_stand_apart_on_the_record_too(jobber: Jobber) -> None:
    assert [one["tipAmount"] for one in jobber.case("Priya Natarajan")["paymentRecords"]["nodes"]] == [20.0]


def test_a_due_date_may_be_missing_with_or_without_days(jobber: Jobber) -> None:
    days, nothing = jobber.case("Ruth Abernathy"), jobber.case("Felix Baum")

    assert (days["dueDate"], days["invoiceNet"], days["invoiceStatus"]) == (None, 30, "past_due")
    assert (nothing["dueDate"], nothing["invoiceNet"], nothing["invoiceStatus"]) == (None, None, "awaiting_payment")


def test_a_financed_invoice_a_number_used_twice_and_a_client_jobber_chases(jobber: Jobber) -> None:
    assert jobber.case("Gloria Pham")["waitingForFinancedPayment"] is True
    assert jobber.case("Vera Kowalski")["hasInvoiceNumberDuplicates"] is True
    assert jobber.case("Ray Fontaine")["client"]["receivesInvoiceFollowUps"] is True
    assert jobber.case("Gloria Pham")["client"]["receivesInvoiceFollowUps"] is False


def test_sample_data_and_archived_clients_are_marked(jobber: Jobber) -> None:
    sample, archived = jobber.case("Sample Client")["client"], jobber.case("Opal Dempsey")["client"]

    assert (sample["sampleData"], sample["isArchived"]) == (True, False)
    assert (archived["sampleData"], archived["isArchived"]) == (False, True)


def test_a_client_can_be_reached_in_many_ways_and_some_are_no_numbers(jobber: Jobber) -> None:
    found = jobber.client_of(
        "Brightwater HOA",
        """title isCompany emails { address description primary }
        phones { number normalizedPhoneNumber friendly description primary smsAllowed }
        contacts(first: 5) { nodes { name role isBillingContact phones(first: 2) { nodes { number smsAllowed } } } }""",
    )

    assert (found["title"], found["isCompany"]) == ("MR", True)
    phones = [
        tuple(one[name] for name in ("number", "normalizedPhoneNumber", "description", "primary", "smsAllowed"))
        for one in found["phones"]
    ]
    assert phones == [
        ("+1 512 555 0170", "+15125550170", "Main", True, False),
        ("5125550171", "+15125550171", "Mobile", False, True),
        ("(512) 555-0172", "+15125550172", "Fax", False, False),
        ("ask for Dee", None, "Other", False, False),
    ]
    assert [(one["description"], one["primary"]) for one in found["emails"]] == [("Main", True), ("Work", False)]
    assert found["contacts"]["nodes"] == [
        {
            "name": "Alice Munro",
            "role": "accounts payable",
            "isBillingContact": True,
            "phones": {"nodes": [{"number": "(512) 555-0177", "smsAllowed": False}]},
        },
        {
            "name": "Pete Garza",
            "role": "site super",
            "isBillingContact": False,
            "phones": {"nodes": [{"number": "512-555-0178", "smsAllowed": True}]},
        },
    ]


def test_a_client_may_have_no_phone_no_email_and_no_address(jobber: Jobber) -> None:
    found = jobber.client_of(
        "Zoe Marsh", "phones { id } emails { id } phone email billingAddress { city } billingAddressPresent"
    )

    assert found == {
        "phones": [],
        "emails": [],
        "phone": None,
        "email": None,
        "billingAddress": None,
        "billingAddressPresent": False,
    }


def test_money_on_no_invoice_lowers_what_a_client_owes(jobber: Jobber) -> None:
    assert jobber.client_of("Ida Sorensen", "balance") == {"balance": -250.0}
    assert jobber.client_of("Clyde Jennings", "balance") == {"balance": 88.0}
    assert jobber.client_of("Dana Ruiz", "balance") == {"balance": 1340.0}


def test_a_deleted_invoice_is_null_and_in_no_list(jobber: Jobber) -> None:
    id = jobber.case_id("Vera Kowalski")
    before = len(jobber.all_invoices())

    jobber.sim.act(jobber.account, "delete_invoice", id=id)

    assert jobber.invoice(id) is None
    assert len(jobber.all_invoices()) == before - 1
    assert jobber.client_of("Art Voss", "invoices(first: 5) { nodes { id } }") == {"invoices": {"nodes": []}}


def test_a_voided_invoice_is_gone_for_jobber_knows_no_void(jobber: Jobber) -> None:
    id = jobber.case_id("Omar Haddad")

    jobber.sim.act(jobber.account, "void_invoice", id=id)

    assert jobber.invoice(id) is None


def test_amounts_and_clients_may_be_null(jobber: Jobber) -> None:
    id = jobber.case_id("Opal Dempsey")

    jobber.sim.odd(
        jobber.account, "invoice", id, {"amounts": None, "client": None, "dueDate": "2026-07-02T09:08:19-06:00"}
    )

    found = jobber.invoice(id)
    assert (found["amounts"], found["client"], found["dueDate"]) == (None, None, "2026-07-02T09:08:19-06:00")
