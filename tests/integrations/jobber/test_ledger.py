"""A Jobber account's books over HTTP: nothing lost, money counted once, and writes that happen once."""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import ANY

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import Disconnected, NotAble, Refused, Throttled, Unanswered, Unavailable
from integrations.jobber.client import MOST_POINTS
from integrations.jobber.ledger import JobberLedger
from integrations.jobber.simulator import LANDSCAPER, PLUMBER
from integrations.jobber.walking import INVOICES, Place, Walk
from integrations.jobber.writing import _Memory
from integrations.ledger import Gone, LedgerCustomer, LedgerInvoice, LedgerPayment, TooFarBack
from tests.integrations.jobber.books import all_of, opened, simulators, vendor
from tests.integrations.simulation.server import SimControl

__all__ = ["simulators", "vendor"]

READ_ONLY = ["read_clients", "read_invoices", "read_jobber_payments"]


@pytest.fixture
def ledger(vendor: SimControl) -> JobberLedger:
    return opened(vendor, PLUMBER)


def owing(ledger: JobberLedger, *, at_least: str = "100.00") -> LedgerInvoice:
    """An invoice on which so much is owed."""
    for page in ledger.open_invoices():
        for item in page:
            if isinstance(item, LedgerInvoice) and item.balance >= Decimal(at_least):
                return item
    raise AssertionError("nothing is owed")


def invoices(items: list[Any]) -> dict[str, LedgerInvoice]:
    return {item.external_id: item for item in items if isinstance(item, LedgerInvoice)}


def cash(items: list[Any]) -> dict[str, Decimal]:
    """What came in on each invoice."""
    found: dict[str, Decimal] = {}
    payments = {item.external_id: item for item in items if isinstance(item, LedgerPayment)}
    for payment in payments.values():
        for entry in payment.allocations if not payment.pending else ():
            found[entry.invoice] = found.get(entry.invoice, Decimal(0)) + entry.amount
    return found


def test_the_whole_books_are_read_to_the_cent(vendor: SimControl, ledger: JobberLedger) -> None:
    items, cursor = all_of(ledger.whole({}))

    truth, found, paid = vendor.truth(PLUMBER), invoices(items), cash(items)
    for id, invoice in found.items():
        facts = truth[id]
        assert (invoice.status, invoice.balance) == (facts["status"], Decimal(facts["balance"])), facts
        assert paid.get(id, Decimal(0)) == Decimal(facts["paid"]), facts
    shown = {id for id, facts in truth.items() if facts["status"] not in ("void", "deleted")}
    assert len(shown - found.keys()) == 1  # an invoice of Jobber's own sample client
    assert set(cursor) == {"marks", "latest", "compared"}
    assert sum(payment.unapplied for payment in items if isinstance(payment, LedgerPayment)) > 0


def test_a_reading_goes_on_where_it_was_broken_off(ledger: JobberLedger) -> None:
    pages = ledger.whole({})
    first = [next(pages) for _ in range(2)]

    rest, _cursor = all_of(ledger.whole(first[-1].cursor))

    again, _cursor = all_of(ledger.whole({}))
    before = [item for page in first for item in page.items]
    assert invoices([*before, *rest]) == invoices(again)
    assert cash([*before, *rest]) == cash(again)


def test_a_row_that_moves_while_we_page_hides_no_other(vendor: SimControl, ledger: JobberLedger) -> None:
    pages = ledger.whole({})
    seen: list[Any] = []
    for page in pages:
        seen += page.items
        if invoices(seen):
            break
    for id in list(invoices(seen))[:10]:
        vendor.act(PLUMBER, "touch", kind="invoice", id=id)

    rest, _cursor = all_of(pages)

    everything, _cursor = all_of(ledger.whole({}))
    assert invoices([*seen, *rest]).keys() == invoices(everything).keys()


