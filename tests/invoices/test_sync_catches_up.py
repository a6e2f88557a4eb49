"""News that come late, twice, out of order or not at all: in the end the rows are the books'."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from integrations import bells
from integrations.models import Connection, SyncRun
from integrations.quickbooks import ledger as quickbooks_ledger
from integrations.quickbooks.simulator import AVAS_PLUMBING
from invoices.models import Invoice, Payment
from invoices.sync import sync
from syntharra import clock, due
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


def test_news_of_an_older_version_change_nothing(read: Books) -> None:
    raw = read.invoice("2207")
    stale = {**raw, "Balance": 1296.0, "MetaData": {**raw["MetaData"], "LastUpdatedTime": "2020-01-01T00:00:00-08:00"}}
    read.control("pay", doc_number="2207", amount=300)
    again(read)

    read.plant("Invoice", **{name: stale[name] for name in ("Id", "Balance", "MetaData")})
    books = read.again()
    books.cursor = {}
    books.save()
    sync(read.connection.pk)

    assert invoice("2207").balance == Decimal("496.00")


def test_the_overlap_of_five_minutes_repeats_news_and_writes_nothing(read: Books) -> None:
    read.control("pay", doc_number="2231")
    first, second = again(read), again(read)

    assert first.written > 0
    assert (second.seen, second.written) == (first.seen, 0)


def test_after_a_month_everything_changed_is_read_and_the_deleted_are_found(read: Books) -> None:
    paid = read.control("pay", doc_number="2236")["Payment"]
    again(read)
    read.control("delete", entity="Invoice", id=read.invoice("2235")["Id"])
    read.control("refund", payment=paid["Id"], how="delete")
    read.control("pay", doc_number="2234")
    _last_read(read, days=40)

    run = sync(read.connection.pk)

    assert run is not None
    assert (run.status, run.whole) == ("done", True)
    assert not read.asked("/cdc")[2:]
    assert invoice("2235").books_status == "deleted"
    assert invoice("2234").books_status == "paid"
    assert invoice("2236").balance == Decimal("388.40")
    assert Payment.objects.get(external_id=paid["Id"]).reversed_at is not None


def test_more_changes_than_one_answer_holds_are_read_page_by_page(read: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quickbooks_ledger, "CHANGES_AT_MOST", 5)
    for number in ("2231", "2232", "2234"):
        read.control("pay", doc_number=number)

    run = sync(read.connection.pk)

    assert run is not None
    assert (run.status, run.whole) == ("done", True)
    assert {invoice(number).books_status for number in ("2231", "2232", "2234")} == {"paid"}
    assert sync(read.connection.pk) is not None


def _last_read(books: Books, *, days: int) -> None:
    """As if the last good reading had been so many days ago."""
    then = clock.now() - timedelta(days=days)
    Connection.objects.update(cursor={"since": then.isoformat()}, synced_at=then)


def test_asked_for_while_reading_the_books_are_read_once_more(read: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = quickbooks_ledger.QuickBooksLedger.changes

    def asked_meanwhile(self: Any, cursor: Any) -> Any:
        for page in changes(self, cursor):
            bells.ask_for_sync(read.connection.pk)
            yield page

    monkeypatch.setattr(quickbooks_ledger.QuickBooksLedger, "changes", asked_meanwhile)
    due.settle(bells.SYNC, read.connection.pk)

    with time_machine.travel(clock.machine_now() + timedelta(seconds=1)):
        again(read)

        assert due.rows(bells.SYNC) == [read.connection.pk]


def test_a_rivals_books_stay_apart(read: Books, rival: Any) -> None:
    read.control("pay", doc_number="2231")

    again(read)

    assert {row.business_id for row in Invoice.objects.all()} == {read.firm.business.pk}
    assert read.connection.account == AVAS_PLUMBING
