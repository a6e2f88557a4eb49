"""A first load: everything in the books becomes rows, once, and can be gone on with after a kill."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.models import ActivityLine
from compliance.models import Consent
from integrations import bells
from integrations.ledger import Page
from integrations.models import SetAside, SyncRun
from integrations.quickbooks import ledger as quickbooks_ledger
from integrations.quickbooks.ledger import QuickBooksLedger
from invoices import consents, sync_runs
from invoices.models import Allocation, Contact, Customer, Invoice, Payment
from invoices.sync import sync
from syntharra import clock, due
from tests.integrations.quickbooks.avas_books import Books


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, Contact, Invoice, Payment, Allocation))


def test_everything_in_the_books_becomes_rows(books: Books) -> None:
    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.whole, run.seen, run.expected) == ("done", True, 91, 91)
    ours = {
        (row.external_id, row.number, row.total, row.balance, row.due_on)
        for row in Invoice.objects.select_related("customer")
    }
    theirs = {
        (one["Id"], one["DocNumber"], one["TotalAmt"], one["Balance"], date.fromisoformat(one["DueDate"]))
        for one in books.objects("Invoice")
    }
    assert ours == theirs
    assert Customer.objects.count() == len(books.objects("Customer"))
    assert Payment.objects.count() == len(books.objects("Payment"))


def test_an_invoice_has_its_customer_lines_state_and_what_was_paid_on_it(books: Books) -> None:
    sync(books.connection.pk)

    invoice = Invoice.objects.get(number="2207")
    assert (invoice.customer.name, invoice.customer.kind) == ("Harbor Cafe", "business")
    assert (invoice.books_status, invoice.vendor_status) == ("open", "partly paid")
    assert (invoice.total, invoice.balance, invoice.currency) == (Decimal("1296.00"), Decimal("796.00"), "USD")
    assert [(entry.kind, entry.amount) for entry in invoice.allocations.all()] == [("cash", Decimal("500.00"))]
    assert invoice.lines.count() == len(
        [one for one in books.invoice("2207")["Line"] if "SubTotal" not in one["DetailType"]]
    )
    assert (invoice.frozen_at, invoice.left_reason, invoice.paused_reason) == (None, None, "")


def test_a_person_and_a_company_are_told_apart_and_reached_at_their_numbers(books: Books) -> None:
    mobile, desk = {"FreeFormNumber": "614.555.0171"}, {"FreeFormNumber": "(614) 555-0172"}
    books.plant("Customer", Id="58", Mobile=mobile, PrimaryPhone=desk)

    sync(books.connection.pk)

    marta, harbor = Customer.objects.get(name="Marta Diaz"), Customer.objects.get(name="Harbor Cafe")
    assert (marta.kind, harbor.kind) == ("consumer", "business")
    reached = [(contact.name, contact.phone, contact.phone_kind) for contact in harbor.contacts.order_by("rank")]
    assert reached == [("Ana Reyes", "+16145550171", "mobile"), ("Ana Reyes", "+16145550172", "primary")]
    assert (harbor.state, harbor.city) == ("US-OH", "Columbus")


def test_customers_nobody_can_call_are_noted_with_the_reason_and_still_there(books: Books) -> None:
    sync(books.connection.pk)

    noted = SetAside.objects.filter(cleared_at=None, kind="customer").values_list("label", "reason", "detail")
    assert {
        ("Green Valley School", "phone_missing", ""),
        ("Frank Moore", "phone_unreadable", "call the office"),
    } <= set(noted)
    assert Contact.objects.get(customer__name="Frank Moore").phone_raw == "call the office"
    assert Invoice.objects.get(number="2242").balance == Decimal("95.00")


def test_a_job_without_a_number_is_reached_at_its_parents(books: Books) -> None:
    sync(books.connection.pk)

    job = Customer.objects.exclude(parent_external_id="").get(name__contains="Elm St")
    parent = Customer.objects.get(external_id=job.parent_external_id)
    reached = job.contacts.exclude(phone="").get()
    assert (reached.phone_kind, reached.phone) == ("parent", parent.contacts.exclude(phone="").get().phone)
    assert not SetAside.objects.filter(external_id=job.external_id, cleared_at=None).exists()


def test_the_run_is_one_line_on_the_timeline_and_the_books_are_due_again(books: Books) -> None:
    sync(books.connection.pk)

    line = ActivityLine.objects.get(verb="synced")
    assert line.detail.facts == {"whole": True, "seen": 91, "written": line.detail.facts["written"], "set_aside": 3}
    assert not ActivityLine.objects.filter(verb="balance_changed").exists()
    connection = books.again()
    assert (connection.problem, connection.cursor.keys()) == ("", {"since"})
    assert connection.synced_at is not None
    assert due.rows(bells.SYNC) == []
    assert due.rows_noted(bells.SYNC) == {connection.pk}


def test_the_same_again_writes_nothing(books: Books) -> None:
    sync(books.connection.pk)
    before = counts()
    books.again()
    books.connection.cursor = {}
    books.connection.save()

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.whole, run.seen, run.written) == (True, 91, 0)
    assert counts() == before


def test_numbers_get_their_consent_once_the_firm_has_attested(books: Books) -> None:
    consents.attest(books.firm.business, by=books.firm.owner, wording="They gave us their numbers.")

    sync(books.connection.pk)

    numbers = Contact.objects.exclude(phone="").values("phone").distinct().count()
    assert Consent.objects.values("number").distinct().count() == numbers > 20


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten objects a page, so that a few dozen make many pages."""
    monkeypatch.setattr(quickbooks_ledger, "PAGE", 10)


