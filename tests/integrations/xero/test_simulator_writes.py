"""What an app may change, what it may not, and what each change does to the books."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.xero.simulator import LAW_FIRM
from tests.integrations.xero.simulator import App, good, messages, simulated


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture(scope="module")
def app(base_url: str) -> App:
    return App(base_url).connected()


def credit(customer: str, amount: str = "200.00", **more: Any) -> Any:
    """A credit note as an app sends it."""
    line = {"Description": "Disputed hours", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}
    usual = {"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Contact": {"ContactID": customer}, "LineItems": [line]}
    return {**usual, "Date": "2026-10-28", "Reference": "Dispute 31", **more}


def made_credit(app: App, customer: str, amount: str = "200.00", **more: Any) -> Any:
    return good(app.send("PUT", "CreditNotes", credit(customer, amount, **more)))["CreditNotes"][0]


def allocate(app: App, note: str, invoice: str, amount: str, **more: Any) -> Any:
    body = {"Allocations": [{"Invoice": {"InvoiceID": invoice}, "Amount": amount, "Date": "2026-10-28", **more}]}
    return app.send("PUT", f"CreditNotes/{note}/Allocations", body)


def pay(app: App, made: Any, amount: str) -> Any:
    return app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount=amount, applied={made["id"]: amount})


def test_a_credit_note_is_made_and_put_on_an_invoice(app: App) -> None:
    made = app.one_invoice()

    note = made_credit(app, made["customer"])
    allocation = good(allocate(app, note["CreditNoteID"], made["id"], "200.00"))["Allocations"][0]
    after = app.get(f"CreditNotes/{note['CreditNoteID']}")["CreditNotes"][0]
    invoice = app.invoice(made["id"])

    assert (note["Status"], note["Total"], note["RemainingCredit"]) == ("AUTHORISED", 200, 200)
    assert note["Reference"] == "Dispute 31"
    assert allocation["CreditNote"]["CreditNoteID"] == note["CreditNoteID"]
    assert (after["Status"], after["RemainingCredit"]) == ("PAID", 0)
    assert [one["Amount"] for one in after["Allocations"]] == [Decimal("200.00")]
    assert (invoice["AmountCredited"], invoice["AmountDue"], invoice["Status"]) == (200, 300, "AUTHORISED")


def test_an_allocation_taken_off_is_owed_again(app: App) -> None:
    made = app.one_invoice()
    note = made_credit(app, made["customer"])["CreditNoteID"]
    good(allocate(app, note, made["id"], "150.00"))
    [allocation] = app.get(f"CreditNotes/{note}")["CreditNotes"][0]["Allocations"]

    gone = good(app.call("DELETE", f"CreditNotes/{note}/Allocations/{allocation['AllocationID']}"))

    assert (gone["IsDeleted"], gone["Invoice"]["InvoiceID"], gone["Amount"]) == (True, made["id"], 150)
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")
    assert app.call("DELETE", f"CreditNotes/{note}/Allocations/{allocation['AllocationID']}").status_code == 404


def test_the_same_key_makes_one_credit_note_however_often_it_is_sent(app: App) -> None:
    customer = app.one_customer()
    before = app.sim.counts(LAW_FIRM)["credits"]

    first = app.send("PUT", "CreditNotes", credit(customer), key="dispute-31")
    again = app.send("PUT", "CreditNotes", credit(customer), key="dispute-31")
    changed = app.send("PUT", "CreditNotes", credit(customer, "201.00"), key="dispute-31")

    assert first.content == again.content
    assert app.sim.counts(LAW_FIRM)["credits"] == before + 1
    assert messages(changed) == ["The Idempotency-Key was used before with another request"]
    assert messages(app.send("PUT", "CreditNotes", credit(customer), key="k" * 129)) == [
        "The Idempotency-Key must be 1 to 128 characters long"
    ]


@pytest.mark.parametrize(
    ("amount", "more", "message"),
    [
        ("200.01", {}, "The allocation amount is greater than the remaining credit"),
        ("0", {}, "Amount must be greater than zero, with two decimals at most"),
        ("1.005", {}, "Amount must be greater than zero, with two decimals at most"),
        ("many", {}, "Amount is not a number"),
        ("10.00", {"Date": None}, "Date must be specified"),
        ("10.00", {"Date": "28/10/2026"}, "Date is not a valid date"),
        ("10.00", {"Invoice": {"InvoiceID": "7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"}}, "Invoice could not be found"),
    ],
)
def test_an_allocation_that_cannot_be_is_refused_and_changes_nothing(
    app: App, amount: str, more: dict[str, Any], message: str
) -> None:
    made = app.one_invoice()
    note = made_credit(app, made["customer"])["CreditNoteID"]

    refused = allocate(app, note, made["id"], amount, **more)

    assert messages(refused) == [message]
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")


def test_credit_goes_only_on_open_invoices_of_the_same_contact(app: App) -> None:
    mine, foreign, paid = app.one_invoice("100.00"), app.one_invoice(), app.one_invoice()
    pay(app, paid, "500.00")
    note = made_credit(app, mine["customer"])["CreditNoteID"]

    assert messages(allocate(app, note, foreign["id"], "10.00")) == [
        "The contact of the invoice is not that of the credit"
    ]
    assert messages(allocate(app, note, paid["id"], "10.00")) == [
        "Credit can only be allocated to invoices with a status of AUTHORISED"
    ]
    assert messages(allocate(app, note, mine["id"], "150.00")) == [
        "The allocation amount is greater than the amount outstanding on the invoice"
    ]
    draft = made_credit(app, mine["customer"], Status="DRAFT")["CreditNoteID"]
    assert messages(allocate(app, draft, mine["id"], "10.00")) == [
        "You can only allocate credit notes with a status of AUTHORISED"
    ]


def test_an_overpayment_is_allocated_and_taken_off_again(app: App) -> None:
    made = app.one_invoice()
    payment = app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount="120.00")
    body = {"Allocations": [{"Invoice": {"InvoiceID": made["id"]}, "Amount": "120.00", "Date": "2026-10-28"}]}

    good(app.send("PUT", f"Overpayments/{payment['id']}/Allocations", body))
    due = app.invoice(made["id"])["AmountDue"]
    over = app.get(f"Overpayments/{payment['id']}")["Overpayments"][0]
    off = app.call("DELETE", f"Overpayments/{payment['id']}/Allocations/{over['Allocations'][0]['AllocationID']}")

    assert (due, over["Status"], over["RemainingCredit"]) == (Decimal("380.00"), "PAID", 0)
    assert good(off)["IsDeleted"] is True
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")


def test_all_that_is_wrong_with_a_new_document_is_said_at_once(app: App) -> None:
    invoice = app.send("PUT", "Invoices", {"Invoices": [{"Reference": "x"}]})
    note = app.send("PUT", "CreditNotes", {"CreditNotes": [{"Reference": "x"}]})

    assert messages(invoice) == [
        "Invoice Type must be specified",
        "A Contact must be specified for this type of transaction",
        "One or more line items must be specified",
    ]
    assert messages(note)[0] == "Credit Note Type must be specified"
    assert invoice.json()["Elements"][0]["Reference"] == "x"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": ""}, "Account code or ID must be specified"),
        ({"Description": ""}, "Description is required for each line item"),
        (
            {"TaxType": "NONSENSE"},
            "The TaxType code 'NONSENSE' does not exist or cannot be used for this type of transaction.",
        ),
        ({"LineAmount": "12.00"}, "The line total 12.00 does not match the expected line total 200.00"),
        ({"Quantity": "lots"}, "Quantity is not a number"),
        ({"DiscountRate": 10}, "Discounts are not supported on this type of document"),
    ],
)
def test_lines_are_checked(app: App, line: dict[str, Any], message: str) -> None:
    wanted = credit(app.one_customer())
    wanted["LineItems"][0] |= line

    assert messages(app.send("PUT", "CreditNotes", wanted)) == [message]


def test_tax_is_added_or_within_as_the_document_says(app: App) -> None:
    customer = app.one_customer()
    line = {"Description": "Hours", "Quantity": 1, "UnitAmount": "200.00", "AccountCode": "200", "TaxType": "OUTPUT2"}

    on_top = made_credit(app, customer, LineItems=[line])
    within = made_credit(app, customer, LineItems=[line], LineAmountTypes="Inclusive")

    assert [on_top[name] for name in ("SubTotal", "TotalTax", "Total")] == [200, 30, 230]
    assert [within[name] for name in ("SubTotal", "TotalTax", "Total")] == [
        Decimal("173.91"),
        Decimal("26.09"),
        Decimal("200.00"),
    ]
    assert within["LineItems"][0]["LineAmount"] == Decimal("200.00")


def test_an_element_nobody_knows_is_refused(app: App) -> None:
    answer = app.send("PUT", "CreditNotes", {**credit(app.one_customer()), "Amount": 5})

    assert answer.status_code == 400
    assert answer.json()["ErrorNumber"] == 14
    assert answer.json()["Type"] == "PostDataInvalidException"
    assert answer.json()["Message"].startswith("The element 'Amount' was not recognised.")


def test_what_is_no_json_or_nothing_is_refused(app: App) -> None:
    headers: dict[str, str | None] = {"Content-Type": "application/json"}

    broken = app.call("PUT", "CreditNotes", headers=headers, content="{")
    empty = app.call("PUT", "CreditNotes", headers=headers, content="")
    form = app.call("PUT", "CreditNotes", data={"Type": "ACCRECCREDIT"})

    assert [one.json()["Type"] for one in (broken, empty, form)] == [
        "PostDataInvalidException",
        "NoDataProcessedException",
        "PostDataInvalidException",
    ]


def test_one_wrong_object_keeps_the_others_out_unless_each_is_answered_for_itself(app: App) -> None:
    customer, before = app.one_customer(), app.sim.counts(LAW_FIRM)["credits"]
    both = {"CreditNotes": [credit(customer), {"Type": "ACCRECCREDIT"}]}

    together = app.send("PUT", "CreditNotes", both)
    nothing = app.sim.counts(LAW_FIRM)["credits"]
    each = good(app.send("PUT", "CreditNotes", both, summarizeErrors="false"))["CreditNotes"]

    assert len(messages(together)) == 2
    assert nothing == before
    assert [one["StatusAttributeString"] for one in each] == ["OK", "ERROR"]
    assert app.sim.counts(LAW_FIRM)["credits"] == before + 1


def test_an_open_invoice_without_money_on_it_can_be_voided(app: App) -> None:
    made, paid = app.one_invoice(), app.one_invoice()
    pay(app, paid, "1.00")

    voided = good(app.send("POST", f"Invoices/{made['id']}", {"Status": "VOIDED"}))["Invoices"][0]
    refused = app.send("POST", f"Invoices/{paid['id']}", {"Status": "VOIDED"})
    again = app.send("POST", f"Invoices/{made['id']}", {"Reference": "late"})

    assert (voided["Status"], voided["AmountDue"], voided["Total"]) == ("VOIDED", 0, 500)
    assert messages(refused) == ["This document cannot be edited as it has a payment or credit note allocated to it."]
    assert messages(again) == ["Invoice not of valid status for modification"]


def test_only_drafts_can_be_deleted_and_approved(app: App) -> None:
    draft, other, opened = app.one_invoice(status="draft"), app.one_invoice(status="draft"), app.one_invoice()

    deleted = good(app.send("POST", f"Invoices/{draft['id']}", {"Status": "DELETED"}))["Invoices"][0]
    approved = good(app.send("POST", f"Invoices/{other['id']}", {"Status": "AUTHORISED"}))["Invoices"][0]
    refused = app.send("POST", f"Invoices/{opened['id']}", {"Status": "DELETED"})

    assert (deleted["Status"], approved["Status"]) == ("DELETED", "AUTHORISED")
    assert messages(refused) == ["Invoice not of valid status for modification"]


def test_lines_of_an_open_invoice_are_edited_until_money_is_on_it(app: App) -> None:
    made = app.one_invoice()
    lines = [{"Description": "Advice", "Quantity": 2, "UnitAmount": "199.99", "AccountCode": "200"}]

    edited = good(app.send("POST", f"Invoices/{made['id']}", {"LineItems": lines}))["Invoices"][0]
    pay(app, made, "10.00")
    refused = app.send("POST", f"Invoices/{made['id']}", {"LineItems": lines})

    assert (edited["Total"], edited["AmountDue"]) == (Decimal("399.98"), Decimal("399.98"))
    assert refused.status_code == 400
    assert app.invoice(made["id"])["AmountDue"] == Decimal("389.98")


def test_a_contact_of_an_open_invoice_may_change_and_a_stub_is_no_edit(app: App) -> None:
    made, other = app.one_invoice(), app.one_customer(name="Somebody Else")
    path = f"Invoices/{made['id']}"

    moved = good(app.send("POST", path, {"Contact": {"ContactID": other}}))["Invoices"][0]
    app.sim.act(LAW_FIRM, "pay", customer=other, amount="1.00", applied={made["id"]: "1.00"})
    same = app.send("POST", path, {"Contact": {"ContactID": other}, "Reference": "Matter 9"})
    refused = app.send("POST", path, {"Contact": {"ContactID": made["customer"]}})

    assert moved["Contact"]["Name"] == "Somebody Else"
    assert good(same)["Invoices"][0]["Reference"] == "Matter 9"
    assert refused.status_code == 400


def test_an_app_makes_invoices_and_changes_them_by_number(app: App) -> None:
    line = {"Description": "Advice", "Quantity": "1.5", "UnitAmount": 100, "AccountCode": "200", "DiscountRate": 10}
    body = {
        "Type": "ACCREC",
        "Contact": {"Name": "Wren & Daughters"},
        "LineItems": [line],
        "Date": "2026-09-01",
        "DueDate": "2026-09-30",
        "InvoiceNumber": "APP-1",
        "Status": "AUTHORISED",
    }

    made = good(app.send("PUT", "Invoices", body))["Invoices"][0]
    twice = app.send("PUT", "Invoices", body)
    changed = good(app.send("POST", "Invoices", {"InvoiceNumber": "APP-1", "Reference": "Matter 7"}))["Invoices"][0]

    assert (made["Total"], made["TotalDiscount"], made["DueDateString"]) == (135, 15, "2026-09-30T00:00:00")
    assert messages(twice) == ["Invoice # must be unique."]
    assert (changed["InvoiceID"], changed["Reference"]) == (made["InvoiceID"], "Matter 7")
    [mine] = app.get("Invoices", createdByMyApp="true", InvoiceNumbers="APP-1")["Invoices"]
    assert mine["InvoiceID"] == made["InvoiceID"]


def test_a_note_in_the_history_is_seen_by_staff_only(app: App) -> None:
    made = app.one_invoice()
    path = f"Invoices/{made['id']}/History"

    written = good(app.send("PUT", path, {"HistoryRecords": [{"Details": "Promised for Friday"}]}))
    shown = app.get(path)["HistoryRecords"]

    assert written["HistoryRecords"][0]["Details"] == "Promised for Friday"
    assert (shown[0]["Details"], shown[0]["Changes"], shown[-1]["Changes"]) == (
        "Promised for Friday",
        "Note",
        "Created",
    )
    assert "Promised" not in app.call("GET", f"Invoices/{made['id']}").text
    assert messages(app.send("PUT", path, {"HistoryRecords": [{"Details": " "}]})) == ["Details must be specified"]
    assert app.sim.act(LAW_FIRM, "touch", kind="invoice", id=made["id"])["comments"] == ["Promised for Friday"]


def test_a_payment_is_recorded_and_removed(app: App) -> None:
    made = app.one_invoice()
    body = {"Invoice": {"InvoiceID": made["id"]}, "Account": {"Code": "090"}, "Date": "2026-10-01", "Amount": "500.00"}

    paid = good(app.send("PUT", "Payments", body))["Payments"][0]
    status = app.invoice(made["id"])["Status"]
    gone = good(app.send("POST", f"Payments/{paid['PaymentID']}", {"Payments": [{"Status": "DELETED"}]}))["Payments"][0]

    assert (paid["PaymentType"], paid["Status"], status) == ("ACCRECPAYMENT", "AUTHORISED", "PAID")
    assert (gone["PaymentID"], gone["Status"]) == (paid["PaymentID"], "DELETED")
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")
    assert messages(app.send("POST", f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})) == [
        "Payment not of valid status for modification"
    ]


def test_a_reconciled_payment_stays_and_so_does_one_of_several(app: App) -> None:
    made = app.one_invoice()
    other = app.one_invoice(customer=made["customer"])
    parts = {made["id"]: "100.00", other["id"]: "100.00"}
    several = app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount="200.00", applied=parts)
    banked = app.sim.act(
        LAW_FIRM,
        "pay",
        customer=made["customer"],
        amount="50.00",
        applied={made["id"]: "50.00"},
        extra={"reconciled": True},
    )

    refused = [app.send("POST", f"Payments/{one['id']}", {"Status": "DELETED"}) for one in (several, banked)]

    assert [messages(one) for one in refused] == [
        ["This payment is part of a batch and cannot be deleted alone"],
        ["This payment has been reconciled and cannot be deleted"],
    ]
    assert app.invoice(made["id"])["AmountPaid"] == Decimal("150.00")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Amount": "500.01"}, "Payment amount exceeds the amount outstanding on this document"),
        ({"Account": {"Code": "999"}}, "Account could not be found"),
        ({"Invoice": {}}, "Invoice could not be found"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(app: App, change: dict[str, Any], message: str) -> None:
    made = app.one_invoice()
    body = {"Invoice": {"InvoiceID": made["id"]}, "Account": {"Code": "090"}, "Date": "2026-10-01", "Amount": "500.00"}

    assert messages(app.send("PUT", "Payments", {**body, **change})) == [message]


def test_an_invoice_is_mailed_to_who_has_an_address(app: App) -> None:
    made = app.one_invoice(customer=app.one_customer(email="ap@cafe.example"), sent=False)
    nobody = app.one_invoice()

    sent = app.send("POST", f"Invoices/{made['id']}/Email", {})

    assert (sent.status_code, sent.content) == (204, b"")
    assert app.invoice(made["id"])["SentToContact"] is True
    assert messages(app.send("POST", f"Invoices/{nobody['id']}/Email", {})) == [
        "The contact does not have an email address"
    ]
