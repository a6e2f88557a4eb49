"""QuickBooks objects in our words: exact amounts, states that follow from them, and one bad object that harms no other."""

import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations import fields
from integrations.ledger import (
    Gone,
    Home,
    Item,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerInvoice,
    LedgerLine,
    LedgerPayment,
    Unusable,
)
from integrations.quickbooks import mapping

HOME = Home(currency="USD", country="US")

INVOICE = """{
  "AllowIPNPayment":false,"domain":"QBO","sparse":false,"Id":"412","SyncToken":"2",
  "MetaData":{"CreateTime":"2026-09-03T10:12:44-07:00","LastUpdatedTime":"2026-10-21T16:40:02-07:00"},
  "CustomField":[{"DefinitionId":"1","Name":"Crew #","Type":"StringType"}],
  "DocNumber":"2207","TxnDate":"2026-09-03","CurrencyRef":{"value":"USD","name":"United States Dollar"},
  "LinkedTxn":[{"TxnId":"455","TxnType":"Payment"}],
  "Line":[{"Id":"1","LineNum":1,"Description":"Roof repair","Amount":1200.00,"DetailType":"SalesItemLineDetail",
           "SalesItemLineDetail":{"ItemRef":{"value":"10","name":"Repair"},"UnitPrice":120,"Qty":10}},
          {"Amount":1200.00,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}],
  "TxnTaxDetail":{"TotalTax":96.0},
  "CustomerRef":{"value":"58","name":"Harbor Cafe"},"CustomerMemo":{"value":"Thank you"},
  "DueDate":"2026-10-03","TotalAmt":1296.00,"PrintStatus":"NeedToPrint","EmailStatus":"EmailSent",
  "Deposit":0,"Balance":796.00}"""

PAYMENT = """{
  "CustomerRef":{"value":"58"},"PaymentMethodRef":{"value":"2"},"PaymentRefNum":"1183","TotalAmt":500.0,
  "UnappliedAmt":0,"Id":"455","SyncToken":"0","TxnDate":"2026-10-21","CurrencyRef":{"value":"USD"},
  "MetaData":{"CreateTime":"2026-10-21T16:40:02-07:00","LastUpdatedTime":"2026-10-21T16:40:02-07:00"},
  "Line":[{"Amount":500.0,"LinkedTxn":[{"TxnId":"412","TxnType":"Invoice"}]}]}"""

CREDIT_MEMO = """{
  "Id":"470","SyncToken":"1","DocNumber":"CM-19","TxnDate":"2026-10-28","CustomerRef":{"value":"58"},
  "TotalAmt":200.0,"RemainingCredit":150.0,"Balance":150.0,
  "MetaData":{"CreateTime":"2026-10-28T09:00:00-07:00","LastUpdatedTime":"2026-10-28T09:00:00-07:00"}}"""


def raw(text: str, **changes: Any) -> dict[str, Any]:
    """The sample with these fields laid over it; None takes one away."""
    found = copy.deepcopy(fields.loads(text))
    found.update(fields.loads(json.dumps(changes)))
    return {name: value for name, value in found.items() if value is not None}


def read(entity: str, given: Any) -> Item:
    return mapping.item(entity, given, HOME)


