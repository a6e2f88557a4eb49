"""The verbs of TwiML beside the relay: a second leg, a message taken, a card asked for, sound streamed."""

import json
from typing import Any

import pytest
from starlette.responses import Response

from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    twilio_theatre,
)

OWNER = "+16145550144"


def dial(stage: Stage, attributes: str = "", number: str = "") -> Any:
    noun = number or f"<Number>{OWNER}</Number>"
    stage.customer.twiml["/voice/1"] = f'<Response><Dial action="/dialed" {attributes}>{noun}</Dial></Response>'
    stage.customer.twiml["/dialed"] = "<Response><Hangup/></Response>"
    return stage.finished(stage.person({"silence": 900}))


# -- <Dial> ------------------------------------------------------------------------------------------


def test_a_person_is_connected_and_talks_as_long_as_he_likes(stage: Stage) -> None:
    stage.control.post("/scenarios", number=OWNER, persona="promises", line={"answer_after": 3, "talks_for": 42})

    call = dial(stage, 'timeout="20"')

    (result,) = stage.customer.at("/dialed")
    assert (result.params["DialCallStatus"], result.params["DialBridged"]) == ("completed", "true")
    assert 42 <= int(result.params["DialCallDuration"]) <= 46
    child = stage.control.call(result.params["DialCallSid"])
    assert (child["parent_call_sid"], child["direction"], child["to"]) == (call["sid"], "outbound-dial", OWNER)


@pytest.mark.parametrize(
    ("persona", "attributes", "status"),
    [
        ("no_answer", 'timeout="10"', "no-answer"),
        ("busy", "", "busy"),
        ("failed_bad_number", "", "failed"),
        ("voicemail", 'timeout="5"', "no-answer"),
    ],
)
def test_nobody_is_there_to_be_connected(stage: Stage, persona: str, attributes: str, status: str) -> None:
    stage.control.post("/scenarios", number=OWNER, persona=persona)

    call = dial(stage, attributes)

    (result,) = stage.customer.at("/dialed")
    assert (result.params["DialCallStatus"], result.params["DialBridged"]) == (status, "false")
    assert "DialCallDuration" not in result.params
    assert call["status"] == "completed"


def test_the_second_leg_is_told_about_in_order_and_recorded_on_two_channels(stage: Stage) -> None:
    url = f"{stage.customer.base_url}/leg"
    events = "initiated ringing answered completed"
    stage.control.post("/scenarios", number=OWNER, persona="promises", line={"answer_after": 2})

    call = dial(
        stage,
        f'record="record-from-answer-dual" recordingStatusCallback="{stage.customer.base_url}/recording"',
        f'<Number statusCallback="{url}" statusCallbackEvent="{events}">{OWNER}</Number>',
    )

    told = [(got.params["CallStatus"], got.params["SequenceNumber"]) for got in stage.customer.at("/leg")]
    assert told == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]
    assert {got.params["ParentCallSid"] for got in stage.customer.at("/leg")} == {call["sid"]}
    (recording,) = stage.customer.at("/recording")
    assert (recording.params["RecordingSource"], recording.params["RecordingChannels"]) == ("DialVerb", "2")


def test_a_bridge_ends_at_its_time_limit(stage: Stage) -> None:
    stage.control.post("/scenarios", number=OWNER, persona="promises", line={"answer_after": 1, "talks_for": 600})

    dial(stage, 'timeLimit="15"')

    (result,) = stage.customer.at("/dialed")
    assert 15 <= int(result.params["DialCallDuration"]) <= 18


# -- answers that are not markup ---------------------------------------------------------------------


@pytest.mark.parametrize(("words", "said"), [("We are closed today.", ["We are closed today."]), ("", [])])
def test_plain_text_is_said_as_it_stands_and_an_empty_answer_ends_the_call(
    stage: Stage, words: str, said: list[str]
) -> None:
    stage.customer.twiml["/voice/1"] = Response(words, media_type="text/plain")

    call = stage.finished(stage.person({"silence": 60}))

    assert [line["text"] for line in call["transcript"]] == said
    assert (call["status"], stage.control.debugger_codes()) == ("completed", [])


# -- <Record>, <Pay>, <Stop> -------------------------------------------------------------------------


