"""The simulated data API as it is read: organizations, lists and their filters, single objects, money, moments, ids."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.zoho.simulator import AVAS_PLUMBING, CLOUDKEEP, KITA_TRADING, MADURAI_DESIGN
from tests.integrations.zoho.simulator import INVOICES, Zoho, running


@pytest.fixture(scope="module")
def served() -> Iterator[Zoho]:
    with running() as zoho:
        yield zoho


@pytest.fixture
def zoho(served: Zoho) -> Iterator[Zoho]:
    """Books that other tests have written in too: planting them anew for each would take longer than the tests."""
    yield Zoho(served.base_url).connect()
    served.control("settings", ids_as_integers=False, partly_paid_hides_lateness=True)


@pytest.fixture
def fresh(served: Zoho) -> Zoho:
    """Books as they were planted."""
    served.control("reset")
    return Zoho(served.base_url).connect()


def test_a_user_may_have_several_organizations(zoho: Zoho) -> None:
    found = zoho.get("organizations", organization_id=None)["organizations"]

    assert [(one["organization_id"], one["name"], one["is_default_org"]) for one in found] == [
        (CLOUDKEEP, "CloudKeep Software", True),
        (AVAS_PLUMBING, "Ava's Plumbing", False),
    ]
    assert (found[1]["time_zone"], found[1]["currency_code"]) == ("America/Chicago", "USD")
    assert zoho.get(f"organizations/{CLOUDKEEP}")["organization"]["organization_id"] == CLOUDKEEP


def test_bearer_is_taken_as_well_as_the_vendors_own_word(zoho: Zoho) -> None:
    assert zoho.call("GET", "invoices", scheme="Bearer").status_code == 200
    assert zoho.call("GET", "invoices", scheme="Zoho-oauthtoken").status_code == 200


def test_pages_are_read_until_there_are_no_more(fresh: Zoho) -> None:
    first = fresh.get("invoices")
    second = fresh.get("invoices", page="2")
    beyond = fresh.get("invoices", page="3")

    assert first["page_context"] == {
        "page": 1,
        "per_page": 200,
        "has_more_page": True,
        "report_name": "Invoices",
        "applied_filter": "Status.All",
        "sort_column": "created_time",
        "sort_order": "D",
    }
    assert (len(first["invoices"]), len(second["invoices"]), beyond["invoices"]) == (200, INVOICES - 200, [])
    assert second["page_context"]["has_more_page"] is False
    ids = {one["invoice_id"] for one in [*first["invoices"], *second["invoices"]]}
    assert ids == set(fresh.look(f"truth/{CLOUDKEEP}"))


def test_every_balance_is_what_the_books_say(zoho: Zoho) -> None:
    truth = zoho.look(f"truth/{CLOUDKEEP}")

    rows = {one["invoice_id"]: one for one in zoho.pages("invoices", "invoices")}

    assert {id: row["balance"] for id, row in rows.items()} == {
        id: Decimal(one["balance"]) for id, one in truth.items()
    }
    assert {id: row["total"] for id, row in rows.items()} == {id: Decimal(one["total"]) for id, one in truth.items()}


def test_every_status_of_the_vendor_occurs(fresh: Zoho) -> None:
    fresh.act("void_invoice", id=fresh.new_invoice())
    fresh.new_invoice(sent=False)
    fresh.new_invoice()

    statuses = {one["status"] for one in fresh.pages("invoices", "invoices")}

    assert statuses == {
        *("draft", "pending_approval", "approved", "rejected", "sent", "viewed", "unpaid"),
        *("overdue", "partially_paid", "paid", "void"),
    }


def test_a_late_invoice_paid_in_part_hides_that_it_is_late(zoho: Zoho) -> None:
    today = date.fromisoformat(zoho.look(f"books/{CLOUDKEEP}")["today"])
    id = zoho.new_invoice("500.00", issued_on=str(today - timedelta(60)), due_on=str(today - timedelta(30)))
    late = zoho.invoice(id)
    zoho.act("pay", customer=late["customer_id"], amount="160.00", applied={id: "160.00"})

    hidden = zoho.invoice(id)
    zoho.control("settings", partly_paid_hides_lateness=False)
    shown = zoho.invoice(id)

    assert (late["status"], late["due_days"]) == ("overdue", "Overdue by 30 days")
    assert (hidden["status"], hidden["balance"]) == ("partially_paid", Decimal("340.00"))
    assert hidden["due_days"] == "Overdue by 30 days"
    assert shown["status"] == "overdue"


def test_a_write_off_empties_the_balance_and_is_no_payment(zoho: Zoho) -> None:
    id = zoho.new_invoice("75.25")
    zoho.act("write_off", id=id)

    found = zoho.invoice(id)

    assert (found["status"], found["balance"]) == ("paid", Decimal("0.00"))
    assert (found["write_off_amount"], found["payment_made"]) == (Decimal("75.25"), Decimal("0.00"))


def test_a_single_invoice_has_what_the_row_has_and_more(zoho: Zoho) -> None:
    id = zoho.new_invoice("500.00", tax="41.25", discount="20.00", memo="Thank you", reference="PO-1")

    row = next(one for one in zoho.get("invoices")["invoices"] if one["invoice_id"] == id)
    whole = zoho.invoice(id)

    assert set(row) < set(whole)
    assert {name: whole[name] for name in row} == row
    assert (whole["sub_total"], whole["tax_total"], whole["discount"], whole["total"]) == (
        *(Decimal("500.00"), Decimal("41.25"), Decimal("20.00")),
        Decimal("521.25"),
    )
    line = whole["line_items"][0]
    assert (line["description"], line["quantity"], line["rate"], line["item_total"]) == (
        *("Seats", Decimal("1.00")),
        *(Decimal("500.00"), Decimal("500.00")),
    )
    assert (line["tax_name"], line["tax_percentage"]) == ("Sales Tax", Decimal("8.250"))
    assert (whole["notes"], whole["reference_number"], whole["price_precision"]) == ("Thank you", "PO-1", 2)


def test_a_row_has_every_field_of_the_published_sample(zoho: Zoho) -> None:
    row = zoho.get("invoices")["invoices"][0]

    assert set(row) >= {
        *("invoice_id", "customer_id", "customer_name", "company_name", "status", "current_sub_status"),
        *("invoice_number", "reference_number", "date", "due_date", "due_days", "currency_id", "currency_code"),
        *("exchange_rate", "total", "balance", "write_off_amount", "is_emailed", "is_viewed_by_client"),
        *("reminders_sent", "payment_expected_date", "last_payment_date", "email", "phone", "created_time"),
        *("last_modified_time", "custom_fields", "custom_field_hash"),
    }


def test_nothing_is_null_ids_are_digits_and_moments_have_an_offset_without_colon(zoho: Zoho) -> None:
    kinds = [("invoices", "invoice"), ("contacts", "contact"), ("creditnotes", "creditnote")]
    kinds.append(("customerpayments", "customerpayment"))

    for path, name in kinds:
        row = zoho.get(path)[path][0]
        id = row[f"{name.removeprefix('customer')}_id"]
        assert re.fullmatch(r"\d{19}", id)
        for found in (row, zoho.get(f"{path}/{id}")):
            values = list(_values(found))
            assert None not in [value for _, value in values]
            for key, value in values:
                if key.endswith("_time"):
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]00", value), (key, value)
                if key.endswith("_id") and value:
                    assert re.fullmatch(r"\d+", value), (key, value)


def test_ids_can_be_integers_as_the_documentation_prints_them(zoho: Zoho) -> None:
    id = zoho.new_invoice()
    zoho.control("settings", ids_as_integers=True)

    found = zoho.invoice(id)

    assert found["invoice_id"] == int(id)
    assert isinstance(found["customer_id"], int)
    assert isinstance(found["line_items"][0]["line_item_id"], int)
    assert found["total"] == Decimal("500.00")


def test_empty_fields_are_empty_texts(zoho: Zoho) -> None:
    found = zoho.invoice(zoho.new_invoice())
    contact = zoho.get(f"contacts/{found['customer_id']}")["contact"]

    assert [found[one] for one in ("last_payment_date", "payment_expected_date", "reference_number")] == ["", "", ""]
    assert (contact["exchange_rate"], contact["billing_address"]["phone"]) == ("", "")


def test_money_is_written_with_the_decimals_of_its_currency(zoho: Zoho) -> None:
    rupees = zoho.connect(MADURAI_DESIGN, "eu").call("GET", "invoices").text
    yen = zoho.connect(KITA_TRADING, "eu").call("GET", "invoices").text

    assert '"total":42500.50,"balance":42500.50' in rupees
    assert re.search(r'"total":240000,"balance":120000\b[^.]', yen)
    assert re.search(r'"invoice_id":"\d{20}"', yen)
    precisions = [
        zoho.connect(account, "eu").invoice(zoho.get("invoices")["invoices"][0]["invoice_id"])["price_precision"]
        for account in (MADURAI_DESIGN, KITA_TRADING)
    ]
    assert precisions == [2, 0]
    assert '"last_modified_time":"' in rupees
    assert "+0530" in rupees


def test_an_invoice_in_a_foreign_currency_names_its_rate(zoho: Zoho) -> None:
    zoho.connect(MADURAI_DESIGN, "eu")

    found = zoho.get("invoices", customer_name="Houston Dental Supply")["invoices"]

    assert [(one["currency_code"], one["exchange_rate"]) for one in found] == [("USD", Decimal("83.333333"))] * 2


def test_changes_are_found_by_a_moment_with_an_offset(fresh: Zoho) -> None:
    id = fresh.new_invoice()
    fresh.control("clock", offset_seconds=7200)
    fresh.act("touch", kind="invoice", id=id)
    changed = datetime.fromisoformat(fresh.invoice(id)["last_modified_time"])
    abroad = (changed + timedelta(hours=9.5)).strftime("%Y-%m-%dT%H:%M:%S")
    offset = int((changed.utcoffset() or timedelta()) / timedelta(minutes=1)) + 570
    zone = f"{'+' if offset >= 0 else '-'}{abs(offset) // 60:02d}{abs(offset) % 60:02d}"

    found = fresh.get("invoices", last_modified_time=abroad + zone)["invoices"]
    after = fresh.get("invoices", last_modified_time=(changed + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S%z"))

    assert [one["invoice_id"] for one in found] == [id]
    assert after["invoices"] == []


def test_a_plus_that_was_not_encoded_is_an_invalid_moment(zoho: Zoho) -> None:
    path = f"/us/api/books/v3/invoices?organization_id={CLOUDKEEP}&last_modified_time=2026-03-01T00:00:00"
    headers = {"Authorization": f"Zoho-oauthtoken {zoho.tokens['access_token']}"}

    plain, encoded = (zoho.http.get(path + offset, headers=headers) for offset in ("+0530", "%2B0530"))

    assert (plain.status_code, plain.json()["message"]) == (400, "Invalid value passed for last_modified_time")
    assert encoded.status_code == 200


def test_the_list_is_filtered_by_status_date_amount_and_words(zoho: Zoho) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental", email="dana@ruizdental.example")["id"]
    a = zoho.new_invoice("10.00", customer=customer, issued_on="2031-01-05", due_on="2031-02-05", reference="PO-A")
    b = zoho.new_invoice("20.00", customer=customer, issued_on="2031-01-06", due_on="2031-02-06", sent=False)
    zoho.act("comment", id=b, words="told nobody")

    def found(**params: str) -> list[str]:
        rows = zoho.get("invoices", customer_id=customer, sort_column="date", **params)["invoices"]
        return [row["invoice_id"] for row in rows]

    assert found() == [a, b]
    assert found(sort_order="D") == [b, a]
    assert (found(status="sent"), found(status="unpaid"), found(filter_by="Status.Sent")) == ([a], [a, b], [a])
    assert (found(date="2031-01-05"), found(date_start="2031-01-06"), found(date_end="2031-01-05")) == ([a], [b], [a])
    assert (found(due_date_before="2031-02-06"), found(due_date_after="2031-02-05")) == ([a], [b])
    assert (found(balance="10"), found(total_greater_than="10"), found(balance_less_equals="20.00")) == (
        [a],
        [b],
        [a, b],
    )
    assert (found(search_text="po-a"), found(reference_number="PO-A"), found(email_contains="ruiz")) == (
        [a],
        [a],
        [a, b],
    )
    assert found(recurring_invoice_id="3818499000000000001") == []


def test_response_option_counts(fresh: Zoho) -> None:
    counted = fresh.get("invoices", response_option="1", per_page="10")
    only = fresh.get("invoices", response_option="2")

    assert (counted["page_context"]["total"], counted["page_context"]["total_pages"]) == (INVOICES, INVOICES // 10)
    assert (len(counted["invoices"]), "invoices" in only, only["page_context"]["total"]) == (10, False, INVOICES)


def test_contacts_are_customers_and_vendors_unless_one_asks(zoho: Zoho) -> None:
    everybody = zoho.pages("contacts", "contacts")
    customers = zoho.pages("contacts", "contacts", contact_type="customer")

    assert {one["contact_type"] for one in everybody} == {"customer", "vendor"}
    assert {one["contact_type"] for one in customers} == {"customer"}
    assert len(everybody) == len(customers) + 2
    assert len(customers) == zoho.look(f"books/{CLOUDKEEP}")["customers"]


def test_a_contact_has_its_people_only_when_read_alone(zoho: Zoho) -> None:
    id = zoho.act(
        "add_customer",
        name="Ruiz Dental",
        company="Ruiz Dental LLC",
        given="Dana",
        family="Ruiz",
        email="dana@ruizdental.example",
        phones={"work": "(512) 555-0110", "mobile": "(512) 555-0111"},
        city="Austin",
        state="TX",
        people=[{"name": "Theo Lang", "role": "accounts payable", "phone": "(512) 555-0112"}],
    )["id"]
    invoice = zoho.new_invoice("80.00", customer=id)
    zoho.act("pay", customer=id, amount="100.00", applied={invoice: "30.00"})

    row = zoho.get("contacts", contact_name="ruiz dental")["contacts"][0]
    whole = zoho.get(f"contacts/{id}")["contact"]
    persons = zoho.get(f"contacts/{id}/contactpersons")["contact_persons"]

    assert "contact_persons" not in row
    assert (row["outstanding_receivable_amount"], row["unused_credits_receivable_amount"]) == (
        Decimal("50.00"),
        Decimal("70.00"),
    )
    assert (whole["customer_sub_type"], whole["payment_reminder_enabled"]) == ("business", True)
    assert (whole["billing_address"]["country"], whole["billing_address"]["country_code"]) == ("U.S.A.", "US")
    assert whole["contact_persons"] == persons
    assert [(one["first_name"], one["last_name"], one["is_primary_contact"]) for one in persons] == [
        ("Dana", "Ruiz", True),
        ("Theo", "Lang", False),
    ]
    one = zoho.get(f"contacts/{id}/contactpersons/{persons[1]['contact_person_id']}")["contact_person"]
    assert (one["designation"], one["phone"]) == ("accounts payable", "(512) 555-0112")
    assert zoho.invoice(invoice)["contact_persons"] == [persons[0]["contact_person_id"]]


def test_contacts_come_by_their_last_change(fresh: Zoho) -> None:
    fresh.control("clock", offset_seconds=3600)
    id = fresh.act("add_customer", name="Newest")["id"]

    rows = fresh.get("contacts", sort_column="last_modified_time", sort_order="D", per_page="5")["contacts"]

    moments = [one["last_modified_time"] for one in rows]
    assert rows[0]["contact_id"] == id
    assert moments == sorted(moments, reverse=True)


def test_a_payment_shows_where_it_went_and_what_is_left(zoho: Zoho) -> None:
    a, customer = zoho.new_invoice("80.00"), ""
    customer = zoho.invoice(a)["customer_id"]
    b = zoho.new_invoice("50.00", customer=customer)
    id = zoho.act(
        "pay", customer=customer, amount="140.00", applied={a: "80.00", b: "50.00"}, method="card", reference="ch_1"
    )["id"]

    row = zoho.get("customerpayments", customer_id=customer)["customerpayments"][0]
    whole = zoho.get(f"customerpayments/{id}")["payment"]
    on_b = zoho.get(f"invoices/{b}/payments")["payments"]

    assert (row["payment_mode"], row["amount"], row["unused_amount"]) == (
        "creditcard",
        Decimal("140.00"),
        Decimal("10.00"),
    )
    assert "invoices" not in row
    assert [(one["invoice_id"], one["amount_applied"]) for one in whole["invoices"]] == [
        (a, Decimal("80.00")),
        (b, Decimal("50.00")),
    ]
    assert [(one["payment_id"], one["amount"]) for one in on_b] == [(id, Decimal("50.00"))]
    assert on_b[0]["invoice_payment_id"] == whole["invoices"][1]["invoice_payment_id"]


def test_money_that_went_back_is_a_refund_and_the_invoice_owes_again(zoho: Zoho) -> None:
    id = zoho.new_invoice("80.00")
    customer = zoho.invoice(id)["customer_id"]
    payment = zoho.act("pay", customer=customer, amount="80.00", applied={id: "80.00"})["id"]
    zoho.act("refund", id=payment, amount="30.00")

    whole = zoho.get(f"customerpayments/{payment}")["payment"]
    refunds = zoho.get(f"customerpayments/{payment}/refunds")["payment_refunds"]

    assert (whole["amount"], whole["amount_refunded"]) == (Decimal("80.00"), Decimal("30.00"))
    assert [one["amount"] for one in refunds] == [Decimal("30.00")]
    assert zoho.invoice(id)["balance"] == Decimal("30.00")


def test_a_bounced_payment_vanishes_and_the_invoice_owes_again(zoho: Zoho) -> None:
    id = zoho.new_invoice("80.00")
    payment = zoho.act("pay", customer=zoho.invoice(id)["customer_id"], amount="80.00", applied={id: "80.00"})["id"]
    paid = zoho.invoice(id)["status"]
    zoho.act("reverse_payment", id=payment)

    assert paid == "paid"
    assert zoho.error("GET", f"customerpayments/{payment}") == (404, 1002)
    assert zoho.invoice(id)["balance"] == Decimal("80.00")


def test_money_on_its_way_is_not_shown_until_it_arrived(zoho: Zoho) -> None:
    id = zoho.new_invoice("80.00")
    customer = zoho.invoice(id)["customer_id"]
    payment = zoho.act("pay", customer=customer, amount="80.00", applied={id: "80.00"}, method="ach", status="pending")
    before = zoho.error("GET", f"customerpayments/{payment['id']}"), zoho.invoice(id)["balance"]
    zoho.act("settle_payment", id=payment["id"], status="received")

    arrived = zoho.get(f"customerpayments/{payment['id']}")["payment"]

    assert before == ((404, 1002), Decimal("80.00"))
    assert (arrived["payment_mode"], zoho.invoice(id)["status"]) == ("banktransfer", "paid")


def test_payments_and_credit_notes_are_found_by_date_and_not_by_change(zoho: Zoho) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental")["id"]
    old, new = (
        zoho.act("pay", customer=customer, amount="5.00", paid_on=day)["id"] for day in ("2031-03-01", "2031-03-02")
    )
    credit = zoho.act("add_credit", customer=customer, total="9.00", issued_on="2031-03-02", reference="D-1042")["id"]

    payments = zoho.get("customerpayments", date_start="2031-03-02")["customerpayments"]
    credits = zoho.get("creditnotes", date_start="2031-03-02", reference_number="D-1042")["creditnotes"]

    assert ([one["payment_id"] for one in payments], old) == ([new], old)
    assert [one["creditnote_id"] for one in credits] == [credit]
    for path in ("customerpayments", "creditnotes"):
        assert zoho.error("GET", path, params={"last_modified_time": "2026-03-01T00:00:00-0500"}) == (400, 2)


def test_credit_notes_of_every_status_are_there(fresh: Zoho) -> None:
    statuses = {one["status"] for one in fresh.pages("creditnotes", "creditnotes")}

    assert statuses >= {"open", "draft", "void"}
    for status in statuses:
        assert {one["status"] for one in fresh.get("creditnotes", status=status)["creditnotes"]} == {status}


def test_a_sub_status_and_custom_fields_are_the_owners_own(zoho: Zoho) -> None:
    rows = [one for one in zoho.pages("invoices", "invoices") if one["current_sub_status"] == "In Dispute"]

    assert [(one["status"], one["custom_field_hash"]) for one in rows] == [
        ("overdue", {"cf_dispute_reference": "D-1042"})
    ]
    assert [(one["label"], one["value"]) for one in rows[0]["custom_fields"]] == [("Dispute Reference", "D-1042")]
    assert zoho.invoice(rows[0]["invoice_id"])["payment_reminder_enabled"] is False


def test_deleted_things_vanish(zoho: Zoho) -> None:
    id = zoho.new_invoice()
    customer = zoho.invoice(id)["customer_id"]
    credit = zoho.act("add_credit", customer=customer, total="9.00")["id"]
    zoho.act("delete_invoice", id=id)
    zoho.act("void_credit", id=credit, delete=True)
    zoho.act("delete_customer", id=customer)

    assert id not in {one["invoice_id"] for one in zoho.pages("invoices", "invoices")}
    assert customer not in {one["contact_id"] for one in zoho.pages("contacts", "contacts")}
    for path in (f"invoices/{id}", f"contacts/{customer}", f"creditnotes/{credit}"):
        assert zoho.error("GET", path) == (404, 1002)


def test_odd_fields_are_laid_over_the_answer(zoho: Zoho) -> None:
    id = zoho.new_invoice()
    zoho.control(
        f"odd/{CLOUDKEEP}", kind="invoice", id=id, fields={"exchange_rate": "", "due_days": "__drop__", "phone": " "}
    )

    found = zoho.invoice(id)

    assert (found["exchange_rate"], found["phone"], "due_days" in found) == ("", " ", False)


def _values(found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield name, value
            yield from _values(value)
    elif isinstance(found, list):
        for one in found:
            yield from _values(one)


def test_the_world_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    state = str(tmp_path / "zoho.json")
    with running(state_file=state, invoices=20) as zoho:
        zoho.connect()
        id = zoho.new_invoice("61.00")
        zoho.post(f"invoices/{id}/comments", {"description": "Kept", "show_comment_to_clients": False})
        tokens = zoho.tokens
    with running(state_file=state, invoices=20) as zoho:
        zoho.tokens = tokens

        assert zoho.invoice(id)["balance"] == Decimal("61.00")
        comments = zoho.get(f"invoices/{id}/comments")["comments"]
        assert [(one["description"], one["comment_type"]) for one in comments] == [("Kept", "internal")]
        assert json.loads(zoho.call("GET", "organizations").text)["code"] == 0
