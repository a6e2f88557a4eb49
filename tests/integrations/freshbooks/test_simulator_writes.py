"""Writing back: credit notes and their use, changes of invoices and clients, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.freshbooks.simulator import AGENCY
from tests.integrations.freshbooks.simulator import Vendor, fits, new_error, old_error, simulated

INVOICES, CLIENTS = "invoices/invoices", "users/clients"
PAYMENTS, CREDIT_NOTES = "payments/payments", "credit_notes/credit_notes"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated() as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


def credit_note(clientid: Any, amount: str = "120.00", **changes: Any) -> dict[str, Any]:
    """A good new credit note, changed where wanted; a field given as None is left out."""
    good_one = {
        "clientid": clientid,
        "create_date": "2026-03-20",
        "currency_code": "USD",
        "credit_type": "goodwill",
        "credit_number": "SY-1042",
        "notes": "Settled",
        "lines": [{"name": "Goodwill", "qty": 1, "unit_cost": {"amount": amount, "code": "USD"}}],
    }
    return {name: value for name, value in {**good_one, **changes}.items() if value is not None}


def use_of(credit: Any, invoice: Any, **changes: Any) -> dict[str, Any]:
    """A good payment that uses a credit on an invoice."""
    good_one = {
        "invoiceid": invoice["id"],
        "creditid": credit["id"],
        "amount": {"amount": "120.00", "code": "USD"},
        "date": "2026-03-20",
        "type": "Credit",
    }
    return {"payment": {name: value for name, value in {**good_one, **changes}.items() if value is not None}}


@pytest.mark.parametrize("envelope", ["credit_note", "credit_notes"])
def test_a_credit_note_is_created_under_either_name_and_applies_nothing_by_itself(
    vendor: Vendor, envelope: Any
) -> None:
    invoice = vendor.invoice("FB-OVERDUE")

    made = vendor.post(CREDIT_NOTES, {envelope: credit_note(invoice["customerid"])})[envelope]

    assert (made["credit_number"], made["credit_type"], made["notes"]) == ("SY-1042", "goodwill", "Settled")
    assert (made["amount"], made["payment_status"]) == ({"amount": "120.00", "code": "USD"}, "unpaid")
    assert (made["create_date"], made["display_status"], made["vis_state"]) == ("2026-03-20", "created", 0)
    assert made["id"] == made["creditid"]
    assert vendor.invoice("FB-OVERDUE")["outstanding"]["amount"] == "1840.00"


def test_a_credit_note_is_read_under_a_name_that_differs_between_sdks(vendor: Vendor) -> None:
    id = vendor.result(CREDIT_NOTES)["credit_notes"][0]["id"]

    plural = vendor.result(f"{CREDIT_NOTES}/{id}")
    vendor.control.settings(credit_note_envelope="credit_note")
    singular = vendor.result(f"{CREDIT_NOTES}/{id}")

    assert list(plural) == ["credit_notes"]
    assert list(singular) == ["credit_note"]
    assert plural["credit_notes"] == singular["credit_note"]


def test_a_credit_applied_by_a_payment_lowers_what_is_owed(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-OVERDUE")
    credit = vendor.post(CREDIT_NOTES, {"credit_note": credit_note(invoice["customerid"])})["credit_note"]

    row = vendor.post(PAYMENTS, use_of(credit, invoice, note="SY-1042"))["payment"]

    lowered = vendor.invoice("FB-OVERDUE")
    used = vendor.result(f"{CREDIT_NOTES}/{credit['id']}")["credit_notes"]
    assert (row["type"], row["from_credit"], row["creditid"], row["note"]) == ("Credit", True, credit["id"], "SY-1042")
    assert (row["date"], row["amount"]["amount"]) == ("2026-03-20", "120.00")
    assert (lowered["outstanding"]["amount"], lowered["paid"]["amount"]) == ("1720.00", "120.00")
    assert (used["payment_status"], used["paid"]["amount"]) == ("paid", "120.00")
    assert vendor.control.truth(AGENCY)[str(invoice["id"])]["credited"] == "120.00"


def test_an_applied_credit_that_is_taken_back_is_owed_again(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-OVERDUE")
    credit = vendor.post(CREDIT_NOTES, {"credit_note": credit_note(invoice["customerid"])})["credit_note"]
    row = vendor.post(PAYMENTS, use_of(credit, invoice))["payment"]

    gone = vendor.put(f"{PAYMENTS}/{row['id']}", {"payment": {"vis_state": 1}})["payment"]
    deleted = vendor.put(f"{CREDIT_NOTES}/{credit['id']}", {"credit_note": {"vis_state": 1}})["credit_note"]

    assert (gone["id"], gone["vis_state"], deleted["vis_state"]) == (row["id"], 1, 1)
    assert vendor.invoice("FB-OVERDUE")["outstanding"]["amount"] == "1840.00"
    assert credit["id"] not in {note["id"] for note in vendor.every(CREDIT_NOTES)}


def test_sending_the_same_credit_note_twice_makes_two_which_only_a_search_can_tell(vendor: Vendor) -> None:
    client = vendor.invoice("FB-OVERDUE")["customerid"]
    for _ in range(2):
        vendor.post(CREDIT_NOTES, {"credit_note": credit_note(client)})

    found = vendor.every(CREDIT_NOTES, ("search[credit_number]", "SY-1042"))

    assert len(found) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clientid": None}, "clientid"),
        ({"lines": None}, "lines"),
        ({"lines": []}, "lines"),
        ({"create_date": "20/3/2026"}, "create_date"),
        ({"credit_type": "overpayment"}, "credit_type"),
        ({"lines": [{"name": "x", "unit_cost": {"amount": "ten", "code": "USD"}}]}, "lines.unit_cost.amount"),
        ({"lines": [{"name": "x", "unit_cost": {"amount": "10.00", "code": "EUR"}}]}, "lines.unit_cost.code"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_credit_note_with_something_wrong_is_not_created(vendor: Vendor, changes: Any, field: Any) -> None:
    client = vendor.invoice("FB-OVERDUE")["customerid"]
    before = vendor.result(CREDIT_NOTES)["total"]

    body = {"credit_note": credit_note(**{"clientid": client, **changes})}
    error = new_error(vendor.call("POST", CREDIT_NOTES, json=body), 422)

    assert error["code"] == 3
    assert error["details"][0]["fieldViolations"][0]["field"] == field
    assert vendor.result(CREDIT_NOTES)["total"] == before


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"invoiceid": None}, 422, "invoiceid"),
        ({"invoiceid": 99}, 404, "invoiceid"),
        ({"creditid": 99}, 404, "creditid"),
        ({"creditid": None}, 422, "creditid"),
        ({"type": "Cash"}, 422, "type"),
        ({"type": "Barter"}, 422, "type"),
        ({"date": None}, 422, "date"),
        ({"amount": {"amount": "120.00", "code": "CAD"}}, 422, "amount.code"),
        ({"amount": {"amount": "120.005", "code": "USD"}}, 422, "amount.amount"),
        ({"amount": {"amount": "-5.00", "code": "USD"}}, 422, "payment"),
        ({"amount": {"amount": "500.00", "code": "USD"}}, 422, "payment"),
        ({"overpaymentid": 1}, 422, "overpaymentid"),
    ],
)
def test_a_use_of_credit_with_something_wrong_changes_nothing(
    vendor: Vendor, changes: Any, status: int, field: Any
) -> None:
    invoice = vendor.invoice("FB-OVERDUE")
    credit = vendor.post(CREDIT_NOTES, {"credit_note": credit_note(invoice["customerid"])})["credit_note"]

    error = new_error(vendor.call("POST", PAYMENTS, json=use_of(credit, invoice, **changes)), status)

    if status == 404:
        assert (error["code"], error["details"][0]["reason"], error["details"][0]["metadata"]["field"]) == (
            5,
            "1012",
            field,
        )
    else:
        assert error["details"][0]["fieldViolations"][0]["field"] == field
    assert vendor.invoice("FB-OVERDUE")["outstanding"]["amount"] == "1840.00"


def test_credit_of_one_client_pays_nothing_of_another(vendor: Vendor) -> None:
    cher = vendor.invoice("FB-20240115")
    credit = vendor.post(CREDIT_NOTES, {"credit_note": credit_note(cher["customerid"])})["credit_note"]

    error = new_error(vendor.call("POST", PAYMENTS, json=use_of(credit, vendor.invoice("FB-OVERDUE"))), 422)

    assert error["details"][0]["fieldViolations"][0]["field"] == "creditid"


def test_money_recorded_by_hand_beyond_what_is_owed_leaves_a_credit(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-OVERDUE")
    body = {"invoiceid": invoice["id"], "amount": {"amount": "1900.00"}, "date": "2026-03-20", "type": "VISA"}

    row = vendor.post(PAYMENTS, {"payment": body})["payment"]

    assert (row["type"], row["amount"]["amount"], row["from_credit"]) == ("VISA", "1840.00", False)
    assert vendor.invoice("FB-OVERDUE")["v3_status"] == "paid"
    left = vendor.result(f"{CREDIT_NOTES}/{row['overpaymentid']}")["credit_notes"]
    assert (left["credit_type"], left["amount"]["amount"]) == ("overpayment", "60.00")


def test_notes_of_an_invoice_are_its_printed_text_and_a_clients_note_is_the_staffs(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-SENT")

    changed = vendor.put(f"{INVOICES}/{invoice['id']}", {"invoice": {"notes": "Printed", "terms": "Net 15"}})["invoice"]
    client = vendor.put(f"{CLIENTS}/{invoice['customerid']}", {"client": {"note": "Disputes the posters."}})["client"]

    assert (changed["notes"], changed["terms"], changed["amount"]) == ("Printed", "Net 15", invoice["amount"])
    assert (client["note"], client["fname"], client["mob_phone"]) == ("Disputes the posters.", "Dana", "(512) 555-0142")
    assert vendor.result(f"{INVOICES}/{invoice['id']}")["invoice"]["notes"] == "Printed"


def test_new_lines_make_a_new_amount_with_their_tax(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-TAXED")
    lines = [
        {
            "name": "Design",
            "qty": "2",
            "unit_cost": {"amount": "400.00", "code": "USD"},
            "taxName1": "Tax",
            "taxAmount1": "8.25",
        },
        {
            "name": "Settlement",
            "qty": "1",
            "unit_cost": {"amount": "-100.00", "code": "USD"},
            "taxName1": "Tax",
            "taxAmount1": "8.25",
        },
    ]

    changed = good_invoice(vendor, invoice, {"lines": lines})

    assert changed["amount"]["amount"] == "757.75"
    assert [line["amount"]["amount"] for line in changed["lines"]] == ["800.00", "-100.00"]
    assert {line["taxAmount1"] for line in changed["lines"]} == {"8.25"}


def test_a_discount_lowers_the_invoice_and_days_move_its_due_date(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-SENT")

    changed = good_invoice(vendor, invoice, {"discount_value": "25", "due_offset_days": 45})

    assert (changed["amount"]["amount"], changed["discount_value"]) == ("900.00", "25")
    assert changed["due_offset_days"] == 45


def test_an_invoice_cannot_ask_for_less_than_was_paid_on_it(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-PARTIAL")
    lines = [{"name": "Design", "qty": "1", "unit_cost": {"amount": "400.00", "code": "USD"}}]

    error = old_error(vendor.call("PUT", f"{INVOICES}/{invoice['id']}", json={"invoice": {"lines": lines}}), 422)

    assert error["errno"] == 1004
    assert vendor.invoice("FB-PARTIAL")["amount"]["amount"] == "1200.00"


def test_a_draft_becomes_sent_by_the_mark_and_by_an_e_mail(vendor: Vendor) -> None:
    draft, created = vendor.invoice("FB-DRAFT"), vendor.invoice("FB-CREATED")

    marked = good_invoice(vendor, draft, {"action_mark_as_sent": True})
    mailed = good_invoice(vendor, created, {"action_email": True, "email_recipients": ["dana@ruizdental.example"]})

    assert (marked["status"], marked["v3_status"]) == (2, "sent")
    assert (mailed["status"], mailed["v3_status"]) == (2, "sent")


@pytest.mark.parametrize("recipients", [None, [], ["nobody"], "dana@ruizdental.example"])
def test_an_e_mail_needs_somebody_to_go_to(vendor: Vendor, recipients: Any) -> None:
    invoice = vendor.invoice("FB-CREATED")
    body = {"action_email": True, **({} if recipients is None else {"email_recipients": recipients})}

    error = old_error(vendor.call("PUT", f"{INVOICES}/{invoice['id']}", json={"invoice": body}), 422)

    assert error["field"] == "email_recipients"
    assert vendor.invoice("FB-CREATED")["v3_status"] == "created"


def test_only_the_first_kind_of_change_is_done_and_the_rest_thrown_away_silently(vendor: Vendor) -> None:
    sent, draft = vendor.invoice("FB-SENT"), vendor.invoice("FB-DRAFT")

    archived = good_invoice(vendor, sent, {"vis_state": 2, "notes": "lost"})
    marked = good_invoice(vendor, draft, {"action_mark_as_sent": True, "notes": "lost too"})

    assert (archived["vis_state"], archived["notes"]) == (2, "")
    assert (marked["v3_status"], marked["notes"]) == ("sent", "")


def test_an_invoice_is_deleted_and_brought_back(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-SENT")

    gone = good_invoice(vendor, invoice, {"vis_state": 1})
    back = good_invoice(vendor, invoice, {"vis_state": 0})

    assert (gone["vis_state"], back["vis_state"], back["v3_status"]) == (1, 0, "sent")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v3_status", "disputed"),
        ("status", 0),
        ("dispute_status", "disputed"),
        ("amount", {"amount": "1.00", "code": "USD"}),
        ("due_date", "2026-01-01"),
        ("notes", 7),
        ("colour", "red"),
        ("lines", [{"name": "no price"}]),
        ("discount_value", "101"),
    ],
)
def test_a_field_that_cannot_be_written_so_is_named(vendor: Vendor, field: Any, value: Any) -> None:
    invoice = vendor.invoice("FB-SENT")

    error = old_error(vendor.call("PUT", f"{INVOICES}/{invoice['id']}", json={"invoice": {field: value}}), 422)

    assert error["field"] in (field, "unit_cost")
    assert vendor.invoice("FB-SENT") == invoice


@pytest.mark.parametrize(
    ("sent", "status", "errno"),
    [
        ({"json": {"client": {"note": "x"}}}, 422, 1004),
        ({"json": {}}, 422, 1001),
        ({"json": []}, 400, 1005),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, 1005),
        ({"data": {"notes": "x"}}, 400, 1005),
    ],
    ids=["wrong envelope", "no envelope", "a list", "broken", "a form"],
)
def test_a_body_that_is_no_invoice_is_refused(vendor: Vendor, sent: Any, status: int, errno: Any) -> None:
    invoice = vendor.invoice("FB-SENT")

    assert old_error(vendor.call("PUT", f"{INVOICES}/{invoice['id']}", **sent), status)["errno"] == errno


def test_invoices_and_clients_are_not_written_new_here(vendor: Vendor) -> None:
    assert old_error(vendor.call("POST", INVOICES, json={"invoice": {}}), 405)["message"] == "Method not allowed."
    assert vendor.call("DELETE", f"{CLIENTS}/1").status_code == 405


def test_answers_to_writes_are_what_the_specification_names(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-OVERDUE")
    credit = vendor.post(CREDIT_NOTES, {"credit_note": credit_note(invoice["customerid"])})["credit_note"]

    fits("PaymemtObjectResponse", vendor.call("POST", PAYMENTS, json=use_of(credit, invoice)).json())
    fits(
        "InvoiceObjectResponse",
        vendor.call("PUT", f"{INVOICES}/{invoice['id']}", json={"invoice": {"notes": ""}}).json(),
    )
    fits(
        "ClientObjectResponse",
        vendor.call("PUT", f"{CLIENTS}/{invoice['customerid']}", json={"client": {"note": ""}}).json(),
    )


def good_invoice(vendor: Vendor, invoice: Any, changes: dict[str, Any]) -> Any:
    """The invoice as a good answer to a change shows it, with its lines."""
    answer = vendor.call("PUT", f"{INVOICES}/{invoice['id']}", params={"include[]": "lines"}, json={"invoice": changes})
    assert answer.status_code == 200, answer.text
    return answer.json()["response"]["result"]["invoice"]
