"""A Zoho Books organization's books over HTTP: nothing lost, no call wasted, and writes that happen once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import Disconnected, Refused, Throttled, Unanswered, Unavailable
from integrations.ledger import Gone, LedgerCreditMemo, LedgerCustomer, LedgerInvoice, LedgerPayment, TooFarBack
from integrations.models import Connection
from integrations.worlds import WrongWorld
from integrations.zoho.client import client_for
from integrations.zoho.ledger import ZohoLedger
from integrations.zoho.simulator import AVAS_PLUMBING, MADURAI_DESIGN
from integrations.zoho.writes import mark_of
from syntharra import clock
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.cast import make_business
from tests.integrations.simulation.server import SimControl
from tests.integrations.zoho.books import all_of, forget, opened, simulators, vendor

__all__ = ["simulators", "vendor"]


@pytest.fixture
def ledger(vendor: SimControl, db: None) -> ZohoLedger:
    return opened(vendor, AVAS_PLUMBING)


def owing(vendor: SimControl, *, at_least: str = "100.00") -> str:
    """An invoice on which so much is owed."""
    truth: dict[str, Any] = vendor.truth(AVAS_PLUMBING)
    return next(
        id
        for id, facts in truth.items()
        if facts["status"] == "open" and Decimal(facts["balance"]) >= Decimal(at_least)
    )


def balance(vendor: SimControl, id: str) -> Decimal:
    return Decimal(vendor.truth(AVAS_PLUMBING)[id]["balance"])


def balances(items: list[Any]) -> dict[str, Decimal]:
    return {item.external_id: item.balance for item in items if isinstance(item, LedgerInvoice)}


def asked(vendor: SimControl, *, method: str = "GET") -> list[str]:
    """The paths they were asked at, without what lies before the books."""
    return [one["path"].partition("/books/v3")[2] for one in vendor.requests() if one["method"] == method]


def test_the_whole_books_are_read_to_the_cent(vendor: SimControl, ledger: ZohoLedger) -> None:
    counted = ledger.count({})
    items, cursor = all_of(ledger.whole({}), ledger.client)

    truth = vendor.truth(AVAS_PLUMBING)
    there = {id: facts for id, facts in truth.items() if facts["status"] != "deleted"}
    assert balances(items) == {id: Decimal(facts["balance"]) for id, facts in there.items()}
    assert counted == len({(item.kind, item.external_id) for item in items})
    assert set(cursor) == {"since", "compared"}
    for item in items:
        if isinstance(item, LedgerInvoice) and item.status == "open":
            assert item.lines
            assert item.pay_url
        if isinstance(item, LedgerCustomer) and item.address.street:
            assert item.contact_name
        if isinstance(item, LedgerPayment):
            assert item.allocations or item.unapplied
            assert sum(entry.amount for entry in item.allocations) + item.unapplied <= item.amount


def test_a_row_is_looked_into_only_where_something_is_owed_or_was_paid_lately(
    vendor: SimControl, ledger: ZohoLedger
) -> None:
    vendor.forget_requests()

    items, _cursor = all_of(ledger.whole({}), ledger.client)

    lately = clock.now() - timedelta(days=14)
    looked = {path.split("/")[2] for path in asked(vendor) if path.startswith("/invoices/")}
    for item in items:
        if isinstance(item, LedgerInvoice):
            assert item.updated_at is not None
            recent = item.updated_at > lately
            wanted = recent or (item.balance > 0 and item.status == "open")
            assert (item.external_id in looked) == wanted, item


def test_a_reading_goes_on_where_it_was_broken_off(ledger: ZohoLedger) -> None:
    pages = ledger.whole({})
    first = [next(pages) for _ in range(2)]
    forget(ledger.client)

    rest, _cursor = all_of(ledger.whole(first[-1].cursor), ledger.client)
    again, _cursor = all_of(ledger.whole({}), ledger.client)
    before = [item for page in first for item in page.items]
    assert balances([*before, *rest]) == balances(again)


def test_what_changed_is_told_with_its_payments_and_nothing_else_is_asked_for(
    vendor: SimControl, ledger: ZohoLedger
) -> None:
    vendor.clock(-3 * 86_400)
    all_of(ledger.whole({}), ledger.client)
    vendor.clock(0)
    cursor = {"since": (clock.now() - timedelta(minutes=1)).isoformat(), "compared": ledger._today()}
    id = owing(vendor)
    customer = vendor.truth(AVAS_PLUMBING)[id]["customer"]
    payment = vendor.act(AVAS_PLUMBING, "pay", customer=customer, amount="40.00", applied={id: "40.00"})
    vendor.forget_requests()

    items, later = all_of(ledger.changes(cursor))

    (invoice,) = [item for item in items if isinstance(item, LedgerInvoice)]
    (paid,) = [item for item in items if isinstance(item, LedgerPayment)]
    assert (invoice.external_id, invoice.balance) == (id, balance(vendor, id))
    assert invoice.payments is not None
    assert payment["id"] in invoice.payments
    assert invoice.lines
    assert paid.external_id == payment["id"]
    assert [(entry.invoice, entry.amount) for entry in paid.allocations] == [(id, Decimal("40.00"))]
    assert customer in {item.external_id for item in items if isinstance(item, LedgerCustomer)}
    assert len(asked(vendor)) <= 9
    assert later["compared"] == cursor["compared"]


def test_deleted_invoices_are_found_by_comparing(vendor: SimControl, ledger: ZohoLedger) -> None:
    items, cursor = all_of(ledger.whole({}), ledger.client)
    id = next(id for id, facts in vendor.truth(AVAS_PLUMBING).items() if facts["status"] == "draft")
    vendor.act(AVAS_PLUMBING, "delete_invoice", id=id)

    told, _cursor = all_of(ledger.changes(cursor), ledger.client)

    assert id in balances(items)
    assert id not in balances(told)
    assert id not in {item.external_id for page in ledger.open_invoices() for item in page}
    assert ledger.some("invoice", [id]) == [Gone("invoice", id)]
    assert ledger.one_invoice(id) == Gone("invoice", id)


def test_without_a_start_and_once_a_day_the_whole_is_compared(ledger: ZohoLedger) -> None:
    yesterday = (clock.now() - timedelta(days=1)).isoformat()

    for cursor in ({}, {"since": "nonsense"}):
        with pytest.raises(TooFarBack) as caught:
            next(ledger.changes(cursor))
        assert caught.value.cursor == {}
    with pytest.raises(TooFarBack) as caught:
        next(ledger.changes({"since": yesterday, "compared": "2026-01-01"}))
    assert caught.value.cursor == {"since": yesterday}


def test_open_invoices_are_those_with_a_balance(vendor: SimControl, ledger: ZohoLedger) -> None:
    found = {item.external_id for items in ledger.open_invoices() for item in items}

    assert found == {
        id
        for id, facts in vendor.truth(AVAS_PLUMBING).items()
        if facts["status"] != "deleted" and Decimal(facts["balance"]) > 0
    }


def test_some_are_read_by_id_and_what_is_no_id_is_never_asked_for(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    vendor.forget_requests()

    found, unknown, wrong = ledger.some("invoice", [id, "3818499999999999999", "../organizations"])

    assert isinstance(found, LedgerInvoice)
    assert (unknown, wrong) == (Gone("invoice", "3818499999999999999"), Gone("invoice", "../organizations"))
    assert asked(vendor) == [f"/invoices/{id}", "/invoices/3818499999999999999"]


def test_the_organization_stands_on_every_question(vendor: SimControl, ledger: ZohoLedger) -> None:
    vendor.forget_requests()

    found = ledger.organisation()
    ledger.one_invoice(owing(vendor))

    assert (found.account, found.name, found.currency, found.country) == (AVAS_PLUMBING, "Ava's Plumbing", "USD", "US")
    for one in vendor.requests():
        assert f"organization_id={AVAS_PLUMBING}" in str(one) or AVAS_PLUMBING in str(one)


def test_books_of_another_centre_are_read_in_their_own_currency(vendor: SimControl, db: None) -> None:
    ledger = opened(vendor, MADURAI_DESIGN, dc="eu", zone="Asia/Kolkata")

    items, _cursor = all_of(ledger.whole({}), ledger.client)

    assert "INR" in {item.currency for item in items if isinstance(item, LedgerInvoice)}
    assert ledger.organisation().time_zone == "Asia/Kolkata"


def test_an_invoice_is_lowered_once_however_often_it_is_asked_for(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    before = balance(vendor, id)

    first = ledger.lower(id, Decimal("60.10"), key="D-1042", reason="Agreed reduction")
    again = ledger.lower(id, Decimal("60.10"), key="D-1042", reason="Agreed reduction")

    assert (first.repeated, again.repeated) == (False, True)
    assert first.external_id == again.external_id != ""
    assert first.number == again.number != ""
    assert first.invoice.balance == before - Decimal("60.10") == balance(vendor, id)
    (memo,) = ledger.some("credit_memo", [first.external_id])
    assert isinstance(memo, LedgerCreditMemo)
    assert [(entry.invoice, entry.amount) for entry in memo.applied] == [(id, Decimal("60.10"))]
    said = ledger.client.read(f"/creditnotes/{first.external_id}")["creditnote"]
    assert said["reference_number"] == mark_of("D-1042")


@pytest.mark.parametrize("path", ["/creditnotes", "/invoices"])
def test_a_write_without_an_answer_is_looked_up_before_it_is_written_again(
    vendor: SimControl, ledger: ZohoLedger, path: str
) -> None:
    id = owing(vendor)
    before = balance(vendor, id)
    vendor.fault("drop-answer", path=path, method="POST", times=1)

    written = ledger.lower(id, Decimal("60.00"), key="D-7", reason="Agreed reduction")
    again = ledger.lower(id, Decimal("60.00"), key="D-7", reason="Agreed reduction")

    assert written.invoice.balance == again.invoice.balance == before - 60 == balance(vendor, id)
    assert again.repeated


def test_nobody_knows_when_a_write_fails_and_the_next_try_finds_out(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    before = balance(vendor, id)
    vendor.fault("1000", path="/creditnotes", method="POST", times=1)

    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-8", reason="Agreed reduction")

    assert balance(vendor, id) == before
    assert ledger.lower(id, Decimal("60.00"), key="D-8", reason="Agreed reduction").invoice.balance == before - 60


def states_of_credits(ledger: ZohoLedger, key: str) -> list[str]:
    """Of the credit notes of this key."""
    rows = ledger.client.read("/creditnotes", ("reference_number", mark_of(key)))["creditnotes"]
    return [row["status"] for row in rows]


def test_a_credit_the_customer_was_faster_than_is_voided_again(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    vendor.fault("1000", path="/invoices", method="POST", times=1)
    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-10", reason="Agreed reduction")
    assert states_of_credits(ledger, "D-10") == ["open"]
    customer, paid = vendor.truth(AVAS_PLUMBING)[id]["customer"], str(balance(vendor, id) - 10)
    vendor.act(AVAS_PLUMBING, "pay", customer=customer, amount=paid, applied={id: paid})

    with pytest.raises(Refused):
        ledger.lower(id, Decimal("60.00"), key="D-10", reason="Agreed reduction")

    assert states_of_credits(ledger, "D-10") == ["void"]
    assert balance(vendor, id) == 10
    # The owner may try again: a void credit is not gone on with.
    assert ledger.lower(id, Decimal("7.00"), key="D-10", reason="Agreed reduction").invoice.balance == 3


def test_a_credit_they_will_not_apply_is_voided_however_long_that_takes(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    vendor.fault("invalid-value", path="/invoices", method="POST", times=2)
    vendor.fault("1000", path="/status/void", method="POST", times=1)

    with pytest.raises(Unanswered):
        ledger.lower(id, Decimal("60.00"), key="D-11", reason="Agreed reduction")
    assert states_of_credits(ledger, "D-11") == ["open"]
    with pytest.raises(Refused):
        ledger.lower(id, Decimal("60.00"), key="D-11", reason="Agreed reduction")

    assert states_of_credits(ledger, "D-11") == ["void"]


def test_a_credit_they_will_not_void_is_named_for_the_owner(vendor: SimControl, ledger: ZohoLedger) -> None:
    vendor.fault("invalid-value", path="/invoices", method="POST", times=1)
    vendor.fault("invalid-value", path="/status/void", method="POST", times=1)

    with pytest.raises(Refused) as refused:
        ledger.lower(owing(vendor), Decimal("60.00"), key="D-12", reason="Agreed reduction")

    assert "Zoho Books keeps the credit " in refused.value.vendor_words
    assert states_of_credits(ledger, "D-12") == ["open"]


def test_more_than_is_owed_is_never_taken_off(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    before = vendor.truth(AVAS_PLUMBING)[id]
    vendor.forget_requests()

    for amount in (Decimal(before["balance"]) + 1, Decimal(0), Decimal(-5)):
        with pytest.raises(Refused):
            ledger.lower(id, amount, key=f"D-9{amount}", reason="Too much")

    assert vendor.truth(AVAS_PLUMBING)[id] == before
    assert asked(vendor, method="POST") == []


def test_an_invoice_is_written_off_once(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)

    written = ledger.write_off(id, key="W-1", reason="Uncollectible")
    again = ledger.write_off(id, key="W-1", reason="Uncollectible")

    assert (written.invoice.balance, written.invoice.status) == (Decimal(0), "written_off")
    assert (written.repeated, again.repeated) == (False, True)
    assert vendor.truth(AVAS_PLUMBING)[id]["status"] == "written_off"


def test_a_note_is_a_comment_the_customer_never_sees(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    vendor.fault("drop-answer", path="/comments", method="POST", times=1)

    first = ledger.note(id, "The customer disputes the hours.", key="N-1")
    again = ledger.note(id, "The customer disputes the hours.", key="N-1")

    said = [
        row for row in ledger.client.read(f"/invoices/{id}/comments")["comments"] if "disputes" in row["description"]
    ]
    assert len(said) == 1
    assert first.external_id == again.external_id == said[0]["comment_id"]
    assert (first.repeated, again.repeated) == (False, True)
    (sent,) = [one for one in vendor.requests("/comments") if one["method"] == "POST"]
    assert "show_comment_to_clients" in str(sent)


def test_reminders_go_off_and_on_again_where_they_were_on(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)

    off = ledger.remind(id, on=False, key="R-1")
    still_off = ledger.remind(id, on=False, key="R-1")
    on = ledger.remind(id, on=True, key="R-2")
    still_on = ledger.remind(id, on=True, key="R-2")

    assert [one.invoice.reminders_on for one in (off, still_off, on, still_on)] == [False, False, True, True]
    assert [one.repeated for one in (off, still_off, on, still_on)] == [False, True, False, True]


def test_reminders_the_owner_switched_off_himself_stay_off(vendor: SimControl, ledger: ZohoLedger) -> None:
    id = owing(vendor)
    ledger.client.write(f"/invoices/{id}/paymentreminder/disable")

    off, on = ledger.remind(id, on=False, key="R-1"), ledger.remind(id, on=True, key="R-2")

    assert (off.repeated, on.repeated, on.invoice.reminders_on) == (True, True, False)
    ledger.client.write(f"/invoices/{id}/paymentreminder/enable")
    ledger.remind(id, on=False, key="R-3")
    ledger.remind(id, on=True, key="R-4")
    ledger.client.write(f"/invoices/{id}/paymentreminder/disable")
    assert ledger.remind(id, on=True, key="R-6").invoice.reminders_on is False


def test_every_act_is_done_by_us_but_money_that_came_by_card() -> None:
    acts = abilities_of("zoho").acts

    assert {act: acts[act].way for act in Act} == dict.fromkeys(Act, Way.API) | {Act.RECEIVE: Way.TASK}
    assert all(str(ability.words) for ability in acts.values())


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("57", Disconnected, "scope_missing"),  # a fresh token is refused as well: it is no matter of the token
        ("14", Disconnected, "reconnect_needed"),
        ("1002", Refused, "not_in_books"),
        ("invalid-value", Refused, "vendor_refused"),
        ("44", Throttled, "rate_limited"),
        ("1070", Throttled, "rate_limited"),
        ("45", Throttled, "daily_limit"),
        ("1000", Unavailable, "vendor_down"),
        ("html-503", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
    ],
)
def test_every_trouble_of_theirs_is_one_of_our_errors(
    vendor: SimControl, db: None, kind: str, error: type[Exception], problem: str
) -> None:
    ledger = opened(vendor, AVAS_PLUMBING)
    ledger.client._patience = 0.3
    vendor.fault(kind, times=10)

    with pytest.raises(error) as caught:
        ledger.client.read("/invoices")

    assert caught.value.problem == problem  # type: ignore[attr-defined]


def test_a_used_up_day_is_waited_out_until_midnight_of_the_organization(vendor: SimControl, db: None) -> None:
    ledger = opened(vendor, AVAS_PLUMBING, zone="Asia/Kolkata")
    vendor.fault("45", times=10)

    with pytest.raises(Throttled) as caught:
        ledger.client.read("/invoices")

    there = machine_now().astimezone(ZoneInfo("Asia/Kolkata"))
    passed = there.hour * 3600 + there.minute * 60 + there.second
    assert caught.value.retry_after == pytest.approx(86_400 - passed, abs=5)
    forget(ledger.client)


def test_books_at_an_address_that_is_not_theirs_are_never_opened(vendor: SimControl, db: None) -> None:
    firm = make_business("Ava's Plumbing")
    for said in (f"{vendor.base_url}/zoho/stranger/api", "https://www.zohoapis.com", "https://evil.example"):
        with acting_for(firm.business.pk):
            connection = Connection(provider="zoho", account="1", sandbox=True, details={"api_domain": said})
        with pytest.raises(WrongWorld):
            client_for(connection, patience=1.0)