def test_an_invoice_is_read_with_its_lines_dates_and_exact_amounts() -> None:
    invoice = read("Invoice", raw(INVOICE))

    assert invoice == LedgerInvoice(
        external_id="412",
        number="2207",
        customer="58",
        status="open",
        vendor_status="partly paid",
        currency="USD",
        total=Decimal("1296.00"),
        balance=Decimal("796.00"),
        issued_on=date(2026, 9, 3),
        due_on=date(2026, 10, 3),
        lines=(LedgerLine("Repair", "Roof repair", Decimal("10.0000"), Decimal("1200.00")),),
        memo="Thank you",
        sent=True,
        payments=("455",),
        pay_url=None,
        updated_at=datetime(2026, 10, 21, 23, 40, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("total", "balance", "note", "status", "vendor_status"),
    [
        (100, 100, None, "open", "open"),
        (100, 40, None, "open", "partly paid"),
        (100, 0, None, "paid", "settled"),
        (0, 0, None, "paid", "zero"),
        (0, 0, "Voided - entered twice", "void", "voided"),
        (100, 100, "Voided check, not this invoice", "open", "open"),
    ],
)
def test_the_state_follows_from_total_balance_and_the_note_of_a_void(
    total: int, balance: int, note: str | None, status: str, vendor_status: str
) -> None:
    invoice = read("Invoice", raw(INVOICE, TotalAmt=total, Balance=balance, PrivateNote=note))

    assert isinstance(invoice, LedgerInvoice)
    assert (invoice.status, invoice.vendor_status) == (status, vendor_status)


@pytest.mark.parametrize(
    ("said", "noted", "memo"),
    [
        ("Thank you", "Waits for the adjuster", "Thank you\nWaits for the adjuster"),
        (None, "Waits for the adjuster", "Waits for the adjuster"),
        ("Thank you", None, "Thank you"),
    ],
)
def test_the_memo_is_what_the_customer_reads_and_what_the_firm_noted_for_itself(
    said: str | None, noted: str | None, memo: str
) -> None:
    invoice = read("Invoice", raw(INVOICE, CustomerMemo={"value": said}, PrivateNote=noted))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.memo == memo


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"EmailStatus": "EmailSent"}, True),
        ({"EmailStatus": "NotSet", "PrintStatus": "PrintComplete"}, True),
        ({"EmailStatus": "NeedToSend", "PrintStatus": "NotSet"}, False),
        ({"EmailStatus": None, "PrintStatus": None}, None),
        ({"EmailStatus": None, "PrintStatus": None, "DeliveryInfo": {"DeliveryTime": "2026-09-03T10:12:44Z"}}, True),
    ],
)
def test_whether_it_was_sent_is_yes_no_or_not_said(changes: dict[str, Any], sent: bool | None) -> None:
    invoice = read("Invoice", raw(INVOICE, **changes))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.sent is sent


@pytest.mark.parametrize(
    ("days", "served_on"),
    [
        (("2026-08-30", "2026-08-30"), date(2026, 8, 30)),
        (("2026-08-30", "2026-08-31"), None),
        (("2026-08-30", None), None),
        ((None, None), None),
        (("a day in May", "a day in May"), None),
    ],
)
def test_the_day_of_the_work_is_known_where_all_lines_agree(days: tuple[Any, Any], served_on: date | None) -> None:
    lines = [
        {
            "Amount": 10,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "10"}, **({"ServiceDate": day} if day else {})},
        }
        for day in days
    ]

    found = read("Invoice", raw(INVOICE, Line=lines))

    assert isinstance(found, LedgerInvoice)
    assert found.served_on == served_on


def test_a_missing_due_date_stays_missing() -> None:
    invoice = read("Invoice", raw(INVOICE, DueDate=None))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.due_on is None


def test_an_invoice_without_a_number_is_known_by_its_id() -> None:
    invoice = read("Invoice", raw(INVOICE, DocNumber=None))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.number == "412"


def test_without_multicurrency_an_object_is_in_the_companys_own_currency() -> None:
    invoice = read("Invoice", raw(INVOICE, CurrencyRef=None))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.currency == "USD"


def test_an_amount_in_yen_has_no_decimals() -> None:
    good = read("Invoice", raw(INVOICE, CurrencyRef={"value": "JPY"}, TotalAmt=1296, Balance=796))
    bad = read("Invoice", raw(INVOICE, CurrencyRef={"value": "JPY"}, TotalAmt=1296, Balance=796.5))

    assert isinstance(good, LedgerInvoice)
    assert (good.total, good.currency) == (Decimal(1296), "JPY")
    assert isinstance(bad, Unusable)
    assert bad.reason == "amount_decimals"


