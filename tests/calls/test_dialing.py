"""Dialing in three steps: decided under the locks, asked for once, and whatever came of it is known or looked up."""

import time as machine
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import ActivityLine, Business
from calls import dialing, pace
from calls.dialing import claim, decide, dial, take_note
from calls.endings import end_never_sent
from calls.lines import line_of
from calls.models import Attempt, Call, CallDoor
from calls.settling import settle
from compliance.models import Decision, PhoneContact
from disputes.freeze import NewClaim
from disputes.services import open_dispute
from integrations.models import Connection, PhoneLine
from integrations.twilio.client import CarrierCall
from invoices.models import Contact, Hold, Invoice
from notifications.models import Duty
from syntharra import clock
from syntharra.models import Due
from tests.calls.stage import EASTERN, SID, Stage, to_tuesday
from tests.cast import make_customer

pytestmark = pytest.mark.django_db


def planned(stage: Stage, **fields: Any) -> Attempt:
    invoice = stage.owes(**fields)
    (attempt,) = [a for a in stage.plan() if a.customer_id == invoice.customer_id]
    return attempt


def rings(stage: Stage) -> list[str]:
    """The numbers that rang, once the carrier's queue is empty."""
    stage.sim.wait_until_idle()
    return [ring["number"] for ring in stage.sim.rings()]


def later(attempt: Attempt, seconds: float) -> None:
    """As if the request had left so many seconds earlier and its worker's lease were over."""
    past = clock.machine_now() - timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt.pk).update(posted_at=past, leased_until=past)


def freeze(attempt: Attempt) -> None:
    pk = attempt.about.values_list("invoice_id", flat=True)[0]
    open_dispute(pk, claim=NewClaim(source="member", source_key="m", words="never finished"))


def test_a_call_is_asked_for_with_everything_the_carrier_needs(carrier: Stage) -> None:
    attempt = planned(carrier)

    assert dial(attempt.pk) == "dialing"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.dialing_on) == ("dialing", clock.today("America/New_York"))
    assert attempt.posted_at is not None
    call = Call.objects.get()
    (asked,) = carrier.sim.get("/calls")["calls"]
    assert (call.sid, call.status, call.to, call.caller) == (asked["sid"], "queued", "+16145550120", asked["from"])
    assert asked["from"] == PhoneLine.objects.get().number
    assert CallDoor.objects.get().attempt_id == attempt.pk
    assert PhoneContact.objects.get().result == "dialing"
    moments = Decision.objects.filter(subject_id=attempt.pk).order_by("at").values_list("moment", "decision")
    assert list(moments) == [("planned", "allowed"), ("dialing", "allowed")]
    assert rings(carrier) == ["+16145550120"]


def test_dialing_twice_rings_once(carrier: Stage) -> None:
    attempt = planned(carrier)

    assert [dial(attempt.pk), dial(attempt.pk), decide(attempt.pk), dialing.place(attempt.pk, "+16145550199")] == [
        "dialing", "not due", False, "not ours",
    ]  # fmt: skip
    assert rings(carrier) == ["+16145550120"]


def test_before_its_moment_nothing_is_dialed(carrier: Stage) -> None:
    attempt = planned(carrier)
    Attempt.objects.filter(pk=attempt.pk).update(planned_for=clock.now() + timedelta(minutes=1))

    assert dial(attempt.pk) == "not due"


def test_a_disputed_invoice_is_dropped_and_with_the_last_one_the_attempt_ends(carrier: Stage) -> None:
    attempt = planned(carrier)
    freeze(attempt)

    assert dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "DISPUTE_OPEN", False)
    assert attempt.about.get().dropped_reason == "DISPUTE_OPEN"
    assert rings(carrier) == []


def test_an_invoice_of_another_customer_by_now_is_dropped(carrier: Stage) -> None:
    attempt = planned(carrier)
    other = make_customer(carrier.firm, "Oak & Sons Landscaping")
    Invoice.objects.filter(pk=attempt.about.get().invoice_id).update(customer=other)

    assert dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.about.get().dropped_reason) == ("ended", "NOT_COLLECTIBLE")
    assert rings(carrier) == []


