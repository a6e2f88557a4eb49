"""One invoice fresh from the books before a call, or a reason why nobody may be called."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from integrations import asking, bells
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.models import SetAside
from invoices import sync as sync_module
from invoices.models import Invoice, Payment
from invoices.sync import read_fresh, sync
from syntharra import clock, due
from tests.integrations.quickbooks.avas_books import Books


@pytest.fixture
def read(books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """The books after their first load, ten minutes later; nobody waits long for a vendor."""
    monkeypatch.setattr(sync_module, "FRESH_PATIENCE", 0.3)
    monkeypatch.setattr(asking, "_FIRST_WAIT", 0.05)
    sync(books.connection.pk)
    with time_machine.travel(clock.machine_now() + timedelta(minutes=10)):
        yield books


def invoice(number: str) -> Invoice:
    return Invoice.objects.get(number=number)


def test_a_fresh_reading_says_what_the_books_say_now(read: Books) -> None:
    read.control("pay", doc_number="2207", amount=300)
    before = invoice("2207")

    fresh = read_fresh(before.pk)

    assert (fresh.balance, fresh.books_status) == (Decimal("496.00"), "open")
    assert fresh.read_at - before.read_at >= timedelta(minutes=10)
    assert fresh.pay_url == f"{read.vendor.base_url}/pay/9341450000000001/{fresh.external_id}"
    assert invoice("2207").read_at == fresh.read_at


def test_the_payment_behind_a_new_balance_is_read_by_the_next_sync(read: Books) -> None:
    due.settle(bells.SYNC, read.connection.pk)
    read.control("pay", doc_number="2231")

    read_fresh(invoice("2231").pk)

    assert due.rows(bells.SYNC) == [read.connection.pk]
    sync(read.connection.pk)
    assert Payment.objects.get(allocations__invoice__number="2231").amount == Decimal("310.00")


def test_an_unchanged_invoice_is_fresh_too_and_asks_for_nothing(read: Books) -> None:
    due.settle(bells.SYNC, read.connection.pk)
    before = invoice("2207")

    fresh = read_fresh(before.pk)

    assert fresh.read_at > before.read_at
    assert due.rows_noted(bells.SYNC) == set()


def test_an_invoice_that_is_gone_comes_back_deleted(read: Books) -> None:
    read.control("delete", entity="Invoice", id=invoice("2235").external_id)

    fresh = read_fresh(invoice("2235").pk)

    assert (fresh.books_status, fresh.balance) == ("deleted", Decimal("0.00"))


@pytest.mark.parametrize(
    ("kind", "error", "problem", "state"),
    [
        ("503-html", Unavailable, "vendor_down", "connected"),
        ("cut-body", Unavailable, "answer_cut", "connected"),
        ("429-json", Throttled, "rate_limited", "connected"),
        ("429-xml", Throttled, "rate_limited", "connected"),
        ("403", Disconnected, "access_removed", "reconnect"),
        ("200-fault", Refused, "subscription_ended", "paused"),
    ],
)
def test_books_that_cannot_be_read_name_why_and_change_nothing(
    read: Books, kind: str, error: type[VendorError], problem: str, state: str
) -> None:
    before = invoice("2207")
    read.strike(kind, times=None)

    with pytest.raises(error) as caught:
        read_fresh(before.pk)

    assert caught.value.problem == problem
    assert (read.again().state, read.connection.problem) == (state, problem)
    assert (invoice("2207").read_at, invoice("2207").balance) == (before.read_at, before.balance)


def test_access_the_owner_took_back_is_named_and_asked_for_no_more(read: Books) -> None:
    read.control("disconnect")

    for _ in range(2):
        with pytest.raises(Disconnected):
            read_fresh(invoice("2207").pk)

    assert (read.again().state, read.connection.problem) == ("reconnect", "reconnect_needed")
    assert read.connection.problem_detail.startswith("invalid_grant")


def test_an_invoice_in_an_unreadable_form_is_set_aside_and_not_fresh(read: Books) -> None:
    before = invoice("2207")
    read.plant("Invoice", Id=before.external_id, Balance=796.005)

    with pytest.raises(Refused) as caught:
        read_fresh(before.pk)

    assert caught.value.problem == "amount_decimals"
    noted = SetAside.objects.get(kind="invoice", cleared_at=None)
    assert (noted.label, noted.reason, noted.detail) == ("2207", "amount_decimals", "Balance: 796.005")
    assert invoice("2207").read_at == before.read_at


def test_a_page_asked_for_before_a_fresh_reading_does_not_undo_it(read: Books, monkeypatch: Any) -> None:
    from invoices import sync_page

    apply = sync_page.apply

    def slow(reading: Any, ledger: Any, items: Any) -> Any:
        """Between asking for the page and writing it, somebody pays and the invoice is read before a call."""
        monkeypatch.setattr(sync_page, "apply", apply)
        read.control("pay", doc_number="2207", amount=300)
        read_fresh(invoice("2207").pk)
        return apply(reading, ledger, items)

    read.plant("Invoice", Id=invoice("2207").external_id, DueDate="2026-11-01")
    monkeypatch.setattr(sync_page, "apply", slow)
    sync(read.connection.pk)

    assert invoice("2207").balance == Decimal("496.00")
