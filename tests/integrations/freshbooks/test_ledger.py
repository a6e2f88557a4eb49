"""A FreshBooks business's books over HTTP: nothing lost, deletions told, and writes that happen once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import Disconnected, NotAble, Refused, Throttled, Unanswered, Unavailable
from integrations.freshbooks.ledger import FreshBooksLedger
from integrations.freshbooks.simulator import AGENCY, PLUMBER
from integrations.freshbooks.writes import mark_of
from integrations.ledger import Gone, LedgerInvoice, LedgerPayment, TooFarBack
from integrations.paging import LARGEST, Position
from syntharra import clock
from tests.integrations.freshbooks.books import all_of, opened, simulators, vendor
from tests.integrations.simulation.server import SimControl

__all__ = ["simulators", "vendor"]


@pytest.fixture
def ledger(vendor: SimControl, db: None) -> FreshBooksLedger:
    return opened(vendor, PLUMBER)


def owing(vendor: SimControl, *, at_least: str = "100.00", account: str = PLUMBER) -> str:
    """An invoice on which so much is owed."""
    truth: dict[str, Any] = vendor.truth(account)
    return next(
        id
        for id, facts in truth.items()
        if facts["status"] == "open" and facts["currency"] == "USD" and Decimal(facts["balance"]) >= Decimal(at_least)
    )


def balances(items: list[Any]) -> dict[str, Decimal]:
    return {item.external_id: item.balance for item in items if isinstance(item, LedgerInvoice)}


def test_the_whole_books_are_read_to_the_cent(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    items, cursor = all_of(ledger.whole({}))

    alive = {
        id: Decimal(facts["balance"])
        for id, facts in vendor.truth(PLUMBER).items()
        if facts["status"] not in ("void", "deleted")
    }
    assert balances(items) == alive
    assert {len(item.lines) > 0 for item in items if isinstance(item, LedgerInvoice)} == {True}
    assert set(cursor) == {"since", "compared"}
    assert ledger.count({}) >= len(alive)


def test_a_reading_goes_on_where_it_was_broken_off(ledger: FreshBooksLedger) -> None:
    pages = ledger.whole({})
    first = [next(pages) for _ in range(3)]

    rest, _cursor = all_of(ledger.whole(first[-1].cursor))
    again, _cursor = all_of(ledger.whole({}))
    before = [item for page in first for item in page.items]
    assert balances([*before, *rest]) == balances(again)


def test_a_row_that_goes_away_while_we_page_hides_no_other(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    alive = [id for id, facts in vendor.truth(PLUMBER).items() if facts["status"] not in ("void", "deleted")]
    pages = ledger.whole({})
    seen: list[Any] = []
    for page in pages:
        seen += page.items
        if balances(seen):
            break
    for id in [id for id in alive if id in balances(seen) and vendor.truth(PLUMBER)[id]["status"] == "draft"]:
        vendor.act(PLUMBER, "delete_invoice", id=id)

    rest, _cursor = all_of(pages)

    assert set(balances([*seen, *rest])) >= {
        id for id, facts in vendor.truth(PLUMBER).items() if facts["status"] not in ("void", "deleted")
    }


def test_what_changed_and_what_was_deleted_is_told(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    _items, cursor = all_of(ledger.whole({}))
    paid = owing(vendor)
    customer = vendor.truth(PLUMBER)[paid]["customer"]
    payment = vendor.act(PLUMBER, "pay", customer=customer, amount="40.00", applied={paid: "40.00"})
    gone = next(id for id, facts in vendor.truth(PLUMBER).items() if facts["status"] == "open" and id != paid)
    vendor.act(PLUMBER, "void_invoice", id=gone)

    items, later = all_of(ledger.changes(cursor))

    (found,) = [item for item in items if isinstance(item, LedgerPayment) and item.external_id == payment["id"]]
    assert [(entry.invoice, entry.type, entry.amount) for entry in found.allocations] == [
        (paid, "cash", Decimal("40.00"))
    ]
    assert balances(items)[paid] == Decimal(vendor.truth(PLUMBER)[paid]["balance"])
    assert gone in {item.external_id for item in items if isinstance(item, Gone) and item.of == "invoice"}
    assert later["since"] >= cursor["since"]


def test_without_a_start_and_once_a_day_the_whole_is_compared(ledger: FreshBooksLedger) -> None:
    yesterday = (clock.now() - timedelta(days=1)).isoformat()

    for cursor in ({}, {"since": "nonsense"}):
        with pytest.raises(TooFarBack) as caught:
            next(ledger.changes(cursor))
        assert caught.value.cursor == {}
    with pytest.raises(TooFarBack) as caught:
        next(ledger.changes({"since": yesterday, "compared": "2026-01-01"}))
    assert caught.value.cursor == {"since": yesterday}


def test_some_are_read_by_id_and_what_they_do_not_have_is_gone(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)

    found, unknown, wrong = ledger.some("invoice", [id, "999999999", "../../users/me"])

    assert isinstance(found, LedgerInvoice)
    assert found.external_id == id
    assert found.lines
    assert (unknown, wrong) == (Gone("invoice", "999999999"), Gone("invoice", "../../users/me"))
    customer, payment = ledger.some("customer", [found.customer])[0], ledger.some("payment", ["999999999"])[0]
    assert customer.external_id == found.customer
    assert payment == Gone("payment", "999999999")


def test_an_invoice_takes_no_more_than_it_asked_for(vendor: SimControl, db: None) -> None:
    ledger = opened(vendor, AGENCY)

    items, _cursor = all_of(ledger.whole({}))

    (over,) = [item for item in items if isinstance(item, LedgerInvoice) and item.number == "FB-OVERPAID"]
    (paid,) = {
        item.external_id: item
        for item in items
        if isinstance(item, LedgerPayment) and over.external_id in {entry.invoice for entry in item.allocations}
    }.values()
    assert (over.total, over.balance, over.status) == (Decimal("1200.00"), Decimal(0), "paid")
    assert (paid.amount, paid.unapplied) == (Decimal("1250.00"), Decimal("50.00"))
    assert paid.allocations[0].amount == Decimal("1200.00")
    assert ledger.some("payment", [paid.external_id]) == [paid]


def test_open_invoices_are_those_with_a_balance(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    found = {item.external_id for items in ledger.open_invoices() for item in items}

    assert found == {
        id
        for id, facts in vendor.truth(PLUMBER).items()
        if facts["status"] not in ("void", "deleted") and Decimal(facts["balance"]) > 0
    }


def test_an_invoice_is_lowered_once_however_often_it_is_asked_for(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)
    before = Decimal(vendor.truth(PLUMBER)[id]["balance"])

    first = ledger.lower(id, Decimal("60.00"), key="D-1042", reason="Agreed reduction")
    again = ledger.lower(id, Decimal("60.00"), key="D-1042", reason="Agreed reduction")

    assert (first.repeated, again.repeated) == (False, True)
    assert first.number == mark_of("D-1042") == again.number
    assert first.external_id == again.external_id != ""
    assert first.invoice.balance == before - 60 == Decimal(vendor.truth(PLUMBER)[id]["balance"])
    assert ledger.one_invoice(id).balance == before - 60  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["credit_notes", "payments"])
def test_a_write_without_an_answer_is_looked_up_before_it_is_written_again(
    vendor: SimControl, ledger: FreshBooksLedger, path: str
) -> None:
    id = owing(vendor)
    before = Decimal(vendor.truth(PLUMBER)[id]["balance"])
    vendor.fault("drop-answer", path=path, method="POST", times=1)

    written = ledger.lower(id, Decimal("60.00"), key="D-7", reason="Agreed reduction")
    again = ledger.lower(id, Decimal("60.00"), key="D-7", reason="Agreed reduction")

    assert written.invoice.balance == again.invoice.balance == before - 60
    assert again.repeated


def test_nobody_knows_when_the_vendor_is_gone_after_a_write(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)
    before = Decimal(vendor.truth(PLUMBER)[id]["balance"])
    vendor.fault("html-502", path="credit_notes", method="POST", times=1)

    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-8", reason="Agreed reduction")

    assert Decimal(vendor.truth(PLUMBER)[id]["balance"]) == before
    assert ledger.lower(id, Decimal("60.00"), key="D-8", reason="Agreed reduction").invoice.balance == before - 60


def credits_left(ledger: FreshBooksLedger, key: str) -> list[Any]:
    """The credit notes of this key that have not been deleted."""
    rows = ledger.client.rows("/credit_notes/credit_notes", "credit_notes")
    return [row for row in rows if row["credit_number"] == mark_of(key) and row["vis_state"] != 1]


def paid_but_for_ten(vendor: SimControl, id: str) -> None:
    facts = vendor.truth(PLUMBER)[id]
    paid = str(Decimal(facts["balance"]) - 10)
    vendor.act(PLUMBER, "pay", customer=facts["customer"], amount=paid, applied={id: paid})


def test_a_credit_the_customer_was_faster_than_is_deleted_again(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)
    vendor.fault("html-502", path="payments", method="POST", times=1)
    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-10", reason="Agreed reduction")
    assert len(credits_left(ledger, "D-10")) == 1
    paid_but_for_ten(vendor, id)

    with pytest.raises(Refused):
        ledger.lower(id, Decimal("60.00"), key="D-10", reason="Agreed reduction")

    assert credits_left(ledger, "D-10") == []
    assert Decimal(vendor.truth(PLUMBER)[id]["balance"]) == 10
    # The owner may try again: a deleted credit is not gone on with.
    assert ledger.lower(id, Decimal("7.00"), key="D-10", reason="Agreed reduction").invoice.balance == 3


def test_a_credit_they_will_not_apply_is_deleted_however_long_that_takes(
    vendor: SimControl, ledger: FreshBooksLedger
) -> None:
    id = owing(vendor)
    vendor.fault("validation-new", path="payments", method="POST", times=2)
    vendor.fault("html-502", path="credit_notes", method="PUT", times=1)

    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-11", reason="Agreed reduction")
    assert len(credits_left(ledger, "D-11")) == 1
    with pytest.raises(Refused):
        ledger.lower(id, Decimal("60.00"), key="D-11", reason="Agreed reduction")

    assert credits_left(ledger, "D-11") == []


def test_a_credit_they_will_not_delete_is_named_for_the_owner(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    vendor.fault("validation-new", path="payments", method="POST", times=1)
    vendor.fault("validation-new", path="credit_notes", method="PUT", times=1)

    with pytest.raises(Refused) as refused:
        ledger.lower(owing(vendor), Decimal("60.00"), key="D-12", reason="Agreed reduction")

    assert f"FreshBooks keeps the credit {mark_of('D-12')}" in refused.value.vendor_words
    assert len(credits_left(ledger, "D-12")) == 1


def test_more_than_is_owed_is_never_taken_off(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)
    before = vendor.truth(PLUMBER)[id]
    vendor.forget_requests()

    for amount in (Decimal(before["balance"]) + 1, Decimal(0), Decimal(-5)):
        with pytest.raises(Refused):
            ledger.lower(id, amount, key=f"D-9{amount}", reason="Too much")

    assert vendor.truth(PLUMBER)[id] == before
    assert [request for request in vendor.requests() if request["method"] != "GET"] == []


def test_a_write_off_is_a_credit_over_all_that_is_owed(vendor: SimControl, ledger: FreshBooksLedger) -> None:
    id = owing(vendor)

    written = ledger.write_off(id, key="W-1", reason="Uncollectible")
    again = ledger.write_off(id, key="W-1", reason="Uncollectible")

    assert (written.invoice.balance, written.invoice.status) == (Decimal(0), "paid")
    assert (written.repeated, again.repeated) == (False, True)
    assert Decimal(vendor.truth(PLUMBER)[id]["balance"]) == 0


def test_a_note_stands_on_the_client_once_and_the_customer_never_sees_it(
    vendor: SimControl, ledger: FreshBooksLedger
) -> None:
    id = owing(vendor)

    first = ledger.note(id, "The customer disputes the hours.", key="N-1")
    again = ledger.note(id, "The customer disputes the hours.", key="N-1")

    said = ledger.client.read(f"/users/clients/{first.invoice.customer}")["client"]["note"]
    assert said.count("The customer disputes the hours.") == 1
    assert first.invoice.number in said
    assert (first.repeated, again.repeated) == (False, True)
    assert "disputes" not in ledger.one_invoice(id).memo  # type: ignore[union-attr]


def test_reminders_are_the_owners_to_switch(ledger: FreshBooksLedger) -> None:
    with pytest.raises(NotAble):
        ledger.remind("1", on=False, key="R-1")

    acts = abilities_of("freshbooks").acts
    assert {act: acts[act].way for act in Act} == {
        Act.LOWER: Way.API,
        Act.WRITE_OFF: Way.NEAREST,
        Act.NOTE: Way.API,
        Act.REMINDERS: Way.TASK,
        Act.RECEIVE: Way.TASK,
    }
    assert len(acts[Act.REMINDERS].steps) == 5
    assert all(str(ability.words) for ability in acts.values())


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("unauthenticated", Disconnected, "reconnect_needed"),
        ("invalid-token", Disconnected, "reconnect_needed"),
        ("access-denied", Disconnected, "reconnect_needed"),
        ("insufficient-scope", Disconnected, "scope_missing"),
        ("forbidden", Disconnected, "access_removed"),
        ("not-found-projects", Refused, "vendor_refused"),
        ("validation", Refused, "vendor_refused"),
        ("validation-new", Refused, "vendor_refused"),
        ("error-as-ok", Refused, "not_in_books"),
        ("conflict", Refused, "vendor_refused"),
        ("throttled", Throttled, "rate_limited"),
        ("throttled-html", Throttled, "rate_limited"),
        ("server-error", Unavailable, "vendor_down"),
        ("server-error-new", Unavailable, "vendor_down"),
        ("html-502", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
    ],
)
def test_every_trouble_of_theirs_is_one_of_our_errors(
    vendor: SimControl, db: None, kind: str, error: type[Exception], problem: str
) -> None:
    ledger = opened(vendor, AGENCY)
    ledger.client._patience = 0.3
    vendor.fault(kind, times=10)

    with pytest.raises(error) as caught:
        ledger.client.read("/invoices/invoices")

    assert caught.value.problem == problem  # type: ignore[attr-defined]


def test_every_window_begins_before_the_end_of_the_one_before_and_reaches_beyond_it() -> None:
    for end in range(1, 3000):
        page, size = Position(end, ("x",)).window

        assert size <= LARGEST
        assert (page - 1) * size < end < page * size


def test_a_list_that_shrinks_while_it_is_read_is_read_whole() -> None:
    rows = [str(number) for number in range(1000)]
    seen: set[str] = set()
    position: Position | None = Position()
    while position is not None:
        page, size = position.window
        ids = rows[(page - 1) * size : page * size]
        seen |= set(ids)
        position = position.after(ids)
        del rows[:20]  # twenty of those behind us go away after every question

    assert seen == {str(number) for number in range(1000)}