def test_a_currency_with_three_decimals_is_kept_to_the_second_or_not_at_all() -> None:
    dinars = {"CurrencyRef": {"value": "BHD"}, "TotalAmt": 1296}

    good, bad = (read("Invoice", raw(INVOICE, **dinars, Balance=balance)) for balance in (796.5, 796.505))

    assert isinstance(good, LedgerInvoice)
    assert isinstance(bad, Unusable)
    assert bad.reason == "amount_decimals"


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"Balance": 796.005}, "amount_decimals", "Balance: 796.005"),
        ({"TotalAmt": "12,96"}, "amount_unreadable", "TotalAmt: '12,96'"),
        ({"TotalAmt": True}, "amount_unreadable", "TotalAmt: true or false"),
        ({"TotalAmt": {"value": 3}}, "amount_unreadable", "TotalAmt: an object"),
        ({"TotalAmt": "NaN"}, "amount_unreadable", "TotalAmt: 'NaN'"),
        ({"TotalAmt": 1e30}, "amount_too_large", "TotalAmt: 1E+30"),
        ({"Balance": -5}, "amount_negative", "Balance: -5.00"),
        ({"Balance": None}, "field_missing", "Balance"),
        ({"CustomerRef": None}, "field_missing", "CustomerRef"),
        ({"CustomerRef": "58"}, "field_wrong", "CustomerRef: an object was expected, a text came"),
        ({"CustomerRef": {"value": [1]}}, "field_wrong", "CustomerRef: an id was expected, a list came"),
        ({"Line": "none"}, "field_wrong", "Line: a list of objects was expected, a text came"),
        ({"LinkedTxn": [7]}, "field_wrong", "LinkedTxn: a list of objects was expected, a list came"),
        ({"CurrencyRef": {"value": "BTC"}}, "currency_unknown", "BTC"),
        ({"DueDate": "2026-02-30"}, "date_unreadable", "DueDate: '2026-02-30'"),
        ({"DueDate": "next week"}, "date_unreadable", "DueDate: 'next week'"),
        ({"DueDate": 20261003}, "date_unreadable", "DueDate: a number"),
        ({"Id": None}, "no_id", "Invoice"),
        ({"Id": "9" * 65}, "field_wrong", "Id: the id has 65 characters"),
    ],
)
def test_an_object_that_cannot_be_read_says_why(changes: dict[str, Any], reason: str, detail: str) -> None:
    found = read("Invoice", raw(INVOICE, **changes))

    assert isinstance(found, Unusable)
    assert (found.of, found.label, found.reason, found.detail) == ("invoice", "2207", reason, detail)


def test_json_that_says_not_a_number_spoils_its_own_object_only() -> None:
    listed = '{"QueryResponse":{"Invoice":[{"Id":"1","TotalAmt":NaN},AN_INVOICE,null,7]}}'
    answer = fields.loads(listed.replace("AN_INVOICE", INVOICE))

    found = mapping.listed(answer, "Invoice", HOME)

    assert [type(item) for item in found] == [Unusable, LedgerInvoice, Unusable, Unusable]
    assert [item.reason for item in found if isinstance(item, Unusable)] == [
        "amount_unreadable",
        "not_an_object",
        "not_an_object",
    ]


def test_unknown_fields_nulls_long_ids_emoji_and_right_to_left_names_survive() -> None:
    given = raw(
        INVOICE,
        Id="12345678901234567890",
        Novel={"deep": [1, {"er": None}]},
        CustomerMemo={"value": "شكرا 🙏\u0000 \ud800"},
        EmailStatus="SomethingNew",
    )

    invoice = read("Invoice", given)

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.external_id == "12345678901234567890"
    assert invoice.memo == "شكرا 🙏 ?"
    assert invoice.sent is False


def test_discounts_groups_and_descriptions_are_lines_and_sums_are_not() -> None:
    lines = [
        {"DetailType": "DescriptionOnly", "Description": "Spring visit", "DescriptionLineDetail": {}},
        {
            "DetailType": "GroupLineDetail",
            "GroupLineDetail": {
                "Line": [
                    {
                        "DetailType": "SalesItemLineDetail",
                        "Amount": 90.5,
                        "SalesItemLineDetail": {"ItemRef": {"value": "4", "name": "Hours"}, "Qty": 1.33333},
                    }
                ]
            },
        },
        {"DetailType": "DiscountLineDetail", "Amount": 10, "DiscountLineDetail": {"PercentBased": False}},
        {"DetailType": "SubTotalLineDetail", "Amount": 90.5, "SubTotalLineDetail": {}},
    ]

    invoice = read("Invoice", raw(INVOICE, Line=lines))

    assert isinstance(invoice, LedgerInvoice)
    assert invoice.lines == (
        LedgerLine("", "Spring visit", None, Decimal("0.00")),
        LedgerLine("Hours", "", Decimal("1.3333"), Decimal("90.50")),
        LedgerLine("", "", None, Decimal("-10.00")),
    )


def test_a_payment_counts_for_what_its_lines_say() -> None:
    payment = read("Payment", raw(PAYMENT))

    assert isinstance(payment, LedgerPayment)
    assert (payment.amount, payment.unapplied, payment.paid_on) == (Decimal(500), Decimal(0), date(2026, 10, 21))
    assert payment.allocations == (LedgerAllocation("412", "cash", Decimal("500.00")),)
    assert payment.created_at == datetime(2026, 10, 21, 23, 40, 2, tzinfo=UTC)
    assert (payment.reference, payment.reversed) == ("1183", False)


