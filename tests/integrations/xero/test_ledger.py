"""A Xero organisation's books read and written over HTTP: to the cent, nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import Disconnected, NotAble, Refused, Throttled, Unanswered, Unavailable
from integrations.ledger import Gone, Item, LedgerCreditMemo, LedgerInvoice, LedgerPayment, TooFarBack, kind_of
from integrations.xero import walking
from integrations.xero.ledger import XeroLedger
from syntharra import clock
from tests.integrations.xero.books import FIRST, SECOND, Xero, begin_again, changes, whole, xero


@pytest.fixture(scope="module")
def running() -> Iterator[Xero]:
    with xero(invoices=40, second_invoices=20) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Xero, settings: Any) -> Xero:
    begin_again(running, settings)
    return running


@pytest.fixture
def ledger(vendor: Xero) -> Iterator[XeroLedger]:
    found = vendor.ledger()
    yield found
    found.close()


def open_one(items: list[Item]) -> LedgerInvoice:
    return next(item for item in items if isinstance(item, LedgerInvoice) and item.balance >= 100)


def balances(items: list[Item]) -> dict[str, Decimal]:
    return {item.external_id: item.balance for item in items if isinstance(item, LedgerInvoice)}


def test_the_whole_is_what_the_books_hold(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)

    truth = vendor.control.truth(FIRST)
    assert balances(items) == {
        name: Decimal(0) if one["status"] == "void" else Decimal(one["balance"]) for name, one in truth.items()
    }
    kinds = [kind_of(item) for item in items]
    assert kinds == sorted(kinds, key=["customer", "invoice", "credit_memo", "payment"].index)


def test_paid_and_credited_money_accounts_for_every_balance(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)

    settled: Counter[str] = Counter()
    for item in items:
        if isinstance(item, LedgerPayment) and not item.reversed:
            for entry in item.allocations:
                settled[entry.invoice] += entry.amount  # type: ignore[assignment]
        if isinstance(item, LedgerCreditMemo):
            for entry in item.applied:
                settled[entry.invoice] += entry.amount  # type: ignore[assignment]
    live = [item for item in items if isinstance(item, LedgerInvoice) and item.status in ("open", "paid")]
    assert [item.number for item in live if item.total - settled[item.external_id] != item.balance] == []


def test_every_page_goes_on_from_the_one_before(ledger: XeroLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _cursor = whole(ledger)
    monkeypatch.setattr(walking, "PAGE", 7)

    paged, _cursor = whole(ledger)

    assert {(kind_of(item), item.external_id) for item in paged} == {
        (kind_of(item), item.external_id) for item in expected
    }


def test_a_reading_broken_off_is_gone_on_with(ledger: XeroLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "PAGE", 20)
    expected, _cursor = whole(ledger)
    first = [page for page, _ in zip(ledger.whole({}), range(3), strict=False)]

    rest, _cursor = whole(ledger, first[-1].cursor)

    seen = {item.external_id for page in first for item in page.items} | {item.external_id for item in rest}
    assert seen == {item.external_id for item in expected}


def test_an_invoice_changed_while_we_page_moves_nothing_past_us(
    vendor: Xero, ledger: XeroLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, _cursor = whole(ledger)
    invoices = [item.external_id for item in expected if isinstance(item, LedgerInvoice)]
    monkeypatch.setattr(walking, "PAGE", 10)
    seen: set[str] = set()

    for page in ledger.whole({}):
        seen |= {item.external_id for item in page.items}
        if invoices and invoices[0] in seen:
            for external_id in invoices[:9]:  # all of them move to the end: nine others move up
                vendor.control.act(FIRST, "touch", kind="invoice", id=external_id)
            invoices = []

    assert {item.external_id for item in expected} - seen == set()


def test_how_many_there_are_is_known_beforehand(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)

    assert ledger.count({}) >= len(items)


def test_a_payment_comes_with_the_invoice_it_paid(vendor: Xero, ledger: XeroLedger) -> None:
    items, cursor = whole(ledger)
    invoice = open_one(items)

    vendor.control.act(FIRST, "pay", customer=invoice.customer, amount="40.00", applied={invoice.external_id: "40.00"})

    pages = list(ledger.changes(cursor))
    assert len(pages) == 1
    paid = {item.external_id: item for item in pages[0].items}[invoice.external_id]
    assert isinstance(paid, LedgerInvoice)
    assert paid.balance == invoice.balance - 40
    new = set(paid.payments or ()) - set(invoice.payments or ())
    assert len(new) == 1
    assert new <= {item.external_id for item in pages[0].items if isinstance(item, LedgerPayment)}


def test_nothing_new_moves_nothing(ledger: XeroLedger) -> None:
    _items, cursor = whole(ledger)

    _changed, after = changes(ledger, cursor)

    assert after == cursor


def test_a_payment_taken_back_is_told(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.act(FIRST, "pay", customer=invoice.customer, amount="40.00", applied={invoice.external_id: "40.00"})
    read, cursor = whole(ledger)
    [payment] = {item.external_id for item in read if isinstance(item, LedgerPayment)} - {
        item.external_id for item in items
    }

    vendor.control.act(FIRST, "reverse_payment", id=payment)

    changed, _cursor = changes(ledger, cursor)
    [reversed_] = [item for item in changed if item.external_id == payment]
    assert isinstance(reversed_, Gone) or (isinstance(reversed_, LedgerPayment) and reversed_.reversed)
    assert balances(changed)[invoice.external_id] == invoice.balance


def test_once_a_day_all_that_is_open_is_read_again(ledger: XeroLedger) -> None:
    items, cursor = whole(ledger)
    yesterday = {**cursor, "swept": (clock.now() - timedelta(days=1, minutes=1)).isoformat()}

    with pytest.raises(TooFarBack) as far:
        list(ledger.changes(yesterday))

    swept, after = whole(ledger, far.value.cursor)
    still_open = {item.external_id for item in items if isinstance(item, LedgerInvoice) and item.status == "open"}
    assert still_open <= balances(swept).keys()
    assert after["marks"] == cursor["marks"]
    assert list(ledger.changes(after))[-1].done is True


def test_a_connection_that_never_read_starts_with_the_whole(ledger: XeroLedger) -> None:
    with pytest.raises(TooFarBack) as far:
        list(ledger.changes({}))

    assert far.value.cursor == {}


def test_open_invoices_are_those_with_a_balance(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)

    found = [item.external_id for page in ledger.open_invoices() for item in page]

    assert sorted(found) == sorted(
        item.external_id for item in items if isinstance(item, LedgerInvoice) and item.status == "open"
    )


@pytest.mark.parametrize("kind", ["customer", "invoice", "credit_memo", "payment"])
def test_some_are_read_by_id_and_the_others_are_gone(ledger: XeroLedger, kind: str) -> None:
    items, _cursor = whole(ledger)
    wanted = [item.external_id for item in items if kind_of(item) == kind][:4]
    nobody = "00000000-0000-4000-8000-000000000000"

    found = ledger.some(kind, [*wanted, nobody, "x y"])

    assert [item.external_id for item in found] == [*wanted, nobody, "x y"]
    assert [isinstance(item, Gone) for item in found] == [False] * len(wanted) + [True, True]
    assert ledger.some(kind, wanted[:1])[0].external_id == wanted[0]


def test_one_invoice_brings_its_pay_link(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    found = ledger.one_invoice(invoice.external_id)

    assert isinstance(found, LedgerInvoice)
    assert found.balance == invoice.balance
    assert found.pay_url is not None
    assert found.pay_url.startswith("http")
    assert isinstance(ledger.one_invoice("00000000-0000-4000-8000-000000000000"), Gone)


def test_an_invoice_of_another_organisation_is_gone_here(vendor: Xero, ledger: XeroLedger) -> None:
    theirs, _cursor = whole(vendor.ledger(SECOND))

    assert isinstance(ledger.one_invoice(open_one(theirs).external_id), Gone)


def test_a_credit_note_lowers_the_balance_once_however_often_it_is_asked_for(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    first = ledger.lower(invoice.external_id, Decimal("12.34"), key="w-1", reason="Goodwill")
    again = ledger.lower(invoice.external_id, Decimal("12.34"), key="w-1", reason="Goodwill")

    assert first.invoice.balance == again.invoice.balance == invoice.balance - Decimal("12.34")
    assert (first.repeated, again.repeated) == (False, True)
    assert (first.external_id, first.number) == (again.external_id, again.number)
    [memo] = ledger.some("credit_memo", [first.external_id])
    assert isinstance(memo, LedgerCreditMemo)
    assert (memo.total, memo.balance) == (Decimal("12.34"), Decimal(0))
    assert vendor.control.truth(FIRST)[invoice.external_id]["credited"] == str(
        Decimal(vendor.control.truth(FIRST)[invoice.external_id]["total"])
        - Decimal(vendor.control.truth(FIRST)[invoice.external_id]["paid"])
        - first.invoice.balance
    )


def test_more_than_is_owed_is_refused_and_nothing_is_written(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    with pytest.raises(Refused):
        ledger.lower(invoice.external_id, invoice.balance + 1, key="w-2", reason="")

    assert [one for one in vendor.control.requests() if one["method"] in ("PUT", "POST")] == []


@pytest.mark.parametrize("path", ["/CreditNotes", "/Allocations"])
def test_a_lost_answer_makes_no_second_credit_note(vendor: Xero, ledger: XeroLedger, path: str) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.fault("drop-answer", path=path, method="PUT", times=1)

    found = ledger.lower(invoice.external_id, Decimal("5.00"), key="w-3", reason="Goodwill")

    assert found.invoice.balance == invoice.balance - 5
    after, _cursor = whole(ledger)
    before = {item.external_id for item in items}
    assert len([item for item in after if isinstance(item, LedgerCreditMemo) and item.external_id not in before]) == 1


def test_a_write_nobody_knows_of_is_unanswered(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.fault("503", path="/CreditNotes", method="PUT", times=1)

    with pytest.raises(Unanswered):
        ledger.lower(invoice.external_id, Decimal("5.00"), key="w-4", reason="Goodwill")

    assert ledger.lower(invoice.external_id, Decimal("5.00"), key="w-4", reason="Goodwill").invoice.balance == (
        invoice.balance - 5
    )


def test_what_cannot_be_applied_leaves_no_credit_behind(vendor: Xero, ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)
    vendor.control.fault("400-validation", path="/Allocations", method="PUT", times=1)

    with pytest.raises(Refused):
        ledger.lower(invoice.external_id, Decimal("5.00"), key="w-5", reason="Goodwill")

    after, _cursor = whole(ledger)
    before = {item.external_id for item in items}
    [left] = [item for item in after if isinstance(item, LedgerCreditMemo) and item.external_id not in before]
    assert (left.void, left.balance) == (True, Decimal(0))
    assert ledger.lower(invoice.external_id, Decimal("5.00"), key="w-5", reason="Goodwill").invoice.balance == (
        invoice.balance - 5
    )


def test_a_bad_debt_is_credited_whole(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    first = ledger.write_off(invoice.external_id, key="w-6", reason="")
    again = ledger.write_off(invoice.external_id, key="w-6", reason="")

    assert (first.invoice.balance, first.invoice.status, first.repeated) == (Decimal(0), "paid", False)
    assert (again.external_id, again.repeated) == (first.external_id, True)
    with pytest.raises(Refused):
        ledger.write_off(invoice.external_id, key="w-7", reason="")


def test_a_note_is_made_once(ledger: XeroLedger) -> None:
    items, _cursor = whole(ledger)
    invoice = open_one(items)

    first = ledger.note(invoice.external_id, "Promised to pay on Friday", key="w-8")
    again = ledger.note(invoice.external_id, "Promised to pay on Friday", key="w-8")

    assert (first.repeated, again.repeated) == (False, True)
    assert first.invoice.balance == invoice.balance


def test_what_the_abilities_leave_to_the_owner_is_not_tried(vendor: Xero, ledger: XeroLedger) -> None:
    abilities = abilities_of("xero")

    assert {act: abilities.of(act).way for act in Act} == {
        Act.LOWER: Way.API,
        Act.WRITE_OFF: Way.NEAREST,
        Act.NOTE: Way.API,
        Act.REMINDERS: Way.TASK,
        Act.RECEIVE: Way.TASK,
    }
    assert len(abilities.of(Act.REMINDERS).steps) == 3
    with pytest.raises(NotAble):
        ledger.remind("7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001", on=False, key="w-9")
    assert vendor.control.requests("/Invoices") == []


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("429-day", Throttled, "daily_limit"),
        ("401-unsuccessful", Disconnected, "reconnect_needed"),
        ("403", Disconnected, "access_removed"),
        ("400-query", Refused, "vendor_refused"),
        ("500", Unavailable, "vendor_down"),
        ("503-offline", Unavailable, "vendor_down"),
        ("html-503", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
    ],
)
def test_what_goes_wrong_there_is_told(vendor: Xero, kind: str, error: type[Exception], problem: str) -> None:
    ledger = vendor.ledger(patience=0.3)
    vendor.control.fault(kind, path="/Contacts", times=None)

    with pytest.raises(error) as told:
        list(ledger.whole({}))

    assert told.value.problem == problem  # type: ignore[attr-defined]


def test_a_page_that_says_nothing_changed_is_an_empty_one(vendor: Xero, ledger: XeroLedger) -> None:
    _items, cursor = whole(ledger)
    vendor.control.fault("304", path="/Invoices", times=1)

    changed, _cursor = changes(ledger, cursor)

    assert [item for item in changed if kind_of(item) == "invoice"] == []


def test_without_a_permission_the_owner_is_asked_to_reconnect(vendor: Xero) -> None:
    ledger = vendor.ledger(scopes=["offline_access", "accounting.contacts.read", "accounting.settings.read"])

    with pytest.raises(Disconnected) as told:
        list(ledger.whole({}))

    assert told.value.problem in ("scope_missing", "reconnect_needed")
