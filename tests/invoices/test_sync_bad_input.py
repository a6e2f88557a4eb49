"""Whatever QuickBooks answers ends in a state the owner can read, and the rest of the sync goes on."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import ActivityLine
from integrations import asking, bells, problems
from integrations.errors import Throttled
from integrations.models import Connection, SetAside, SyncRun
from invoices import sync as sync_module
from invoices import sync_runs
from invoices.models import Allocation, Customer, Invoice, Payment
from invoices.sync import sync
from syntharra import clock, due
from syntharra.models import Due
from tests.integrations.quickbooks.avas_books import Books, waited_out


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for the vendor in these tests."""
    monkeypatch.setattr(sync_module, "PATIENCE", 0.3)
    monkeypatch.setattr(asking, "_FIRST_WAIT", 0.05)


def wait_of(connection: Connection) -> timedelta:
    """In how long the books are looked at again."""
    return Due.objects.get(kind=bells.SYNC, row_id=connection.pk).due_at - clock.now()


def noted() -> list[tuple[str, str, str, str]]:
    rows = SetAside.objects.filter(cleared_at=None).exclude(reason__startswith="phone_")
    return list(rows.order_by("kind", "external_id").values_list("kind", "label", "reason", "detail"))


@pytest.mark.parametrize(
    ("kind", "state", "problem", "at_least", "at_most"),
    [
        ("429-json", "connected", "rate_limited", 59, 70),
        ("429-xml", "connected", "rate_limited", 59, 70),
        ("403-throttle", "connected", "rate_limited", 59, 70),
        ("503-html", "connected", "vendor_down", 50, 61),
        ("500-empty", "connected", "vendor_down", 50, 61),
        ("cut-body", "connected", "answer_cut", 50, 61),
        ("cut-connection", "connected", "answer_cut", 50, 61),
        ("200-fault", "paused", "subscription_ended", 3590, 3600),
    ],
)
def test_a_vendor_in_trouble_is_named_waited_for_and_gone_on_with(
    books: Books, kind: str, state: str, problem: str, at_least: int, at_most: int
) -> None:
    books.strike(kind, times=None, match={"query": "FROM Invoice ORDERBY"})

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.problem) == ("failed", problem)
    connection = books.again()
    assert (connection.state, connection.problem) == (state, problem)
    assert connection.problem_since is not None
    assert at_least <= wait_of(connection).total_seconds() <= at_most
    assert ActivityLine.objects.get(verb="sync_failed").detail.facts == {"problem": problem}
    assert problems.is_known(problem)
    # What was read before stays read: the next run goes on behind it.
    assert Customer.objects.count() == 30

    books.vendor.http.delete("/_sim/faults")
    waited_out(books.vendor)
    seen_before = len(books.asked("/query"))
    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.seen, run.expected) == ("done", 91, 91)
    assert [one["path"] for one in books.asked("/query")[seen_before:]] == [
        books.asked("/query")[0]["path"]
    ] * 4  # three kinds, and what is open
    connection = books.again()
    assert (connection.state, connection.problem, connection.problem_since) == ("connected", "", None)


@pytest.mark.parametrize(("kind", "problem"), [("401", "reconnect_needed"), ("403", "access_removed")])
def test_lost_access_asks_the_owner_to_reconnect_and_nothing_is_tried_until_then(
    books: Books, kind: str, problem: str
) -> None:
    if kind == "401":
        books.control("disconnect")
    else:
        books.strike("403", times=None)

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.problem) == ("failed", problem)
    connection = books.again()
    assert (connection.state, connection.problem) == ("reconnect", problem)
    assert due.rows_noted(bells.SYNC) == set()
    asked = len(books.asked())
    assert sync(books.connection.pk) is None
    assert len(books.asked()) == asked


def test_a_token_that_ran_out_is_renewed_without_a_word(books: Books) -> None:
    books.control("expire")

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, books.again().problem) == ("done", "")


