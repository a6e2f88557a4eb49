"""Who is read when: bells, sweeps, one worker a connection, and customers somebody else is at work with."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction

from integrations import bells, connections
from integrations.errors import Unavailable
from integrations.models import SyncRun
from invoices import sync_runs, tasks
from invoices.models import Customer, Invoice
from invoices.services import hold_customer
from invoices.sync import read_fresh, sync
from syntharra import clock, due
from syntharra.tenancy import acting_for, acting_for_none
from tests.integrations.quickbooks.avas_books import Books, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor


def test_the_bell_reads_one_connection(books: Books) -> None:
    with acting_for_none():
        word = tasks.sync_connection(str(books.firm.business.pk), str(books.connection.pk))

    assert word == "done"
    assert Invoice.objects.count() == 42


def test_a_sweep_rings_for_every_connection_that_is_due_and_for_no_other(
    books: Books, rival: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks.sync_connection, "delay", lambda *names: rung.append(names))
    with acting_for(rival.business.pk):
        due.note(bells.SYNC, rival.connection.pk, at=clock.now() + timedelta(minutes=1))

    with acting_for_none():
        assert tasks.sweep() == 1

    assert rung == [(str(books.firm.business.pk), str(books.connection.pk))]


def test_a_connection_another_worker_is_at_is_left_alone(books: Books) -> None:
    assert sync_runs.begin(books.connection.pk) is not None

    assert tasks.sync_connection(str(books.firm.business.pk), str(books.connection.pk)) == "left alone"


def test_disconnecting_stops_a_reading_under_way(books: Books) -> None:
    held = sync_runs.begin(books.connection.pk)
    assert held is not None

    connections.disconnect(books.connection.pk, by=books.firm.owner)

    with pytest.raises(sync_runs.LostRun):
        sync_runs.guard(held)
    run = SyncRun.objects.get()
    assert (run.status, run.problem) == ("failed", "disconnected")
    assert sync(books.connection.pk) is None


@pytest.fixture
def committed(transactional_db: None, vendor: Vendor) -> Iterator[Books]:
    """Connected books with real commits, read once."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        books = Books(firm, connect(firm), vendor)
        sync(books.connection.pk)
        yield books


class SomebodyAtWork:
    """Another worker that holds a customer until it is told to let go."""

    def __init__(self, books: Books, customer: Customer) -> None:
        self.holding, self.let_go = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold, args=(books.firm.business.pk, customer.pk))
        self.thread.start()
        assert self.holding.wait(timeout=20)

    def _hold(self, business: Any, customer: Any) -> None:
        with acting_for(business), transaction.atomic():
            hold_customer(customer)
            self.holding.set()
            self.let_go.wait(timeout=30)
        database.close()

    def ends(self) -> None:
        self.let_go.set()
        self.thread.join(timeout=20)


def test_customers_in_use_are_skipped_and_written_in_the_same_run(committed: Books) -> None:
    for number in ("2207", "2232", "2234"):
        committed.control("pay", doc_number=number)
    somebody = SomebodyAtWork(committed, Customer.objects.get(name="Harbor Cafe"))
    threading.Timer(0.3, somebody.let_go.set).start()

    run = sync(committed.connection.pk)
    somebody.ends()

    assert run is not None
    assert run.status == "done"
    assert set(Invoice.objects.filter(number__in=["2207", "2232", "2234"]).values_list("balance", flat=True)) == {0}


def test_a_customer_in_use_for_too_long_is_named_and_the_others_are_written(committed: Books) -> None:
    for number in ("2207", "2232"):
        committed.control("pay", doc_number=number)
    somebody = SomebodyAtWork(committed, Customer.objects.get(name="Harbor Cafe"))
    with database.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        run = sync(committed.connection.pk)
    finally:
        with database.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        somebody.ends()

    assert run is not None
    assert (run.status, run.problem) == ("failed", "books_busy")
    assert committed.again().problem == "books_busy"
    assert Invoice.objects.get(number="2232").balance == 0
    assert Invoice.objects.get(number="2207").balance == 796
    again = sync(committed.connection.pk)
    assert again is not None
    assert again.status == "done"
    assert Invoice.objects.get(number="2207").balance == 0


def test_an_invoice_whose_customer_is_in_use_for_too_long_does_not_pass_for_fresh(committed: Books) -> None:
    committed.control("pay", doc_number="2207")
    invoice = Invoice.objects.get(number="2207")
    somebody = SomebodyAtWork(committed, invoice.customer)
    with database.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with pytest.raises(Unavailable) as caught:
            read_fresh(invoice.pk)
    finally:
        with database.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        somebody.ends()

    assert caught.value.problem == "books_busy"
    assert Invoice.objects.get(number="2207").read_at == invoice.read_at
    assert read_fresh(invoice.pk).balance == 0
