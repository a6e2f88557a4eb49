"""Square's invoices, customers and payments in our words: every status, request, amount and date of theirs."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import fields, problems
from integrations.ledger import Home, LedgerAllocation, LedgerCustomer, LedgerInvoice, LedgerPayment, Unusable
from integrations.square import mapping, people, values
from integrations.square.mapping import Billed
from tests.integrations.square.shapes import CUSTOMER, INVOICE, ORDER, PAYMENT

HOME = Home("USD", "US", "America/Los_Angeles")
BILLED = Billed("inv:0-ChBsimAAAAAAAAAAAAAAAAAA", "CSIM00000001", "America/Los_Angeles")
TODAY = date(2026, 10, 5)


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def request(wanted: int, paid: int, due: str, **more: Any) -> dict[str, Any]:
    return {
        "request_type": "INSTALLMENT",
        "due_date": due,
        "computed_amount_money": usd(wanted),
        "total_completed_amount_money": usd(paid),
        **more,
    }


def changed(text: str, fields_: dict[str, Any]) -> Any:
    raw = fields.loads(text)
    raw |= fields.loads(json.dumps({name: value for name, value in fields_.items() if value is not ...}))
    return {name: value for name, value in raw.items() if fields_.get(name) is not ...}


def invoice(**fields_: Any) -> Any:
    return mapping.invoice(changed(INVOICE, fields_), HOME, on=TODAY)


def payment(billed: Billed | None = BILLED, **fields_: Any) -> Any:
    return mapping.payment(changed(PAYMENT, fields_), HOME, billed=billed)


def customer(**fields_: Any) -> Any:
    return mapping.customer(changed(CUSTOMER, fields_), HOME)


def test_an_invoice_reads_whole_with_its_order() -> None:
    found = mapping.invoice(fields.loads(INVOICE), HOME, order=fields.loads(ORDER), on=TODAY)

    assert isinstance(found, LedgerInvoice)
    assert (found.number, found.customer) == ("000412", "CSIM00000001")
    assert (found.status, found.vendor_status, found.currency) == ("open", "PARTIALLY_PAID", "USD")
    assert (found.total, found.balance) == (Decimal("1296.00"), Decimal("796.00"))
    assert (found.issued_on, found.due_on) == (date(2026, 9, 3), date(2026, 10, 3))
    assert [(line.item, line.description, line.quantity, line.amount) for line in found.lines] == [
        ("Roof repair", "North side", Decimal("10.0000"), Decimal("1300.00")),
        ("", "Discount", None, Decimal("-100.00")),
    ]
    assert found.payments == ("pSIM00000000000000000001",)
    assert (found.memo, found.sent, found.in_flight, found.reminders_on) == ("Roof repair", True, False, False)
    assert found.pay_url == "https://squareup.com/pay-invoice/inv:0-ChBsim"
    assert found.updated_at == datetime(2026, 10, 21, 23, 40, 2, tzinfo=UTC)


def test_without_its_order_an_invoice_does_not_say_what_paid_it() -> None:
    found = invoice()

    assert (found.lines, found.payments) == ((), None)


@pytest.mark.parametrize(
    ("theirs", "ours", "balance", "in_flight"),
    [
        ("DRAFT", "draft", "796.00", False),
        ("SCHEDULED", "draft", "796.00", False),
        ("UNPAID", "open", "796.00", False),
        ("PARTIALLY_PAID", "open", "796.00", False),
        ("PAYMENT_PENDING", "open", "796.00", True),
        ("PAID", "paid", "0", False),
        ("PARTIALLY_REFUNDED", "paid", "0", False),
        ("REFUNDED", "paid", "0", False),
        ("CANCELED", "void", "0", False),
        ("FAILED", "void", "0", False),
        ("NEW_IN_2027", "draft", "796.00", False),
    ],
)
def test_every_status_of_theirs_is_one_of_ours(theirs: str, ours: str, balance: str, in_flight: bool) -> None:
    found = invoice(status=theirs)

    assert (found.status, found.vendor_status, found.balance) == (ours, theirs, Decimal(balance))
    assert found.in_flight is in_flight


@pytest.mark.parametrize(
    ("requests", "total", "balance", "due_on"),
    [
        ([request(10000, 0, "2026-09-01")], "100.00", "100.00", date(2026, 9, 1)),
        ([request(5000, 5000, "2026-08-01"), request(5000, 0, "2026-09-01")], "100.00", "50.00", date(2026, 9, 1)),
        ([request(5000, 100, "2026-09-01"), request(5000, 0, "2026-10-01")], "100.00", "99.00", date(2026, 9, 1)),
        ([request(5000, 0, "2026-10-01"), request(5000, 0, "2026-09-01")], "100.00", "100.00", date(2026, 9, 1)),
        ([request(1002, 1000, "2026-09-01"), request(1000, 1002, "2026-10-01")], "20.02", "0.02", date(2026, 9, 1)),
        ([request(5000, 5000, "2026-08-01"), request(5000, 5000, "2026-09-01")], "100.00", "0", date(2026, 9, 1)),
        ([request(0, 0, "2026-09-01")], "0.00", "0", date(2026, 9, 1)),
    ],
)
def test_what_is_open_is_what_is_open_over_all_requests(
    requests: list[Any], total: str, balance: str, due_on: date
) -> None:
    found = invoice(payment_requests=requests, status="UNPAID")

    assert (found.total, found.balance, found.due_on) == (Decimal(total), Decimal(balance), due_on)
    assert found.status == ("open" if found.balance else "paid")


@pytest.mark.parametrize(
    ("source", "due", "paid", "in_flight"),
    [
        ("CARD_ON_FILE", "2026-10-05", 0, True),
        ("BANK_ON_FILE", "2026-11-01", 0, True),
        ("CARD_ON_FILE", "2026-10-04", 0, False),
        ("CARD_ON_FILE", "2026-11-01", 100, False),
        ("NONE", "2026-11-01", 0, False),
    ],
)
def test_a_charge_that_is_to_come_is_in_flight_until_its_day_is_over(
    source: str, due: str, paid: int, in_flight: bool
) -> None:
    requests = [request(100, paid, due, automatic_payment_source=source), request(100, 0, "2026-12-01")]

    assert invoice(payment_requests=requests, status="UNPAID").in_flight is in_flight


@pytest.mark.parametrize(("status", "reminders_on"), [("PENDING", True), ("SENT", False), ("NOT_APPLICABLE", False)])
def test_reminders_still_to_come_are_on(status: str, reminders_on: bool) -> None:
    requests = [request(100, 0, "2026-12-01", reminders=[{"relative_scheduled_days": 3, "status": status}])]

    assert invoice(payment_requests=requests).reminders_on is reminders_on


@pytest.mark.parametrize(
    ("method", "status", "sent"),
    [
        ("EMAIL", "UNPAID", True),
        ("SMS", "UNPAID", True),
        ("SHARE_MANUALLY", "UNPAID", None),
        ("EMAIL", "DRAFT", False),
        ("EMAIL", "SCHEDULED", False),
    ],
)
def test_whether_it_was_sent(method: str, status: str, sent: bool | None) -> None:
    assert invoice(delivery_method=method, status=status).sent is sent


@pytest.mark.parametrize(
    ("amount", "currency", "read_as"),
    [(129600, "USD", "1296.00"), (1296, "JPY", "1296"), (1000, "KWD", "1.00"), (1, "USD", "0.01"), (0, "USD", "0.00")],
)
def test_money_is_in_the_currencys_own_smallest_unit(amount: int, currency: str, read_as: str) -> None:
    raw = fields.loads(json.dumps({"m": {"amount": amount, "currency": currency}}))

    assert values.amount(raw, "m", "USD") == (Decimal(read_as), currency)
    assert values.smallest(Decimal(read_as), currency) == amount


@pytest.mark.parametrize(
    ("fields_", "reason"),
    [
        ({"id": None}, "no_id"),
        ({"id": "x" * 65}, "field_wrong"),
        ({"primary_recipient": ...}, "field_missing"),
        ({"payment_requests": []}, "field_missing"),
        ({"payment_requests": "none"}, "field_wrong"),
        ({"payment_requests": [request(100, 0, "2026-13-01")]}, "date_unreadable"),
        ({"payment_requests": [{"due_date": "2026-10-01"}]}, "field_missing"),
        ({"payment_requests": [{"computed_amount_money": {"amount": "12", "currency": "USD"}}]}, "amount_unreadable"),
        ({"payment_requests": [{"computed_amount_money": {"amount": 1.5, "currency": "USD"}}]}, "amount_decimals"),
        ({"payment_requests": [{"computed_amount_money": {"amount": 1234, "currency": "KWD"}}]}, "amount_decimals"),
        ({"payment_requests": [{"computed_amount_money": {"amount": 10**17, "currency": "USD"}}]}, "amount_too_large"),
        ({"payment_requests": [{"computed_amount_money": {"amount": 5, "currency": "QQQ"}}]}, "currency_unknown"),
        ({"payment_requests": [request(-100, 0, "2026-10-01")]}, "amount_negative"),
    ],
)
def test_what_cannot_be_read_says_why(fields_: dict[str, Any], reason: str) -> None:
    found = invoice(**fields_)

    assert isinstance(found, Unusable)
    assert (found.of, found.reason) == ("invoice", reason)
    assert found.reason in problems.SET_ASIDE


def test_an_empty_draft_survives() -> None:
    found = invoice(status="DRAFT", payment_requests=[])

    assert (found.status, found.total, found.due_on) == ("draft", Decimal(0), None)


def test_an_invoice_belongs_to_the_day_of_its_own_zone() -> None:
    assert invoice(created_at="2026-09-04T02:00:00.12Z").issued_on == date(2026, 9, 3)
    assert invoice(created_at="2026-09-04T02:00:00Z", timezone="Moon/Base").issued_on == date(2026, 9, 4)
    assert invoice(created_at="2026-09-04T02:00:00Z", timezone=...).issued_on == date(2026, 9, 3)


def test_a_payment_reads_whole_without_its_tip() -> None:
    found = payment()

    assert isinstance(found, LedgerPayment)
    assert (found.amount, found.unapplied, found.currency) == (Decimal("176.00"), Decimal(0), "USD")
    assert (found.paid_on, found.method, found.reference) == (date(2026, 10, 21), "Card", "pSIM")
    assert found.allocations == (LedgerAllocation(BILLED.invoice, "cash", Decimal("176.00")),)
    assert (found.reversed, found.pending, found.customer) == (False, False, "CSIM00000001")
    assert found.created_at == datetime(2026, 10, 21, 23, 39, 58, 248000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "refunded", "amount", "reversed_", "pending"),
    [
        ("COMPLETED", 0, "176.00", False, False),
        ("COMPLETED", 5000, "126.00", False, False),
        ("COMPLETED", 17600, "176.00", True, False),
        ("APPROVED", 0, "176.00", False, True),
        ("PENDING", 0, "176.00", False, True),
        ("CANCELED", 0, "176.00", True, False),
        ("FAILED", 0, "176.00", True, False),
        ("SOMETHING_NEW", 0, "176.00", False, True),
    ],
)
def test_only_what_came_in_and_stayed_counts(
    status: str, refunded: int, amount: str, reversed_: bool, pending: bool
) -> None:
    found = payment(status=status, refunded_money=usd(refunded))

    assert (found.amount, found.reversed, found.pending) == (Decimal(amount), reversed_, pending)
    assert found.allocations == (() if reversed_ else (LedgerAllocation(BILLED.invoice, "cash", Decimal(amount)),))


@pytest.mark.parametrize(
    ("fields_", "method"),
    [
        ({"source_type": "CASH"}, "Cash"),
        ({"source_type": "EXTERNAL", "external_details": {"type": "CHECK", "source": "x"}}, "Check"),
        ({"source_type": "EXTERNAL"}, "External"),
        ({"source_type": "BANK_ACCOUNT"}, "Bank account"),
        ({"source_type": ...}, ""),
    ],
)
def test_how_it_was_paid(fields_: dict[str, Any], method: str) -> None:
    assert payment(**fields_).method == method


def test_a_payment_of_which_nothing_else_is_known_is_tied_to_nothing() -> None:
    found = payment(billed=None)

    assert (found.allocations, found.customer) == ((), "CSIM00000001")


def test_a_payment_without_its_moment_is_set_aside() -> None:
    assert payment(created_at=...).reason == "field_missing"
    assert payment(created_at="yesterday").reason == "date_unreadable"


def test_a_customer_reads_whole() -> None:
    found = customer()

    assert isinstance(found, LedgerCustomer)
    assert (found.name, found.company, found.contact_name) == ("Harbor Cafe", "Harbor Cafe", "Ana Reyes")
    assert (found.is_business, found.active, found.emails) == (True, True, ("ap@harborcafe.example",))
    assert [(one.raw, one.place, one.number, one.problem) for one in found.phones] == [
        ("+14155550148", "primary", "+14155550148", "")
    ]
    where = found.address
    assert (where.street, where.city, where.state, where.zip) == ("12 Pier Rd", "Half Moon Bay", "US-CA", "94019")


@pytest.mark.parametrize(
    ("fields_", "name", "is_business"),
    [
        ({"company_name": ...}, "Ana Reyes", False),
        ({"company_name": "Reyes, Ana"}, "Reyes, Ana", False),
        ({"company_name": ..., "given_name": ..., "family_name": ..., "nickname": "Big A"}, "Big A", False),
        ({"company_name": ..., "given_name": ..., "family_name": ...}, "ap@harborcafe.example", False),
        ({"company_name": "☕", "given_name": ..., "family_name": ...}, "☕", False),
        (
            {"company_name": ..., "given_name": ..., "family_name": ..., "email_address": ...},
            "+14155550148",
            False,
        ),
    ],
)
def test_a_customer_is_called_by_what_is_known_of_him(fields_: dict[str, Any], name: str, is_business: bool) -> None:
    found = customer(**fields_)

    assert (found.name, found.is_business) == (name, is_business)


def test_a_phone_that_is_none_is_kept_with_its_problem() -> None:
    [phone] = customer(phone_number="call the shop").phones

    assert (phone.raw, phone.number, phone.problem) == ("call the shop", "", "unreadable")


def test_an_invoice_names_the_customer_whose_profile_is_gone() -> None:
    found = people.recipient(fields.loads(INVOICE), HOME)

    assert isinstance(found, LedgerCustomer)
    assert (found.external_id, found.name, found.phones[0].number) == ("CSIM00000001", "Harbor Cafe", "+14155550148")
    assert people.recipient({}, HOME) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just({"amount": 5}),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([INVOICE, PAYMENT, CUSTOMER]), st.data())
def test_whatever_a_field_holds_one_object_is_read_or_set_aside(text: str, data: st.DataObject) -> None:
    raw = fields.loads(text)
    for name in data.draw(st.lists(st.sampled_from(sorted(raw)), max_size=4)):
        raw[name] = fields.loads(json.dumps(data.draw(JSON)))
    order = fields.loads(ORDER)
    order[data.draw(st.sampled_from(sorted(order)))] = fields.loads(json.dumps(data.draw(JSON)))

    for found in (
        mapping.invoice(raw, HOME, order=order, on=TODAY),
        mapping.payment(raw, HOME, billed=BILLED),
        mapping.customer(raw, HOME),
        people.recipient(raw, HOME),
    ):
        assert not isinstance(found, Unusable) or found.reason in problems.SET_ASIDE
    assert mapping.billed_by(raw, HOME) is None or isinstance(mapping.tenders(order), list)


@given(JSON)
def test_whatever_comes_instead_of_an_object_is_set_aside(value: Any) -> None:
    raw = fields.loads(json.dumps(value))

    for found in (mapping.invoice(raw, HOME), mapping.payment(raw, HOME), mapping.customer(raw, HOME)):
        assert isinstance(found, Unusable)


@pytest.mark.parametrize(
    ("written", "served_on"), [("2026-09-01", date(2026, 9, 1)), (None, None), ("soon", None), (20260901, None)]
)
def test_the_day_of_the_work_is_the_one_on_the_invoice_and_a_bad_one_spoils_nothing(
    written: Any, served_on: date | None
) -> None:
    found = invoice(sale_or_service_date=written if written is not None else ...)

    assert isinstance(found, LedgerInvoice)
    assert found.served_on == served_on