def test_a_message_is_taken_after_the_beep_and_given_to_the_action(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Record action="/message" timeout="70"/><Say>Nothing.</Say></Response>'
    )
    stage.customer.twiml["/message"] = "<Response><Hangup/></Response>"
    number = stage.person({"silence": 60}, {"say": "Please call me back about the boiler."}, {"silence": 400})

    call = stage.finished(number)

    (message,) = stage.customer.at("/message")
    assert message.params["RecordingSid"].startswith("RE")
    assert 60 <= int(message.params["RecordingDuration"]) <= 180
    assert [line["text"] for line in call["transcript"]] == ["(beep)", "Please call me back about the boiler."]


def test_who_hangs_up_after_speaking_has_left_a_message_all_the_same(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Record action="/message" timeout="300"/></Response>'

    stage.finished(stage.person({"silence": 60}, {"say": "Call me."}, {"hang_up": True}))

    (message,) = stage.customer.at("/message")
    assert (message.params["Digits"], message.params["CallStatus"]) == ("hangup", "completed")


def test_where_nothing_is_said_the_next_verb_follows(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Record action="/message" timeout="2"/><Say>Bye.</Say></Response>'

    call = stage.finished(stage.person({"silence": 60}))

    assert stage.customer.at("/message") == []
    assert [line["text"] for line in call["transcript"]] == ["(beep)", "Bye."]


def test_a_key_ends_the_message(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Record action="/message" timeout="120" finishOnKey="#"/></Response>'
    stage.customer.twiml["/message"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"silence": 60}, {"say": "Call me."}, {"dtmf": "#"}, {"silence": 60}))

    assert stage.customer.at("/message")[0].params["Digits"] == "#"


def test_a_recording_is_stopped_by_a_document(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Start><Recording/></Start><Pause length="2"/><Stop><Recording/></Stop><Pause length="20"/></Response>'
    )

    sid = stage.finished(stage.person({"silence": 60}))["sid"]

    (recording,) = stage.client.calls(sid).recordings.list()
    assert (recording.status, recording.duration in {"2", "3"}) == ("completed", True)


def test_a_card_is_asked_for_only_where_the_console_has_a_connector(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Pay action="/paid" chargeAmount="20.45"/></Response>'
    stage.customer.twiml["/paid"] = "<Response><Hangup/></Response>"
    number = stage.person({"wait_for": "card number"}, {"dtmf": "4242424242424242#"}, {"silence": 60})

    stage.finished(number)
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"payment_connectors": ["Default"]}})
    stage.finished(number)

    refused, paid = stage.customer.at("/paid")
    assert refused.params["Result"] == "payment-connector-error"
    assert (paid.params["Result"], paid.params["PaymentCardNumber"]) == ("success", "xxxxxxxxxxxx4242")
    assert "4242424242424242" not in json.dumps([got.params for got in stage.customer.got])


# -- <Stream> ----------------------------------------------------------------------------------------


def streamed(stage: Stage, agent: Any, **attributes: str) -> Any:
    stage.customer.agent = agent
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    url = f"{stage.customer.ws_url}/relay/t1"
    stage.customer.twiml["/voice/1"] = (
        f'<Response><Connect action="/after"><Stream url="{url}"{written}><Parameter name="a" value="b"/></Stream>'
        "</Connect></Response>"
    )
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"
    return stage.finished(stage.person({"silence": 40}, {"dtmf": "5"}, {"silence": 900}))


def test_a_stream_brings_the_calls_sound_in_frames_and_says_what_was_played(stage: Stage) -> None:
    async def echo(talk: Talk) -> None:
        frames: list[dict[str, Any]] = []
        while not frames or frames[-1]["event"] != "mark":
            frame = await talk.receive()
            frames.append(frame)
            if frame["event"] == "dtmf":
                sid = frame["streamSid"]
                await talk.send(event="media", streamSid=sid, media={"payload": "/" * 1600})
                await talk.send(event="mark", streamSid=sid, mark={"name": "said"})
        await talk.close()

    call = streamed(stage, echo)

    frames = stage.customer.talks[0].frames
    events = [frame["event"] for frame in frames]
    assert events[:2] == ["connected", "start"]
    assert set(events) == {"connected", "start", "media", "dtmf", "mark"}
    start = frames[1]["start"]
    assert (start["callSid"], start["customParameters"]) == (call["sid"], {"a": "b"})
    assert [int(frame["sequenceNumber"]) for frame in frames[1:]] == list(range(1, len(frames)))
    assert next(frame for frame in frames if frame["event"] == "media")["media"]["payload"].startswith("////")
    assert stage.customer.at("/after")[0].params["CallStatus"] == "in-progress"