def test_what_is_on_hold_is_dropped_and_the_rest_is_called_about(carrier: Stage) -> None:
    invoice = carrier.owes()
    held = carrier.owes(customer=invoice.customer, balance="80.00")
    (attempt,) = carrier.plan()
    Hold.objects.create(customer=invoice.customer, invoice=held, reason="asked to wait", by="ava", since=clock.now())

    assert dial(attempt.pk) == "dialing"

    assert dict(attempt.about.values_list("invoice_id", "dropped_reason")) == {invoice.pk: "", held.pk: "ON_HOLD"}


def test_what_became_overdue_since_the_planning_joins_the_call(carrier: Stage) -> None:
    attempt = planned(carrier)
    younger = carrier.owes(customer=attempt.customer, balance="120.00")

    dial(attempt.pk)

    assert younger.pk in attempt.about.filter(dropped_at=None).values_list("invoice_id", flat=True)


def test_what_is_owed_in_another_currency_does_not_join(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.owes(customer=attempt.customer, balance="300.00", currency="EUR")

    assert dial(attempt.pk) == "dialing"
    assert attempt.about.count() == 1


@pytest.mark.parametrize("now", [{"role": "tenant"}, {"phone": "+16145550188"}, {"phone_problem": "refused"}])
def test_a_number_that_is_no_longer_that_of_who_pays_is_not_rung(carrier: Stage, now: dict[str, str]) -> None:
    attempt = planned(carrier)
    Contact.objects.filter(customer=attempt.customer_id).update(**now)

    assert dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "number_changed", False)
    assert rings(carrier) == []


def test_with_books_that_cannot_be_read_nobody_is_called(carrier: Stage) -> None:
    attempt = planned(carrier)
    Invoice.objects.update(read_at=clock.now() - timedelta(minutes=16))
    Connection.objects.update(state="reconnect")
    before = attempt.planned_for

    assert dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.leased_until) == ("planned", None)
    assert timedelta(minutes=14) < attempt.planned_for - before <= timedelta(minutes=16)
    assert Decision.objects.get(moment="dialing").reason == "BOOKS_STALE"
    assert rings(carrier) == []


def test_a_call_nobody_approved_waits(carrier: Stage) -> None:
    attempt = planned(carrier)
    Business.objects.update(reviews_calls=True)

    for _ in range(2):
        Attempt.objects.filter(pk=attempt.pk).update(planned_for=clock.now())
        assert dial(attempt.pk) == "not now"

    assert Attempt.objects.get().status == "planned"
    assert Decision.objects.get(moment="dialing").reason == "NOT_APPROVED"  # once a day
    Attempt.objects.update(approved_at=clock.now(), planned_for=clock.now())
    assert dial(attempt.pk) == "dialing"


def test_a_call_that_would_still_ring_after_hours_waits_for_the_morning(carrier: Stage) -> None:
    attempt = planned(carrier)
    to_tuesday(time(16, 59, 25))  # 25 s of ringing would be over in time; with the carrier's queue they might not
    Invoice.objects.update(read_at=clock.now())

    assert dial(attempt.pk) == "not now"

    attempt.refresh_from_db()
    assert attempt.planned_for.astimezone(EASTERN).strftime("%a %H:%M") == "Wed 09:00"
    assert rings(carrier) == []


def test_without_a_number_of_its_own_a_business_calls_nobody(carrier: Stage) -> None:
    attempt = planned(carrier)
    PhoneLine.objects.update(released_at=clock.now())

    assert dial(attempt.pk) == "no caller ID"
    assert Attempt.objects.get().status == "planned"
    assert rings(carrier) == []


