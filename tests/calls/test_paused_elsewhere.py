"""Collecting stops from elsewhere while the telephone rings or somebody talks: nothing more of money, and a good-bye."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calls.models import Attempt, Call
from calls.opened import forbidden
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute, pause
from invoices import holds
from invoices.models import Hold, Invoice
from notifications.models import Duty
from syntharra import clock
from tests.calls.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)

TALKER: dict[str, Any] = {
    "pick_up": "Hello?",
    "steps": [{"wait_for": "am i speaking with", "patience": 120}, {"say": "Yes, this is Ana."}, {"silence": 600}],
}


def by_mail(stage: Stage, invoice: Invoice) -> None:
    """She wrote that it is paid; nobody was on the line about it."""
    pause(invoice.pk, why="already_paid", words="I paid that", source_key="mail:1", by="ap@harborcafe.example")


def by_the_owner(stage: Stage, invoice: Invoice) -> None:
    holds.hold_customer_back(invoice.customer_id, reason="her mother died", by=stage.firm.owner)


def never_again(stage: Stage, invoice: Invoice) -> None:
    holds.never_call(invoice.customer_id, reason="my brother-in-law", by=stage.firm.owner)


SILENCES: list[Any] = [
    pytest.param(by_mail, "INVOICE_PAUSED", id="says it is paid, by mail"),
    pytest.param(by_the_owner, "ON_HOLD", id="held by the owner"),
    pytest.param(never_again, "ON_HOLD", id="never again"),
]


def talking(stage: Stage) -> tuple[Invoice, Attempt, Call]:
    invoice = stage.owes()
    stage.sim.post("/scenarios", number=invoice.customer.contacts.get().phone, script=TALKER)
    attempt = stage.call(invoice)
    call = stage.until(lambda: Call.objects.filter(status="in-progress", right_party=True).first(), timeout=60)
    return invoice, attempt, call


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("silence", "reason"), SILENCES)
def test_a_call_under_way_says_good_bye_and_no_more(
    stage: Stage, silence: Callable[[Stage, Invoice], None], reason: str
) -> None:
    invoice, attempt, call = talking(stage)

    silence(stage, invoice)
    assert forbidden(call.pk) == reason
    ended = stage.over(attempt)

    stage.until(lambda: Call.objects.filter(pk=ended.pk, status="completed").exists())
    attempt.refresh_from_db()
    assert attempt.ended_because == reason
    last = ended.lines.filter(speaker="agent").order_by("-position").first()
    assert last is not None
    assert last.text == "Goodbye."
    assert Dispute.objects.count() == 0
    stage.until(lambda: Duty.objects.exclude(done_at=None).filter(kind="stop_calls").exists(), timeout=60)


@pytest.mark.timeout(240)
def test_a_freeze_from_elsewhere_ends_it_without_a_word(stage: Stage) -> None:
    invoice, attempt, _call = talking(stage)

    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p1", words="It leaks", by="Ana Reyes"))
    ended = stage.over(attempt)

    attempt.refresh_from_db()
    assert attempt.ended_because == "DISPUTE_OPEN"
    stage.until(lambda: Call.objects.filter(pk=ended.pk, status="completed").exists())
    assert ended.lines.filter(speaker="agent", text="Goodbye.").count() == 0


@pytest.mark.parametrize(("silence", "reason"), SILENCES)
def test_a_telephone_that_rings_is_let_be(stage: Stage, silence: Callable[[Stage, Invoice], None], reason: str) -> None:
    invoice = stage.owes("promises", line={"answer_after": 20_000.0})
    attempt = stage.call(invoice)

    silence(stage, invoice)
    ended = stage.over(attempt)

    attempt.refresh_from_db()
    assert (ended.status, attempt.ended_because) == ("canceled", reason)
    assert stage.spoken(ended) == ""


def on_the_line(stage: Stage) -> tuple[Invoice, Invoice, Call]:
    """A call about one of two invoices, as it stands in our rows."""
    spoken = stage.owes()
    other = stage.owes(customer=spoken.customer)
    moment = clock.now()
    attempt = Attempt.objects.create(
        customer=spoken.customer, number=1, to="+16145550120", planned_for=moment, status="live", dialing_at=moment
    )
    attempt.about.create(invoice=spoken)
    call = Call.objects.create(
        attempt=attempt, customer=spoken.customer, sid="CA1", status="in-progress", to="+16145550120",
        placed_at=moment, answered_at=moment,
    )  # fmt: skip
    return spoken, other, call


def test_what_was_said_on_the_line_itself_does_not_end_it(stage: Stage) -> None:
    spoken, _other, call = on_the_line(stage)

    pause(spoken.pk, why="already_paid", words="I paid", source_key=f"call:{call.pk}", by="agent")

    assert forbidden(call.pk) == ""


def test_what_concerns_another_invoice_or_was_long_before_does_not_end_it(stage: Stage) -> None:
    spoken, other, call = on_the_line(stage)

    pause(other.pk, why="unsure", words="hm", source_key="mail:2", by="x")
    holds.hold_invoice(other.pk, reason="later", by=stage.firm.owner)
    Hold.objects.create(
        customer=spoken.customer, reason="old", by="ava", since=clock.now() - timedelta(days=3), until=None
    )

    assert forbidden(call.pk) == ""


def test_a_hold_that_ended_meanwhile_ends_nothing(stage: Stage) -> None:
    spoken, _other, call = on_the_line(stage)

    held = holds.hold_invoice(spoken.pk, reason="wait", by=stage.firm.owner)
    assert forbidden(call.pk) == "ON_HOLD"
    holds.lift(held.pk, by=stage.firm.owner)

    assert forbidden(call.pk) == ""


def test_a_holiday_of_the_firm_ends_every_call(stage: Stage) -> None:
    _spoken, _other, call = on_the_line(stage)

    holds.hold_business(reason="closed", by=stage.firm.owner)

    assert forbidden(call.pk) == "ON_HOLD"