def line(amount: float, of: str, kind: str = "Invoice") -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": of, "TxnType": kind}]}


@pytest.mark.parametrize(
    ("total", "unapplied", "lines", "expected"),
    [
        (500, 120, [line(300, "1"), line(80, "2")], [("1", "cash", "300"), ("2", "cash", "80")]),
        (500, 0, [line(200, "1"), line(300, "1")], [("1", "cash", "500")]),
        (0, 0, [line(200, "470", "CreditMemo"), line(200, "1")], [("1", "credit", "200")]),
        (500, 0, [line(600, "1"), line(100, "470", "CreditMemo")], [("1", "credit", "100"), ("1", "cash", "500")]),
        (
            500,
            0,
            [line(300, "1"), line(300, "2"), line(100, "470", "CreditMemo")],
            [("1", "credit", "100"), ("1", "cash", "200"), ("2", "cash", "300")],
        ),
        (500, 0, [line(300, "1"), line(200, "77", "JournalEntry")], [("1", "cash", "300")]),
        (500, 500, [], []),
    ],
)
def test_cash_and_credit_are_told_apart(
    total: int, unapplied: int, lines: list[Any], expected: list[tuple[str, str, str]]
) -> None:
    payment = read("Payment", raw(PAYMENT, TotalAmt=total, UnappliedAmt=unapplied, Line=lines))

    assert isinstance(payment, LedgerPayment)
    assert [(entry.invoice, entry.type, entry.amount) for entry in payment.allocations] == [
        (invoice, kind, Decimal(amount)) for invoice, kind, amount in expected
    ]


def test_one_line_that_pays_two_invoices_is_not_guessed_at() -> None:
    both = {"Amount": 500, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}, {"TxnId": "2", "TxnType": "Invoice"}]}

    payment = read("Payment", raw(PAYMENT, Line=[both]))

    assert isinstance(payment, Unusable)
    assert (payment.reason, payment.detail) == ("allocation_unclear", "1, 2")


def test_a_voided_payment_is_reversed_and_pays_nothing() -> None:
    payment = read("Payment", raw(PAYMENT, TotalAmt=0, PrivateNote="Voided", Line=[line(0, "412")]))

    assert isinstance(payment, LedgerPayment)
    assert (payment.reversed, payment.allocations) == (True, ())


def test_a_credit_memo_says_what_is_left_of_it() -> None:
    memo = read("CreditMemo", raw(CREDIT_MEMO))

    assert isinstance(memo, LedgerCreditMemo)
    assert (memo.number, memo.total, memo.balance) == ("CM-19", Decimal("200.00"), Decimal("150.00"))


def test_changes_come_in_the_order_in_which_one_stands_on_the_other() -> None:
    deleted = (
        '{"domain":"QBO","status":"Deleted","Id":"399","MetaData":{"LastUpdatedTime":"2026-10-30T11:00:00-07:00"}}'
    )
    groups = f'{{"Payment":[{PAYMENT}]}},{{"Invoice":[{deleted},{INVOICE}]}},{{"CreditMemo":[{CREDIT_MEMO}]}},{{}}'
    answer = fields.loads(f'{{"CDCResponse":[{{"QueryResponse":[{groups}]}}],"time":"2026-11-02T08:00:00.000-08:00"}}')

    found = mapping.changed(answer, HOME)

    assert [type(item) for item in found] == [Gone, LedgerInvoice, LedgerCreditMemo, LedgerPayment]
    assert found[0] == Gone("invoice", "399", datetime(2026, 10, 30, 18, 0, tzinfo=UTC))


@pytest.mark.parametrize("body", ["{}", '{"CDCResponse":{}}', '{"CDCResponse":[{"QueryResponse":{}}]}'])
def test_an_answer_that_tells_no_changes_is_not_taken_for_no_changes(body: str) -> None:
    with pytest.raises(fields.Bad):
        mapping.changed(fields.loads(body), HOME)


def test_an_absent_key_is_an_empty_list() -> None:
    assert mapping.listed(fields.loads('{"QueryResponse":{}}'), "Invoice", HOME) == []


def test_no_record_of_a_customer_shows_in_a_traceback() -> None:
    shown = repr(read("Invoice", raw(INVOICE)))

    assert shown == "<LedgerInvoice 412>"
