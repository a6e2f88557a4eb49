"""Zoho Books' objects in our words: exact amounts out of numbers, "" for nothing, and one bad object that harms no other."""

import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import fields
from integrations.ledger import (
    Gone,
    Home,
    Item,
    LedgerAddress,
    LedgerAllocation,
    LedgerContact,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerLine,
    LedgerPaid,
    LedgerPayment,
    LedgerPhone,
    Organisation,
    Unusable,
)
from integrations.problems import SET_ASIDE
from integrations.sign_in import Company
from integrations.zoho import identity, mapping
from invoices import phones

HOME = Home(currency="USD", country="US")

INVOICE = """{
  "invoice_id":"3818499000000099001","customer_id":"3818499000000076001","customer_name":"Ruiz Dental",
  "company_name":"Ruiz Dental","status":"overdue","current_sub_status":"overdue","invoice_number":"INV-000214",
  "reference_number":"","date":"2026-02-10","due_date":"2026-03-12","due_days":"Overdue by 3 days",
  "currency_id":"3818499000000000097","currency_code":"USD","exchange_rate":1.0,"total":1840.00,"balance":1340.00,
  "write_off_amount":0.00,"is_emailed":true,"is_viewed_by_client":false,"reminders_sent":1,"payment_expected_date":"",
  "last_payment_date":"2026-03-01","email":"dana@ruizdental.example","phone":"",
  "created_time":"2026-02-10T09:12:44-0600","last_modified_time":"2026-03-14T16:05:02-0500","custom_fields":[],
  "line_items":[{"line_item_id":"1","name":"Service call","description":"Two visits 🙂","quantity":2,"rate":920.00,
                 "discount":0,"tax_name":"","item_total":1840.00}],
  "sub_total":1840.00,"tax_total":0.00,"payment_made":500.00,"credits_applied":0.00,"price_precision":2,
  "notes":"Thank you","terms":" ","invoice_url":"https://books.example/portal/abc"}"""

CONTACT = """{
  "contact_id":"3818499000000076001","contact_name":"Ruiz Dental","company_name":"Ruiz Dental","contact_type":"customer",
  "customer_sub_type":"business","status":"active","first_name":"Dana","last_name":"Ruiz",
  "email":"dana@ruizdental.example","phone":"512-555-0100 ext 4","mobile":"(512) 555-0148","currency_code":"USD",
  "payment_terms":30,"outstanding_receivable_amount":1340.00,"unused_credits_receivable_amount":50.25,
  "payment_reminder_enabled":true,
  "billing_address":{"attention":"","address":"1 Elm","street2":"Suite 4","city":"Austin","state":"Texas",
                     "state_code":"TX","zip":"78701","country":"U.S.A.","country_code":"US","phone":"512-555-0177"},
  "contact_persons":[
    {"contact_person_id":"1","first_name":"Dana","last_name":"Ruiz","email":"dana@ruizdental.example",
     "phone":"512-555-0100 ext 4","mobile":"(512) 555-0148","is_primary_contact":true},
    {"contact_person_id":"2","first_name":"Sam","last_name":"Oh","email":"sam@ruizdental.example","phone":"",
     "mobile":"512-555-0161","designation":"Office manager","is_primary_contact":false}],
  "notes":"","created_time":"2026-01-01T08:00:00-0600","last_modified_time":"2026-03-01T08:00:00+0530"}"""

PAYMENT = """{
  "payment_id":"3818499000000088001","payment_number":"12","customer_id":"3818499000000076001","date":"2026-03-01",
  "payment_mode":"check","amount":600.00,"unused_amount":100.00,"currency_code":"USD","exchange_rate":1.0,
  "reference_number":"1183","description":"","created_time":"2026-03-01T09:30:00-0600",
  "last_modified_time":"2026-03-01T09:30:00-0600",
  "invoices":[{"invoice_id":"3818499000000099001","invoice_payment_id":"5","amount_applied":500.00,
               "tax_amount_withheld":0}]}"""

CREDIT_NOTE = """{
  "creditnote_id":"3818499000000077001","creditnote_number":"CN-00019","customer_id":"3818499000000076001",
  "date":"2026-03-20","status":"open","total":120.00,"balance":100.00,"currency_code":"USD","reference_number":"",
  "line_items":[],"last_modified_time":"2026-03-20T10:00:00-0500",
  "invoices_credited":[{"creditnote_invoice_id":"9","invoice_id":"3818499000000099001","invoice_number":"INV-000214",
                        "amount_applied":20.00,"date":"2026-03-20"}]}"""

