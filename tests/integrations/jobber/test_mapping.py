"""Jobber's JSON in our words: every status, date and form of money, and whatever else may come."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import fields
from integrations.jobber import mapping
from integrations.ledger import Gone, Home, Item, LedgerCustomer, LedgerInvoice, LedgerPayment, Unusable
from tests.integrations.jobber.shapes import CLIENT, CLIENT_ID, INVOICE_ID, PAYMENT_ID, RECORD, invoice, paid

HOME = Home("USD", "US", "America/New_York")
CHICAGO = Home("USD", "US", "America/Chicago")


def read(entity: str, raw: Any, home: Home = HOME) -> Item:
    return mapping.item(entity, fields.loads(json.dumps(raw)), home)


def the_invoice(raw: Any, home: Home = HOME) -> LedgerInvoice:
    found = read("invoice", raw, home)
    assert isinstance(found, LedgerInvoice), (found.reason, found.detail) if isinstance(found, Unusable) else found
    return found


def payments(raw: Any) -> dict[str, tuple[Decimal, bool, bool]]:
    """What is left of each payment on the invoice, whether it was taken back, whether it is only coming."""
    found = mapping.laid_in(fields.loads(json.dumps(raw)), HOME)
    return {
        one.external_id: (sum((entry.amount for entry in one.allocations), Decimal(0)), one.reversed, one.pending)
        for one in found
        if isinstance(one, LedgerPayment)
    }


def test_the_invoice_of_their_example() -> None:
    found = the_invoice(invoice(), CHICAGO)

    assert (found.external_id, found.number, found.customer) == (INVOICE_ID, "214", CLIENT_ID)
    assert (found.status, found.vendor_status, found.currency) == ("open", "past_due", "USD")
    assert (found.total, found.balance) == (Decimal("1840.00"), Decimal("1340.00"))
    assert (found.issued_on, found.due_on) == (date(2026, 2, 10), date(2026, 3, 12))
    assert (found.memo, found.pay_url) == ("For Services Rendered", "https://clienthub.getjobber.com/x")
    assert (found.payments, found.paid, found.sent) == (None, (), None)
    assert found.updated_at == datetime(2026, 3, 14, 21, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "balance", "ours", "owed"),
    [
        ("draft", 100.0, "draft", "100.00"),
        ("draft", -5.0, "draft", "0.00"),
        ("awaiting_payment", 100.0, "open", "100.00"),
        ("sent_not_due", 100.0, "open", "100.00"),
        ("past_due", 100.0, "open", "100.00"),
        ("past_due", 0.0, "paid", "0.00"),
        ("past_due", -20.0, "paid", "0.00"),
        ("paid", 0.0, "paid", "0.00"),
        ("bad_debt", 100.0, "written_off", "0.00"),
        ("PAST_DUE", 100.0, "open", "100.00"),
        ("a_word_of_next_year", 100.0, "draft", "100.00"),
    ],
)
def test_every_status(theirs: str, balance: float, ours: str, owed: str) -> None:
    found = the_invoice(invoice(invoiceStatus=theirs, amounts={"total": 100.0, "invoiceBalance": balance}))

    assert (found.status, found.vendor_status, found.balance) == (ours, theirs, Decimal(owed))


@pytest.mark.parametrize(
    ("said", "home", "day"),
    [
        ("2026-03-12T05:00:00Z", CHICAGO, date(2026, 3, 12)),
        ("2026-03-12T04:59:59Z", CHICAGO, date(2026, 3, 11)),
        ("2026-03-12T04:00:00Z", HOME, date(2026, 3, 12)),
        ("2026-03-11T23:59:59-04:00", HOME, date(2026, 3, 11)),
        ("2026-03-12T00:00:00.000-06:00", CHICAGO, date(2026, 3, 12)),
        ("2026-03-12", HOME, date(2026, 3, 12)),
        ("2026-03-12T00:00:00", HOME, date(2026, 3, 12)),
    ],
)
def test_a_day_is_the_day_in_the_accounts_zone(said: str, home: Home, day: date) -> None:
    assert the_invoice(invoice(dueDate=said), home).due_on == day


@pytest.mark.parametrize(
    ("issued", "days", "due"),
    [
        ("2026-02-10T06:00:00Z", 30, date(2026, 3, 12)),
        ("2026-02-10T06:00:00Z", 0, date(2026, 2, 10)),
        ("2026-02-10T06:00:00Z", None, None),
        ("2026-02-10T06:00:00Z", -3, None),
        (None, 30, None),
    ],
)
def test_without_a_due_date_its_terms_say_it(issued: str | None, days: int | None, due: date | None) -> None:
    assert the_invoice(invoice(dueDate=None, issuedDate=issued, invoiceNet=days), CHICAGO).due_on == due


@pytest.mark.parametrize(
    ("said", "amount"),
    [("12.3", "12.30"), ("1340.0", "1340.00"), ("0.30000000000000004", "0.30"), ("1e3", "1000.00"), ("99", "99.00")],
)
def test_money_is_exact_and_the_noise_of_binary_numbers_is_left_off(said: str, amount: str) -> None:
    raw = fields.loads(f'{{"total": {said}, "invoiceBalance": {said}}}')

    found = mapping.item("invoice", fields.loads(json.dumps(invoice())) | {"amounts": raw}, HOME)

    assert isinstance(found, LedgerInvoice)
    assert (found.total, found.balance) == (Decimal(amount), Decimal(amount))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amounts": None}, "field_missing"),
        ({"amounts": {"total": 12.345, "invoiceBalance": 1}}, "amount_decimals"),
        ({"amounts": {"total": "much", "invoiceBalance": 1}}, "amount_unreadable"),
        ({"amounts": {"total": 1e14, "invoiceBalance": 1}}, "amount_too_large"),
        ({"amounts": []}, "field_wrong"),
        ({"client": None}, "field_missing"),
        ({"dueDate": "soon"}, "date_unreadable"),
        ({"dueDate": 12}, "date_unreadable"),
        ({"id": None}, "no_id"),
    ],
)
def test_what_cannot_be_read_says_why_alone(changes: Any, reason: str) -> None:
    found = read("invoice", invoice(**changes))

    assert isinstance(found, Unusable)
    assert (found.reason, found.label) == (reason, "214")


def test_lines_with_quantities_and_reductions() -> None:
    lines = [
        {"name": "Repair", "description": "Pipe 🔧", "quantity": 2.5, "totalPrice": 250.0},
        {"name": "Courtesy", "description": None, "quantity": 1, "totalPrice": -20.0},
    ]

    found = the_invoice(invoice(lineItems={"nodes": lines}))

    assert [(line.item, line.description, line.quantity, line.amount) for line in found.lines] == [
        ("Repair", "Pipe 🔧", Decimal("2.5000"), Decimal("250.00")),
        ("Courtesy", "", Decimal("1.0000"), Decimal("-20.00")),
    ]


@pytest.mark.parametrize(
    ("records", "balance", "left"),
    [
        ([("PAYMENT", 500.0, None)], 500.0, {"record-1": ("500.00", False, False)}),
        ([("DEPOSIT", 200.0, "SUCCEEDED")], 800.0, {"record-1": ("200.00", False, False)}),
        ([("PAYMENT", 500.0, "PENDING")], 1000.0, {"record-1": ("500.00", False, True)}),
        ([("PAYMENT", 500.0, "PENDING")], 500.0, {"record-1": ("500.00", False, True)}),
        ([("PAYMENT", 500.0, "FAILED")], 1000.0, {"record-1": ("0.00", True, False)}),
        (
            [("PAYMENT", 500.0, "SUCCEEDED"), ("FAILED_ACH_PAYMENT", 500.0, None)],
            1000.0,
            {"record-1": ("0.00", True, False)},
        ),
        (
            [("PAYMENT", 500.0, "FAILED"), ("FAILED_ACH_PAYMENT", 500.0, "FAILED"), ("PAYMENT", 500.0, None)],
            500.0,
            {"record-1": ("0.00", True, False), "record-3": ("500.00", False, False)},
        ),
        (
            [("PAYMENT", 500.0, "PARTIALLY_REFUNDED"), ("REFUND", 100.0, "SUCCEEDED")],
            600.0,
            {"record-1": ("400.00", False, False)},
        ),
        (
            [("PAYMENT", 300.0, None), ("PAYMENT", 200.0, "REFUNDED"), ("REFUND", 200.0, None)],
            700.0,
            {"record-1": ("300.00", False, False), "record-2": ("0.00", True, False)},
        ),
        (
            [("PAYMENT", 300.0, None), ("PAYMENT", 200.0, None), ("REFUND", 250.0, None)],
            750.0,
            {"record-1": ("250.00", False, False), "record-2": ("0.00", True, False)},
        ),
        ([("PAYMENT", 300.0, None), ("REFUND", 300.0, "PENDING")], 700.0, {"record-1": ("300.00", False, False)}),
        ([("PAYMENT", 300.0, "IN_DISPUTE")], 700.0, {"record-1": ("300.00", False, False)}),
        ([("PAYMENT", 300.0, "DISPUTED")], 1000.0, {"record-1": ("0.00", True, False)}),
        ([("PAYMENT", 300.0, None), ("CORRECTION", 300.0, None)], 1000.0, {"record-1": ("0.00", True, False)}),
        ([("PAYMENT", 300.0, None), ("CORRECTION", 50.0, None)], 700.0, {"record-1": ("300.00", False, False)}),
        ([("PAYMENT", 1200.0, None)], -200.0, {"record-1": ("1200.00", False, False)}),
        ([("INITIAL_BALANCE", 10.0, None), ("BAD_DEBT", 10.0, None), ("INVOICE", 10.0, None)], 1000.0, {}),
        ([("SOMETHING_NEW", 10.0, None)], 1000.0, {}),
    ],
)
def test_what_is_left_of_every_payment(records: Any, balance: float, left: Any) -> None:
    found = payments(paid(*records, balance=balance))

    assert found == {id: (Decimal(amount), *marks) for id, (amount, *marks) in left.items()}


def test_the_invoice_names_its_payments_and_what_they_came_to() -> None:
    raw = paid(("PAYMENT", 500.0, None), ("REFUND", 100.0, None), ("PAYMENT", 50.0, "PENDING"), balance=600.0)

    found = the_invoice(raw)

    assert found.payments == ("record-1", "record-3")
    assert [(one.external_id, one.amount, one.paid_on) for one in found.paid] == [
        ("record-1", Decimal("400.00"), date(2026, 3, 1))
    ]
    assert (found.in_flight, found.disputed) == (True, False)


@pytest.mark.parametrize("status", ["IN_DISPUTE", "DISPUTED"])
def test_a_chargeback_marks_the_invoice(status: str) -> None:
    assert the_invoice(paid(("PAYMENT", 300.0, status), balance=700.0)).disputed is True


def test_money_a_lender_will_pay_is_on_its_way() -> None:
    assert the_invoice(invoice(waitingForFinancedPayment=True)).in_flight is True


def test_a_list_that_goes_on_names_no_payments() -> None:
    raw = paid(("PAYMENT", 300.0, None))
    raw["paymentRecords"]["pageInfo"]["hasNextPage"] = True

    assert the_invoice(raw).payments is None


def test_what_was_looked_at_was_sent() -> None:
    assert the_invoice(invoice(dateViewedInClientHub="2026-03-01T00:00:00Z")).sent is True
    assert the_invoice(invoice(invoiceStatus="draft")).sent is False


def test_a_payment_on_no_invoice_is_money_to_be_used() -> None:
    found = read("payment", RECORD | {"invoice": None, "adjustmentType": "DEPOSIT"})

    assert isinstance(found, LedgerPayment)
    assert (found.external_id, found.customer, found.method) == (PAYMENT_ID, CLIENT_ID, "check")
    assert (found.amount, found.unapplied, found.allocations) == (Decimal("500.00"), Decimal("500.00"), ())
    assert found.paid_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("entity", "raw", "why"),
    [
        ("client", CLIENT | {"sampleData": True}, "sample data of Jobber"),
        ("invoice", invoice(client={"id": "x", "sampleData": True}), "sample data of Jobber"),
        ("payment", RECORD | {"client": {"id": "x", "sampleData": True}}, "sample data of Jobber"),
        ("payment", RECORD | {"adjustmentType": "REFUND"}, "a refund, taken off what it paid back"),
        ("payment", RECORD | {"adjustmentType": "CORRECTION"}, "a correction, no money"),
        ("payment", RECORD | {"adjustmentType": "NEW"}, "a NEW"),
        ("payment", RECORD, ""),
        ("client", CLIENT, ""),
    ],
)
def test_what_is_not_ours_is_left_out_with_a_reason(entity: str, raw: Any, why: str) -> None:
    assert mapping.left_out(entity, raw) == why


def test_the_client_of_their_example() -> None:
    found = read("client", CLIENT)

    assert isinstance(found, LedgerCustomer)
    assert (found.name, found.company, found.contact_name) == ("Ruiz Dental", "Ruiz Dental", "Dana Ruiz")
    assert [(phone.number, phone.place) for phone in found.phones] == [
        ("+16145550143", "mobile"),
        ("+16145550142", "primary"),
    ]
    assert found.emails == ("dana@ruizdental.example", "office@ruizdental.example")
    where = found.address
    assert (where.street, where.city, where.state, where.zip) == ("12 High St, Suite 4", "Columbus", "US-OH", "43215")
    assert (found.is_business, found.active, found.chased_by_vendor) == (True, True, True)
    [contact] = found.contacts
    assert (contact.name, contact.title, contact.email) == ("Ida Marsh", "bookkeeper", "ida@ruizdental.example")
    assert (contact.is_billing, contact.phones[0].number) == (True, "+16145550145")


@pytest.mark.parametrize(
    ("changes", "is_business"),
    [
        ({"isCompany": False}, False),
        ({"isCompany": None}, False),
        ({"companyName": "Dana Ruiz", "name": "Dana Ruiz"}, False),
        ({"companyName": "RUIZ, DANA", "name": "Dana Ruiz"}, False),
        ({"companyName": None, "name": "Ruiz Dental"}, True),
    ],
)
def test_a_person_stays_a_consumer(changes: Any, is_business: bool) -> None:
    found = read("client", CLIENT | changes)

    assert isinstance(found, LedgerCustomer)
    assert found.is_business is is_business


@pytest.mark.parametrize(
    ("phone", "number", "problem"),
    [
        ({"number": "call the office"}, "", "unreadable"),
        ({"number": "office", "normalizedPhoneNumber": "+16145550142"}, "+16145550142", ""),
        ({"number": "+44 20 7946 0018"}, "+442079460018", "foreign"),
        ({"normalizedPhoneNumber": "+16145550142"}, "+16145550142", ""),
    ],
)
def test_every_number_is_kept_with_its_problem(phone: Any, number: str, problem: str) -> None:
    found = read("client", CLIENT | {"phones": [{"description": "MAIN", **phone}]})

    assert isinstance(found, LedgerCustomer)
    assert [(one.number, one.problem) for one in found.phones] == [(number, problem)]


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ({"province": "OH", "country": "US"}, "US-OH"),
        ({"province": "ohio", "country": ""}, "US-OH"),
        ({"province": "Ontario", "country": "Canada"}, ""),
        ({"province": "Nowhere", "country": "US"}, ""),
    ],
)
def test_a_state_by_name_or_code(address: Any, state: str) -> None:
    found = read("client", CLIENT | {"billingAddress": address})

    assert isinstance(found, LedgerCustomer)
    assert found.address.state == state


def test_connections_may_come_as_edges() -> None:
    line = {"name": "Repair", "description": "", "quantity": 1, "totalPrice": 10.0}

    assert len(the_invoice(invoice(lineItems={"edges": [{"node": line}]})).lines) == 1


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("id", "amounts", "total", "invoiceBalance", "client", "nodes", "edges", "pageInfo", "amount"),
                    *("paymentRecords", "lineItems", "entryDate", "adjustmentType", "phones", "emails", "contacts"),
                    *("invoiceStatus", "dueDate", "issuedDate", "invoiceNet", "number", "name", "hasNextPage"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(raw=ANY_JSON, entity=st.sampled_from(sorted(mapping.ENTITIES)))
def test_no_json_whatever_breaks_the_reading(raw: Any, entity: str) -> None:
    home = Home("USD", "US", "America/New_York")
    read_again = fields.loads(json.dumps(raw))

    found = mapping.item(entity, read_again, home)
    mapping.left_out(entity, read_again)
    mapping.laid_in(read_again, home)

    assert isinstance(found, LedgerCustomer | LedgerInvoice | LedgerPayment | Unusable | Gone)


@given(changes=st.dictionaries(st.sampled_from(sorted(invoice())), ANY_JSON, max_size=3))
def test_no_field_whatever_breaks_an_invoice(changes: Any) -> None:
    found = read("invoice", invoice(**changes))

    assert isinstance(found, LedgerInvoice | Unusable)
