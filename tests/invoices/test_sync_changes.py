"""What changes in the books changes here: payments and their undoing, credits, voids, deletions, moves, and our own facts stay."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import ActivityLine
from integrations.models import SyncRun
from invoices.models import Allocation, Contact, CreditMemo, Customer, Hold, Invoice, Payment
from invoices.sync import sync
from syntharra import clock
from tests.integrations.quickbooks.avas_books import Books


@pytest.fixture
def read(books: Books) -> Books:
    """The books after their first load."""
    sync(books.connection.pk)
    return books


def again(books: Books) -> SyncRun:
    run = sync(books.connection.pk)
    assert run is not None
    assert (run.status, run.whole) == ("done", False)
    return run


def invoice(number: str) -> Invoice:
    return Invoice.objects.get(number=number)


def allocations(number: str) -> list[tuple[str, Decimal]]:
    found = Allocation.objects.filter(invoice__number=number, amount__gt=0).order_by("kind", "amount")
    return list(found.values_list("kind", "amount"))


def balances() -> list[dict[str, Any]]:
    lines = ActivityLine.objects.filter(verb="balance_changed").order_by("recorded_at", "id")
    return [line.detail.facts for line in lines.select_related("detail")]


def test_a_payment_lowers_the_balance_and_is_one_line_on_the_timeline(read: Books) -> None:
    read.control("pay", doc_number="2207", amount=300)

    again(read)

    assert (invoice("2207").balance, invoice("2207").books_status) == (Decimal("496.00"), "open")
    assert allocations("2207") == [("cash", Decimal("300.00")), ("cash", Decimal("500.00"))]
    assert balances() == [
        {"number": "2207", "currency": "USD", "was": "796.00", "now": "496.00", "status_was": "open", "status": "open"}
    ]
    line = ActivityLine.objects.get(verb="balance_changed")
    assert (line.actor, line.subject_kind, line.subject_id) == ("QuickBooks Online", "invoice", invoice("2207").pk)
    assert line.customer_id == invoice("2207").customer_id


def test_a_paid_invoice_is_paid(read: Books) -> None:
    read.control("pay", doc_number="2231")

    again(read)

    assert (invoice("2231").balance, invoice("2231").books_status) == (Decimal("0.00"), "paid")
    assert invoice("2231") not in Invoice.objects.collectable(on=clock.today("America/New_York"))


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_taken_back_is_reversed_and_the_balance_returns(read: Books, how: str) -> None:
    read.control("pay", doc_number="2231")
    again(read)
    paid = Payment.objects.get(allocations__invoice__number="2231")

    read.control("refund", doc_number="2231", how=how)
    again(read)

    paid.refresh_from_db()
    assert paid.reversed_at is not None
    assert (paid.amount, paid.unapplied) == (Decimal("310.00"), Decimal("0.00"))
    assert [(entry.kind, entry.amount) for entry in paid.allocations.all()] == [("cash", Decimal("0.00"))]
    assert (invoice("2231").balance, invoice("2231").books_status) == (Decimal("310.00"), "open")


def test_a_credit_that_is_applied_is_no_cash(read: Books) -> None:
    read.control("credit", doc_number="2207", amount=200)

    again(read)

    assert invoice("2207").balance == Decimal("596.00")
    assert allocations("2207") == [("cash", Decimal("500.00")), ("credit", Decimal("200.00"))]
    memo = CreditMemo.objects.get()
    assert (memo.total, memo.balance, memo.customer.name) == (Decimal("200.00"), Decimal("0.00"), "Harbor Cafe")


def test_a_credit_not_applied_is_open_credit(read: Books) -> None:
    read.control("credit", doc_number="2207", amount=200, apply=False)

    again(read)

    assert invoice("2207").balance == Decimal("796.00")
    assert CreditMemo.objects.get().balance == Decimal("200.00")


def test_a_payment_unapplied_or_applied_elsewhere_moves_what_it_paid(read: Books) -> None:
    paid = read.control("pay", doc_number="2232", amount=400)["Payment"]
    again(read)
    other = read.invoice("2233")["Id"]
    lines = [
        {"Amount": 150, "LinkedTxn": [{"TxnId": read.invoice("2232")["Id"], "TxnType": "Invoice"}]},
        {"Amount": 100, "LinkedTxn": [{"TxnId": other, "TxnType": "Invoice"}]},
    ]

    read.plant("Payment", Id=paid["Id"], Line=lines, UnappliedAmt=150)
    again(read)

    assert allocations("2232") == [("cash", Decimal("150.00"))]
    assert allocations("2233") == [("cash", Decimal("100.00"))]
    assert Payment.objects.get(external_id=paid["Id"]).unapplied == Decimal("150.00")


def test_one_payment_for_two_invoices_of_two_customers_of_one_family_is_held_together(read: Books) -> None:
    job = next(one for one in read.objects("Customer") if one.get("ParentRef"))
    first = read.plant("Invoice", **_invoice("9001", job["Id"], "80.00"))
    second = read.plant("Invoice", **_invoice("9002", job["ParentRef"]["value"], "70.00"))
    lines = [
        {"Amount": 80, "LinkedTxn": [{"TxnId": first["Id"], "TxnType": "Invoice"}]},
        {"Amount": 70, "LinkedTxn": [{"TxnId": second["Id"], "TxnType": "Invoice"}]},
    ]
    read.plant(
        "Payment",
        Id="9003",
        CustomerRef=job["ParentRef"],
        TotalAmt=150,
        UnappliedAmt=0,
        TxnDate="2026-11-20",
        Line=lines,
    )

    again(read)

    assert allocations("9001") == [("cash", Decimal("80.00"))]
    assert allocations("9002") == [("cash", Decimal("70.00"))]


def _invoice(number: str, customer: str, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "Id": number,
        "DocNumber": number,
        "CustomerRef": {"value": customer},
        "TotalAmt": float(amount),
        "Balance": float(amount),
        "TxnDate": "2026-11-01",
        "DueDate": "2026-11-08",
        "Line": [],
        **more,
    }


def test_a_voided_invoice_is_void(read: Books) -> None:
    read.control("void", entity="Invoice", id=read.invoice("2235")["Id"])

    again(read)

    assert (invoice("2235").books_status, invoice("2235").balance) == ("void", Decimal("0.00"))


def test_a_deleted_invoice_stays_here_as_deleted_and_owes_nothing(read: Books) -> None:
    read.control("delete", entity="Invoice", id=read.invoice("2235")["Id"])

    again(read)

    assert (invoice("2235").books_status, invoice("2235").balance) == ("deleted", Decimal("0.00"))
    assert balances()[0]["status"] == "deleted"


def test_a_deleted_credit_memo_is_no_credit_any_more(read: Books) -> None:
    memo = read.control("credit", doc_number="2207", amount=200, apply=False)["CreditMemo"]
    again(read)

    read.control("delete", entity="CreditMemo", id=memo["Id"])
    again(read)

    found = CreditMemo.objects.get()
    assert (found.balance, found.deleted_at is not None) == (Decimal("0.00"), True)


def test_what_is_ours_is_never_touched(read: Books) -> None:
    row = invoice("2207")
    Invoice.objects.filter(pk=row.pk).update(left_reason="your_decision", left_at=clock.now(), paused_reason="unsure")
    Customer.objects.filter(pk=row.customer_id).update(never_call=True, language="es")
    Contact.objects.create(customer=row.customer, role="site", rank=100, name="Site super", phone="+16145550190")
    Contact.objects.create(customer=row.customer, role="billing", rank=100, name="By hand", phone="+16145550191")
    Hold.objects.create(customer=row.customer, invoice=row, reason="VIP", by="ava", since=clock.now())
    read.control("pay", doc_number="2207", amount=100)
    read.plant("Customer", Id=row.customer.external_id, DisplayName="Harbor Cafe & Bar")

    again(read)

    row = invoice("2207")
    assert (row.balance, row.left_reason, row.paused_reason) == (Decimal("696.00"), "your_decision", "unsure")
    assert (row.customer.name, row.customer.never_call, row.customer.language) == ("Harbor Cafe & Bar", True, "es")
    assert set(row.customer.contacts.values_list("name", flat=True)) >= {"Site super", "By hand"}
    assert Hold.objects.count() == 1


def test_an_invoice_moved_to_another_customer_moves_here(read: Books) -> None:
    lena = Customer.objects.get(name="Lena Park Dental")

    read.plant("Invoice", Id=read.invoice("2235")["Id"], CustomerRef={"value": lena.external_id})
    again(read)

    assert invoice("2235").customer == lena


def test_lines_follow_the_books(read: Books) -> None:
    raw = read.invoice("2207")
    line = {"DetailType": "DescriptionOnly", "Description": "Second visit", "Amount": 0}

    read.plant("Invoice", Id=raw["Id"], Line=[line])
    again(read)
    assert list(invoice("2207").lines.values_list("position", "description")) == [(1, "Second visit")]

    read.plant("Invoice", Id=raw["Id"], Line=[line, line | {"Description": "Third visit"}])
    again(read)
    assert invoice("2207").lines.count() == 2


def test_a_new_number_of_a_parent_reaches_its_jobs_and_a_lost_one_leaves_them(read: Books) -> None:
    job = Customer.objects.exclude(parent_external_id="").get(name__contains="Elm St")

    read.plant("Customer", Id=job.parent_external_id, PrimaryPhone={"FreeFormNumber": "614 555 0188"}, drop=("Mobile",))
    again(read)
    assert job.contacts.exclude(phone="").get().phone == "+16145550188"

    read.plant("Customer", Id=job.parent_external_id, drop=("Mobile", "PrimaryPhone"))
    again(read)
    assert not job.contacts.exclude(phone="").exists()
    assert job.contacts.get().phone_problem == "missing"

    read.plant("Customer", Id=job.external_id, PrimaryPhone={"FreeFormNumber": "614 555 0187"})
    again(read)
    assert job.contacts.exclude(phone="").get().phone == "+16145550187"
