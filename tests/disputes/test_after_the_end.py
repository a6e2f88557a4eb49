"""After a dispute has ended: what was agreed is the most that is asked for, until the owner says otherwise."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import ActivityLine
from calls.models import Attempt, AttemptInvoice
from compliance.models import Channel, Purpose
from compliance.registry import Ask, facts_of
from disputes import books, page
from disputes.customer_acts import answer, drop
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute
from disputes.resolving import Plan, begin
from disputes.services import open_dispute, release
from invoices import holds
from invoices.models import Hold, Invoice
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_invoice

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = TUESDAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def disputed(firm: Firm) -> Dispute:
    invoice = make_invoice(firm)
    claim = NewClaim(source="call", source_key=f"c:{invoice.pk}", words="The roof still leaks", by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    return dispute


def books_say(dispute: Dispute, balance: str, status: str = "open") -> Invoice:
    changed = {"balance": Decimal(balance), "books_status": status, "balance_changed_at": now()}
    Invoice.objects.filter(pk=dispute.invoice_id).update(**changed)
    books.look()
    return Invoice.objects.get(pk=dispute.invoice_id)


def collectable() -> list[Invoice]:
    return list(Invoice.objects.collectable(on=LATER.date(), at=LATER))


def plan_a_call(invoice: Invoice) -> None:
    attempt = Attempt.objects.create(customer=invoice.customer, number=1, to="+16145550103", planned_for=now())
    AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)


def owner_is_asked(invoice: Invoice) -> bool:
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.CALL, to="+16145550103", at=now(), customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )  # fmt: skip
    return bool(facts_of(ask).product.owner_decides)


def closed_on_less(firm: Firm) -> Dispute:
    """796.00, of which a credit memo took 196.00."""
    dispute = disputed(firm)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=firm.owner)
    books_say(dispute, "600.00")
    assert Dispute.objects.get(pk=dispute.pk).closed_as == "credit_memo"
    return dispute


def closed_on_nothing(firm: Firm) -> Dispute:
    """Voided in the books, which the owner agreed with."""
    dispute = disputed(firm)
    books_say(dispute, "0.00", "void")
    books.answer(BooksMoved.objects.get(answer="").pk, yes=True, by=firm.owner)
    return dispute


@pytest.mark.parametrize("closed", [closed_on_less, closed_on_nothing])
def test_a_bill_that_rises_after_its_dispute_ended_is_the_owners_to_decide(plumber: Firm, closed: Any) -> None:
    dispute = closed(plumber)

    invoice = books_say(dispute, "796.00")
    books.look()

    assert collectable() == []
    assert owner_is_asked(invoice)
    (held,) = Hold.objects.filter(reason__startswith="more than agreed")
    assert held.reason == f"more than agreed in {dispute.number}"
    assert ActivityLine.objects.filter(verb="more_than_agreed").count() == 1
    assert Message.objects.get(letter="your_turn").facts["why"] == "more_than_agreed"


def test_the_database_refuses_to_ask_for_more_than_was_agreed(plumber: Firm) -> None:
    dispute = closed_on_less(plumber)
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal("600.01"))

    with pytest.raises(IntegrityError, match="more is open than was agreed"), transaction.atomic():
        plan_a_call(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal("600.00"))
    plan_a_call(invoice)

    assert Attempt.objects.count() == 1


def test_once_the_owner_lifts_the_hold_what_the_books_show_is_asked_for_and_no_more(plumber: Firm) -> None:
    dispute = closed_on_less(plumber)
    books_say(dispute, "650.00")

    holds.lift(Hold.objects.get(reason__startswith="more than agreed").pk, by=plumber.owner)
    books.look()

    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    assert (invoice.agreed_at_most, collectable()) == (Decimal("650.00"), [invoice])
    books_say(dispute, "700.00")
    assert collectable() == []
    assert Hold.objects.running(now()).filter(reason__startswith="more than agreed").count() == 1


def test_less_than_was_agreed_needs_nobody(plumber: Firm) -> None:
    dispute = closed_on_less(plumber)

    invoice = books_say(dispute, "400.00")

    assert collectable() == [invoice]
    assert not Hold.objects.filter(reason__startswith="more than agreed").exists()


def test_a_false_alarm_agrees_on_nothing(plumber: Firm) -> None:
    dispute = disputed(plumber)
    release(dispute.pk, by=plumber.owner, reason="He meant another firm")

    invoice = books_say(dispute, "900.00")

    assert (invoice.agreed_at_most, collectable()) == (None, [invoice])


@pytest.mark.parametrize("how", ["drops it", "agrees"])
def test_who_agrees_to_a_bill_the_books_have_cleared_is_told_that_nothing_is_owed(plumber: Firm, how: str) -> None:
    dispute = disputed(plumber)
    if how == "agrees":
        firm_says = begin(dispute.pk, Plan(kind="bill_stands", words="It was on the order."), by=plumber.owner)
    books_say(dispute, "0.00", "void")

    if how == "agrees":
        answer(firm_says.pk, "agrees", name="Ana Reyes")
    else:
        drop(dispute.pk, name="Ana Reyes", source="page")

    letters = Message.objects.filter(about__invoice=dispute.invoice_id, letter__startswith="dispute_closed")
    assert list(letters.values_list("letter", flat=True)) == ["dispute_closed_zero"]
    assert Dispute.objects.get().collect_again_on is None


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        ("false_alarm", "This is closed. If something is wrong after all, tell us here, and we stop again."),
        ("unresolved", "This is closed. We do not call or remind you about it any more."),
        ("small_claims", "This is closed. We do not call or remind you about it any more."),
        ("write_off", "This is closed. Nobody asks you for this money."),
    ],
)
def test_the_page_of_a_closed_question_says_only_what_is_true(plumber: Firm, ended: str, says: str) -> None:
    assert page.standing(Dispute(closed_at=now(), closed_as=ended)) == says