def test_an_import_of_many_at_one_instant_is_read_whole(vendor: SimControl) -> None:
    vendor.fill(LANDSCAPER, invoices=170)

    items, _cursor = all_of(opened(vendor, LANDSCAPER).whole({}))

    wanted = {id for id, facts in vendor.truth(LANDSCAPER).items() if facts["status"] not in ("void", "deleted")}
    assert len(wanted) > 170
    assert len(wanted - invoices(items).keys()) <= 1  # Jobber's own sample client


def test_rows_that_slide_past_us_within_one_instant_are_fetched(vendor: SimControl) -> None:
    vendor.fill(LANDSCAPER, invoices=170)
    ledger = opened(vendor, LANDSCAPER)
    walk = Walk(ledger._client, INVOICES)
    seen: list[str] = []
    touched = False
    for rows, following in walk.pages(Place()):
        seen += [row["id"] for row in rows]
        if following is not None and following.after and not touched:
            touched = True
            for row in rows[:10]:
                vendor.act(LANDSCAPER, "touch", kind="invoice", id=row["id"])

    alive = {id for id, facts in vendor.truth(LANDSCAPER).items() if facts["status"] not in ("void", "deleted")}
    assert touched
    assert alive - set(seen) == set()


def test_what_changed_is_told_with_what_was_paid(vendor: SimControl, ledger: JobberLedger) -> None:
    _items, cursor = all_of(ledger.whole({}))
    invoice = owing(ledger)
    vendor.act(PLUMBER, "pay", customer=invoice.customer, amount="40.00", applied={invoice.external_id: "40.00"})

    items, later = all_of(ledger.changes(cursor))

    found = invoices(items)[invoice.external_id]
    assert found.balance == invoice.balance - 40
    assert cash(items)[invoice.external_id] == invoice.total - found.balance
    assert found.payments is not None
    assert len(found.payments) == len(invoice.payments or ()) + 1
    assert later["marks"]["invoice"] >= cursor["marks"]["invoice"]


def test_money_on_no_invoice_yet_is_told(vendor: SimControl, ledger: JobberLedger) -> None:
    _items, cursor = all_of(ledger.whole({}))
    customer = owing(ledger).customer
    vendor.act(PLUMBER, "pay", customer=customer, amount="75.00")

    items, later = all_of(ledger.changes(cursor))

    [found] = [item for item in items if isinstance(item, LedgerPayment) and item.amount == 75]
    assert (found.customer, found.unapplied, found.allocations) == (customer, Decimal("75.00"), ())
    assert later["latest"][0] == found.external_id
    quiet, _cursor = all_of(ledger.changes(later))
    assert [item.external_id for item in quiet if isinstance(item, LedgerPayment) and item.unapplied] == [
        found.external_id
    ]  # the newest is always looked at again


def test_a_refund_takes_back_what_was_paid(vendor: SimControl, ledger: JobberLedger) -> None:
    invoice = owing(ledger)
    applied = {invoice.external_id: "90.00"}
    payment = vendor.act(PLUMBER, "pay", customer=invoice.customer, amount="90.00", applied=applied)
    vendor.act(PLUMBER, "refund", id=payment["id"], amount="30.00")

    found = ledger.one_invoice(invoice.external_id)

    truth = vendor.truth(PLUMBER)[invoice.external_id]
    assert isinstance(found, LedgerInvoice)
    assert found.balance == Decimal(truth["balance"])
    assert sum(one.amount for one in found.paid) == Decimal(truth["paid"])


def test_once_a_day_everything_open_is_compared(ledger: JobberLedger) -> None:
    _items, cursor = all_of(ledger.whole({}))

    with pytest.raises(TooFarBack) as first:
        next(ledger.changes({}))
    with pytest.raises(TooFarBack) as daily:
        next(ledger.changes({**cursor, "compared": "2026-01-01"}))

    assert first.value.cursor == {}
    assert daily.value.cursor == {"marks": cursor["marks"], "latest": cursor["latest"]}
    items, again = all_of(ledger.whole(daily.value.cursor))
    assert again["compared"] == cursor["compared"]
    assert len(invoices(items)) < 10