@pytest.mark.parametrize("code", [21211, 21217, 13224, 21215, 21210])
def test_a_number_the_carrier_will_not_have_is_never_dialed_again(carrier: Stage, code: int) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", kind="reject", status=400, code=code, message="no")

    assert dial(attempt.pk) == "refused by the carrier"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.disposition, attempt.ended_because, attempt.counted) == (
        "ended", "failed", f"carrier_{code}", False,
    )  # fmt: skip
    assert Contact.objects.get().phone_problem == "refused"
    verbs = ActivityLine.objects.filter(subject_id=attempt.pk).order_by("recorded_at").values_list("verb", flat=True)
    assert list(verbs) == ["planned_call", "not_placed", "asks_owner"]
    assert carrier.plan() == []


def test_turned_away_for_want_of_room_is_planned_anew_and_not_counted(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", kind="rate_limited")

    assert dial(attempt.pk) == "refused by the carrier"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "carrier_20429", False)
    assert Due.objects.get(kind="plan").due_at < clock.now() + timedelta(minutes=16)
    (again,) = carrier.plan()
    assert again.number == 1
    assert dial(again.pk) == "dialing"
    assert rings(carrier) == ["+16145550120"]


def test_a_carrier_that_cannot_be_reached_was_not_asked(carrier: Stage, settings: Any) -> None:
    attempt = planned(carrier)
    settings.SIMULATORS_URL = "http://127.0.0.1:9"

    assert dial(attempt.pk) == "refused by the carrier"
    assert Attempt.objects.get().ended_because == "carrier_unreachable"
    assert Attempt.objects.get().counted is False


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_response"},
        {"kind": "error_after"},
        {"kind": "reject", "status": 429, "code": 429, "message": "proxy"},
    ],
    ids=["answer lost", "500 after the work", "429 of somebody in between"],
)
def test_when_nobody_knows_whether_it_began_it_is_never_asked_for_again(carrier: Stage, fault: dict[str, Any]) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", **fault)

    assert dial(attempt.pk) == "unknown"

    attempt.refresh_from_db()
    assert attempt.status == "unknown"
    assert [dial(attempt.pk), decide(attempt.pk)] == ["not due", False]
    assert len(rings(carrier)) == (0 if fault["kind"] == "reject" else 1)


