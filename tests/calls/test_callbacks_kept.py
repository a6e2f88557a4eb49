"""A time somebody named on the telephone is kept: on his clock, never before it, whoever rang, and by a person where none of our calls is left."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import ActivityLine, Business
from calls import persons
from calls.acts import Scene, carry_out
from calls.agent import acts
from calls.answering import answer
from calls.brief import brief_for
from calls.dialing import claim, decide
from calls.models import Attempt, Call
from calls.outcomes import finish
from calls.planning import plan
from compliance.statements import Kind, state
from desk.asks import waiting
from invoices.models import Invoice
from syntharra import clock
from tests.calls.line import on_the_line
from tests.calls.test_planning import dialed
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
THURSDAY = date(2026, 10, 8)


def in_san_francisco(firm: Firm, phone: str = "+14155550120") -> Any:
    return make_customer(firm, phone=phone, state="US-CA", city="San Francisco", zip="94105")


def says(call: Call, *asked: acts.Act) -> None:
    carry_out(Scene(line_id=call.line_id, call_id=call.pk), asked)


def asks_for(customer: Any, on: date | None, at: time | None) -> Attempt:
    """We rang, and he named a time."""
    attempt = on_the_line(customer)
    says(Call.objects.get(attempt=attempt), acts.Callback(on, at, "call me then"))
    finish(attempt.pk, "callback_request")
    attempt.refresh_from_db()
    return attempt


def rings_us(invoice: Invoice) -> Call:
    return Call.objects.create(
        customer=invoice.customer,
        sid="CAin",
        to="+16145550199",
        caller=invoice.customer.contacts.get().phone,
        direction="inbound",
        status="in-progress",
        placed_at=clock.now(),
        answered_at=clock.now(),
        right_party=True,
        about=[str(invoice.pk)],
    )


def planned(firm: Firm) -> Attempt:
    plan(firm.business.pk)
    return Attempt.objects.get(status="planned")


def test_three_oclock_in_san_francisco_is_three_oclock_there(plumber: Firm, tuesday: Any) -> None:
    customer = in_san_francisco(plumber)
    make_invoice(plumber, customer)
    tuesday.shift(timedelta(hours=3))
    Invoice.objects.update(read_at=clock.now())

    attempt = asks_for(customer, THURSDAY, time(15))

    assert attempt.callback_at == datetime(2026, 10, 8, 22, tzinfo=UTC)
    assert ActivityLine.objects.get(verb="wants_callback").detail.facts["zone"] == "America/Los_Angeles"
    tuesday.shift(timedelta(minutes=5))
    assert planned(plumber).planned_for == attempt.callback_at


@pytest.mark.parametrize(
    ("where", "hour"),
    [
        ({"state": "US-TN", "city": "Chattanooga", "zip": "37402"}, 20),  # east or middle: the later of the two
        ({"state": "", "city": "", "zip": ""}, 22),  # no address: where the number was issued
    ],
)
def test_where_it_may_be_several_clocks_nobody_is_rung_before_it(plumber: Firm, where: Any, hour: int) -> None:
    customer = make_customer(plumber, phone="+14155550120" if not where["state"] else "+14235550120", **where)
    make_invoice(plumber, customer)
    call = rings_us(Invoice.objects.get())

    says(call, acts.Callback(THURSDAY, time(15), "thursday at three"))

    call.refresh_from_db()
    assert call.callback_at == datetime(2026, 10, 8, hour, tzinfo=UTC)


def test_who_says_where_he_is_means_the_clock_of_that_place(plumber: Firm) -> None:
    customer = in_san_francisco(plumber)
    call = rings_us(make_invoice(plumber, customer))
    state(
        customer.pk, Kind.ZONE, zone="America/Denver", words="I'm in Denver now", source=f"call:{call.pk}", by="agent"
    )

    says(call, acts.Callback(THURSDAY, time(15), "thursday at three"))

    call.refresh_from_db()
    assert call.callback_at == datetime(2026, 10, 8, 21, tzinfo=UTC)


def test_an_hour_without_a_day_is_the_next_one_on_his_clock(plumber: Firm) -> None:
    """It is seven in the morning in San Francisco: ten o'clock is still to come there, and has come in Columbus."""
    call = rings_us(make_invoice(plumber, in_san_francisco(plumber)))

    says(call, acts.Callback(None, time(10), "at ten"))

    call.refresh_from_db()
    assert call.callback_at == datetime(2026, 10, 6, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 10, 10), datetime(2026, 10, 13, 13, tzinfo=UTC)),  # Saturday; the Monday is Columbus Day
        (date(2026, 10, 17), datetime(2026, 10, 19, 13, tzinfo=UTC)),  # a Saturday more than a week away
        (date(2026, 10, 12), datetime(2026, 10, 13, 13, tzinfo=UTC)),  # the holiday itself
    ],
)
def test_a_day_we_do_not_call_on_means_the_next_one_and_never_one_before(
    plumber: Firm, on: date, expected: datetime
) -> None:
    customer = make_customer(plumber)
    make_invoice(plumber, customer)
    asks_for(customer, on, time(10))

    assert planned(plumber).planned_for == expected


