"""Promises to pay: kept by the books, asked about once, broken after two silent days, never against a freeze, a hold or a plan."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ActivityLine, Role
from calls.facts import collect_facts
from calls.models import Attempt
from calls.planning import plan
from compliance.clearance import Clearance
from compliance.gate import decide
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from desk.history import of_customer
from desk.needs import needs
from desk.promised import kept_words, question_about
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute, release
from disputes.tasks import sweep_books, sweep_promises
from integrations.models import Connection
from invoices import plans, promises
from invoices.changes import receivables_changed
from invoices.holds import hold_invoice
from invoices.models import Allocation, Invoice, Payment, Promise
from invoices.plan_rules import Part
from notifications.letters import NoLongerTrue, render
from notifications.models import Message
from syntharra.clock import now
from syntharra.models import Due
from tests.cast import Firm, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
FIRST = date(2026, 12, 1)  # a Tuesday; by link the day after is over on Wednesday the 2nd


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def promised(
    invoice: Invoice, *, on: date = FIRST, how: str = "link", amount: str = "", source: str = "call:1"
) -> Promise:
    return promises.put_down(invoice, amount=Decimal(amount or invoice.balance), on=on, how=how, source=source)


def came(invoice: Invoice, amount: str) -> Payment:
    """Money that stands in the books against this invoice."""
    payment = Payment.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id=f"p{Payment.objects.count()}",
        amount=Decimal(amount), currency="USD", paid_on=now().date(),
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=now(), changed_at=now()
    )
    invoice.refresh_from_db()
    invoice.balance -= Decimal(amount)
    invoice.books_status = "paid" if invoice.balance == 0 else "open"
    invoice.save(update_fields=["balance", "books_status"])
    receivables_changed()
    return payment


def at(clock: Any, day: int, *, books: bool = True) -> None:
    """Ten in the morning of that day of December, with the books just read."""
    clock.move_to(datetime(2026, 12, day, 15, 0, tzinfo=UTC))
    if books:
        Connection.objects.update(synced_at=now())
        Invoice.objects.update(read_at=now())


def asked(invoice: Invoice, clock: Any) -> Promise:
    """Its day and grace have passed, and the firm was asked."""
    promise = promised(invoice)
    at(clock, 3)
    assert promises.look_at(promise.pk) == "asked now"
    promise.refresh_from_db()
    return promise


def judged(invoice: Invoice) -> Clearance:
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.CALL, to=invoice.customer.contacts.get().phone, at=now(),
        customer_id=invoice.customer_id, invoice_id=invoice.pk,
    )  # fmt: skip
    return decide(collect_facts(ask), RuleBook.load())


def letters() -> int:
    return Message.objects.filter(letter="promise_due").count()


def status(promise: Promise) -> str:
    promise.refresh_from_db()
    return promise.status


# kept


def test_it_is_kept_when_the_books_show_the_money(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    promise = promised(invoice)

    came(invoice, "300.00")
    sweep_books()

    assert status(promise) == "kept"
    assert (kept_words(invoice.customer), letters()) == ("1 of 1 kept", 0)
    assert "Promise kept" in [event.title for event in of_customer(invoice.customer)]
    assert not Due.objects.filter(kind=promises.DUE).exists()


def test_the_part_that_was_promised_is_enough(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    promise = promised(invoice, amount="100.00")

    came(invoice, "100.00")
    sweep_books()

    assert status(promise) == "kept"
    assert Invoice.objects.collectable(on=now().date()).get() == invoice


def test_money_that_was_taken_back_or_came_before_keeps_no_promise(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    came(invoice, "50.00")
    clock.shift(timedelta(minutes=1))
    promise = promised(invoice, amount="50.00")
    Payment.objects.filter(pk=came(invoice, "50.00").pk).update(reversed_at=now())
    sweep_books()

    assert status(promise) == "running"


def test_what_is_owed_no_more_needs_no_promise(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    promise = promised(invoice)
    Invoice.objects.update(books_status="voided", balance=0)
    receivables_changed()

    sweep_books()

    assert status(promise) == "withdrawn"
    assert kept_words(invoice.customer) == "none so far"


# asked once


def test_nobody_is_called_before_the_firm_was_asked_and_had_two_business_days(plumber: Firm, clock: Any) -> None:
    """Wednesday is the last day of grace, on Thursday it is asked, Friday and Monday are its days, on Tuesday it is broken."""
    invoice = make_invoice(plumber)
    promise = promised(invoice)
    for day in (1, 2, 3, 4, 5, 6, 7):
        at(clock, day)
        for _twice in range(2):
            sweep_promises()
            plan(plumber.business.pk)
        assert (status(promise), Attempt.objects.count()) == ("running", 0)
        assert "PROMISE_RUNNING" in judged(invoice).all_reasons
    assert (letters(), promise.answer_by) == (1, date(2026, 12, 7))

    at(clock, 8)
    for _twice in range(2):
        sweep_promises()

    assert status(promise) == "broken"
    assert (letters(), kept_words(invoice.customer)) == (1, "0 of 1 kept")
    assert ActivityLine.objects.filter(verb="promise_broken").count() == 1
    assert Due.objects.get(kind="plan").due_at == now()
    assert plan(plumber.business.pk) == 1


def test_books_that_were_not_read_break_no_promise_and_ask_nobody(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    promise = promised(invoice)
    Connection.objects.update(synced_at=now())
    at(clock, 3, books=False)
    assert promises.look_at(promise.pk) == "books not read"
    assert letters() == 0

    at(clock, 4)
    assert promises.look_at(promise.pk) == "asked now"
    at(clock, 9, books=False)
    assert promises.look_at(promise.pk) == "asked"
    assert (status(promise), judged(invoice).next_allowed_at) == ("running", None)


def test_money_on_its_way_asks_nobody(plumber: Firm, clock: Any) -> None:
    promise = promised(make_invoice(plumber))
    Invoice.objects.update(in_flight=True)
    at(clock, 3)

    assert (promises.look_at(promise.pk), letters()) == ("on its way", 0)


@pytest.mark.parametrize(
    ("how", "until"),
    [
        ("link", date(2026, 12, 2)),
        ("office", date(2026, 12, 2)),
        ("transfer", date(2026, 12, 7)),
        ("check", date(2026, 12, 10)),
        ("unknown", date(2026, 12, 10)),
    ],
)
def test_each_way_to_pay_has_its_own_grace_in_business_days(plumber: Firm, how: str, until: date) -> None:
    assert promised(make_invoice(plumber), how=how).holds_until == until


def test_the_letter_says_who_promised_what_and_when_the_books_decide(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, number="2232", balance="300.00")
    promise = asked(invoice, clock)
    message = Message.objects.get(letter="promise_due")

    letter = render(message)

    assert (message.to, letter.subject) == (plumber.owner.email, "Did the $300.00 of Harbor Cafe come?")
    assert "Harbor Cafe promised $300.00 for invoice 2232 by Tuesday, December 1, 2026, by link." in letter.text
    assert "your books decide after Monday, December 7, 2026" in letter.text
    assert f"/invoices/{invoice.pk}/" in letter.text
    came(invoice, "300.00")
    promises.look_at(promise.pk)
    with pytest.raises(NoLongerTrue):
        render(message)


# answered


def test_nothing_came_and_collecting_goes_on(plumber: Firm, client: Client, clock: Any) -> None:
    invoice = make_invoice(plumber)
    promise = asked(invoice, clock)
    client.force_login(plumber.owner)
    assert [need.action for need in needs(plumber.business) if "did it come?" in need.what] == ["Answer"]
    page = client.get(f"/invoices/{invoice.pk}/").content.decode()
    assert "Yes, it came" in page
    assert "your books decide." in page

    for _twice in range(2):
        client.post(f"/promises/{promise.pk}/answer/", {"came": "no"})

    assert status(promise) == "broken"
    assert promise.ended_by == plumber.owner.email
    assert question_about(invoice) is None
    assert not [need for need in needs(plumber.business) if "did it come?" in need.what]
    assert plan(plumber.business.pk) == 1


def test_it_came_and_the_books_have_five_business_days_to_show_it(plumber: Firm, client: Client, clock: Any) -> None:
    invoice = make_invoice(plumber)
    promise = asked(invoice, clock)
    client.force_login(plumber.owner)

    for _twice in range(2):
        client.post(f"/promises/{promise.pk}/answer/", {"came": "yes"})

    assert (status(promise), promise.answer_by) == ("running", date(2026, 12, 10))
    assert ActivityLine.objects.filter(verb="promise_came").count() == 1
    assert not [need for need in needs(plumber.business) if "did it come?" in need.what]
    at(clock, 10)
    assert promises.look_at(promise.pk) == "asked"
    at(clock, 11)
    assert promises.look_at(promise.pk) == "broken"


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.ACCOUNTANT, Role.READ_ONLY])
def test_only_who_is_in_charge_answers(plumber: Firm, client: Client, clock: Any, role: Role) -> None:
    promise = asked(make_invoice(plumber), clock)
    client.force_login(make_member(plumber, "kit@avas.example", role))

    answered = client.post(f"/promises/{promise.pk}/answer/", {"came": "no"})

    assert (answered.status_code, status(promise)) == (403, "running")


def test_an_answer_nobody_asked_for_changes_nothing(plumber: Firm) -> None:
    promise = promised(make_invoice(plumber))

    with pytest.raises(promises.CannotAnswer, match="Nothing is asked"):
        promises.answer(promise.pk, came=False, by=plumber.owner)

    assert status(promise) == "running"


# what it never does


def test_a_dispute_keeps_it_still_and_gives_the_firm_its_days_afterwards(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    promise = asked(invoice, clock)
    open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="not finished"))
    for day in (4, 8, 14):
        at(clock, day)
        assert promises.look_at(promise.pk) == "silent"
    with pytest.raises(promises.CannotAnswer, match="disputed or paused"):
        promises.answer(promise.pk, came=False, by=plumber.owner)
    assert question_about(Invoice.objects.get()) is None

    release(Dispute.objects.get().pk, reason="a mistake of ours", by=plumber.owner)
    at(clock, 16)
    assert promises.look_at(promise.pk) == "asked"
    at(clock, 17)
    assert promises.look_at(promise.pk) == "broken"
    assert letters() == 1


@pytest.mark.parametrize("state", ["frozen", "paused", "held"])
def test_what_breaks_starts_no_call_where_something_else_holds(plumber: Firm, clock: Any, state: str) -> None:
    invoice = make_invoice(plumber)
    promise = asked(invoice, clock)
    promises.answer(promise.pk, came=False, by=plumber.owner)
    if state == "held":
        hold_invoice(invoice.pk, reason="insurer", by=plumber.owner, until=now() + timedelta(days=30))
    elif state == "paused":
        Invoice.objects.update(paused_reason="unsure", paused_at=now())
    else:
        open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="no"))

    assert (status(promise), plan(plumber.business.pk), Attempt.objects.count()) == ("broken", 0, 0)


def test_a_hold_stays_when_a_promise_breaks_under_it(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    promise = asked(invoice, clock)
    hold_invoice(invoice.pk, reason="insurer", by=plumber.owner, until=now() + timedelta(days=30))
    at(clock, 8)

    assert promises.look_at(promise.pk) == "broken"
    assert (plan(plumber.business.pk), judged(invoice).reason) == (0, "ON_HOLD")


def test_a_plan_stands_instead_of_the_promise(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    promise = asked(invoice, clock)

    plans.agree(invoice.pk, parts=[Part(date(2026, 12, 20), Decimal("300.00"))], how="phone", by=plumber.owner)

    assert (status(promise), promise.ended_by) == ("withdrawn", plumber.owner.email)
    assert (judged(invoice).reason, judged(invoice).next_allowed_at) == ("PROMISE_RUNNING", None)


# a second one


def test_a_second_promise_leaves_the_first_on_record(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    first = promised(invoice)
    clock.shift(timedelta(days=1))

    second = promised(invoice, on=date(2026, 12, 8), source="call:2")

    assert (status(first), first.promised_for, first.ended_by) == ("withdrawn", FIRST, "call:2")
    assert (status(second), Promise.objects.count()) == ("running", 2)
    at(clock, 3)
    sweep_promises()
    assert letters() == 0


def test_a_first_promise_whose_day_had_passed_counts_as_broken(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    first = asked(invoice, clock)

    promised(invoice, on=date(2026, 12, 8), source="call:2")

    assert (status(first), kept_words(invoice.customer)) == ("broken", "0 of 1 kept")


def test_the_same_call_corrects_its_own_promise(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    promised(invoice)

    again = promised(invoice, on=date(2026, 12, 4), how="transfer")

    assert (Promise.objects.get(), again.holds_until) == (again, date(2026, 12, 10))
    assert Due.objects.get(kind=promises.DUE).due_at == datetime(2026, 12, 11, 15, 0, tzinfo=UTC)