def test_every_invoice_with_a_balance_is_listed_as_open(vendor: SimControl, ledger: JobberLedger) -> None:
    found = {item.external_id for page in ledger.open_invoices() for item in page}

    owed = {id for id, facts in vendor.truth(PLUMBER).items() if facts["status"] == "open"}
    assert len(owed - found) <= 1  # Jobber's own sample client
    assert found <= owed


def test_read_a_page_a_turn_the_books_come_to_their_end(ledger: JobberLedger) -> None:
    whole = list(ledger.whole({}))

    turns = [next(ledger.whole({}))]
    while not turns[-1].done:
        turns.append(next(ledger.whole(turns[-1].cursor)))
        assert len(turns) <= len(whole) + 1

    assert turns[-1].cursor == whole[-1].cursor


def test_what_changed_read_a_page_a_turn_comes_to_its_end(ledger: JobberLedger) -> None:
    _items, cursor = all_of(ledger.whole({}))

    turns = [next(ledger.changes(cursor))]
    while not turns[-1].done:
        turns.append(next(ledger.changes(turns[-1].cursor)))
        assert len(turns) < 10

    assert turns[-1].cursor["latest"] == cursor["latest"]


def test_some_are_read_by_id_and_what_they_do_not_have_is_gone(vendor: SimControl, ledger: JobberLedger) -> None:
    invoice = owing(ledger)
    applied = {invoice.external_id: "10.00"}
    payment = vendor.act(PLUMBER, "pay", customer=invoice.customer, amount="10.00", applied=applied)["id"]
    deleted = next(item for page in ledger.open_invoices() for item in page if item.external_id != invoice.external_id)
    vendor.act(PLUMBER, "delete_invoice", id=deleted.external_id)

    found, gone, wrong = ledger.some("invoice", [invoice.external_id, deleted.external_id, "../../users"])
    [customer] = ledger.some("customer", [invoice.customer])
    [memo] = ledger.some("credit_memo", ["any"])
    named = ledger.one_invoice(invoice.external_id)

    assert isinstance(found, LedgerInvoice)
    assert (gone, wrong) == (Gone("invoice", deleted.external_id), Gone("invoice", "../../users"))
    assert isinstance(customer, LedgerCustomer)
    assert memo == Gone("credit_memo", "any")
    assert isinstance(named, LedgerInvoice)
    read = ledger.some("payment", list(named.payments or ()))
    assert sum(one.amount for one in read if isinstance(one, LedgerPayment)) >= 10
    assert payment


def test_a_fresh_invoice_has_its_pay_link(vendor: SimControl, ledger: JobberLedger) -> None:
    found = ledger.one_invoice(owing(ledger).external_id)

    assert isinstance(found, LedgerInvoice)
    assert (found.pay_url or "").startswith("http")


def test_whose_books_these_are(vendor: SimControl, ledger: JobberLedger) -> None:
    found = ledger.organisation()

    assert (found.account, found.name) == (PLUMBER, vendor.companies()[PLUMBER])
    assert (found.currency, found.country, found.time_zone) == ("USD", "US", "")


