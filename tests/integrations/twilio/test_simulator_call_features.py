"""Machine detection, recordings, and calls from outside."""

import time
from typing import Any

import httpx2
import pytest

from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)

HELLO = "<Response><Say>Hello</Say></Response>"
LONG = "<Response><Pause length='60'/></Response>"


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

    number = stage.person({"silence": 30}, line={"answer_after": 1, "amd_after": 25})

    call = stage.finished(number, **detecting(stage, "Enable"))

    assert amd(stage) == []
    assert call["answered_by"] is None


def test_detection_that_is_not_asynchronous_holds_the_instructions_back(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    call = stage.finished(stage.person({"silence": 600}), machine_detection="Enable")

    assert stage.customer.at("/voice/1")[0].params["AnsweredBy"] == "human"
    assert call["transcript"][0]["seconds"] >= 1.8
    assert stage.client.calls(call["sid"]).fetch().answered_by == "human"


def test_detection_is_not_done_where_digits_are_sent(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(stage.person({"silence": 600}), machine_detection="Enable", send_digits="ww1")

    assert "AnsweredBy" not in stage.customer.at("/voice/1")[0].params


# -- recordings ----------------------------------------------------------------------------------


def test_a_recording_started_in_the_script_is_reported_and_can_be_fetched(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Start><Recording channels="dual" recordingStatusCallback="/rec" '
        'recordingStatusCallbackEvent="in-progress completed"/></Start><Pause length="5"/></Response>'
    )

    call = stage.finished(stage.person({"silence": 600}))

    states = [(got.params["RecordingStatus"], got.params.get("RecordingDuration")) for got in stage.customer.at("/rec")]
    recording = stage.client.calls(call["sid"]).recordings.list()[0]
    assert states == [("in-progress", None), ("completed", recording.duration)]
    assert (recording.status, recording.channels) == ("completed", 2)
    assert 5 <= int(recording.duration) < 20
    url = stage.customer.at("/rec")[-1].params["RecordingUrl"]
    assert url == f"https://api.twilio.com/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Recordings/{recording.sid}"


def test_the_sound_is_a_wav_of_the_right_length_behind_the_accounts_key(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Start><Recording/></Start><Pause length="5"/></Response>'
    call = stage.finished(stage.person({"silence": 600}))
    recording = stage.client.calls(call["sid"]).recordings.list()[0]
    address = f"{stage.base_url}/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Recordings/{recording.sid}.wav"

    stranger = httpx2.get(address, trust_env=False)
    sound = httpx2.get(address, auth=(AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token), trust_env=False)

    assert stranger.status_code == 401
    assert sound.headers["content-type"] == "audio/x-wav"
    assert len(sound.content) == 44 + int(recording.duration) * 8000 * 2


def test_the_same_sound_comes_as_mp3_where_that_is_asked_for(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Start><Recording channels="dual"/></Start><Pause length="5"/></Response>'
    )
    recording = stage.client.calls(stage.finished(stage.person({"silence": 600}))["sid"]).recordings.list()[0]
    address = f"{stage.base_url}/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Recordings/{recording.sid}.mp3"

    sound = httpx2.get(address, auth=(AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token), trust_env=False)

    frames, rest = divmod(len(sound.content), 36)
    assert (sound.headers["content-type"], rest) == ("audio/mpeg", 0)
    assert abs(frames * 576 / 16_000 - int(recording.duration)) < 0.04
    assert {sound.content[at : at + 4] for at in range(0, len(sound.content), 36)} == {b"\xff\xf3\x18\x00"}


def test_record_is_ignored_on_relay_calls_and_honoured_on_others(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = stage.customer.relay()
    relayed = stage.finished("+16145550110", record=True)
    stage.customer.twiml["/voice/1"] = HELLO
    spoken = stage.finished(stage.person({"silence": 600}), record=True)

    assert stage.client.calls(relayed["sid"]).recordings.list() == []
    assert [r.source for r in stage.client.calls(spoken["sid"]).recordings.list()] == ["OutboundAPI"]


def test_a_refused_recording_is_stopped_and_deleted(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Start><Recording/></Start><Pause length="30"/></Response>'
    sid = stage.call(stage.person({"silence": 600})).sid
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


def test_two_people_may_ring_us_at_once(stage: Stage) -> None:
    stage.customer.twiml["/in"] = LONG.replace("60", "20")
    order = {"to": OUR_NUMBER, "voice_url": stage.customer.base_url + "/in"}

    for caller in ("+16145550103", "+16145550104"):
        stage.control.post("/inbound", **{"from": caller, **order})
    stage.control.wait_until_idle()

    rings = stage.control.get("/rings")
    assert [ring["direction"] for ring in rings["rings"]] == ["inbound", "inbound"]
    assert (rings["repeated_urls"], rings["overlapping"]) == ({}, [])


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_call_from_outside_can_be_rejected(stage: Stage, reason: str, status: str) -> None:
    stage.customer.twiml["/in"] = f'<Response><Reject reason="{reason}"/></Response>'
    order = {"from": "+16145550103", "to": OUR_NUMBER, "voice_url": stage.customer.base_url + "/in"}

    sid = stage.control.post("/inbound", **order)["sid"]
    stage.control.wait_until_idle()

    assert stage.control.call(sid)["status"] == status
    assert stage.control.call(sid)["transcript"] == []