def test_failures_in_a_row_are_waited_out_longer_up_to_half_an_hour(books: Books) -> None:
    books.strike("503-html", times=None)
    waits = []

    for _ in range(7):
        sync(books.connection.pk)
        waits.append(round(wait_of(books.connection).total_seconds() / 60))

    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_the_wait_the_vendor_asks_for_is_kept(books: Books) -> None:
    books.strike("429-json", times=None, retry_after=600)

    sync(books.connection.pk)

    assert 590 <= wait_of(books.connection).total_seconds() <= 600


def test_no_wait_is_so_short_that_we_knock_without_end_nor_longer_than_any_limit_lasts(books: Books) -> None:
    run = SyncRun(connection=books.connection)
    waits = [
        sync_runs._wait(run, Throttled("That was too often.", retry_after=asked)).total_seconds()
        for asked in (0.0, 0.05, 17.0, 400_000.0)
    ]

    assert waits == [5, 5, 17, 86_400]


@pytest.mark.parametrize(
    ("fields", "drop", "reason", "detail"),
    [
        ({"Balance": 265.005}, (), "amount_decimals", "Balance: 265.005"),
        ({"TotalAmt": "a lot"}, (), "amount_unreadable", "TotalAmt: 'a lot'"),
        ({"Balance": -10}, (), "amount_negative", "Balance: -10.00"),
        ({"DueDate": "2026-13-01"}, (), "date_unreadable", "DueDate: '2026-13-01'"),
        ({"CurrencyRef": {"value": "XBT"}}, (), "currency_unknown", "XBT"),
        ({"Line": {"Amount": 5}}, (), "field_wrong", "Line: a list of objects was expected, an object came"),
        ({}, ("Balance",), "field_missing", "Balance"),
    ],
)
def test_one_unreadable_invoice_is_set_aside_and_the_page_goes_on(
    books: Books, fields: dict[str, Any], drop: tuple[str, ...], reason: str, detail: str
) -> None:
    books.plant("Invoice", Id=books.invoice("2235")["Id"], drop=drop, **fields)

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.seen) == ("done", 91)
    assert noted() == [("invoice", "2235", reason, detail)]
    assert Invoice.objects.count() == 41
    said = problems.about(reason)
    assert said.words
    assert said.next_step


def test_a_mended_invoice_is_read_and_its_note_cleared(books: Books) -> None:
    identity = books.invoice("2235")["Id"]
    books.plant("Invoice", Id=identity, Balance=265.005)
    sync(books.connection.pk)

    books.plant("Invoice", Id=identity, Balance=265)
    sync(books.connection.pk)

    assert noted() == []
    assert Invoice.objects.get(number="2235").balance == 265
    assert SetAside.objects.get(reason="amount_decimals").cleared_at is not None


def test_an_invoice_that_becomes_unreadable_keeps_its_last_good_state_and_is_named(books: Books) -> None:
    sync(books.connection.pk)

    books.plant("Invoice", Id=books.invoice("2235")["Id"], Balance=100.001)
    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.set_aside) == ("done", 1)
    assert noted() == [("invoice", "2235", "amount_decimals", "Balance: 100.001")]
    assert Invoice.objects.get(number="2235").balance == 265


def test_a_note_that_stays_the_same_is_written_once(books: Books) -> None:
    books.plant("Invoice", Id=books.invoice("2235")["Id"], Balance=265.005)
    sync(books.connection.pk)

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.seen, run.written) == (2, 0)  # the invoice, and its customer whose sum moved


def test_unknown_fields_and_values_are_no_trouble(books: Books) -> None:
    books.plant(
        "Invoice",
        Id=books.invoice("2235")["Id"],
        Novel={"x": [1, None]},
        EmailStatus="Teleported",
        PrintStatus="NeedToPrint",
        drop=("DeliveryInfo",),
    )

    run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, noted(), books.again().problem) == ("done", [], "")
    assert Invoice.objects.get(number="2235").sent is False


