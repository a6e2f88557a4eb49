"""An invoice in every state the vendor knows, its money, its dates; clients, payments and credit notes beside it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.freshbooks.simulator import AGENCY
from tests.integrations.freshbooks.simulator import Vendor, simulated

EASTERN = ZoneInfo("America/New_York")
INVOICES, CLIENTS = "invoices/invoices", "users/clients"
PAYMENTS, CREDIT_NOTES = "payments/payments", "credit_notes/credit_notes"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated() as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


@pytest.mark.parametrize(
    ("number", "status", "v3_status", "display_status", "payment_status"),
    [
        ("FB-DRAFT", 1, "draft", "draft", "unpaid"),
        ("FB-CREATED", 1, "created", "created", "unpaid"),
        ("FB-SENT", 2, "sent", "sent", "unpaid"),
        ("FB-VIEWED", 3, "viewed", "viewed", "unpaid"),
        ("FB-PARTIAL", 8, "partial", "sent", "partial"),
        ("FB-OVERDUE", 3, "overdue", "viewed", "unpaid"),
        ("FB-OVERDUE-PARTIAL", 8, "overdue", "viewed", "partial"),
        ("FB-RETRY", 6, "retry", "sent", "unpaid"),
        ("FB-FAILED", 7, "failed", "sent", "unpaid"),
        ("FB-PENDING", 2, "pending", "sent", "unpaid"),
        ("FB-DECLINED", 2, "declined", "sent", "unpaid"),
        ("FB-DISPUTED", 2, "disputed", "sent", "unpaid"),
        ("FB-CLASSIC", 0, "disputed", "sent", "unpaid"),
        ("FB-RESOLVED", 2, "resolved", "sent", "unpaid"),
        ("FB-DEPOSIT-PARTIAL", 8, "deposit-partial", "sent", "partial"),
        ("FB-DEPOSIT-PAID", 8, "deposit_paid", "sent", "partial"),
        ("FB-PAID", 4, "paid", "sent", "paid"),
        ("FB-AUTOPAID", 5, "autopaid", "sent", "auto-paid"),
        ("FB-SUCCESS", 4, "success", "sent", "paid"),
        ("FB-OVERPAID", 4, "paid", "sent", "paid"),
        ("FB-ZERO", 4, "paid", "sent", "paid"),
    ],
)
def test_every_status_occurs(
    vendor: Vendor, number: Any, status: int, v3_status: Any, display_status: Any, payment_status: Any
) -> None:
    invoice = vendor.invoice(number)

    found = [invoice[name] for name in ("status", "v3_status", "display_status", "payment_status")]
    assert found == [status, v3_status, display_status, payment_status]


def test_what_hangs_beside_the_status_occurs_too(vendor: Vendor) -> None:
    assert vendor.invoice("FB-DISPUTED")["dispute_status"] == "disputed"
    assert vendor.invoice("FB-RESOLVED")["dispute_status"] == "resolved"
    assert vendor.invoice("FB-SENT")["dispute_status"] is None
    assert vendor.invoice("FB-RETRY")["autobill_status"] == "retry"
    assert vendor.invoice("FB-AUTOPAID")["autobill_status"] == "success"
    assert vendor.invoice("FB-AUTOPAID")["auto_bill"] is True
    deposits = {name: vendor.invoice(f"FB-DEPOSIT-{name}") for name in ("UNPAID", "PARTIAL", "PAID")}
    assert [one["deposit_status"] for one in deposits.values()] == ["unpaid", "partial", "paid"]
    assert deposits["PAID"]["deposit_amount"] == {"amount": "300.00", "code": "USD"}
    assert deposits["PAID"]["deposit_percentage"] == "25"
    assert vendor.invoice("FB-SENT")["deposit_status"] == "none"


def test_amounts_are_texts_with_a_currency_and_what_is_owed_may_be_below_zero(vendor: Vendor) -> None:
    partial, overpaid, canadian = (vendor.invoice(f"FB-{name}") for name in ("OVERDUE-PARTIAL", "OVERPAID", "CAD"))

    assert partial["amount"] == {"amount": "1840.00", "code": "USD"}
    assert partial["paid"] == {"amount": "500.00", "code": "USD"}
    assert partial["outstanding"] == {"amount": "1340.00", "code": "USD"}
    assert overpaid["paid"] == {"amount": "1250.00", "code": "USD"}
    assert overpaid["outstanding"] == {"amount": "-50.00", "code": "USD"}
    assert canadian["currency_code"] == "CAD"
    assert canadian["outstanding"] == {"amount": "2500.00", "code": "CAD"}
    assert vendor.invoice("FB-TAXED")["amount"]["amount"] == "1082.50"
    discounted = vendor.invoice("FB-DISCOUNTED")
    assert (discounted["amount"]["amount"], discounted["discount_value"]) == ("900.00", "10")
    assert vendor.invoice("FB-NEGATIVE-LINE")["amount"]["amount"] == "774.50"


def test_what_is_left_of_a_card_payment_has_26_decimals(vendor: Vendor) -> None:
    net = vendor.invoice("FB-PAID")["net_paid_amount"]

    assert net == {"amount": "1164.90000000000000000000000000", "code": "USD"}
    assert vendor.invoice("FB-SENT")["net_paid_amount"] is None


def test_old_invoices_have_no_due_date_but_days_and_the_oldest_not_even_those(vendor: Vendor) -> None:
    old, oldest, plain = (vendor.invoice(f"FB-{name}") for name in ("OLD", "OLDEST", "OVERDUE"))

    assert (old["due_date"], old["due_offset_days"]) == (None, 30)
    assert (oldest["due_date"], oldest["due_offset_days"]) == (None, None)
    issued = date.fromisoformat(plain["create_date"])
    assert plain["due_date"] == (issued + timedelta(days=30)).isoformat()
    assert plain["due_offset_days"] == 30


def test_the_vendor_says_overdue_a_day_late(vendor: Vendor) -> None:
    due_yesterday, due_before = vendor.invoice("FB-RETRY"), vendor.invoice("FB-FAILED")
    today = date.fromisoformat(vendor.control.counts(AGENCY)["today"])
    client = str(due_yesterday["customerid"])
    made = []
    for late in (1, 2):
        lines = [{"description": "Poster", "quantity": "1", "price": "10.00"}]
        due_on = today - timedelta(days=late)
        made.append(
            vendor.control.act(AGENCY, "add_invoice", customer=client, lines=lines, due_on=due_on, issued_on=due_on)[
                "id"
            ]
        )

    words = [vendor.result(f"{INVOICES}/{id}")["invoice"]["v3_status"] for id in made]

    assert words == ["sent", "overdue"]
    assert date.fromisoformat(due_before["due_date"]) < date.fromisoformat(due_yesterday["due_date"])


def test_times_of_accounting_are_eastern_and_say_so_nowhere(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-SENT")
    vendor.control.act(AGENCY, "touch", kind="invoice", id=str(invoice["id"]))

    touched = vendor.result(f"{INVOICES}/{invoice['id']}")["invoice"]

    stamp = datetime.strptime(touched["updated"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=EASTERN)
    assert abs((datetime.now(EASTERN) - stamp).total_seconds()) < 10
    assert touched["version"] == touched["updated"]
    assert touched["created_at"] == invoice["created_at"]


def test_the_repeated_hour_in_november_reads_the_same_twice(vendor: Vendor) -> None:
    now = datetime.fromisoformat(vendor.control.clock()["now"])
    invoice = vendor.invoice("FB-SENT")
    first = datetime(now.year + 1, 11, 1, tzinfo=EASTERN)
    sunday = first + timedelta(days=(6 - first.weekday()) % 7)
    stamps = []
    for hour in (5, 6):  # 1:30 EDT and 1:30 EST, in UTC
        moment = datetime(sunday.year, sunday.month, sunday.day, hour, 30, tzinfo=ZoneInfo("UTC"))
        vendor.control.clock((moment - datetime.now(ZoneInfo("UTC"))).total_seconds())
        vendor.control.act(AGENCY, "touch", kind="invoice", id=str(invoice["id"]))
        stamps.append(vendor.result(f"{INVOICES}/{invoice['id']}")["invoice"]["updated"][:16])

    assert stamps == [f"{sunday:%Y-%m-%d} 01:30"] * 2


def test_a_deleted_invoice_is_shown_by_id_or_gone_with_errno_1012(vendor: Vendor) -> None:
    id = vendor.invoice("FB-DELETED")["id"]
    shown = vendor.result(f"{INVOICES}/{id}")["invoice"]

    vendor.control.settings(deleted_single="gone")
    gone = vendor.call("GET", f"{INVOICES}/{id}")

    assert shown["vis_state"] == 1
    assert gone.status_code == 404
    assert gone.json() == {
        "response": {
            "errors": [
                {
                    "errno": 1012,
                    "field": "invoiceid",
                    "message": "Invoice not found.",
                    "object": "invoice",
                    "value": str(id),
                }
            ]
        }
    }


def test_a_client_has_phones_as_somebody_typed_them_and_one_has_none(vendor: Vendor) -> None:
    dana = vendor.result(f"{CLIENTS}/{vendor.invoice('FB-SENT')['customerid']}")["client"]
    cher = vendor.result(f"{CLIENTS}/{vendor.invoice('FB-20240115')['customerid']}")["client"]
    amelie = vendor.result(f"{CLIENTS}/{vendor.invoice('FB-CAD')['customerid']}")["client"]

    assert dana["id"] == dana["userid"]
    assert (dana["fname"], dana["lname"], dana["organization"]) == ("Dana", "Ruiz", "Ruiz Dental")
    assert [dana[name] for name in ("mob_phone", "bus_phone", "home_phone")] == [
        "(512) 555-0142",
        "512.555.0100 ext 7",
        "5125550199",
    ]
    assert (dana["p_country"], dana["p_province"], dana["note"]) == (
        "United States",
        "TX",
        "Pays after the second reminder.",
    )
    assert (cher["fname"], cher["lname"], cher["organization"], cher["email"]) == ("Cher", "", "", "")
    assert [cher[name] for name in ("mob_phone", "bus_phone", "home_phone")] == ["", "", None]
    assert (amelie["p_country"], amelie["currency_code"], amelie["language"]) == ("Canada", "CAD", "fr")


def test_applied_credit_is_a_payment_that_is_no_money(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-CREDITED")
    rows = vendor.every(PAYMENTS, ("search[invoiceid]", str(invoice["id"])))
    notes = vendor.every(CREDIT_NOTES, ("search[clientid]", str(invoice["customerid"])))

    assert [(row["type"], row["from_credit"], row["amount"]["amount"]) for row in rows] == [("Credit", True, "150.00")]
    assert rows[0]["id"] == rows[0]["logid"]
    used = next(note for note in notes if note["id"] == rows[0]["creditid"])
    assert (used["amount"]["amount"], used["paid"]["amount"], used["payment_status"]) == ("200.00", "150.00", "partial")
    assert {(note["credit_type"], note["dispute_status"]) for note in notes} == {
        ("goodwill", None),
        ("goodwill", "disputed"),
        ("prepayment", None),
        ("overpayment", None),
    }
    assert vendor.result(f"{PAYMENTS}/{rows[0]['id']}")["payment"] == rows[0]


def test_what_was_paid_too_much_is_a_credit_named_on_the_payment(vendor: Vendor) -> None:
    invoice = vendor.invoice("FB-LEFT-OVER")
    row = vendor.every(PAYMENTS, ("search[invoiceid]", str(invoice["id"])))[0]

    note = vendor.result(f"{CREDIT_NOTES}/{row['overpaymentid']}")["credit_notes"]

    assert (invoice["outstanding"]["amount"], row["amount"]["amount"]) == ("0.00", "300.00")
    assert (note["credit_type"], note["amount"]["amount"]) == ("overpayment", "50.00")


def test_an_overpayment_that_is_used_up_stays_visible_as_paid(vendor: Vendor) -> None:
    left_over, owing = vendor.invoice("FB-LEFT-OVER"), vendor.invoice("FB-SENT")
    row = vendor.every(PAYMENTS, ("search[invoiceid]", str(left_over["id"])))[0]
    body = {
        "invoiceid": owing["id"],
        "creditid": row["overpaymentid"],
        "amount": {"amount": "50.00", "code": "USD"},
        "date": "2026-03-20",
        "type": "Credit",
    }

    reused = vendor.post(PAYMENTS, {"payment": body})["payment"]

    assert (reused["type"], reused["from_credit"], reused["creditid"]) == ("Credit", True, row["overpaymentid"])
    note = vendor.result(f"{CREDIT_NOTES}/{row['overpaymentid']}")["credit_notes"]
    assert (note["amount"]["amount"], note["paid"]["amount"], note["payment_status"]) == ("50.00", "50.00", "paid")
    assert vendor.invoice("FB-SENT")["outstanding"]["amount"] == "1150.00"
    assert vendor.result(f"{PAYMENTS}/{row['id']}")["payment"]["amount"]["amount"] == "300.00"


def test_one_payment_for_two_invoices_is_two_rows_that_keep_their_ids(vendor: Vendor) -> None:
    first, second = vendor.invoice("FB-SENT"), vendor.invoice("FB-VIEWED")
    applied = {str(first["id"]): "100.00", str(second["id"]): "50.00"}
    paid = vendor.control.act(
        AGENCY, "pay", customer=str(first["customerid"]), amount="150.00", applied=applied, method="ach"
    )

    rows = {
        row["invoiceid"]: row
        for one in (first, second)
        for row in vendor.every(PAYMENTS, ("search[invoiceid]", str(one["id"])))
    }
    vendor.control.act(AGENCY, "reverse_payment", id=paid["id"])
    gone = [vendor.result(f"{PAYMENTS}/{row['id']}")["payment"] for row in rows.values()]

    assert rows[first["id"]]["id"] == int(paid["id"])
    assert [row["amount"]["amount"] for row in rows.values()] == ["100.00", "50.00"]
    assert {row["type"] for row in rows.values()} == {"ACH"}
    assert [row["vis_state"] for row in gone] == [1, 1]
    assert vendor.invoice("FB-SENT")["outstanding"]["amount"] == "1200.00"


def test_the_sum_of_living_payment_rows_is_what_every_invoice_says_was_paid(vendor: Vendor) -> None:
    paid: dict[int, Decimal] = {}
    for row in vendor.every(PAYMENTS):
        paid[row["invoiceid"]] = paid.get(row["invoiceid"], Decimal(0)) + Decimal(row["amount"]["amount"])

    for invoice in vendor.every(INVOICES):
        assert Decimal(invoice["paid"]["amount"]) == paid.get(invoice["id"], Decimal(0)), invoice["invoice_number"]


def test_every_invoice_owes_what_the_books_say_it_owes(vendor: Vendor) -> None:
    truth = vendor.control.truth(AGENCY)

    for invoice in vendor.every(INVOICES):
        if invoice["invoice_number"] != "FB-OVERPAID":
            assert invoice["outstanding"]["amount"] == truth[str(invoice["id"])]["balance"], invoice["invoice_number"]


def test_odd_fields_lie_over_whatever_is_rendered(vendor: Vendor) -> None:
    id = vendor.invoice("FB-SENT")["id"]

    vendor.control.odd(AGENCY, "invoice", str(id), {"v3_status": "teleported", "amount": None, "paid": "__drop__"})

    odd = vendor.result(f"{INVOICES}/{id}")["invoice"]
    assert (odd["v3_status"], odd["amount"]) == ("teleported", None)
    assert "paid" not in odd
