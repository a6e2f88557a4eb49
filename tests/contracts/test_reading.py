"""Every vendor's books read into our rows: the same sentences for all six, each against its own simulator over HTTP."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from integrations.models import SetAside, SyncRun
from invoices.models import Allocation, Contact, Customer, Invoice, Payment
from invoices.sync import read_fresh, sync
from syntharra import clock
from tests.contracts.rigs import Rig, money

pytestmark = pytest.mark.django_db


def read(books: Rig) -> SyncRun:
    """The books are read; the run must come to its end."""
    run = sync(books.again().pk)
    assert run is not None
    assert (run.status, run.problem) == ("done", "")
    return run


def row(external_id: str) -> Invoice:
    return Invoice.objects.get(external_id=external_id)


def owed(books: Rig) -> dict[str, Decimal]:
    """What the books say is owed, by invoice, where something is and was asked for."""
    not_yet = asked_for_later(books)
    return {
        id: money(one["balance"])
        for id, one in books.truth().items()
        if one["status"] == "open" and money(one["balance"]) > 0 and id not in not_yet
    }


def asked_for_later(books: Rig) -> set[str]:
    """Invoices the vendor itself has not sent yet: drafts to us, whatever its books hold."""
    if not books.manners.not_yet:
        return set()
    waiting = Invoice.objects.filter(vendor_status=books.manners.not_yet, books_status="draft")
    return set(waiting.values_list("external_id", flat=True))


def ours() -> dict[str, Decimal]:
    """What we say is owed."""
    return dict(Invoice.objects.open().values_list("external_id", "balance"))


def test_the_first_load_is_the_books_to_the_cent(books: Rig) -> None:
    run = read(books)

    assert ours() == owed(books)
    assert run.whole
    assert (run.seen, run.expected is not None) == (run.seen, True)
    assert not SetAside.objects.filter(cleared_at=None, kind="invoice").exists()


def test_cash_booked_is_the_cash_that_came_in(books: Rig) -> None:
    read(books)

    truth = books.truth()
    cash = Allocation.objects.filter(kind="cash", payment__reversed_at=None, amount__gt=0)
    booked = dict(cash.values_list("invoice__external_id").annotate(Sum("amount")))
    live = {id for id, one in truth.items() if one["status"] in ("open", "paid", "written_off")}
    assert {id: amount for id, amount in booked.items() if id in live} == {
        id: money(truth[id]["paid"]) for id in live if money(truth[id]["paid"]) > 0
    }


def test_the_same_again_writes_nothing(books: Rig) -> None:
    read(books)
    books.again()
    books.connection.cursor = {}  # type: ignore[union-attr]
    books.connection.save()  # type: ignore[union-attr]

    run = read(books)

    assert (run.whole, run.written) == (True, 0)


def test_a_new_invoice_of_a_new_customer_is_found(books: Rig) -> None:
    read(books)
    assert not Invoice.objects.exclude(turned_up_at=None).exists()  # all of it was there when the books were connected
    due = clock.now().date() - timedelta(days=10)
    invoice = books.an_invoice(books.a_customer(), "412.37", due_on=due, issued_on=due - timedelta(days=20))

    read(books)

    found = row(invoice)
    assert (found.balance, found.books_status, found.due_on) == (Decimal("412.37"), "open", due)
    assert found.customer.name.startswith("Harbor Cafe")
    assert found.turned_up_at == found.read_at


def test_a_part_payment_and_the_rest(books: Rig) -> None:
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "796.00")
    read(books)

    books.act("pay", customer=customer, amount="300.00", applied={invoice: "300.00"})
    read(books)
    assert (row(invoice).balance, row(invoice).books_status) == (Decimal("496.00"), "open")
    assert row(invoice).balance_changed_at is not None

    books.act("pay", customer=customer, amount="496.00", applied={invoice: "496.00"})
    read(books)
    assert (row(invoice).balance, row(invoice).books_status) == (Decimal("0.00"), "paid")
    cash = Allocation.objects.filter(invoice=row(invoice), kind="cash").aggregate(sum=Sum("amount"))["sum"]
    assert cash == Decimal("796.00")


def test_a_payment_that_bounced_is_owed_again(books: Rig) -> None:
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "796.00")
    payment = books.act("pay", customer=customer, amount="796.00", applied={invoice: "796.00"})["id"]
    read(books)
    assert row(invoice).books_status == "paid"

    books.act("reverse_payment", id=payment)
    read(books)

    assert (row(invoice).balance, row(invoice).books_status) == (Decimal("796.00"), "open")
    cash = Allocation.objects.filter(invoice=row(invoice), kind="cash", payment__reversed_at=None)
    assert (cash.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) == Decimal(0)


def test_money_beyond_what_is_owed_lies_unapplied_where_the_books_can_hold_it(books: Rig) -> None:
    if not books.manners.unapplied:
        pytest.skip(f"{books.provider} declares that its books hold no unapplied money")
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "100.00")
    read(books)

    books.act("pay", customer=customer, amount="150.00", applied={invoice: "100.00"})
    read(books)

    ours = Customer.objects.get(external_id=customer)
    lying = Payment.objects.filter(customer=ours, reversed_at=None).aggregate(sum=Sum("unapplied"))["sum"] or Decimal(0)
    memos = ours.credit_memos.filter(deleted_at=None).aggregate(sum=Sum("balance"))["sum"] or Decimal(0)
    assert max(lying + memos, ours.open_credit or Decimal(0)) == Decimal("50.00")
    assert row(invoice).books_status == "paid"


def test_a_credit_lowers_what_is_owed_and_is_no_cash(books: Rig) -> None:
    if not books.manners.shows_credits:
        pytest.skip(f"{books.provider} declares that its books know no credit memos")
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "796.00")
    read(books)

    credit = books.act("add_credit", customer=customer, total="200.00")["id"]
    books.act("apply_credit", id=credit, invoice=invoice, amount="200.00")
    read(books)

    assert row(invoice).balance == Decimal("596.00")
    assert not Allocation.objects.filter(invoice=row(invoice), kind="cash", amount__gt=0).exists()


def test_a_void_invoice_is_owed_no_more(books: Rig) -> None:
    invoice = books.an_invoice(books.a_customer(), "796.00")
    read(books)

    books.act("void_invoice", id=invoice)
    read(books)
    if row(invoice).books_status == "open":  # told only by a webhook, or by the comparison of the whole once a day
        with_new_start(books)
        read(books)

    expected = "void" if books.manners.voids else "deleted"
    assert (row(invoice).books_status, row(invoice).balance) == (expected, Decimal("0.00"))


def test_a_deleted_invoice_is_deleted_here_and_stays_on_record(books: Rig) -> None:
    if not books.manners.deletes:
        pytest.skip(f"{books.provider} declares that nothing once sent is ever deleted")
    invoice = books.an_invoice(books.a_customer(), "796.00")
    read(books)

    books.act("delete_invoice", id=invoice)
    read(books)
    if row(invoice).books_status == "open":  # told only by a comparison of the whole, made once a day
        with_new_start(books)
        read(books)

    assert (row(invoice).books_status, row(invoice).balance) == ("deleted", Decimal("0.00"))


def with_new_start(books: Rig) -> None:
    books.again()
    books.connection.cursor = {}  # type: ignore[union-attr]
    books.connection.save()  # type: ignore[union-attr]


def test_one_invoice_fresh_says_what_the_books_say_now(books: Rig) -> None:
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "796.00")
    read(books)
    books.act("pay", customer=customer, amount="96.00", applied={invoice: "96.00"})

    fresh = read_fresh(row(invoice).pk)

    assert (fresh.balance, fresh.books_status) == (Decimal("700.00"), "open")
    assert clock.now() - fresh.read_at < timedelta(minutes=1)


def test_one_invoice_fresh_that_is_gone_comes_back_deleted(books: Rig) -> None:
    invoice = books.an_invoice(books.a_customer(), "796.00")
    read(books)
    verb = "delete_invoice" if books.manners.deletes else "void_invoice"
    books.act(verb, id=invoice)

    fresh = read_fresh(row(invoice).pk)

    expected = "deleted" if books.manners.deletes else "void"
    assert (fresh.books_status, fresh.balance) == (expected, Decimal("0.00"))


def test_the_mobile_is_tried_first_and_what_stands_in_the_books_is_kept(books: Rig) -> None:
    customer = books.a_customer()
    books.an_invoice(customer)
    read(books)

    contacts = Contact.objects.filter(customer__external_id=customer, role="billing").order_by("rank")
    assert contacts[0].phone in ("+16145550163", "+16145550103")
    numbers = [contact.phone for contact in contacts]
    if len(numbers) > 1:
        assert numbers[0] == "+16145550163"
    assert contacts[0].phone_raw != ""


@pytest.mark.parametrize(
    "name", ["Ñandú Café 🍕", "مطعم الميناء", 'O\'Brien & Söhne "Lofts" <b>', "名前株式会社", "x" * 120]
)
def test_any_name_survives(books: Rig, name: str) -> None:
    customer = books.a_customer(name=name, company=name)
    books.an_invoice(customer)
    read(books)

    assert Customer.objects.get(external_id=customer).name.startswith(name[:100])


def test_a_changed_customer_is_changed_here(books: Rig) -> None:
    customer = books.a_customer()
    books.an_invoice(customer)
    read(books)

    books.act("change_customer", id=customer, name="Harbor Cafe & Bar", company="Harbor Cafe & Bar")
    read(books)

    assert Customer.objects.get(external_id=customer).name == "Harbor Cafe & Bar"


def test_an_object_in_an_unreadable_form_is_set_aside_and_the_page_goes_on(books: Rig) -> None:
    if not books.manners.amount_field:
        pytest.skip(f"{books.provider} lays its amounts where a test cannot reach them from outside")
    customer = books.a_customer()
    spoiled, good = books.an_invoice(customer, "10.00"), books.an_invoice(customer, "20.00")
    read(books)
    books.sim.odd(books.account, "invoice", spoiled, {books.manners.amount_field: "a lot"})
    books.act("pay", customer=customer, amount="5.00", applied={good: "5.00"})

    read(books)

    assert row(good).balance == Decimal("15.00")
    aside = SetAside.objects.get(cleared_at=None, kind="invoice")
    assert (aside.external_id, aside.reason[:6]) == (spoiled, "amount")

    books.sim.odd(books.account, "invoice", spoiled, {books.manners.amount_field: "__drop__"}, quiet=False)


def test_a_status_nobody_knows_and_fields_nobody_knows_do_not_stop_a_page(books: Rig) -> None:
    customer = books.a_customer()
    strange, good = books.an_invoice(customer, "10.00"), books.an_invoice(customer, "20.00")
    read(books)
    new = {books.manners.status_field: "FROBNICATED", "somethingNew": {"deep": [1, None, "x"]}}
    if books.provider == "jobber":
        new.pop("somethingNew")  # a GraphQL answer holds what was asked for
    books.sim.odd(books.account, "invoice", strange, new)
    books.act("pay", customer=customer, amount="5.00", applied={good: "5.00"})

    read(books)

    assert row(good).balance == Decimal("15.00")


def test_an_outage_in_the_middle_leaves_what_was_read_and_goes_on_there(books: Rig, monkeypatch: Any) -> None:
    from integrations import asking
    from invoices import sync as module

    monkeypatch.setattr(asking, "_FIRST_WAIT", 0.02)
    monkeypatch.setattr(module, "PATIENCE", 0.4)
    books.strike(books.manners.outage, times=None)
    failed = sync(books.again().pk)
    assert failed is not None
    assert (failed.status, failed.problem) == ("failed", "vendor_down")
    assert books.again().state == "connected"

    books.sim.clear_faults()
    read(books)

    assert ours() == owed(books)


def test_asked_too_often_we_wait_as_long_as_the_vendor_wants(books: Rig, monkeypatch: Any) -> None:
    from invoices import sync as module

    monkeypatch.setattr(module, "PATIENCE", 0.4)
    books.strike(books.manners.throttled, times=None)

    failed = sync(books.again().pk)

    assert failed is not None
    assert (failed.status, failed.problem) == ("failed", "rate_limited")
    assert books.again().state == "connected"


def test_access_the_owner_took_back_asks_him_to_reconnect_and_is_not_tried_again(books: Rig) -> None:
    read(books)
    books.sim.disconnect(books.account)

    failed = sync(books.again().pk)

    assert failed is not None
    assert (failed.status, books.again().state) == ("failed", "reconnect")
    assert sync(books.connection.pk) is None  # type: ignore[union-attr]
