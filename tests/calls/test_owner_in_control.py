"""What the owner says binds at once, and no further than he said it: a yes, a hold, the kill switch."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import ActivityLine, Business
from calls import dialing, pace, stops
from calls.agent.conversation import advance, begin
from calls.agent.events import MachineHeard
from calls.agent.outcomes import Disposition
from calls.answering import answer
from calls.approval import approve
from calls.brief import brief_for
from calls.dialing import claim, decide
from calls.models import Attempt, Call
from calls.opened import forbidden
from calls.planning import plan
from compliance import firm
from integrations.twilio import line_types
from integrations.twilio.client import CallOrder, CarrierCall
from invoices.holds import hold_invoice, hold_number, lift
from invoices.models import Hold, Invoice, Promise
from notifications.models import Duty
from notifications.outbox import Later
from syntharra import clock
from syntharra.models import Due
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
SID = "CA00000000000000000000000000000001"


def planned(firm: Firm) -> list[Attempt]:
    plan(firm.business.pk)
    return list(Attempt.objects.filter(status="planned").order_by("customer__name"))


def goes_out(attempt: Attempt) -> bool:
    return claim(attempt.pk) and decide(attempt.pk)


@pytest.fixture
def reviewing(plumber: Firm) -> Firm:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    return plumber


@pytest.fixture
def hung_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls the carrier was told to end; it ends them."""
    ended: list[str] = []

    class Carrier:
        def hang_up(self, sid: str) -> CarrierCall:
            ended.append(sid)
            return CarrierCall(sid=sid, status="completed", to="", caller="", created_at=None)

    monkeypatch.setattr(stops, "carrier_for", lambda _business: Carrier())
    return ended


def test_a_yes_to_one_call_is_none_to_another_invoice(reviewing: Firm) -> None:
    seen = make_invoice(reviewing)
    (attempt,) = planned(reviewing)
    approve(attempt.pk, by=reviewing.owner)
    make_invoice(reviewing, seen.customer, balance="9000.00")
    Invoice.objects.filter(pk=seen.pk).update(books_status="paid", balance=0)

    assert not goes_out(attempt)

    attempt.refresh_from_db()
    assert (attempt.status, attempt.about.count()) == ("ended", 1)


def test_what_was_not_seen_with_the_call_is_not_spoken_of_on_it(reviewing: Firm) -> None:
    seen = make_invoice(reviewing)
    (attempt,) = planned(reviewing)
    approve(attempt.pk, by=reviewing.owner)
    make_invoice(reviewing, seen.customer, balance="9000.00")

    assert goes_out(attempt)

    assert attempt.about.get().invoice_id == seen.pk


def test_a_yes_given_late_calls_the_same_day(reviewing: Firm, tuesday: time_machine.Traveller) -> None:
    make_invoice(reviewing)
    (attempt,) = planned(reviewing)
    assert not goes_out(attempt)
    assert Due.objects.get(kind="attempt").due_at == clock.now() + timedelta(hours=1)
    tuesday.shift(timedelta(minutes=30))
    Invoice.objects.update(read_at=clock.now())

    approve(attempt.pk, by=reviewing.owner)

    assert Due.objects.get(kind="attempt").due_at == clock.now()
    assert goes_out(attempt)