def test_an_unknown_call_is_found_at_the_carrier_and_bound(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", kind="lost_response")
    dial(attempt.pk)
    later(attempt, 6)

    assert settle(attempt.pk) == "found"

    (asked,) = carrier.sim.get("/calls")["calls"]
    assert Call.objects.get().sid == asked["sid"]
    assert len(rings(carrier)) == 1


def test_an_unknown_call_that_is_nowhere_is_lost_after_three_looks_and_counts(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", kind="server_error", status=503, html=True)
    assert dial(attempt.pk) == "unknown"

    assert settle(attempt.pk) == "as it was"  # too early to look
    for seconds, word in ((6, "as it was"), (31, "as it was"), (121, "lost")):
        later(attempt, seconds)
        assert settle(attempt.pk) == word

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted, attempt.looked_up) == ("ended", "lost", True, 3)
    assert PhoneContact.objects.get().result == "no_answer"
    assert rings(carrier) == []
    assert carrier.plan()[0].number == 2


def test_a_look_nobody_answers_is_no_look(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/faults", kind="server_error", status=503)
    dial(attempt.pk)
    carrier.sim.post("/faults", kind="server_error", status=503, on="calls.list")
    later(attempt, 300)

    settle(attempt.pk)

    attempt.refresh_from_db()
    assert (attempt.status, attempt.looked_up) == ("unknown", 0)


def test_a_worker_that_died_before_asking_left_nothing_behind(carrier: Stage) -> None:
    attempt = planned(carrier)
    claim(attempt.pk)
    decide(attempt.pk)
    assert end_never_sent(attempt.pk) is False  # its lease still runs
    Attempt.objects.update(leased_until=clock.machine_now() - timedelta(seconds=1))

    assert settle(attempt.pk) == "never sent"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "never_sent", False)
    assert dialing.place(attempt.pk, "+16145550199") == "not ours"  # should the worker wake up again
    assert rings(carrier) == []
    assert carrier.plan()[0].number == 1


def test_a_worker_that_died_after_asking_is_looked_up(carrier: Stage) -> None:
    attempt = planned(carrier)
    claim(attempt.pk)
    decide(attempt.pk)
    later(attempt, 6)

    assert settle(attempt.pk) == "as it was"
    assert Attempt.objects.get().status == "unknown"


def test_a_call_that_waits_in_the_carriers_queue_is_taken_back(carrier: Stage) -> None:
    attempt = planned(carrier)
    carrier.sim.post("/queue", account=SID, backlog_seconds=60)

    dial(attempt.pk)

    assert Duty.objects.get(kind="hang_up").facts["because"] == "queued"
    carrier.work()
    assert Call.objects.get().status == "canceled"
    assert rings(carrier) == []


def test_a_freeze_while_the_request_is_under_way_gets_its_hang_up(carrier: Stage) -> None:
    attempt = planned(carrier)
    claim(attempt.pk)
    decide(attempt.pk)
    freeze(attempt)

    take_note(attempt.pk, CarrierCall("CA1", "queued", attempt.to, "+16145550199", None))

    duty = Duty.objects.get(kind="hang_up")
    assert (duty.facts["sid"], duty.facts["because"]) == ("CA1", "DISPUTE_OPEN")


def test_a_second_call_for_the_same_attempt_is_hung_up_on(carrier: Stage) -> None:
    attempt = planned(carrier)
    dial(attempt.pk)

    take_note(attempt.pk, CarrierCall("CA2", "queued", attempt.to, "+16145550199", None))

    assert Duty.objects.get(kind="hang_up").facts["sid"] == "CA2"
    assert Call.objects.get().sid != "CA2"


def test_calls_are_paced(carrier: Stage, settings: Any) -> None:
    settings.CALLS_PER_SECOND = 0.2
    first, second = planned(carrier), planned(carrier, phone="+16145550121")

    assert [dial(first.pk), dial(second.pk)] == ["dialing", "paced"]

    second.refresh_from_db()
    assert (second.status, second.leased_until) == ("planned", None)


def test_who_waits_for_the_carriers_rate_is_called_in_turn_and_never_two_at_once() -> None:
    account = f"AC-{uuid4()}"

    waits = [pace.take(account, who, per_second=2.0) for who in "abc"]
    again = pace.take(account, "c", per_second=2.0)

    assert waits[0] == 0
    assert 0.4 < waits[1] <= 0.5
    assert 0.9 < waits[2] <= 1.0
    assert again <= waits[2]  # asked again, it keeps its place
    machine.sleep(1.1)  # all of their turns have come: still one leaves, and the next an interval later
    assert pace.take(account, "b", per_second=2.0) == 0
    assert 0.4 < pace.take(account, "c", per_second=2.0) <= 0.5
    assert pace.take("AC-another", "d", per_second=2.0) == 0


def test_a_customer_always_sees_the_same_number_of_the_firm(carrier: Stage) -> None:
    first = PhoneLine.objects.get()
    invoice = carrier.owes("no_answer")
    Call.objects.create(  # made before the firm had a second number
        attempt=Attempt.objects.create(
            customer=invoice.customer, status="ended", number=1, to="+16145550120", planned_for=clock.now()
        ),
        customer=invoice.customer,
        sid="CA0",
        status="no-answer",
        to="+16145550120",
        caller=first.number,
        placed_at=clock.now(),
    )
    second = PhoneLine.objects.create(number="+16145550555", sandbox=True, is_main=True, created_at=clock.now())

    assert line_of(carrier.firm.business, invoice.customer_id) == first.number
    assert line_of(carrier.firm.business, carrier.owes("busy", phone="+16145550121").customer_id) == second.number
    PhoneLine.objects.filter(pk=first.pk).update(released_at=clock.now())
    assert line_of(carrier.firm.business, invoice.customer_id) == second.number
