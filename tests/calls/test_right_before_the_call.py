"""Between the decision to call and the ringing telephone: nothing is asked for that was decided on too long ago."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from calls import dialing, endings, hangups, locks, pace, stops
from calls.answering import answer
from calls.dialing import claim, decide, dial, place
from calls.endings import end_never_sent
from calls.models import Attempt, Call
from calls.planning import plan
from calls.settling import tell_of
from compliance.models import Decision
from integrations.twilio import line_types
from integrations.twilio.client import CarrierCall
from invoices.models import Invoice
from notifications.models import Duty
from syntharra import clock
from syntharra.models import Due
from tests.calls.stage import Stage
from tests.cast import Firm, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
SID, ANOTHER = "CA00000000000000000000000000000001", "CA00000000000000000000000000000002"
OURS = "+16145550199"


def planned(firm: Firm) -> Attempt:
    plan(firm.business.pk)
    return Attempt.objects.get(status="planned")


def decided(firm: Firm) -> Attempt:
    attempt = planned(firm)
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    return Attempt.objects.get(pk=attempt.pk)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When the carrier was asked for a call; it never answers."""
    moments: list[datetime] = []

    def ask(_attempt: Attempt, _caller: str) -> dialing._Answer:
        moments.append(clock.now())
        return dialing._Answer()

    monkeypatch.setattr(dialing, "_post", ask)
    return moments


def test_a_worker_that_was_held_up_asks_for_nothing_after_hours(
    plumber: Firm, tuesday: time_machine.Traveller, asked: list[datetime]
) -> None:
    make_invoice(plumber)
    attempt = planned(plumber)
    tuesday.move_to(datetime(2026, 10, 6, 20, 59, 5, tzinfo=UTC))  # Columbus: 16:59:05
    Invoice.objects.update(read_at=clock.now())
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    tuesday.shift(timedelta(seconds=57))  # the lease of a minute still runs

    assert place(attempt.pk, OURS) == "not ours"

    attempt.refresh_from_db()
    assert asked == []
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "never_sent", False)
    assert Due.objects.get(kind="plan").due_at > clock.now()  # planned anew


def test_what_was_decided_just_now_is_asked_for(
    plumber: Firm, tuesday: time_machine.Traveller, asked: list[datetime]
) -> None:
    make_invoice(plumber)
    attempt = decided(plumber)
    tuesday.shift(timedelta(seconds=4))

    assert place(attempt.pk, OURS) == "unknown"

    assert asked == [clock.now()]


def test_a_minute_before_closing_nobody_is_called_whose_telephone_might_ring_after_it(
    plumber: Firm, tuesday: time_machine.Traveller
) -> None:
    make_invoice(plumber)
    attempt = planned(plumber)
    tuesday.move_to(datetime(2026, 10, 6, 20, 59, 15, tzinfo=UTC))
    Invoice.objects.update(read_at=clock.now())
    assert claim(attempt.pk)

    assert not decide(attempt.pk)  # 5 s until it is asked for, 3 s to reach the carrier, 40 s of queue and ringing

    attempt.refresh_from_db()
    assert attempt.planned_for == datetime(2026, 10, 7, 13, 0, tzinfo=UTC)


def test_nothing_is_asked_for_once_the_kill_switch_is_thrown(plumber: Firm, asked: list[datetime]) -> None:
    make_invoice(plumber)
    attempt = decided(plumber)
    stops.stop_business(plumber.business, by=plumber.owner)

    assert place(attempt.pk, OURS) == "not ours"

    attempt.refresh_from_db()
    assert asked == []
    assert (attempt.status, attempt.counted) == ("ended", False)
    assert stops.stop_calls(Duty.objects.get(kind="stop_calls")) == "ended 0"  # and so the stop is done


def test_what_the_carrier_was_asked_for_meanwhile_is_not_ended_as_never_sent(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_invoice(plumber)
    attempt = decided(plumber)
    hold = locks.hold_attempt

    def held_late(attempt_id: Any) -> Attempt:
        """The other worker's request leaves between our reading and our writing."""
        read = hold(attempt_id)
        Attempt.objects.filter(pk=attempt_id).update(posted_at=clock.machine_now())
        return read

    monkeypatch.setattr(endings, "hold_attempt", held_late)

    assert end_never_sent(attempt.pk, given_up=True) is False

    attempt.refresh_from_db()
    assert attempt.status == "dialing"


def test_books_must_stay_fresh_until_the_telephone_is_answered(plumber: Firm) -> None:
    make_invoice(plumber)
    attempt = planned(plumber)
    Invoice.objects.update(read_at=clock.now() - timedelta(minutes=14, seconds=50))
    assert claim(attempt.pk)

    assert not decide(attempt.pk)

    assert Decision.objects.get(moment="dialing").reason == "BOOKS_STALE"


def test_who_answers_is_not_hung_up_on_because_the_books_aged_while_it_rang(
    plumber: Firm, tuesday: time_machine.Traveller
) -> None:
    make_invoice(plumber)
    attempt = planned(plumber)
    Invoice.objects.update(read_at=clock.now() - timedelta(minutes=14))
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    tuesday.shift(timedelta(minutes=1, seconds=30))  # a carrier slower than it may be

    assert "<Connect" in answer(attempt.pk, SID)


def test_books_read_thirteen_minutes_ago_are_read_again_before_the_call(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = make_invoice(plumber, pay_url="https://pay.example/1")
    attempt = planned(plumber)
    read: list[Any] = []
    monkeypatch.setattr(dialing, "read_fresh", read.append)

    Invoice.objects.update(read_at=clock.now() - timedelta(minutes=12, seconds=59))
    dialing._read_books(attempt)
    assert read == []

    Invoice.objects.update(read_at=clock.now() - timedelta(minutes=13, seconds=1))
    dialing._read_books(attempt)
    assert read == [invoice.pk]


def test_a_turn_at_the_carrier_is_taken_when_everything_slow_is_done(
    carrier: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = carrier.owes()
    (attempt,) = carrier.plan()
    done: list[str] = []
    monkeypatch.setattr(dialing, "_read_books", lambda _attempt: done.append("books read"))
    monkeypatch.setattr(line_types, "freshen", lambda *_: done.append("line looked up"))

    def turn(*_: Any, **__: Any) -> float:
        done.append("turn taken")
        return 0.0

    monkeypatch.setattr(pace, "take", turn)

    assert dial(attempt.pk) == "dialing"
    assert done == ["books read", "line looked up", "turn taken"]
    assert invoice.attempt_links.count() == 1


def test_a_line_of_somebody_else_is_ended_and_the_good_one_goes_on(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_invoice(plumber)
    attempt = decided(plumber)
    assert "<Connect" in answer(attempt.pk, SID)
    silenced: list[Any] = []
    ended: list[str] = []

    class Carrier:
        def hang_up(self, sid: str) -> CarrierCall:
            ended.append(sid)
            return CarrierCall(sid=sid, status="completed", to="", caller="", created_at=None)

    monkeypatch.setattr(hangups, "tell", lambda pk, _because: silenced.append(pk))
    monkeypatch.setattr(stops, "carrier_for", lambda _business: Carrier())

    assert tell_of(attempt.pk, ANOTHER, "ringing") is False
    stops.hang_up(Duty.objects.get(kind="hang_up"))

    attempt.refresh_from_db()
    assert (ended, silenced) == ([ANOTHER], [])
    assert (attempt.status, attempt.ended_because) == ("live", "")
    assert Call.objects.get().sid == SID
