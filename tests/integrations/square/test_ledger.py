"""A Square seller's books read and written over HTTP: to the cent, nothing lost, nobody billed twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations import asking
from integrations.abilities import Act, Way, abilities_of
from integrations.errors import Disconnected, NotAble, Refused, Throttled, Unanswered, Unavailable
from integrations.ledger import Gone, Item, LedgerCustomer, LedgerInvoice, LedgerPayment, TooFarBack, kind_of
from integrations.square import changing, reading
from integrations.square.ledger import SquareLedger
from syntharra import clock
from tests.integrations.square.books import FIRST, SECOND, Square, begin_again, changes, square, whole


@pytest.fixture(scope="module")
def running() -> Iterator[Square]:
    with square(invoices=40, second_invoices=20) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Square, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Square:
    begin_again(running, settings, monkeypatch)
    return running


@pytest.fixture
def ledger(vendor: Square) -> Iterator[SquareLedger]:
    found = vendor.ledger()
    yield found
    found.close()


def open_one(items: list[Item]) -> LedgerInvoice:
    """One that can be paid and canceled, sent by e-mail, with nothing on its way."""
    return next(
        item
        for item in items
        if isinstance(item, LedgerInvoice)
        and item.status == "open"
        and item.balance >= 100
        and not item.in_flight
        and item.vendor_status == "UNPAID"
    )


def invoices(items: list[Item]) -> dict[str, LedgerInvoice]:
    return {item.external_id: item for item in items if isinstance(item, LedgerInvoice)}


def test_the_whole_is_what_the_books_hold(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)

    truth = vendor.control.truth(FIRST)
    assert {name: one.balance for name, one in invoices(items).items()} == {
        name: Decimal(one["balance"]) for name, one in truth.items()
    }
    assert {one.customer for one in invoices(items).values()} == {
        item.external_id for item in items if isinstance(item, LedgerCustomer)
    }


def test_cash_is_what_came_in_less_what_went_back(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)

    booked: dict[str, Decimal] = {}
    for item in items:
        if isinstance(item, LedgerPayment) and not item.reversed and not item.pending:
            for entry in item.allocations:
                booked[entry.invoice] = booked.get(entry.invoice, Decimal(0)) + entry.amount
    assert booked == {
        name: Decimal(one["paid"]) for name, one in vendor.control.truth(FIRST).items() if Decimal(one["paid"]) > 0
    }


def test_every_invoice_has_its_lines_and_names_its_payments(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)

    payments = {item.external_id for item in items if isinstance(item, LedgerPayment)}
    assert [one.number for one in invoices(items).values() if not one.lines] == []
    assert {payment for one in invoices(items).values() for payment in one.payments or ()} <= payments


def test_paging_loses_nothing(ledger: SquareLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _cursor = whole(ledger)
    monkeypatch.setattr(reading, "PAGE", 7)
    monkeypatch.setattr(reading, "AT_A_TIME", 5)

    paged, _cursor = whole(ledger)

    assert {(kind_of(item), item.external_id) for item in paged} == {
        (kind_of(item), item.external_id) for item in expected
    }


def test_a_reading_broken_off_is_gone_on_with(ledger: SquareLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 10)
    expected, _cursor = whole(ledger)
    first = [page for page, _ in zip(ledger.whole({}), range(2), strict=False)]

    rest, _cursor = whole(ledger, first[-1].cursor)

    seen = {item.external_id for page in first for item in page.items} | {item.external_id for item in rest}
    assert seen == {item.external_id for item in expected}
    assert len(rest) < len(expected)


def test_a_place_that_is_no_longer_good_begins_the_location_again(
    vendor: Square, ledger: SquareLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 10)
    expected, _cursor = whole(ledger)
    first = next(iter(ledger.whole({})))
    vendor.control.fault("bad-cursor", path="/v2/invoices", times=1)

    rest, _cursor = whole(ledger, first.cursor)

    assert {item.external_id for item in rest} >= {item.external_id for item in expected}


def test_how_many_invoices_there_are_is_counted(vendor: Square, ledger: SquareLedger) -> None:
    assert ledger.count({}) == vendor.control.counts(FIRST)["invoices"]


def test_customers_of_the_counter_are_not_read(vendor: Square, ledger: SquareLedger) -> None:
    stranger = vendor.control.act(FIRST, "add_customer", name="Walk In", given="Walk", family="In")["id"]
    items, cursor = whole(ledger)

    vendor.control.act(FIRST, "change_customer", id=stranger, email="walk@in.example")
    changed, _cursor = changes(ledger, cursor)

    assert stranger not in {item.external_id for item in [*items, *changed]}


def test_a_payment_comes_with_the_invoice_it_paid(vendor: Square, ledger: SquareLedger) -> None:
    items, cursor = whole(ledger)
    invoice = open_one(items)

    vendor.control.act(FIRST, "pay", customer=invoice.customer, amount="40.00", applied={invoice.external_id: "40.00"})

    changed, _cursor = changes(ledger, cursor)
    paid = invoices(changed)[invoice.external_id]
    assert (paid.balance, paid.vendor_status) == (invoice.balance - 40, "PARTIALLY_PAID")
    assert paid.payments is not None
    [payment] = [item for item in changed if item.external_id in paid.payments]
    assert isinstance(payment, LedgerPayment)
    assert [(entry.invoice, entry.type, entry.amount) for entry in payment.allocations] == [
        (invoice.external_id, "cash", Decimal("40.00"))
    ]


def test_a_refund_takes_back_what_was_paid(vendor: Square, ledger: SquareLedger) -> None:
    items, cursor = whole(ledger)
    before = next(
        item
        for item in items
        if isinstance(item, LedgerPayment) and not item.reversed and not item.pending and item.amount > 50
    )

    vendor.control.act(FIRST, "refund", id=before.external_id, amount="5.00")

    changed, _cursor = changes(ledger, cursor)
    [after] = [item for item in changed if item.external_id == before.external_id]
    assert isinstance(after, LedgerPayment)
    assert (after.amount, after.reversed) == (before.amount - 5, False)


def test_an_invoice_older_than_the_latest_ones_is_found_through_its_order(
    vendor: Square, ledger: SquareLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    items, cursor = whole(ledger)
    vendor.control.act(FIRST, "pay", customer=open_one(items).customer, amount="1.00",
                       applied={open_one(items).external_id: "1.00"})  # fmt: skip
    monkeypatch.setattr(reading, "PAGE", 2)  # the latest are two

    changed, _cursor = changes(ledger, cursor)

    assert invoices(changed)[open_one(items).external_id].balance == open_one(items).balance - 1


def test_more_changes_than_can_be_asked_for_are_read_as_a_whole(
    ledger: SquareLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _items, cursor = whole(ledger)
    monkeypatch.setattr(changing, "MOST_ORDERS", 0)
    long_ago = {**cursor, "since": (clock.now() - timedelta(days=300)).isoformat()}

    with pytest.raises(TooFarBack):
        list(ledger.changes(long_ago))


def test_once_a_day_everything_is_read_again(ledger: SquareLedger) -> None:
    _items, cursor = whole(ledger)
    assert list(ledger.changes(cursor))[-1].done is True

    for old in ({}, {**cursor, "swept": (clock.now() - timedelta(days=1, minutes=1)).isoformat()}):
        with pytest.raises(TooFarBack) as far:
            list(ledger.changes(old))
        assert far.value.cursor == {}


def test_open_invoices_are_those_to_be_collected(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)

    found = sorted(item.external_id for page in ledger.open_invoices() for item in page)

    assert found == sorted(name for name, one in invoices(items).items() if one.status == "open")


@pytest.mark.parametrize("kind", ["customer", "invoice", "payment"])
def test_some_are_read_by_id_and_the_others_are_gone(ledger: SquareLedger, kind: str) -> None:
    items, _cursor = whole(ledger)
    wanted = [item.external_id for item in items if kind_of(item) == kind][:4]

    found = ledger.some(kind, [*wanted, "NOBODY", "../../v2/locations"])

    assert [item.external_id for item in found] == [*wanted, "NOBODY", "../../v2/locations"]
    assert [isinstance(item, Gone) for item in found] == [False] * 4 + [True, True]


def test_there_are_no_credit_memos(ledger: SquareLedger) -> None:
    assert [type(item) for item in ledger.some("credit_memo", ["x"])] == [Gone]


def test_one_invoice_brings_its_pay_link(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    found = ledger.one_invoice(invoice.external_id)

    assert isinstance(found, LedgerInvoice)
    assert (found.balance, found.lines) == (invoice.balance, invoice.lines)
    assert "/pay-invoice/" in (found.pay_url or "")
    assert isinstance(ledger.one_invoice("inv:0-nobody"), Gone)


def test_an_invoice_of_another_seller_is_gone_here(vendor: Square, ledger: SquareLedger) -> None:
    theirs, _cursor = whole(vendor.ledger(SECOND))

    assert isinstance(ledger.one_invoice(next(iter(invoices(theirs)))), Gone)


def of_customer(ledger: SquareLedger, customer: str) -> Counter[str]:
    """How this customer's invoices stand."""
    items, _cursor = whole(ledger)
    return Counter(one.vendor_status for one in invoices(items).values() if one.customer == customer)


