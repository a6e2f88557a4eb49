"""The life of a call, and what the application is told of it."""

import time
from typing import Any

import httpx2
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
    number = stage.person({"silence": 30})

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

    stage.finished(stage.person({"silence": 30}), status_callback_event=None)

    assert told(stage) == [("0", "completed")]


def test_the_instructions_are_asked_for_with_the_call_in_progress(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    number = stage.person({"silence": 30})

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

    stage.finished(stage.person({"silence": 30}), path="/voice/1?attempt=7", method="GET")

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
    sid = stage.call(stage.person({"silence": 60})).sid
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

    call = stage.finished(stage.person({"silence": 60}), time_limit=5)

    assert (call["status"], call["ended_by"]) == ("completed", "time_limit")
    assert 5 <= call["seconds"] < 30


def test_the_time_limit_can_be_shortened_while_the_call_runs(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG
    sid = stage.call(stage.person({"silence": 60})).sid
    stage.control.wait_for(sid, "in-progress")

    stage.client.calls(sid).update(time_limit=8)
    stage.control.wait_until_idle()

    assert stage.control.call(sid)["ended_by"] == "time_limit"


def test_a_person_hangs_up_when_the_script_says_so(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG

    call = stage.finished(stage.person({"silence": 7}, {"hang_up": True}))

    assert (call["status"], call["ended_by"]) == ("completed", "person")
    assert 7 <= call["seconds"] < 30


# -- human or machine ----------------------------------------------------------------------------


def amd(stage: Stage) -> list[dict[str, str]]:
    return [got.params for got in stage.customer.at("/amd")]


def detecting(stage: Stage, mode: str, **more: Any) -> dict[str, Any]:
    url = stage.customer.base_url + "/amd"
    return {"machine_detection": mode, "async_amd": "true", "async_amd_status_callback": url, **more}


@pytest.mark.parametrize(
    ("script", "mode", "verdict", "milliseconds"),
    [
        ({"silence": 30}, "Enable", "human", "1800"),
        ({"silence": 30}, "DetectMessageEnd", "human", "1800"),
    ],
)
def test_a_human_is_recognised(
    stage: Stage, script: dict[str, Any], mode: str, verdict: str, milliseconds: str
) -> None:
    stage.customer.twiml["/voice/1"] = LONG.replace("60", "5")

    call = stage.finished(stage.person(script), **detecting(stage, mode))

    assert [(got["AnsweredBy"], got["MachineDetectionDuration"]) for got in amd(stage)] == [(verdict, milliseconds)]
    assert call["answered_by"] == verdict
    assert set(amd(stage)[0]) == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}


@pytest.mark.parametrize(("mode", "verdict"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")])
def test_a_machine_is_recognised_at_its_start_or_after_its_beep(stage: Stage, mode: str, verdict: str) -> None:
    stage.customer.twiml["/voice/1"] = LONG.replace("60", "20")

    call = stage.finished("+16145550108", **detecting(stage, mode))

    assert [got["AnsweredBy"] for got in amd(stage)] == [verdict]
    assert [line["text"] for line in call["transcript"] if line["who"] == "line"] == ["(beep)"]


def test_a_slow_verdict_is_unknown(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = LONG.replace("60", "20")

    stage.finished("+16145550108", **detecting(stage, "DetectMessageEnd", machine_detection_timeout=4))

    assert [(got["AnsweredBy"], got["MachineDetectionDuration"]) for got in amd(stage)] == [("unknown", "4000")]


def test_no_verdict_comes_for_a_call_that_ended_before_it(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    call = stage.finished(stage.person({"silence": 30}), **detecting(stage, "Enable"))

    assert amd(stage) == []
    assert call["answered_by"] is None


def test_detection_that_is_not_asynchronous_holds_the_instructions_back(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    call = stage.finished(stage.person({"silence": 30}), machine_detection="Enable")

    assert stage.customer.at("/voice/1")[0].params["AnsweredBy"] == "human"
    assert call["transcript"][0]["seconds"] >= 1.8
    assert stage.client.calls(call["sid"]).fetch().answered_by == "human"


def test_detection_is_not_done_where_digits_are_sent(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(stage.person({"silence": 30}), machine_detection="Enable", send_digits="ww1")

    assert "AnsweredBy" not in stage.customer.at("/voice/1")[0].params


# -- recordings ----------------------------------------------------------------------------------


def test_a_recording_started_in_the_script_is_reported_and_can_be_fetched(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Start><Recording channels="dual" recordingStatusCallback="/rec" '
        'recordingStatusCallbackEvent="in-progress completed"/></Start><Pause length="5"/></Response>'
    )

    call = stage.finished(stage.person({"silence": 30}))

    states = [(got.params["RecordingStatus"], got.params.get("RecordingDuration")) for got in stage.customer.at("/rec")]
    recording = stage.client.calls(call["sid"]).recordings.list()[0]
    assert states == [("in-progress", None), ("completed", recording.duration)]
    assert (recording.status, recording.channels) == ("completed", 2)
    assert 5 <= int(recording.duration) < 20
    url = stage.customer.at("/rec")[-1].params["RecordingUrl"]
    assert url == f"https://api.twilio.com/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Recordings/{recording.sid}"


def test_the_sound_is_a_wav_of_the_right_length_behind_the_accounts_key(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Start><Recording/></Start><Pause length="5"/></Response>'
    call = stage.finished(stage.person({"silence": 30}))
    recording = stage.client.calls(call["sid"]).recordings.list()[0]
    address = f"{stage.base_url}/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Recordings/{recording.sid}.wav"

    stranger = httpx2.get(address, trust_env=False)
    sound = httpx2.get(address, auth=(AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token), trust_env=False)

    assert stranger.status_code == 401
    assert sound.headers["content-type"] == "audio/x-wav"
    assert len(sound.content) == 44 + int(recording.duration) * 8000 * 2


def test_record_is_ignored_on_relay_calls_and_honoured_on_others(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = stage.customer.relay()
    relayed = stage.finished("+16145550110", record=True)
    stage.customer.twiml["/voice/1"] = HELLO
    spoken = stage.finished(stage.person({"silence": 30}), record=True)

    assert stage.client.calls(relayed["sid"]).recordings.list() == []
    assert [r.source for r in stage.client.calls(spoken["sid"]).recordings.list()] == ["OutboundAPI"]


def test_a_refused_recording_is_stopped_and_deleted(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Start><Recording/></Start><Pause length="30"/></Response>'
    sid = stage.call(stage.person({"silence": 60})).sid
    stage.control.wait_for(sid, "in-progress")
    while not (recordings := stage.client.calls(sid).recordings.list()):
        time.sleep(0.01)

    stopped = stage.client.calls(sid).recordings("Twilio.CURRENT").update(status="stopped")
    deleted = stage.client.calls(sid).recordings(recordings[0].sid).delete()

    assert stopped.status == "completed"
    assert deleted
    assert stage.client.calls(sid).recordings.list() == []


# -- ringing in ----------------------------------------------------------------------------------


def test_somebody_rings_us(stage: Stage) -> None:
    stage.customer.twiml["/in"] = "<Response><Say>You have reached Ava's Plumbing.</Say></Response>"

    url = stage.customer.base_url + "/in"
    sid = stage.control.post("/inbound", **{"from": "+16145550103", "to": OUR_NUMBER, "voice_url": url})["sid"]
    stage.control.wait_until_idle()

    asked = stage.customer.at("/in")[0].params
    assert (asked["Direction"], asked["CallStatus"]) == ("inbound", "ringing")
    assert (asked["From"], asked["To"]) == ("+16145550103", OUR_NUMBER)
    call = stage.control.call(sid)
    assert (call["status"], call["person"]) == ("completed", "Ana Reyes")
    assert stage.client.calls(sid).fetch().direction == "inbound"


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_call_from_outside_can_be_rejected(stage: Stage, reason: str, status: str) -> None:
    stage.customer.twiml["/in"] = f'<Response><Reject reason="{reason}"/></Response>'
    order = {"from": "+16145550103", "to": OUR_NUMBER, "voice_url": stage.customer.base_url + "/in"}

    sid = stage.control.post("/inbound", **order)["sid"]
    stage.control.wait_until_idle()

    assert stage.control.call(sid)["status"] == status
    assert stage.control.call(sid)["transcript"] == []