@pytest.mark.parametrize(
    ("phone", "reason", "detail"),
    [
        (None, "phone_missing", ""),
        ("call the office", "phone_unreadable", "call the office"),
        ("+49 30 901820", "phone_foreign", "+49 30 901820"),
    ],
)
def test_a_phone_nobody_can_dial_is_named_and_the_customer_still_read(
    books: Books, phone: str | None, reason: str, detail: str
) -> None:
    sync(books.connection.pk)
    changes: dict[str, Any] = {"PrimaryPhone": {"FreeFormNumber": phone}} if phone else {}

    books.plant("Customer", Id="65", drop=("Mobile",) if phone else ("Mobile", "PrimaryPhone"), **changes)
    sync(books.connection.pk)

    note = SetAside.objects.get(external_id="65", cleared_at=None)
    assert (note.kind, note.label, note.reason, note.detail) == ("customer", "Whitaker Realty", reason, detail)
    assert not Customer.objects.get(external_id="65").contacts.exclude(phone="").exists()

    books.plant("Customer", Id="65", PrimaryPhone={"FreeFormNumber": "614 555 0106"})
    sync(books.connection.pk)

    assert not SetAside.objects.filter(external_id="65", cleared_at=None).exists()


def test_an_invoice_of_a_customer_the_books_do_not_show_waits_for_him(books: Books) -> None:
    books.plant("Invoice", Id=books.invoice("2235")["Id"], CustomerRef={"value": "4711"})
    sync(books.connection.pk)
    assert noted() == [("invoice", "2235", "customer_unknown", "4711")]

    books.plant("Customer", Id="4711", DisplayName="Late Comer", Active=True)
    run = sync(books.connection.pk)

    assert run is not None
    assert noted() == []
    assert Invoice.objects.get(number="2235").customer.name == "Late Comer"


def test_a_customer_missing_from_the_changes_is_fetched_by_id(books: Books) -> None:
    sync(books.connection.pk)
    old = {"CreateTime": "2020-01-01T00:00:00-08:00", "LastUpdatedTime": "2020-01-01T00:00:00-08:00"}
    books.plant("Customer", Id="4711", DisplayName="Unheard Of", Active=False, MetaData=old, quiet=True)
    books.plant("Invoice", Id=books.invoice("2235")["Id"], CustomerRef={"value": "4711"})

    sync(books.connection.pk)

    assert noted() == []
    assert Invoice.objects.get(number="2235").customer.name == "Unheard Of"


def test_a_payment_on_an_unreadable_invoice_is_booked_once_the_invoice_is_mended(books: Books) -> None:
    identity = books.invoice("2231")["Id"]
    books.control("pay", doc_number="2231", amount=110)
    books.plant("Invoice", Id=identity, Balance=200.001)
    sync(books.connection.pk)
    assert [note[2] for note in noted()] == ["amount_decimals", "invoice_unknown"]
    assert Payment.objects.filter(amount=110).count() == 1
    assert not Allocation.objects.filter(payment__amount=110).exists()

    books.plant("Invoice", Id=identity, Balance=200)
    sync(books.connection.pk)

    assert noted() == []
    entry = Allocation.objects.get(payment__amount=110)
    assert (entry.invoice.number, entry.amount) == ("2231", Decimal(110))


def test_what_we_did_not_foresee_is_named_too_and_leaves_the_run_failed(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("invoices.sync_page.apply", breaks)

    with pytest.raises(ZeroDivisionError):
        sync(books.connection.pk)

    assert SyncRun.objects.get().problem == "unexpected"
    assert books.again().problem == "unexpected"
    monkeypatch.undo()
    run = sync(books.connection.pk)
    assert run is not None
    assert (run.status, books.again().problem) == ("done", "")


def test_every_reason_a_sync_can_give_has_words() -> None:
    assert all(problems.is_known(code) for code in problems.SET_ASIDE | problems.CONNECTION)
    assert problems.about("never heard of").title == "Something is wrong with your books"