def test_who_rang_us_is_called_back_when_he_said_so(plumber: Firm) -> None:
    call = rings_us(make_invoice(plumber))
    says(call, acts.Callback(THURSDAY, time(10), "call me thursday at ten"))
    finish(call.pk, "callback_request")
    Call.objects.update(status="completed")

    assert planned(plumber).planned_for == datetime(2026, 10, 8, 14, tzinfo=UTC)


def test_a_call_planned_before_he_rang_gives_way_to_the_time_he_named(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    before = planned(plumber)
    call = rings_us(invoice)
    says(call, acts.Callback(THURSDAY, time(10), "call me thursday at ten"))
    finish(call.pk, "callback_request")
    Call.objects.update(status="completed")

    before.refresh_from_db()
    assert (before.status, before.ended_because, before.counted) == ("ended", "callback_asked", False)
    assert planned(plumber).planned_for == datetime(2026, 10, 8, 14, tzinfo=UTC)


def test_what_he_asked_for_is_over_once_we_called_again(plumber: Firm) -> None:
    """He rang a week ago and named a time; we kept it, and the next call goes by the cadence."""
    invoice = make_invoice(plumber)
    Call.objects.filter(pk=rings_us(invoice).pk).update(
        placed_at=datetime(2026, 9, 28, 14, tzinfo=UTC),
        callback_at=datetime(2026, 10, 5, 14, tzinfo=UTC),
        status="completed",
        disposition="callback_request",
    )
    dialed(plumber, invoice, at=datetime(2026, 10, 5, 14, tzinfo=UTC), number=1)

    assert planned(plumber).planned_for > datetime(2026, 10, 8, tzinfo=UTC)


def on_the_third_call(firm: Firm, clock_: Any) -> tuple[Invoice, Attempt]:
    invoice = make_invoice(firm, due_on=date(2026, 9, 1))
    for days in (20, 10):
        dialed(firm, invoice, at=clock.now() - timedelta(days=days), number=1)
    attempt = planned(firm)
    clock_.move_to(max(attempt.planned_for, clock.now()))
    Invoice.objects.update(read_at=clock.now())
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    assert "<Connect" in answer(attempt.pk, "CA00000000000000000000000000000001")
    return invoice, attempt


def test_on_the_last_call_a_person_is_promised_and_the_owner_has_the_task(plumber: Firm, tuesday: Any) -> None:
    invoice, attempt = on_the_third_call(plumber, tuesday)
    assert brief_for(attempt).last_call

    says(Call.objects.get(attempt=attempt), acts.Callback(date(2026, 10, 12), time(15), "monday at three"))
    finish(attempt.pk, "callback_request")

    attempt.refresh_from_db()
    invoice.refresh_from_db()
    assert (attempt.callback_at, invoice.left_reason) == (None, "your_decision")
    (task,) = waiting(plumber.business)
    assert task.words == (
        "Call the customer back when they asked for it: our own calls about this are used up."
        " (Oct 12, 3:00\u00a0pm · New York time)"
    )


def test_before_the_last_call_we_call_back_ourselves(plumber: Firm) -> None:
    customer = make_customer(plumber)
    make_invoice(plumber, customer)
    attempt = on_the_line(customer)

    assert not brief_for(attempt).last_call


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 26, 16, tzinfo=UTC), False),  # Thanksgiving
        (datetime(2026, 11, 27, 16, tzinfo=UTC), True),
        (datetime(2026, 11, 28, 16, tzinfo=UTC), False),  # Saturday
        (datetime(2026, 11, 27, 3, tzinfo=UTC), False),  # late at night
    ],
)
def test_nobody_of_the_firm_is_rung_on_a_holiday(plumber: Firm, moment: datetime, there: bool) -> None:
    assert persons.is_open(Business.objects.get(), moment) is there