SAMPLES = {"invoice": INVOICE, "contact": CONTACT, "customerpayment": PAYMENT, "creditnote": CREDIT_NOTE}


def raw(entity: str, **changes: Any) -> dict[str, Any]:
    """The sample with these fields laid over it."""
    found = copy.deepcopy(fields.loads(SAMPLES[entity]))
    found.update(fields.loads(json.dumps(changes)))
    return dict(found)


def read(entity: str, **changes: Any) -> Any:
    return mapping.item(entity, raw(entity, **changes), HOME)


def test_an_invoice_is_read_with_its_lines_dates_and_exact_amounts() -> None:
    assert read("invoice") == LedgerInvoice(
        external_id="3818499000000099001",
        number="INV-000214",
        customer="3818499000000076001",
        status="open",
        vendor_status="overdue",
        currency="USD",
        total=Decimal("1840.00"),
        balance=Decimal("1340.00"),
        issued_on=date(2026, 2, 10),
        due_on=date(2026, 3, 12),
        lines=(LedgerLine("Service call", "Two visits 🙂", Decimal("2.0000"), Decimal("1840.00")),),
        memo="Thank you",
        sent=True,
        payments=None,
        pay_url="https://books.example/portal/abc",
        updated_at=datetime(2026, 3, 14, 21, 5, 2, tzinfo=UTC),
    )


def test_a_customer_is_reached_mobile_first_with_the_others_beside_him() -> None:
    assert read("contact") == LedgerCustomer(
        external_id="3818499000000076001",
        name="Ruiz Dental",
        company="Ruiz Dental",
        contact_name="Dana Ruiz",
        is_business=True,
        phones=(
            LedgerPhone("(512) 555-0148", "mobile", "+15125550148"),
            LedgerPhone("512-555-0100 ext 4", "primary", "+15125550100"),
            LedgerPhone("512-555-0177", "alternate", "+15125550177"),
        ),
        emails=("dana@ruizdental.example",),
        address=LedgerAddress("1 Elm, Suite 4", "Austin", "US-TX", "78701"),
        active=True,
        parent="",
        updated_at=datetime(2026, 3, 1, 2, 30, tzinfo=UTC),
        contacts=(
            LedgerContact(
                "Sam Oh",
                "Office manager",
                "sam@ruizdental.example",
                (LedgerPhone("512-555-0161", "mobile", "+15125550161"),),
            ),
        ),
        open_credit=Decimal("50.25"),
        chased_by_vendor=True,
    )


def test_a_payment_says_what_went_to_each_invoice_and_what_is_left() -> None:
    assert read("customerpayment") == LedgerPayment(
        external_id="3818499000000088001",
        customer="3818499000000076001",
        amount=Decimal("600.00"),
        unapplied=Decimal("100.00"),
        currency="USD",
        paid_on=date(2026, 3, 1),
        method="check",
        reference="1183",
        allocations=(LedgerAllocation("3818499000000099001", "cash", Decimal("500.00")),),
        reversed=False,
        created_at=datetime(2026, 3, 1, 15, 30, tzinfo=UTC),
        updated_at=datetime(2026, 3, 1, 15, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changes", "is_reversed"),
    [
        ({"invoices": [], "unused_amount": 0}, True),
        ({"invoices": [], "unused_amount": 600}, False),
        ({"invoices": None, "unused_amount": 0}, False),
        ({"unused_amount": 0}, False),
    ],
)
def test_a_payment_that_went_nowhere_and_is_not_left_over_was_paid_back(
    changes: dict[str, Any], is_reversed: bool
) -> None:
    assert read("customerpayment", **changes).reversed is is_reversed


def test_a_credit_note_says_where_it_was_used() -> None:
    assert read("creditnote") == LedgerCreditMemo(
        external_id="3818499000000077001",
        number="CN-00019",
        customer="3818499000000076001",
        total=Decimal("120.00"),
        balance=Decimal("100.00"),
        currency="USD",
        issued_on=date(2026, 3, 20),
        applied=(LedgerAllocation("3818499000000099001", "credit", Decimal("20.00")),),
        void=False,
        updated_at=datetime(2026, 3, 20, 15, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "balance", "void"),
    [("open", "100.00", False), ("closed", "100.00", False), ("draft", "0", False), ("void", "0", True)],
)
def test_a_draft_or_void_credit_note_pays_for_nothing(status: str, balance: str, void: bool) -> None:
    memo = read("creditnote", status=status)

    assert (memo.balance, memo.void) == (Decimal(balance), void)


STATUSES = [
    ({"status": "void"}, "void"),
    ({"status": "void", "balance": 0}, "void"),
    ({"status": "draft"}, "draft"),
    ({"status": "pending_approval"}, "draft"),
    ({"status": "approved"}, "draft"),
    ({"status": "rejected"}, "draft"),
    ({"status": "paid", "balance": 0}, "paid"),
    ({"status": "paid"}, "paid"),
    ({"status": "sent", "balance": 0}, "paid"),
    ({"status": "overdue", "balance": -5.25}, "paid"),
    ({"status": "paid", "balance": 0, "write_off_amount": 1340.00}, "written_off"),
    ({"status": "partially_paid", "write_off_amount": 40.00}, "open"),
    ({"status": "sent"}, "open"),
    ({"status": "viewed"}, "open"),
    ({"status": "unpaid"}, "open"),
    ({"status": "overdue"}, "open"),
    ({"status": "partially_paid"}, "open"),
    ({"status": "something new"}, "open"),
    ({"status": ""}, "open"),
]


@pytest.mark.parametrize(("changes", "status"), STATUSES)
def test_the_state_of_an_invoice_follows_their_table(changes: dict[str, Any], status: str) -> None:
    assert read("invoice", **changes).status == status


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({}, True),
        ({"is_emailed": False}, None),
        ({"is_emailed": False, "is_viewed_by_client": True}, True),
        ({"is_emailed": False, "status": "sent"}, True),
        ({"is_emailed": False, "status": "viewed"}, True),
        ({"is_emailed": False, "status": "draft"}, False),
    ],
)
def test_whether_it_was_sent_is_said_or_unknown(changes: dict[str, Any], sent: bool | None) -> None:
    assert read("invoice", **changes).sent is sent