@pytest.mark.parametrize(
    ("fault", "error", "problem"),
    [
        ("disconnected", Disconnected, "reconnect_needed"),
        ("disconnected-error", Disconnected, "reconnect_needed"),
        ("unauthenticated", Disconnected, "reconnect_needed"),
        ("expired", Disconnected, "reconnect_needed"),
        ("hidden", Disconnected, "scope_missing"),
        ("unavailable", Unavailable, "vendor_down"),
        ("unavailable-error", Unavailable, "vendor_down"),
        ("html-503", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
        ("null-data", Unavailable, "answer_garbled"),
    ],
)
def test_what_goes_wrong_there_is_said_plainly(vendor: SimControl, fault: str, error: Any, problem: str) -> None:
    ledger = opened(vendor, PLUMBER, patience=0.3)
    vendor.fault(fault, times=None)

    with pytest.raises(error) as caught:
        ledger.organisation()

    vendor.clear_faults()
    assert caught.value.problem == problem


def test_asked_too_often_we_wait_and_everybody_with_us(vendor: SimControl) -> None:
    ledger = opened(vendor, PLUMBER, patience=0.3)
    vendor.fault("too-many-requests", times=1)

    with pytest.raises(Throttled):
        ledger.organisation()
    with pytest.raises(Throttled):
        ledger.organisation()

    assert len(vendor.requests()) == 1
    ledger._client._pace.forget()


def test_points_they_did_not_take_are_there_again(vendor: SimControl) -> None:
    vendor.settings(most_points=10_000)
    ledger = opened(vendor, PLUMBER, most_points=MOST_POINTS)
    began = time.monotonic()

    for _turn in range(8):
        ledger.one_invoice("Z2lkOi8vSm9iYmVyL0ludm9pY2UvOTk5OTk5")
        next(ledger.whole({"marks": {"client": "2099-01-01T00:00:00Z"}}))  # 3,704 points at most, five in truth

    assert time.monotonic() - began < 3


# Writes


def test_lowering_is_a_discount_of_exactly_so_much(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)

    written = ledger.lower(before.external_id, Decimal("60.01"), key="entry-1", reason="")
    again = ledger.lower(before.external_id, Decimal("60.01"), key="entry-1", reason="")

    assert (written.repeated, again.repeated) == (False, True)
    assert written.invoice.balance == again.invoice.balance == before.balance - Decimal("60.01")
    assert Decimal(vendor.truth(PLUMBER)[before.external_id]["balance"]) == before.balance - Decimal("60.01")


def test_a_second_lowering_adds_to_the_first(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)
    ledger.lower(before.external_id, Decimal("20.00"), key="first", reason="")

    second = ledger.lower(before.external_id, Decimal("30.00"), key="second", reason="")
    first = ledger.lower(before.external_id, Decimal("20.00"), key="first", reason="")

    assert second.invoice.balance == first.invoice.balance == before.balance - 50
    assert first.repeated is True


@pytest.mark.parametrize("after_discount", [False, True])
def test_tax_falls_with_the_discount_and_the_balance_is_right(
    vendor: SimControl, ledger: JobberLedger, after_discount: bool
) -> None:
    vendor.settings(tax_after_discount=after_discount)
    lines = [{"description": "Water heater", "quantity": "1", "price": "1000.00", "item": "WH"}]
    customer = owing(ledger).customer
    made = vendor.act(PLUMBER, "add_invoice", customer=customer, lines=lines, tax="82.50")
    before = ledger.one_invoice(made["id"])
    assert isinstance(before, LedgerInvoice)
    assert before.balance == Decimal("1082.50")

    written = ledger.lower(made["id"], Decimal("300.00"), key="taxed", reason="")

    assert written.invoice.balance == Decimal("782.50")


@pytest.mark.parametrize("kind", ["drop-answer", "cut-body", "cut-connection"])
def test_a_lost_answer_is_looked_up_and_nothing_is_taken_off_twice(
    vendor: SimControl, ledger: JobberLedger, kind: str
) -> None:
    before = owing(ledger)
    vendor.fault(kind, body="mutation Discount", times=1, after=True)

    written = ledger.lower(before.external_id, Decimal("25.00"), key=f"lost-{kind}", reason="")
    again = ledger.lower(before.external_id, Decimal("25.00"), key=f"lost-{kind}", reason="")

    assert written.invoice.balance == again.invoice.balance == before.balance - 25


def test_a_worker_that_died_after_writing_is_gone_on_with(ledger: JobberLedger) -> None:
    before, writer, memory = owing(ledger), ledger._writer, _Memory(ledger._writer._memories, "died")
    sides = writer._sides(before.external_id)
    plan = {"total": str(sides["total"]), "discount": str(sides["discountAmount"]), "tried": []}
    assert writer._approach(before.external_id, before.total - 25, sides, plan, memory) is True

    again = ledger.lower(before.external_id, Decimal("25.00"), key="died", reason="")

    assert (again.repeated, again.invoice.balance) == (True, before.balance - 25)


def test_an_invoice_changed_by_somebody_else_meanwhile_is_left_alone(ledger: JobberLedger) -> None:
    before = owing(ledger)
    _Memory(ledger._writer._memories, "meanwhile").write({"total": "1.00", "discount": "0.00", "tried": ["0.50"]})

    with pytest.raises(Refused):
        ledger.lower(before.external_id, Decimal("25.00"), key="meanwhile", reason="")

    assert ledger.one_invoice(before.external_id) == replace(before, pay_url=ANY)


def test_more_than_is_owed_is_refused_and_nothing_changes(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)

    with pytest.raises(Refused):
        ledger.lower(before.external_id, before.balance + Decimal("0.01"), key="too-much", reason="")

    assert ledger.one_invoice(before.external_id) == ledger.one_invoice(before.external_id)
    assert Decimal(vendor.truth(PLUMBER)[before.external_id]["balance"]) == before.balance


def test_a_bad_debt_is_closed_once(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)
    vendor.fault("drop-answer", body="mutation BadDebt", times=1, after=True)

    written = ledger.write_off(before.external_id, key="bad", reason="")
    again = ledger.write_off(before.external_id, key="bad", reason="")

    assert (written.invoice.status, written.invoice.balance) == ("written_off", Decimal(0))
    assert (written.repeated, again.repeated) == (False, True)


def test_a_note_is_pinned_once(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)
    vendor.forget_requests()

    written = ledger.note(before.external_id, "Do not chase: being clarified.", key="note")
    again = ledger.note(before.external_id, "Do not chase: being clarified.", key="note")

    assert written.external_id
    assert (again.external_id, again.repeated) == (written.external_id, True)
    assert len([one for one in vendor.requests() if "mutation Note" in str(one)]) == 1


def test_a_note_whose_answer_was_lost_shows_by_its_invoice(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)
    vendor.fault("drop-answer", body="mutation Note", times=1, after=True)
    vendor.forget_requests()

    ledger.note(before.external_id, "Being clarified.", key="lost-note")
    again = ledger.note(before.external_id, "Being clarified.", key="lost-note")

    assert again.repeated is True
    assert len([one for one in vendor.requests() if "mutation Note" in str(one)]) == 1


def test_a_note_that_never_got_there_is_written_the_next_time(vendor: SimControl, ledger: JobberLedger) -> None:
    before = owing(ledger)
    vendor.fault("html-503", body="mutation Note", times=1)

    with pytest.raises(Unanswered):
        ledger.note(before.external_id, "Being clarified.", key="never")
    written = ledger.note(before.external_id, "Being clarified.", key="never")

    assert (written.repeated, bool(written.external_id)) == (False, True)


def test_without_leave_to_write_it_is_the_owners_to_do(vendor: SimControl, ledger: JobberLedger) -> None:
    reader = opened(vendor, PLUMBER, scopes=READ_ONLY)
    before = owing(ledger)

    with pytest.raises(NotAble):
        reader.lower(before.external_id, Decimal("1.00"), key="r1", reason="")
    with pytest.raises(NotAble):
        reader.write_off(before.external_id, key="r2", reason="")
    with pytest.raises(NotAble):
        reader.note(before.external_id, "words", key="r3")
    with pytest.raises(NotAble):
        reader.remind(before.external_id, on=False, key="r4")

    assert Decimal(vendor.truth(PLUMBER)[before.external_id]["balance"]) == before.balance


def test_what_is_gone_is_not_written_on(ledger: JobberLedger) -> None:
    with pytest.raises(Refused) as refused:
        ledger.lower("Z2lkOi8vSm9iYmVyL0ludm9pY2UvOTk5OTk5", Decimal("1.00"), key="gone", reason="")

    assert refused.value.problem == "not_in_books"


def test_what_jobber_can_do_is_said_for_every_act() -> None:
    able = abilities_of("jobber")

    assert {act: able.of(act).way for act in Act} == {
        Act.LOWER: Way.NEAREST,
        Act.WRITE_OFF: Way.API,
        Act.NOTE: Way.API,
        Act.REMINDERS: Way.TASK,
        Act.RECEIVE: Way.TASK,
    }
    assert len(able.of(Act.REMINDERS).steps) == 3
