"""Xero's invoices, contacts, payments and credit notes in our words: every status, date, amount and phone of theirs."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import fields, problems
from integrations.ledger import (
    Gone,
    Home,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerPaid,
    LedgerPayment,
    Unusable,
)
from integrations.xero import mapping, zones
from tests.integrations.xero.shapes import CONTACT, CREDIT_NOTE, INVOICE, OVERPAYMENT, PAYMENT

NZ, US = Home("NZD", "NZ", "Pacific/Auckland"), Home()
WHOLE = {
    "Invoices": INVOICE,
    "Contacts": CONTACT,
    "Payments": PAYMENT,
    "CreditNotes": CREDIT_NOTE,
    "Overpayments": OVERPAYMENT,
}
DROP = object()


def read(entity: str, home: Home = NZ, **changed: Any) -> Any:
    raw = fields.loads(WHOLE[entity])
    for name, value in changed.items():
        if value is DROP:
            raw.pop(name)
        else:
            raw[name] = fields.loads(json.dumps(value))
    return mapping.item(entity, raw, home)


def test_an_invoice_reads_whole() -> None:
    found = read("Invoices")

    assert isinstance(found, LedgerInvoice)
    assert (found.number, found.customer) == ("INV-0412", "342a5560-2222-408f-835b-d93d49511d6d")
    assert (found.status, found.vendor_status, found.currency) == ("open", "AUTHORISED", "NZD")
    assert (found.total, found.balance) == (Decimal("1296.00"), Decimal("796.00"))
    assert (found.issued_on, found.due_on) == (date(2026, 9, 3), date(2026, 10, 3))
    assert [(line.item, line.description, line.quantity, line.amount) for line in found.lines] == [
        ("REP", "Pipe repair", Decimal("10.0000"), Decimal("1200.00"))
    ]
    assert (found.memo, found.sent, found.pay_url) == ("Job 88", True, None)
    assert found.payments == ("b1d6e0a0-1111-4cec-94e0-9310d60a277a",)
    assert [(one.external_id, one.amount, one.paid_on) for one in found.paid] == [
        ("b1d6e0a0-1111-4cec-94e0-9310d60a277a", Decimal("500.00"), date(2026, 10, 21))
    ]
    assert found.updated_at == datetime(2026, 10, 21, 16, 40, 2, 360000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "due", "ours", "balance"),
    [
        ("DRAFT", "796.00", "draft", "796.00"),
        ("SUBMITTED", "796.00", "draft", "796.00"),
        ("AUTHORISED", "796.00", "open", "796.00"),
        ("AUTHORISED", "0.00", "paid", "0"),
        ("PAID", "0.00", "paid", "0"),
        ("VOIDED", "796.00", "void", "0"),
        ("DELETED", "0.00", "deleted", "0"),
        ("ON_HOLD_SINCE_2027", "796.00", "draft", "796.00"),
    ],
)
def test_every_status_of_theirs_is_one_of_ours(theirs: str, due: str, ours: str, balance: str) -> None:
    found = read("Invoices", Status=theirs, AmountDue=due)

    assert (found.status, found.vendor_status, found.balance) == (ours, theirs, Decimal(balance))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("/Date(1790985600000+0000)/", date(2026, 10, 3)),
        ("/Date(1790985600000)/", date(2026, 10, 3)),
        ("/Date(1790985600000+1300)/", date(2026, 10, 3)),
        ("/Date(1791071999999+0000)/", date(2026, 10, 3)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("2026-10-03", date(2026, 10, 3)),
        ("2026-10-03T00:00:00", date(2026, 10, 3)),
        (None, date(2026, 10, 3)),
    ],
)
def test_a_date_is_the_companys_own_whatever_its_form(written: str | None, read_as: date) -> None:
    assert read("Invoices", DueDate=written).due_on == read_as


def test_a_missing_due_date_stays_missing() -> None:
    assert read("Invoices", DueDate=DROP, DueDateString=DROP).due_on is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"DueDate": "/Date(999999999999999+0000)/"}, "date_unreadable"),
        ({"DueDate": "next week"}, "date_unreadable"),
        ({"Total": "a lot"}, "amount_unreadable"),
        ({"Total": 12.345}, "amount_decimals"),
        ({"Total": 10**15}, "amount_too_large"),
        ({"Total": None}, "field_missing"),
        ({"AmountDue": -1}, "amount_negative"),
        ({"CurrencyCode": "QQQ"}, "currency_unknown"),
        ({"Contact": None}, "field_missing"),
        ({"Contact": "Harbour Cafe"}, "field_wrong"),
        ({"LineItems": "none"}, "field_wrong"),
        ({"InvoiceID": None}, "no_id"),
    ],
)
def test_what_cannot_be_read_says_why(changed: dict[str, Any], reason: str) -> None:
    found = read("Invoices", **changed)

    assert isinstance(found, Unusable)
    assert (found.of, found.reason) == ("invoice", reason)
    assert found.reason in problems.SET_ASIDE


def test_what_is_no_object_is_said_to_be_none() -> None:
    assert mapping.item("Payments", "five hundred", NZ).reason == "not_an_object"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("currency", "amount", "read_as"),
    [("USD", 1296, "1296.00"), ("USD", "1296.00", "1296.00"), ("USD", 0.1, "0.10"), ("JPY", 129600, "129600")],
)
def test_money_is_exact_in_its_own_currency(currency: str, amount: Any, read_as: str) -> None:
    found = read("Invoices", CurrencyCode=currency, Total=amount, AmountDue=amount, LineItems=[], Payments=[])

    assert (found.total, found.balance, found.currency) == (Decimal(read_as), Decimal(read_as), currency)


def test_a_discount_line_and_an_invoice_of_zero_survive() -> None:
    lines = [{"Description": "Less 💧", "LineAmount": -100}, {"Description": "A remark only"}]

    found = read("Invoices", LineItems=lines, Total=0, AmountDue=0, Payments=[])

    assert [line.amount for line in found.lines] == [Decimal(-100), Decimal(0)]
    assert (found.status, found.lines[0].description, found.payments) == ("paid", "Less 💧", ())


def test_money_left_over_from_elsewhere_counts_as_payment_and_credit_does_not() -> None:
    found = read(
        "Invoices",
        Payments=[],
        Overpayments=[{"OverpaymentID": "over-1", "AppliedAmount": 20, "Date": "/Date(1792540800000+0000)/"}],
        Prepayments=[{"PrepaymentID": "pre-1", "AppliedAmount": 30}],
        CreditNotes=[{"CreditNoteID": "credit-1", "AppliedAmount": 40}],
    )

    assert found.payments == ("over-1", "pre-1")
    assert found.paid == (
        LedgerPaid("over-1", Decimal(20), date(2026, 10, 21)),
        LedgerPaid("pre-1", Decimal(30), None),
    )


def test_a_list_without_details_does_not_say_what_paid_an_invoice() -> None:
    found = read("Invoices", Payments=DROP, Overpayments=DROP, Prepayments=DROP, CreditNotes=DROP)

    assert found.payments is None


def test_a_payment_reads_whole() -> None:
    found = read("Payments")

    assert isinstance(found, LedgerPayment)
    assert (found.amount, found.unapplied, found.currency) == (Decimal("500.00"), Decimal(0), "NZD")
    assert (found.paid_on, found.reference, found.reversed) == (date(2026, 10, 21), "part", False)
    assert found.customer == "342a5560-2222-408f-835b-d93d49511d6d"
    assert found.allocations == (LedgerAllocation("7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001", "cash", Decimal("500.00")),)


def test_a_deleted_payment_is_taken_back() -> None:
    found = read("Payments", Status="DELETED")

    assert (found.reversed, found.allocations, found.amount) == (True, (), Decimal("500.00"))


def test_a_deleted_payment_of_which_nothing_else_is_left_is_gone() -> None:
    found = read("Payments", Status="DELETED", Invoice=DROP)

    assert isinstance(found, Gone)
    assert (found.of, found.external_id) == ("payment", "b1d6e0a0-1111-4cec-94e0-9310d60a277a")


def test_an_overpayment_is_a_payment_with_unapplied_money() -> None:
    found = read("Overpayments")

    assert isinstance(found, LedgerPayment)
    assert (found.amount, found.unapplied) == (Decimal("300.00"), Decimal("100.00"))
    assert [(entry.type, entry.amount) for entry in found.allocations] == [("cash", Decimal("200.00"))]


def test_an_allocation_taken_back_is_none_and_several_to_one_invoice_are_one() -> None:
    entry = {"Invoice": {"InvoiceID": "i-1"}, "Amount": 10}

    found = read("Overpayments", Allocations=[entry, entry, {**entry, "IsDeleted": True}])

    assert found.allocations == (LedgerAllocation("i-1", "cash", Decimal(20)),)


def test_a_credit_note_reads_whole() -> None:
    found = read("CreditNotes")

    assert isinstance(found, LedgerCreditMemo)
    assert (found.number, found.total, found.balance) == ("CN-0019", Decimal("200.00"), Decimal("150.00"))
    assert [(entry.type, entry.amount) for entry in found.applied] == [("credit", Decimal("50.00"))]
    assert (found.issued_on, found.void) == (date(2026, 10, 28), False)


def test_a_voided_credit_note_has_nothing_left() -> None:
    found = read("CreditNotes", Status="VOIDED")

    assert (found.void, found.balance, found.applied) == (True, Decimal(0), ())


@pytest.mark.parametrize(
    ("entity", "changed", "why"),
    [
        ("Invoices", {"Type": "ACCPAY"}, "ACCPAY"),
        ("CreditNotes", {"Type": "ACCPAYCREDIT"}, "ACCPAYCREDIT"),
        ("CreditNotes", {"Status": "DRAFT"}, "DRAFT credit note"),
        ("Payments", {"PaymentType": "ACCPAYPAYMENT"}, "ACCPAYPAYMENT"),
        ("Payments", {"PaymentType": "ARCREDITPAYMENT"}, "ARCREDITPAYMENT"),
        ("Payments", {"PaymentType": "AROVERPAYMENTPAYMENT"}, "AROVERPAYMENTPAYMENT"),
        ("Overpayments", {"Type": "SPEND-OVERPAYMENT"}, "SPEND-OVERPAYMENT"),
        ("Prepayments", {"Type": "SPEND-PREPAYMENT"}, "SPEND-PREPAYMENT"),
        ("Contacts", {"IsSupplier": True, "IsCustomer": False}, "a supplier"),
        ("Contacts", {"IsSupplier": False, "IsCustomer": False}, ""),
        ("Contacts", {"IsSupplier": True, "IsCustomer": True}, ""),
        ("Invoices", {"Type": "ACCREC"}, ""),
        ("Prepayments", {"Type": "ARPREPAYMENT"}, ""),
    ],
)
def test_what_is_not_ours_to_collect_is_left_out(entity: str, changed: dict[str, Any], why: str) -> None:
    assert mapping.left_out(entity, changed) == why


def test_a_contact_reads_whole() -> None:
    found = read("Contacts")

    assert isinstance(found, LedgerCustomer)
    assert (found.name, found.company, found.contact_name) == ("Harbour Cafe", "Harbour Cafe", "Ana Reyes")
    assert (found.is_business, found.active, found.emails) == (True, True, ("ap@harbourcafe.example",))
    assert [(one.raw, one.place, one.number, one.problem) for one in found.phones] == [
        ("64 04 5550148", "primary", "+6445550148", "")
    ]
    assert (found.address.city, found.address.zip, found.address.state) == ("Wellington", "6011", "")
    assert [(one.name, one.email, one.is_billing) for one in found.contacts] == [
        ("Pat Ledger", "pat@harbourcafe.example", True)
    ]


def slot(kind: str, country: str, area: str, number: str) -> dict[str, str]:
    return {"PhoneType": kind, "PhoneCountryCode": country, "PhoneAreaCode": area, "PhoneNumber": number}


@pytest.mark.parametrize(
    ("parts", "number", "problem"),
    [
        (("1", "415", "555-0148"), "+14155550148", ""),
        (("", "415", "5550148"), "+14155550148", ""),
        (("", "", "(415) 555-0148"), "+14155550148", ""),
        (("", "", "+1 415 555 0148"), "+14155550148", ""),
        (("1", "415", "+1 415 555 0148"), "+14155550148", ""),
        (("1", "415", "(415) 555-0148"), "+14155550148", ""),
        (("+1", "415", "5550148"), "+14155550148", ""),
        (("64", "04", "5550148"), "+6445550148", "foreign"),
        (("", "", "ask for Joe"), "", "unreadable"),
        (("", "", "5550148"), "", "unreadable"),
    ],
)
def test_a_phone_is_put_together_from_its_parts(parts: tuple[str, str, str], number: str, problem: str) -> None:
    found = read("Contacts", US, Phones=[slot("DEFAULT", *parts)])

    assert [(one.number, one.problem) for one in found.phones] == [(number, problem)]


def test_a_mobile_comes_first_and_a_fax_never() -> None:
    slots = [
        slot("FAX", "1", "415", "5550100"),
        slot("DDI", "1", "415", "5550101"),
        slot("DEFAULT", "1", "415", "5550102"),
        slot("MOBILE", "1", "415", "5550103"),
        slot("MOBILE", "", "", ""),
    ]

    found = read("Contacts", US, Phones=slots)

    assert [(one.place, one.number) for one in found.phones] == [
        ("mobile", "+14155550103"),
        ("primary", "+14155550102"),
        ("alternate", "+14155550101"),
    ]


@pytest.mark.parametrize(
    ("changed", "is_business"),
    [
        ({}, True),
        ({"Name": "Ana Reyes"}, False),
        ({"Name": "Reyes, Ana"}, False),
        ({"Name": "Ana & Luis Reyes"}, False),
        ({"Name": "Reyes Plumbing"}, False),
        ({"Name": "Reyes Plumbing LLC"}, True),
        ({"Name": "Reyes Plumbing L.L.C."}, True),
        ({"FirstName": "", "LastName": ""}, False),
        ({"FirstName": "", "LastName": "", "CompanyNumber": "4711"}, True),
        ({"Name": "Ana Reyes", "TaxNumberType": "SSN", "TaxNumber": "x"}, False),
        ({"Name": "Ana Reyes", "TaxNumberType": "EIN", "TaxNumber": "x"}, True),
    ],
)
def test_only_what_is_surely_a_company_counts_as_one(changed: dict[str, Any], is_business: bool) -> None:
    found = read("Contacts", **changed)

    assert found.is_business is is_business
    assert found.company == (found.name if is_business else "")


@pytest.mark.parametrize(
    ("changed", "active"),
    [
        ({}, True),
        ({"ContactStatus": "ARCHIVED"}, False),
        ({"ContactStatus": "GDPRREQUEST"}, False),
        ({"MergedToContactID": "342a"}, False),
    ],
)
def test_an_archived_or_merged_contact_is_no_longer_active(changed: dict[str, Any], active: bool) -> None:
    assert read("Contacts", **changed).active is active


@pytest.mark.parametrize(
    ("region", "country", "state"),
    [
        ("CA", "USA", "US-CA"),
        ("California", "", "US-CA"),
        ("US-OH", "United States", "US-OH"),
        ("Ontario", "Canada", ""),
        ("CA", "Canada", ""),
    ],
)
def test_the_state_follows_from_region_and_country(region: str, country: str, state: str) -> None:
    street = {"AddressType": "STREET", "AddressLine1": "12 Pier Rd", "Region": region, "Country": country}

    found = read("Contacts", US, Addresses=[{"AddressType": "POBOX", "AddressLine1": "PO Box 5"}, street])

    assert (found.address.street, found.address.state) == ("12 Pier Rd", state)


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("EASTERNSTANDARDTIME", "America/New_York"),
        ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("EASTERNSTANDARDTIME(MEXICO)", "America/Cancun"),
        ("UTC", "Etc/UTC"),
        ("RUSSIATIMEZONE3", "Europe/Samara"),
        ("MOONSTANDARDTIME", ""),
        ("", ""),
    ],
)
def test_their_time_zones_are_ours(code: str, zone: str) -> None:
    assert zones.iana(code) == zone


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("/Date(1+0000)/"),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_whatever_a_field_holds_one_object_is_read_or_set_aside(entity: str, data: st.DataObject) -> None:
    raw = fields.loads(WHOLE[entity])
    for name in data.draw(st.lists(st.sampled_from(sorted(raw)), max_size=4)):
        raw[name] = fields.loads(json.dumps(data.draw(JSON)))

    found = mapping.item(entity, raw, NZ)

    assert not isinstance(found, Unusable) or found.reason in problems.SET_ASIDE
    assert isinstance(mapping.left_out(entity, raw), str)


@given(JSON)
def test_whatever_comes_instead_of_an_object_is_set_aside(value: Any) -> None:
    for entity in mapping.ENTITIES:
        assert isinstance(mapping.item(entity, fields.loads(json.dumps(value)), NZ), Unusable)