@pytest.mark.parametrize(("said", "on"), [(True, True), (False, False), (None, None), ("", None)])
def test_their_own_reminders_are_told_where_they_say(said: Any, on: bool | None) -> None:
    assert read("invoice", payment_reminder_enabled=said).reminders_on is on
    assert read("contact", payment_reminder_enabled=said).chased_by_vendor is on


@pytest.mark.parametrize(
    ("sub_status", "disputed"), [("overdue", False), ("", False), ("cs_disputed", True), ("Disputed by customer", True)]
)
def test_a_state_the_owner_made_for_disputes_is_a_reason_to_stop(sub_status: str, disputed: bool) -> None:
    assert read("invoice", current_sub_status=sub_status).disputed is disputed


@pytest.mark.parametrize(("made", "payments"), [(0, ()), (0.0, ()), (500, None), (None, None), ("", None)])
def test_an_invoice_nothing_was_paid_on_has_no_payments(made: Any, payments: tuple[str, ...] | None) -> None:
    assert read("invoice", payment_made=made).payments == payments


def test_the_list_of_an_invoices_payments_names_them() -> None:
    rows = fields.loads(
        '[{"payment_id":"9","amount":192.00,"date":"2026-03-01"},{"payment_id":8,"amount":"","date":""}]'
    )

    invoice = mapping.paid_by(rows, read("invoice"))

    assert invoice.payments == ("8", "9")
    assert invoice.paid == (LedgerPaid("8", Decimal(0)), LedgerPaid("9", Decimal("192.00"), date(2026, 3, 1)))


@pytest.mark.parametrize("empty", ["", " ", None])
def test_empty_text_stands_for_nothing_also_where_a_date_or_number_belongs(empty: Any) -> None:
    invoice = read("invoice", due_date=empty, notes=empty, write_off_amount=empty, exchange_rate=empty, line_items=None)
    payment = read("customerpayment", unused_amount=empty, reference_number=empty, created_time=empty)

    assert (invoice.due_on, invoice.memo, invoice.status, invoice.lines) == (None, "", "open", ())
    assert (payment.unapplied, payment.reference, payment.created_at) == (Decimal(0), "", None)