def test_lowered_means_canceled_and_sent_anew_once_however_often_it_is_asked_for(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    before = of_customer(ledger, invoice.customer)

    first = ledger.lower(invoice.external_id, Decimal("12.34"), key="w-1", reason="Goodwill")
    again = ledger.lower(invoice.external_id, Decimal("12.34"), key="w-1", reason="Goodwill")

    assert first.external_id == again.external_id != invoice.external_id
    assert (first.repeated, again.repeated) == (False, True)
    assert (first.invoice.balance, first.invoice.vendor_status) == (invoice.balance - Decimal("12.34"), "UNPAID")
    assert first.invoice.customer == invoice.customer
    assert first.invoice.due_on is not None
    assert first.invoice.due_on >= clock.today("America/Los_Angeles")
    old = ledger.one_invoice(invoice.external_id)
    assert isinstance(old, LedgerInvoice)
    assert (old.status, old.balance) == ("void", Decimal(0))
    assert of_customer(ledger, invoice.customer) - before == Counter({"CANCELED": 1})


def test_what_was_paid_stays_on_the_old_invoice(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.act(FIRST, "pay", customer=invoice.customer, amount="30.00", applied={invoice.external_id: "30.00"})

    found = ledger.lower(invoice.external_id, Decimal("20.00"), key="w-2", reason="")

    assert found.invoice.balance == invoice.balance - 50


def test_the_whole_taken_off_is_a_canceled_invoice_and_no_other(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    before = of_customer(ledger, invoice.customer)

    first = ledger.lower(invoice.external_id, invoice.balance, key="w-3", reason="")
    again = ledger.lower(invoice.external_id, invoice.balance, key="w-3", reason="")

    assert (first.invoice.status, first.invoice.balance, again.repeated) == ("void", Decimal(0), True)
    assert sum(of_customer(ledger, invoice.customer).values()) == sum(before.values())


def test_more_than_is_owed_is_refused_and_nothing_is_written(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    before = of_customer(ledger, invoice.customer)

    with pytest.raises(Refused):
        ledger.lower(invoice.external_id, invoice.balance + 1, key="w-4", reason="")

    assert of_customer(ledger, invoice.customer) == before


STEPS = [("/v2/orders", "-order"), ("/v2/invoices", "-invoice"), ("/cancel", "version"), ("/publish", "-publish")]


@pytest.mark.parametrize(("path", "body"), STEPS)
@pytest.mark.parametrize("kind", ["drop-answer", "unavailable"])
def test_broken_off_at_any_step_nobody_is_billed_twice(
    vendor: Square, ledger: SquareLedger, path: str, body: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_FIRST_WAIT", 0.01)
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    before = of_customer(ledger, invoice.customer)
    owed = sum(one.balance for one in invoices(items).values() if one.customer == invoice.customer)
    vendor.control.fault(kind, path=path, body=body, method="POST", times=1)

    with suppress(Unanswered):
        ledger.lower(invoice.external_id, Decimal("10.00"), key="w-5", reason="Goodwill")
    assert [one for one in vendor.control.faults() if not one["struck"]] == []
    found = ledger.lower(invoice.external_id, Decimal("10.00"), key="w-5", reason="Goodwill")

    assert found.invoice.balance == invoice.balance - 10
    after, _cursor = whole(ledger)
    now_owed = sum(
        one.balance
        for one in invoices(after).values()
        if one.customer == invoice.customer and one.vendor_status != "DRAFT"
    )
    drafts = sum(
        one.balance for one in invoices(items).values() if one.customer == invoice.customer and one.status == "draft"
    )
    assert now_owed == owed - drafts - 10
    assert of_customer(ledger, invoice.customer) - before == Counter({"CANCELED": 1})


def test_what_was_paid_between_two_tries_is_not_asked_for_again(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.fault("unavailable", path="/cancel", method="POST", times=1)
    with pytest.raises(Unanswered):
        ledger.lower(invoice.external_id, Decimal("10.00"), key="w-10", reason="Goodwill")
    vendor.control.act(FIRST, "pay", customer=invoice.customer, amount="30.00", applied={invoice.external_id: "30.00"})

    found = ledger.lower(invoice.external_id, Decimal("10.00"), key="w-10", reason="Goodwill")

    assert found.invoice.balance == invoice.balance - 40


def test_a_cancel_that_is_refused_leaves_no_draft_behind(vendor: Square, ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    before = of_customer(ledger, invoice.customer)
    vendor.control.fault("conflict", path="/cancel", method="POST", times=1)

    with pytest.raises(Refused):
        ledger.lower(invoice.external_id, Decimal("10.00"), key="w-6", reason="Goodwill")

    assert of_customer(ledger, invoice.customer) == before


def test_written_off_means_canceled(ledger: SquareLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    first = ledger.write_off(invoice.external_id, key="w-7", reason="")
    again = ledger.write_off(invoice.external_id, key="w-7", reason="")

    assert (first.invoice.status, first.invoice.balance) == ("void", Decimal(0))
    assert (first.repeated, again.repeated) == (False, True)


def test_what_the_abilities_leave_to_the_owner_is_not_tried(vendor: Square, ledger: SquareLedger) -> None:
    abilities = abilities_of("square")

    assert {act: abilities.of(act).way for act in Act} == {
        Act.LOWER: Way.NEAREST,
        Act.WRITE_OFF: Way.NEAREST,
        Act.NOTE: Way.TASK,
        Act.REMINDERS: Way.TASK,
        Act.RECEIVE: Way.TASK,
    }
    assert abilities.facts.credit_memos is False
    with pytest.raises(NotAble):
        ledger.note("inv:0-x", "words", key="w-8")
    with pytest.raises(NotAble):
        ledger.remind("inv:0-x", on=False, key="w-9")
    assert vendor.control.requests("/v2") == []


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("throttled", Throttled, "rate_limited"),
        ("revoked", Disconnected, "reconnect_needed"),
        ("scopes", Disconnected, "scope_missing"),
        ("forbidden", Disconnected, "access_removed"),
        ("bad-request", Refused, "vendor_refused"),
        ("server-error", Unavailable, "vendor_down"),
        ("html-503", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
    ],
)
def test_what_goes_wrong_there_is_told(vendor: Square, kind: str, error: type[Exception], problem: str) -> None:
    ledger = vendor.ledger(patience=0.3)
    vendor.control.fault(kind, path="/v2/locations", times=None)

    with pytest.raises(error) as told:
        list(ledger.whole({}))

    assert told.value.problem == problem  # type: ignore[attr-defined]


def test_without_being_told_how_long_we_wait_longer_each_time(vendor: Square) -> None:
    ledger = vendor.ledger(patience=3.0)
    vendor.control.fault("throttled", path="/v2/locations", times=2)

    assert ledger.organisation().account == FIRST
    assert [one["status"] for one in vendor.control.requests("/v2/locations")] == [429, 429, 200]
