"""The life of a call, and what the application is told of it."""

import time

import pytest
from twilio.base.exceptions import TwilioRestException

from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)

HELLO = "<Response><Say>Hello</Say></Response>"
LONG = "<Response><Pause length='60'/></Response>"


def told(stage: Stage) -> list[tuple[str, str]]:
    return [(got.params["SequenceNumber"], got.params["CallStatus"]) for got in stage.customer.at("/status/1")]


def test_an_answered_call_tells_its_four_events_in_order(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    number = stage.person({"silence": 600})

    call = stage.finished(number)

    assert told(stage) == [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")]
    last = stage.customer.at("/status/1")[-1].params
    assert last["CallSid"] == call["sid"]
    assert last["AccountSid"] == AVA_ACCOUNT.sid
    assert (last["From"], last["To"], last["Direction"]) == (OUR_NUMBER, number, "outbound-api")
    assert last["ApiVersion"] == "2010-04-01"
    assert last["CallbackSource"] == "call-progress-events"
    assert last["CallDuration"] == str(call["seconds"])
    assert last["Duration"] == "1"
    assert last["SipResponseCode"] == "200"
    assert last["Timestamp"].endswith("+0000")


def test_only_the_end_is_told_unless_more_was_asked_for(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(stage.person({"silence": 600}), status_callback_event=None)

    assert told(stage) == [("0", "completed")]


def test_the_instructions_are_asked_for_with_the_call_in_progress(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    number = stage.person({"silence": 600})

    stage.finished(number)

    asked = stage.customer.at("/voice/1")[0]
    assert asked.method == "POST"
    assert (asked.params["CallStatus"], asked.params["Called"], asked.params["ToCountry"]) == (
        "in-progress",
        number,
        "US",
    )
    assert asked.params["ToCity"] == ""
    assert asked.signed


def test_instructions_may_be_asked_for_by_get_and_the_query_is_signed(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(stage.person({"silence": 600}), path="/voice/1?attempt=7", method="GET")

    asked = stage.customer.at("/voice/1")[0]
    assert asked.method == "GET"
    assert asked.params["attempt"] == "7"
    assert asked.signed


@pytest.mark.parametrize(
    ("number", "status", "sip_code", "rang"),
    [
        ("+16145550120", "busy", "486", False),
        ("+16145550121", "failed", "404", False),
        ("+16145550109", "no-answer", "480", True),
    ],
)
def test_a_call_nobody_takes_ends_under_the_completed_event(
    stage: Stage, number: str, status: str, sip_code: str, rang: bool
) -> None:
    stage.control.post("/scenarios", number="+16145550120", persona="busy")
    stage.control.post("/scenarios", number="+16145550121", persona="failed_bad_number")

    call = stage.finished(number, timeout=10)

    last = stage.customer.at("/status/1")[-1].params
    assert (last["CallStatus"], last["SipResponseCode"], last["CallDuration"]) == (status, sip_code, "0")
    assert call["status"] == status
    assert stage.customer.at("/voice/1") == []
    assert [ring["rang"] for ring in stage.control.rings()] == [rang]
    fetched = stage.client.calls(call["sid"]).fetch()
    assert (fetched.status, fetched.duration) == (status, "0")


def test_the_phone_rings_as_long_as_was_asked(stage: Stage) -> None:
    stage.control.post("/config", speed=50)
    began = time.monotonic()

    stage.finished("+16145550109", timeout=25)

    assert 0.5 <= time.monotonic() - began < 5


def test_somebody_slower_than_the_timeout_is_not_reached(stage: Stage) -> None:
    number = stage.person({"silence": 30}, line={"answer_after": 20})

    assert stage.finished(number, timeout=15)["status"] == "no-answer"


def test_a_ringing_call_is_canceled(stage: Stage) -> None:
    sid = stage.call("+16145550109").sid
    stage.control.wait_for(sid, "ringing")

    stage.client.calls(sid).update(status="canceled")
    stage.control.wait_until_idle()

    assert told(stage)[-1] == ("2", "canceled")
    assert stage.control.call(sid)["ended_by"] == "api"


def test_an_answered_call_cannot_be_canceled_but_completed(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG
    sid = stage.call(stage.person({"silence": 600})).sid
    stage.control.wait_for(sid, "in-progress")

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).update(status="canceled")
    updated = stage.client.calls(sid).update(status="completed")
    stage.control.wait_until_idle()

    assert refusal.value.code == 21220
    assert updated.status == "completed"
    assert told(stage)[-1] == ("3", "completed")


def test_a_ringing_call_takes_no_other_instructions(stage: Stage) -> None:
    sid = stage.call("+16145550109").sid
    stage.control.wait_for(sid, "ringing")

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).update(twiml="<Response><Hangup/></Response>")

    assert refusal.value.code == 21220
    assert "Call is not in-progress. Cannot redirect." in refusal.value.msg


def test_the_time_limit_ends_a_call(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG

    call = stage.finished(stage.person({"silence": 600}), time_limit=5)

    assert (call["status"], call["ended_by"]) == ("completed", "time_limit")
    assert 5 <= call["seconds"] < 30


def test_the_time_limit_can_be_shortened_while_the_call_runs(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG
    sid = stage.call(stage.person({"silence": 600})).sid
    stage.control.wait_for(sid, "in-progress")

    stage.client.calls(sid).update(time_limit=8)
    stage.control.wait_until_idle()

    assert stage.control.call(sid)["ended_by"] == "time_limit"


def test_a_person_hangs_up_when_the_script_says_so(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG

    call = stage.finished(stage.person({"silence": 7}, {"hang_up": True}))

    assert (call["status"], call["ended_by"]) == ("completed", "person")
    assert 7 <= call["seconds"] < 30