def test_a_call_that_waits_for_a_yes_asks_no_vendor_for_anything(
    reviewing: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_invoice(reviewing, read_at=clock.now() - timedelta(hours=1))
    (attempt,) = planned(reviewing)
    asked: list[str] = []
    monkeypatch.setattr(dialing, "keys_of", lambda _business: asked.append("carrier's keys"))
    monkeypatch.setattr(dialing, "read_fresh", lambda _invoice: asked.append("books"))
    monkeypatch.setattr(line_types, "freshen", lambda *_: asked.append("line type"))
    monkeypatch.setattr(pace, "take", lambda *_, **__: asked.append("turn"))
    monkeypatch.setattr(dialing, "ensure_present", lambda: None)

    assert dialing.dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert (asked, attempt.planned_for) == (["carrier's keys"], clock.now())
    assert Due.objects.get(kind="attempt").due_at == clock.now() + timedelta(hours=1)


def test_without_a_yes_all_day_the_call_is_on_tomorrows_list(reviewing: Firm, tuesday: time_machine.Traveller) -> None:
    make_invoice(reviewing)
    (attempt,) = planned(reviewing)
    for _hour in range(8):
        assert not goes_out(attempt)
        tuesday.shift(timedelta(hours=1))
        Invoice.objects.update(read_at=clock.now())

    attempt.refresh_from_db()
    assert attempt.planned_for == datetime(2026, 10, 7, 13, 0, tzinfo=UTC)  # Wednesday, 9 o'clock in Columbus


def test_a_hold_on_one_invoice_keeps_no_call_about_another(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    held = make_invoice(plumber)
    (attempt,) = planned(plumber)
    month = clock.now() + timedelta(days=30)
    hold_invoice(held.pk, reason="the insurer pays", by=plumber.owner, until=month)
    assert not goes_out(attempt)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because) == ("ended", "ON_HOLD")
    assert planned(plumber) == []  # nor is a call planned for the end of it, which would keep others away
    other = make_invoice(plumber, held.customer, balance="120.00")

    (again,) = planned(plumber)

    assert [link.invoice_id for link in again.about.all()] == [other.pk]
    assert again.planned_for == clock.now()


def test_a_promise_made_after_the_planning_keeps_no_call_about_another(plumber: Firm) -> None:
    promised = make_invoice(plumber)
    (attempt,) = planned(plumber)
    Promise.objects.create(
        customer=promised.customer, invoice=promised, amount="796.00", currency="USD", promised_for=date(2026, 10, 20),
        holds_until=date(2026, 10, 23), source="page", made_at=clock.now(),
    )  # fmt: skip
    assert not goes_out(attempt)
    other = make_invoice(plumber, promised.customer, balance="120.00")

    (again,) = planned(plumber)

    assert [link.invoice_id for link in again.about.all()] == [other.pk]


def test_what_was_on_hold_is_planned_again_when_that_is_over(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    held = make_invoice(plumber)
    until = datetime(2026, 10, 14, 4, 0, tzinfo=UTC)  # through Tuesday the 13th
    hold_invoice(held.pk, reason="the insurer pays", by=plumber.owner, until=until)
    assert planned(plumber) == []

    tuesday.move_to(until - timedelta(hours=7))  # Tuesday at five
    assert [attempt.planned_for for attempt in planned(plumber)] == [until + timedelta(hours=9)]


def test_a_stop_that_was_lifted_ends_no_later_call(
    plumber: Firm, tuesday: time_machine.Traveller, hung_up: list[str]
) -> None:
    make_invoice(plumber)
    make_invoice(plumber)
    one, other = planned(plumber)
    assert goes_out(one)
    Attempt.objects.filter(pk=one.pk).update(status="unknown", posted_at=clock.machine_now())
    stops.stop_business(plumber.business, by=plumber.owner)
    Business.objects.update(stopped_at=None)
    tuesday.shift(timedelta(minutes=1))
    assert goes_out(other)
    assert "<Connect" in answer(other.pk, SID)

    with pytest.raises(Later, match="1 of 1 lines"):  # the one the carrier never answered about
        stops.stop_calls(Duty.objects.get(kind="stop_calls"))

    other.refresh_from_db()
    assert (hung_up, other.status, other.ended_because) == ([], "live", "")


def test_a_stop_that_was_lifted_still_ends_what_rang_when_it_was_thrown(
    plumber: Firm, tuesday: time_machine.Traveller, hung_up: list[str]
) -> None:
    make_invoice(plumber)
    (attempt,) = planned(plumber)
    assert goes_out(attempt)
    assert "<Connect" in answer(attempt.pk, SID)
    stops.stop_business(plumber.business, by=plumber.owner)
    Business.objects.update(stopped_at=None)
    tuesday.shift(timedelta(seconds=10))

    assert stops.stop_calls(Duty.objects.get(kind="stop_calls")) == "ended 1"
    assert hung_up == [SID]


@pytest.mark.parametrize("theirs", [True, False], ids=["we called", "they called"])
def test_the_look_of_each_second_sees_a_hold_on_the_number(
    plumber: Firm, tuesday: time_machine.Traveller, theirs: bool
) -> None:
    invoice = make_invoice(plumber)
    number = invoice.customer.contacts.get().phone
    if theirs:
        (attempt,) = planned(plumber)
        assert goes_out(attempt)
        assert "<Connect" in answer(attempt.pk, SID)
    else:
        moment: dict[str, Any] = {"placed_at": clock.now(), "answered_at": clock.now()}
        Call.objects.create(
            customer=invoice.customer, sid=SID, to="+16145550199", caller=number, direction="inbound",
            status="in-progress", about=[str(invoice.pk)], **moment,
        )  # fmt: skip
    call = Call.objects.get()
    tuesday.shift(timedelta(seconds=5))

    hold_number(make_customer(plumber).contacts.get().phone, reason="somebody else's", by=plumber.owner)
    assert forbidden(call.pk) == ""

    hold_number(number, reason="wrong person", by=plumber.owner)
    assert forbidden(call.pk) == "ON_HOLD"
    lift(Hold.objects.get(number=number).pk, by=plumber.owner)
    assert forbidden(call.pk) == ""


@pytest.mark.parametrize(
    ("kind", "wanted", "beep"), [("business", True, True), ("business", False, False), ("consumer", True, False)]
)
def test_a_message_on_voicemail_only_where_a_business_answers_and_the_firm_wants_it(
    plumber: Firm, kind: str, wanted: bool, beep: bool
) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(consumer_calls=True)
    make_invoice(plumber, make_customer(plumber, kind=kind))
    (attempt,) = planned(plumber)
    assert goes_out(attempt)
    business = Business.objects.get(pk=plumber.business.pk)
    rules = firm.wanted_of(business, firm.rules_of(business))
    firm.set_rules(
        business, replace(rules, leaves_messages=wanted), by="ava@avasplumbing.example"
    )  # after the planning
    orders: list[CallOrder] = []

    class Carrier:
        def place(self, order: CallOrder) -> CarrierCall:
            orders.append(order)
            return CarrierCall(sid=SID, status="queued", to=order.to, caller=order.caller, created_at=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialing, "carrier_for", lambda _business: Carrier())
        assert dialing.place(attempt.pk, "+16145550199") == "dialing"

    assert [order.message_after_beep for order in orders] == [beep]
    assert ActivityLine.objects.get(verb="dialed").detail.facts == {"number": 1, "leaves_message": beep}
    assert ActivityLine.objects.get(verb="set_calling_rules").detail.facts["leaves_messages"] is wanted


@pytest.mark.parametrize(("wanted", "said"), [(True, 1), (False, 0)])
def test_a_machine_that_is_heard_before_the_carrier_knows_it_is_spoken_to_as_the_firm_wants(
    plumber: Firm, wanted: bool, said: int
) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(leaves_messages=wanted)
    make_invoice(plumber)
    (attempt,) = planned(plumber)
    assert goes_out(attempt)

    step = advance(begin(brief_for(Attempt.objects.get(pk=attempt.pk))).state, MachineHeard())

    assert (len(step.say), step.end) == (said, Disposition.VOICEMAIL_GREETING)