@pytest.mark.parametrize(
    ("number", "changes", "exact"),
    [
        ("24995.00", {}, "24995.00"),
        ("24995", {}, "24995.00"),
        ("24995.5", {}, "24995.50"),
        ("0.1", {}, "0.10"),
        ("1340.0000000000002", {}, "1340.00"),
        ("1339.9999999999998", {}, "1340.00"),
        ('"1340.00"', {}, "1340.00"),
        ("24995.25", {"currency_code": "INR"}, "24995.25"),
        ("24995", {"currency_code": "JPY", "price_precision": 0}, "24995"),
        ("24995.00", {"currency_code": "JPY", "price_precision": 0}, "24995"),
        ("7.500", {"price_precision": 3}, "7.50"),
        ("7.50", {"price_precision": "many"}, "7.50"),
    ],
)
def test_a_number_is_exact_and_only_dust_of_floating_point_is_taken_off(
    number: str, changes: dict[str, Any], exact: str
) -> None:
    given = {**raw("invoice", line_items=[], total=0, **changes), "balance": fields.loads(number)}
    invoice = mapping.item("invoice", given, HOME)

    assert isinstance(invoice, LedgerInvoice), invoice
    assert str(invoice.balance) == exact


@pytest.mark.parametrize(
    ("entity", "changes", "reason"),
    [
        ("invoice", {"invoice_id": None}, "no_id"),
        ("invoice", {"invoice_id": ""}, "no_id"),
        ("invoice", {"invoice_id": ["1"]}, "field_wrong"),
        ("invoice", {"customer_id": " "}, "field_missing"),
        ("invoice", {"balance": ""}, "field_missing"),
        ("invoice", {"balance": 1.005}, "amount_decimals"),
        ("invoice", {"balance": 1.5, "currency_code": "JPY", "price_precision": 0}, "amount_decimals"),
        ("invoice", {"balance": "a lot"}, "amount_unreadable"),
        ("invoice", {"balance": True}, "amount_unreadable"),
        ("invoice", {"total": 10**20}, "amount_too_large"),
        ("invoice", {"currency_code": "XQQ"}, "currency_unknown"),
        ("invoice", {"due_date": "2026-02-30"}, "date_unreadable"),
        ("invoice", {"due_date": 20260312}, "date_unreadable"),
        ("invoice", {"line_items": "none"}, "field_wrong"),
        ("customerpayment", {"date": ""}, "field_missing"),
        ("customerpayment", {"customer_id": ""}, "field_missing"),
        ("customerpayment", {"invoices": [{"amount_applied": 5}]}, "field_missing"),
        ("customerpayment", {"invoices": [{"invoice_id": "1", "amount_applied": -5}]}, "amount_negative"),
        ("creditnote", {"balance": None}, "field_missing"),
        ("contact", {"contact_name": "", "company_name": "", "first_name": "", "last_name": "", "contact_persons": []},
         "field_missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(entity: str, changes: dict[str, Any], reason: str) -> None:
    item = read(entity, **changes)

    assert isinstance(item, Unusable)
    assert (item.of, item.reason) == (mapping.ENTITIES[entity], reason)
    assert item.reason in SET_ASIDE


@pytest.mark.parametrize("given", [3818499000000099001, "3818499000000099001", 38184990000000990012345])
def test_an_id_is_text_whether_they_send_text_or_a_number(given: Any) -> None:
    assert read("invoice", invoice_id=given).external_id == str(given)


@pytest.mark.parametrize(
    ("changes", "is_business"),
    [
        ({}, True),
        ({"customer_sub_type": "individual"}, False),
        ({"customer_sub_type": ""}, True),
        ({"customer_sub_type": "", "company_name": "Dana RUIZ"}, False),
        ({"customer_sub_type": "", "company_name": "Ruiz, Dana"}, False),
        ({"customer_sub_type": "", "company_name": ""}, False),
    ],
)
def test_a_business_is_what_the_owner_calls_one(changes: dict[str, Any], is_business: bool) -> None:
    assert read("contact", **changes).is_business is is_business


def test_the_primary_person_stands_in_for_what_the_contact_lacks() -> None:
    customer = read("contact", first_name="", last_name="", email="", phone="", mobile="", contact_name="")

    assert (customer.name, customer.contact_name) == ("Ruiz Dental", "Dana Ruiz")
    assert customer.emails == ("dana@ruizdental.example",)
    assert [phone.number for phone in customer.phones] == ["+15125550148", "+15125550100", "+15125550177"]


SUPER = {"contact_person_id": "2", "first_name": "Sam", "last_name": "Fisk", "is_primary_contact": True}


def reached_by(title: str, **changes: Any) -> list[tuple[str, str, str]]:
    """Who is called about the bills of a contact whose primary person has this title: name, number and title."""
    sam = {**SUPER, "designation": title, "phone": "512-555-0122", "email": "sam@ruizdental.example"}
    changes = {"mobile": "", "phone": "512-555-0122", "contact_persons": [sam], **changes}
    return [(one.name, one.phone, one.title) for one in phones.own(read("contact", **changes)) if one.phone]


@pytest.mark.parametrize("title", ["Site superintendent", "Tenant", "Job contact"])
def test_a_primary_contact_at_the_site_is_never_called_about_a_bill(title: str) -> None:
    assert reached_by(title, billing_address={}) == []
    assert reached_by(title) == [("", "+15125550177", "")]  # the number of the billing address

    sam = {**SUPER, "designation": title, "phone": "512-555-0122"}
    found = read("contact", mobile="", phone="(512) 555-0122", billing_address={}, contact_persons=[sam])
    assert found.phones == ()
    assert [(one.name, one.title, one.phones[0].number) for one in found.contacts] == [
        ("Sam Fisk", title, "+15125550122")
    ]


def test_a_primary_contact_with_a_title_for_bills_is_called_first() -> None:
    office = ("Sam Fisk", "+15125550122", "Office manager")

    assert reached_by("Office manager") == [office, ("", "+15125550177", "")]
    assert reached_by("", first_name="", last_name="") == [
        ("Sam Fisk", "+15125550122", ""),
        ("Sam Fisk", "+15125550177", ""),
    ]


@pytest.mark.parametrize(
    ("where", "phone", "number", "problem"),
    [
        ({"country_code": "CA"}, "(416) 555-0148", "+14165550148", "foreign"),
        ({"country": "India"}, "98765 43210", "+919876543210", "foreign"),
        ({"country": "U.S.A."}, "(512) 555-0148", "+15125550148", ""),
        ({}, "(512) 555-0148", "+15125550148", ""),
        ({}, "ask for Joe first", "", "unreadable"),
    ],
)
def test_a_number_is_read_in_the_customers_country_and_judged_from_ours(
    where: dict[str, str], phone: str, number: str, problem: str
) -> None:
    (found,) = read("contact", mobile=phone, phone="", billing_address=where, contact_persons=[]).phones

    assert (found.raw, found.number, found.problem) == (phone, number, problem)


def test_a_contact_that_is_not_active_is_kept_as_such_and_a_row_without_more_is_enough() -> None:
    row = raw("contact", status="inactive")
    del row["contact_persons"], row["billing_address"]

    customer = mapping.item("contact", row, HOME)

    assert isinstance(customer, LedgerCustomer)
    assert (customer.active, customer.contacts, customer.address) == (False, (), LedgerAddress())


@pytest.mark.parametrize(
    ("entity", "changes", "reason"),
    [("contact", {"contact_type": "vendor"}, "a vendor"), ("contact", {}, ""), ("invoice", {}, "")],
)
def test_who_sells_to_the_company_is_not_ours(entity: str, changes: dict[str, Any], reason: str) -> None:
    assert mapping.left_out(entity, raw(entity, **changes)) == reason


def test_a_sign_in_opens_every_organization_it_names() -> None:
    said = fields.loads(
        '{"code":0,"organizations":[{"organization_id":"10234695","name":"Cloud","time_zone":"America/New_York",'
        '"currency_code":"USD","country":"U.S.A."},{"organization_id":20067788100,"name":"Madurai",'
        '"time_zone":"Asia/Kolkata","currency_code":"INR","country":"India"},{"organization_id":"","name":"?"}]}'
    )

    assert identity.companies(said) == [Company("10234695", "Cloud"), Company("20067788100", "Madurai")]
    assert identity.organisation(said, "20067788100", HOME) == Organisation(
        "20067788100", "Madurai", "INR", "IN", "Asia/Kolkata"
    )
    assert identity.organisation(said, "10234695", HOME) == Organisation(
        "10234695", "Cloud", "USD", "US", "America/New_York"
    )
    assert identity.organisation(said, "1", HOME) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(entity=st.sampled_from(sorted(mapping.ENTITIES)), data=st.data())
def test_whatever_they_send_it_is_an_item_of_its_kind(entity: str, data: st.DataObject) -> None:
    names = st.sampled_from([*fields.loads(SAMPLES[entity]), "price_precision", "parent_contact_id"])
    given_raw = {**fields.loads(SAMPLES[entity]), **data.draw(st.dictionaries(names, anything, max_size=6))}

    for said in (given_raw, data.draw(anything)):
        item: Item = mapping.item(entity, fields.loads(json.dumps(said, default=str)), HOME)
        assert (
            getattr(item, "of", item.kind if not isinstance(item, Gone | Unusable) else "") == mapping.ENTITIES[entity]
        )
        assert not isinstance(item, Unusable) or item.reason in SET_ASIDE