class Killed(BaseException):
    """The worker is gone: nothing of ours runs any more."""


def test_a_killed_first_load_is_gone_on_with_where_it_stood(
    books: Books, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = QuickBooksLedger.whole

    def dies(self: QuickBooksLedger, cursor: Any) -> Iterator[Page]:
        for number, page in enumerate(whole(self, cursor), start=1):
            if number == 6:
                raise Killed
            yield page

    monkeypatch.setattr(QuickBooksLedger, "whole", dies)
    with pytest.raises(Killed):
        sync(books.connection.pk)
    monkeypatch.setattr(QuickBooksLedger, "whole", whole)
    stood = SyncRun.objects.get()
    asked_before = len(books.asked("/query"))

    assert sync(books.connection.pk) is None
    SyncRun.objects.update(leased_until=clock.machine_now() - timedelta(seconds=1))
    run = sync(books.connection.pk)

    assert run is not None
    assert (run.pk, run.status, run.seen, run.expected) == (stood.pk, "done", 91, 91)
    assert (stood.seen, stood.cursor["stage"]) == (40, 1)
    assert Invoice.objects.count() == 42
    assert Payment.objects.count() == 19
    # Only what was left: 32 of 42 invoices (4 pages), no credit memos (1), 19 payments (2); then what is open, for
    # what was read before the kill and has vanished since (3).
    assert len(books.asked("/query")) - asked_before == 10


def test_a_load_too_long_for_one_turn_is_put_down_and_asked_for_again(books: Books, small_pages: None) -> None:
    due.settle(bells.SYNC, books.connection.pk)

    first = sync(books.connection.pk, seconds=0)

    assert first is not None
    assert (first.status, first.seen) == ("running", 10)
    assert due.rows(bells.SYNC) == [books.connection.pk]
    while (run := sync(books.connection.pk, seconds=0)) is not None and run.status == "running":
        pass
    assert run is not None
    assert (run.pk, run.seen, Invoice.objects.count()) == (first.pk, 91, 42)


def test_a_worker_that_slept_through_its_lease_writes_nothing(books: Books) -> None:
    held = sync_runs.begin(books.connection.pk)
    assert held is not None
    SyncRun.objects.update(leased_until=clock.machine_now() - timedelta(seconds=1))
    other = sync_runs.begin(books.connection.pk)

    assert other is not None
    with pytest.raises(sync_runs.LostRun):
        sync_runs.guard(held)
    sync_runs.guard(other)


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the tables of the books and of their connection."""
    return [query["sql"] for query in captured if '"invoices_' in query["sql"] or '"integrations_' in query["sql"]]


@pytest.mark.parametrize("invoices", [100, 500])
def test_a_first_load_takes_the_same_statements_however_many_invoices_a_customer_has(
    books: Books, invoices: int
) -> None:
    books.control("seed", invoices=invoices, customers=15)

    with CaptureQueriesContext(database) as captured:
        run = sync(books.connection.pk)

    assert run is not None
    assert Invoice.objects.count() == 42 + invoices
    assert len(statements(captured)) == 74


def test_an_unchanged_page_is_looked_at_and_not_written(books: Books) -> None:
    sync(books.connection.pk)
    books.again()
    books.connection.cursor = {}
    books.connection.save()

    with CaptureQueriesContext(database) as captured:
        sync(books.connection.pk)

    written = {sql.split('"')[1] for sql in statements(captured) if sql.startswith(("INSERT", "UPDATE", "DELETE"))}
    assert written == {"integrations_connection", "integrations_syncrun"}
