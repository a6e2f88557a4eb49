"""Which calls count as one of the three: what rang, what may have rung, on every invoice it rang about."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ActivityLine
from calls import settling
from calls.answering import answer
from calls.dialing import claim, decide, dial, take_note
from calls.history import History
from calls.lattice import fetched
from calls.models import Attempt, Call
from calls.planning import plan
from calls.settling import settle, tell_of
from compliance.models import Decision, PhoneContact
from integrations.errors import Refused
from integrations.twilio.client import CarrierCall
from invoices.models import Contact, Invoice
from notifications.models import Duty
from syntharra import clock
from tests.calls.stage import SID as ACCOUNT
from tests.calls.stage import Stage
from tests.calls.test_dialing import later, planned, rings
from tests.cast import Firm, make_invoice

SID = "CA00000000000000000000000000000001"
on_tuesday = pytest.mark.usefixtures("tuesday")
pytestmark = pytest.mark.django_db


def asked(firm: Firm) -> Attempt:
    """Decided on, and the request to the carrier has left."""
    plan(firm.business.pk)
    attempt = Attempt.objects.get(status="planned")
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    Attempt.objects.filter(pk=attempt.pk).update(posted_at=clock.machine_now())
    return attempt


def counted(attempt: Attempt) -> tuple[str, bool, str]:
    attempt.refresh_from_db()
    return attempt.disposition, attempt.counted, PhoneContact.objects.get().result


@on_tuesday
@pytest.mark.parametrize("word", ["failed", "canceled"])
def test_what_was_seen_ringing_is_an_attempt_whatever_its_end_is_called(plumber: Firm, word: str) -> None:
    make_invoice(plumber)
    attempt = asked(plumber)
    tell_of(attempt.pk, SID, "ringing")
    tell_of(attempt.pk, SID, word)
    assert counted(attempt) == ("failed", True, "no_answer")


@on_tuesday
@pytest.mark.parametrize("word", ["failed", "canceled"])
def test_what_never_rang_is_none(plumber: Firm, word: str) -> None:
    make_invoice(plumber)
    attempt = asked(plumber)
    tell_of(attempt.pk, SID, "queued")
    tell_of(attempt.pk, SID, word)
    assert counted(attempt) == ("failed", False, "failed_before_ring")


@on_tuesday
@pytest.mark.parametrize(("rang", "is_one"), [(True, True), (False, False)])
def test_a_call_to_be_taken_back_from_the_queue_is_an_attempt_if_it_rang_before(
    plumber: Firm, rang: bool, is_one: bool
) -> None:
    make_invoice(plumber)
    attempt = asked(plumber)
    order = CarrierCall(sid=SID, status="queued", to=attempt.to, caller="", created_at=None, queue_seconds=20.0)
    take_note(attempt.pk, order)
    if rang:
        tell_of(attempt.pk, SID, "ringing")
    tell_of(attempt.pk, SID, "no-answer" if rang else "canceled")
    attempt.refresh_from_db()
    assert (attempt.ended_because, attempt.counted) == ("queued", is_one)


class Forgot:
    """A carrier that has no such call any more."""

    def fetch(self, sid: str) -> CarrierCall:
        raise Refused("gone", code="20404")


@on_tuesday
@pytest.mark.parametrize("word", ["queued", "ringing"])
def test_of_a_call_the_carrier_forgot_nobody_can_say_that_it_did_not_ring(
    plumber: Firm, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_invoice(plumber)
    attempt = asked(plumber)
    tell_of(attempt.pk, SID, word)
    Attempt.objects.update(posted_at=clock.machine_now() - timedelta(minutes=20), leased_until=None)
    monkeypatch.setattr(settling, "carrier_for", lambda _: Forgot())

    settle(attempt.pk)

    assert counted(attempt) == ("failed", True, "no_answer")
    assert Attempt.objects.get().ended_because == "lost"


@on_tuesday
def test_a_number_that_cannot_be_connected_is_tried_once_a_day_and_after_three_days_left_to_the_owner(
    plumber: Firm, tuesday: Any
) -> None:
    make_invoice(plumber)
    for day in range(3):
        for _ in range(3):
            plan(plumber.business.pk)
            tuesday.move_to(max(clock.now(), *Attempt.objects.values_list("planned_for", flat=True)))
            Invoice.objects.update(read_at=clock.now())
            for attempt in Attempt.objects.filter(status="planned"):
                assert claim(attempt.pk)
                if decide(attempt.pk):
                    tell_of(attempt.pk, f"CA{attempt.pk}", "failed")
        assert Attempt.objects.filter(dialing_at__isnull=False).count() <= 3 * (day + 1)

    dials = list(Attempt.objects.order_by("dialing_at").values_list("dialing_on", "counted"))
    assert len(dials) == 3
    assert len({on for on, _ in dials}) == 3
    assert {is_one for _, is_one in dials} == {False}
    assert Contact.objects.get().phone_problem == "unconnected"
    assert ActivityLine.objects.get(verb="asks_owner").detail.facts["task"] == "number_fails"
    plan(plumber.business.pk)
    assert not Attempt.objects.filter(status="planned").exists()


@on_tuesday
def test_the_day_a_number_failed_says_why_nobody_dials_it_again(plumber: Firm) -> None:
    make_invoice(plumber)
    tell_of(asked(plumber).pk, SID, "failed")
    Decision.objects.all().delete()
    plan(plumber.business.pk)
    again = Attempt.objects.get(status="planned")
    assert again.planned_for.date() > clock.now().date()


@on_tuesday
def test_an_attempt_whose_invoice_is_dropped_at_the_answer_is_one_of_its_three(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    attempt = asked(plumber)
    Invoice.objects.update(in_flight=True)
    assert "<Hangup" in answer(attempt.pk, SID)
    tell_of(attempt.pk, SID, "completed", seconds=3)

    attempt.refresh_from_db()
    assert (attempt.counted, attempt.about.get().dropped_reason) == (True, "PAYMENT_IN_FLIGHT")
    assert History.of({invoice.customer_id}, []).dials(invoice.pk) == 1


@on_tuesday
def test_an_invoice_dropped_before_it_rang_has_lost_none_of_its_three(plumber: Firm, tuesday: Any) -> None:
    first = make_invoice(plumber)
    other = make_invoice(plumber, first.customer, balance="90.00")
    plan(plumber.business.pk)
    attempt = Attempt.objects.get()
    Invoice.objects.filter(pk=other.pk).update(in_flight=True)
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    tuesday.shift(timedelta(seconds=10))
    assert "<Connect" in answer(attempt.pk, SID)
    past = History.of({first.customer_id}, [])
    assert (past.dials(first.pk), past.dials(other.pk)) == (1, 0)


@pytest.mark.parametrize(
    ("current", "word", "expected"),
    [
        ("in-progress", "busy", "completed"),
        ("in-progress", "no-answer", "completed"),
        ("in-progress", "failed", "failed"),
        ("in-progress", "in-progress", "in-progress"),
        ("ringing", "busy", "busy"),
    ],
)
def test_what_the_carrier_calls_over_when_asked_is_over(current: str, word: str, expected: str) -> None:
    assert fetched(current, word) == expected


@on_tuesday
def test_a_line_the_carrier_says_was_busy_after_it_was_answered_is_asked_about_once(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_invoice(plumber)
    attempt = asked(plumber)
    assert "<Connect" in answer(attempt.pk, SID)
    tell_of(attempt.pk, SID, "busy")
    assert Call.objects.get().status == "in-progress"
    Attempt.objects.update(posted_at=clock.machine_now() - timedelta(minutes=20), leased_until=None)

    class Repeats:
        def fetch(self, sid: str) -> CarrierCall:
            return CarrierCall(sid=sid, status="busy", to="", caller="", created_at=None)

    monkeypatch.setattr(settling, "carrier_for", lambda _: Repeats())
    assert settle(attempt.pk) == "fetched"
    attempt.refresh_from_db()
    assert (attempt.status, attempt.counted, Call.objects.get().status) == ("ended", True, "completed")


def test_a_call_that_waits_in_the_carriers_queue_is_found_there_and_taken_back(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/queue", account=ACCOUNT, backlog_seconds=600)
    carrier.sim.post("/faults", kind="lost_response")

    assert dial(attempt.pk) == "unknown"
    later(attempt, 6)

    assert settle(attempt.pk) == "found"
    assert Duty.objects.get(kind="hang_up").facts["because"] == "queued"
    carrier.work()
    assert (Call.objects.get().status, rings(carrier)) == ("canceled", [])
    attempt.refresh_from_db()
    assert (attempt.status, attempt.counted) == ("ended", False)