def test_a_stream_with_a_query_in_its_address_is_refused(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        f'<Response><Connect><Stream url="{stage.customer.ws_url}/relay/t1?token=1"/></Connect></Response>'
    )

    stage.finished(stage.person({"silence": 60}))

    assert 31920 in stage.control.debugger_codes()
    assert stage.customer.talks == []


# -- the relay's conditions --------------------------------------------------------------------------


def test_an_account_that_may_not_use_the_default_voices_gets_no_session_unless_it_names_another(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"elevenlabs": False}})
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"
    found = []
    for provider in ({}, {"ttsProvider": "Google"}):
        stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after", **provider)
        stage.finished(stage.person({"silence": 120}, {"hang_up": True}))
        result = stage.customer.at("/after")[-1].params
        found.append((result["SessionStatus"], result.get("ErrorCode")))

    assert found == [("failed", "64101"), ("completed", None)]


def test_a_menu_that_answers_hears_the_keys_the_agent_presses(stage: Stage) -> None:
    async def presses(talk: Talk) -> None:
        await talk.until("prompt", last=True)
        await talk.send(type="sendDigits", digits="ww2")
        await talk.until("prompt", last=True)
        await talk.end()

    stage.customer.agent = presses
    stage.customer.twiml["/voice/1"] = stage.customer.relay(transcriptionLanguage="en-US")
    number = stage.person(
        {"silence": 20},
        {"say": "For billing press two."},
        {"wait_for_keys": "2", "patience": 60},
        {"say": "Billing, hello."},
        {"silence": 90},
    )

    stage.finished(number)

    finals = [frame["voicePrompt"] for frame in stage.customer.talks[0].of_type("prompt") if frame["last"]]
    assert finals == ["For billing press two.", "Billing, hello."]


def test_who_missed_a_call_rings_the_number_back(stage: Stage) -> None:
    stage.customer.twiml["/inbound"] = "<Response><Say>Thank you for calling back.</Say></Response>"
    stage.customer.twiml["/voice/1"] = "<Response><Say>Hello.</Say></Response>"
    voice = {"phone_number": OUR_NUMBER, "voice_url": stage.customer.base_url + "/inbound"}
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"numbers": [voice]}})
    number = stage.person({"call_back": {"after_seconds": 30}}, {"silence": 30})

    stage.finished(number)

    directions = [(call["direction"], call["from"], call["to"]) for call in stage.control.get("/calls")["calls"]]
    assert directions == [("outbound-api", OUR_NUMBER, number), ("inbound", number, OUR_NUMBER)]


def test_recognition_takes_words_back_while_they_are_being_spoken(stage: Stage) -> None:
    async def hears(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello.")
        await talk.until("prompt", last=True)
        await talk.until("prompt", last=True)
        await talk.end()

    stage.customer.agent = hears
    stage.customer.twiml["/voice/1"] = stage.customer.relay(partialPrompts="true")
    said = {"say": "I will pay fifteen dollars on Monday", "first_heard": {"fifteen": "fifty"}}
    ends = {"say": "yes it is", "recognized": "yes it was"}

    stage.finished(stage.person({"wait_for": "hello"}, said, ends, {"silence": 60}))

    prompts = [frame["voicePrompt"] for frame in stage.customer.talks[0].of_type("prompt")]
    assert any("fifty" in text for text in prompts)
    assert "I will pay fifteen dollars on Monday" in prompts
    person = [line for line in stage.control.get("/calls")["calls"][0]["transcript"] if line["who"] == "person"]
    assert person[0]["text"] == person[0]["heard"] == "I will pay fifteen dollars on Monday"
    assert (person[1]["text"], person[1]["heard"]) == ("yes it is", "yes it was")


def test_sockets_open_through_a_public_name(stage: Stage) -> None:
    """The tunnel of the simulator is a proxy like any: covered whole by the run against Twilio's own server."""
    from integrations.twilio.simulation.tunnels import Tunnels

    tunnels = Tunnels({"calls.example": "http://127.0.0.1:8123"})

    assert tunnels.through("wss://calls.example/relay/1") == (
        "ws://127.0.0.1:8123/relay/1",
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "calls.example"},
    )
    assert tunnels.through("https://other.example/x?y=1") == ("https://other.example/x?y=1", {})
