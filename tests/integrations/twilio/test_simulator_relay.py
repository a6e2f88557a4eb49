"""ConversationRelay: how sessions begin, end and fail."""

import pytest

from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_agents import (
    LONG_SPEECH,
    ends_at_once,
    hold,
    says_hello_and_listens,
    talk,
    until_a_prompt,
)
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    twilio_theatre,
)

# -- begin and end -----------------------------------------------------------------------------------


def test_the_session_is_introduced_with_twelve_fields(stage: Stage) -> None:
    parameter = '<Parameter name="attempt" value="01J"/>'
    stage.customer.agent = ends_at_once
    stage.customer.twiml["/voice/1"] = stage.customer.relay(nested=parameter)
    number = stage.person({"silence": 600})

    call = stage.finished(number)

    session = call["sessions"][0]["session_sid"]
    assert talk(stage).frames[0] == {
        "type": "setup",
        "sessionId": session,
        "accountSid": AVA_ACCOUNT.sid,
        "parentCallSid": "",
        "callSid": call["sid"],
        "from": OUR_NUMBER,
        "to": number,
        "forwardedFrom": "",
        "callType": "PSTN",
        "callerName": "",
        "direction": "outbound-api",
        "callStatus": "IN-PROGRESS",
        "customParameters": {"attempt": "01J"},
    }
    assert session.startswith("VX")


def test_the_handshake_is_signed_over_the_socket_url(stage: Stage) -> None:
    hold(stage, ends_at_once)

    assert "x-twilio-signature" in talk(stage).headers
    assert stage.customer.refused_sockets == 0


def test_an_ended_session_hands_over_and_the_call_goes_on(stage: Stage) -> None:
    async def hands_over(talk: Talk) -> None:
        await talk.until("setup")
        await talk.end('{"reasonCode":"dispute"}')
        await talk.hang_on()

    stage.customer.agent = hands_over
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after")
    stage.customer.twiml["/after"] = "<Response><Say>Good-bye.</Say></Response>"
    call = stage.finished(stage.person({"silence": 600}))

    after = stage.customer.at("/after")[0].params
    assert (after["SessionStatus"], after["CallStatus"]) == ("ended", "in-progress")
    assert after["HandoffData"] == '{"reasonCode":"dispute"}'
    assert after["SessionId"] == call["sessions"][0]["session_sid"]
    assert after["SessionDuration"] == str(call["sessions"][0]["seconds"])
    assert call["transcript"][-1]["text"] == "Good-bye."
    assert talk(stage).closed_with == 1000


def test_without_an_action_the_next_verb_follows(stage: Stage) -> None:
    stage.customer.agent = ends_at_once
    relay = stage.customer.relay().replace("</Response>", "<Say>And so on.</Say></Response>")
    stage.customer.twiml["/voice/1"] = relay

    call = stage.finished(stage.person({"silence": 600}))

    assert call["transcript"][-1]["text"] == "And so on."


def test_a_hang_up_completes_the_session_and_is_posted_all_the_same(stage: Stage) -> None:
    call = hold(stage, says_hello_and_listens, stage.person({"wait_for": "hello"}, {"hang_up": True}))

    after = stage.customer.at("/after")[0].params
    assert (after["SessionStatus"], after["CallStatus"]) == ("completed", "completed")
    assert "HandoffData" not in after
    assert talk(stage).closed_with == 1000
    assert call["ended_by"] == "person"


def test_new_instructions_kill_the_session_without_asking_its_action(stage: Stage) -> None:
    async def talks(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH)
        await talk.hang_on()

    stage.customer.agent = talks
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after")
    sid = stage.call(stage.person({"silence": 900})).sid
    while not stage.control.call(sid)["frames"][1:]:
        pass
    stage.client.calls(sid).update(twiml="<Response><Say>We will write to you.</Say></Response>")
    stage.control.wait_until_idle()

    call = stage.control.call(sid)
    assert stage.customer.at("/after") == []
    assert call["sessions"][0]["status"] == "replaced"
    assert call["transcript"][-1]["text"] == "We will write to you."
    assert call["transcript"][-2]["interrupted"]


def test_what_was_still_to_be_said_at_the_end_is_never_said(stage: Stage) -> None:
    async def too_hasty(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Thank you for your time, good-bye.")
        await talk.end()
        await talk.hang_on()

    line = hold(stage, too_hasty)["transcript"][0]

    assert (line["interrupted"], line["complete"]) == (True, False)
    assert line["unplayed"].endswith("good-bye.")


# -- failures ----------------------------------------------------------------------------------------


def failure(stage: Stage) -> tuple[str, str]:
    after = stage.customer.at("/after")[0].params
    assert after["CallStatus"] == "in-progress"
    return after["SessionStatus"], after["ErrorCode"]


def test_a_socket_that_cannot_be_opened_fails_the_session(stage: Stage) -> None:
    relay = stage.customer.relay(action="/after").replace(stage.customer.ws_url, "ws://127.0.0.1:9")
    stage.customer.twiml["/voice/1"] = relay
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"silence": 600}))

    assert failure(stage) == ("failed", "64102")
    assert stage.control.debugger_codes() == [64102]


def test_plain_ws_is_refused_unless_the_sandbox_allows_it(stage: Stage) -> None:
    stage.control.post("/config", allow_plain_ws=False)

    hold(stage, ends_at_once)

    assert failure(stage) == ("failed", "64102")
    assert stage.customer.talks == []


def test_an_unknown_voice_provider_fails_the_session(stage: Stage) -> None:
    hold(stage, ends_at_once, ttsProvider="Festival")

    assert failure(stage) == ("failed", "64101")


def test_more_sessions_than_allowed_fail(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"relay_sessions": 0}})

    hold(stage, ends_at_once)

    assert failure(stage) == ("failed", "64109")


def test_an_application_that_closes_the_socket_fails_the_session(stage: Stage) -> None:
    async def closes(talk: Talk) -> None:
        await talk.until("setup")
        await talk.close()

    hold(stage, closes)

    assert failure(stage) == ("failed", "64105")


@pytest.mark.parametrize(
    "raw",
    [
        "no json",
        "[]",
        '{"foo":"bar"}',
        '{"type":"shout","token":"hi"}',
        '{"type":"text"}',
        '{"type":"text","token":5}',
        '{"type":"text","token":"hi","last":"yes"}',
        '{"type":"text","token":"hi","interruptible":"sometimes"}',
        '{"type":"end","handoffData":{"a":1}}',
        '{"type":"play","source":"a.mp3"}',
        '{"type":"sendDigits","digits":"x"}',
        '{"type":"language"}',
    ],
)
def test_a_message_that_is_none_is_answered_with_an_error_and_ignored(stage: Stage, raw: str) -> None:
    async def stumbles(talk: Talk) -> None:
        await talk.until("setup")
        await talk.send_raw(raw)
        await talk.until("error")
        await talk.end()
        await talk.hang_on()

    call = hold(stage, stumbles)

    assert talk(stage).of_type("error") == [{"type": "error", "description": f"Invalid message received: {raw}"}]
    assert stage.control.debugger_codes() == [64107]
    assert call["sessions"][0]["status"] == "ended"


def test_binary_messages_are_refused(stage: Stage) -> None:
    async def sends_bytes(talk: Talk) -> None:
        await talk.until("setup")
        await talk.send_bytes(b'{"type":"text","token":"hi","last":true}')
        await talk.until("error")
        await talk.end()
        await talk.hang_on()

    call = hold(stage, sends_bytes)

    assert stage.control.debugger_codes() == [64107]
    assert [line for line in call["transcript"] if line["who"] == "agent"] == []


def test_ten_bad_messages_in_a_row_end_the_session(stage: Stage) -> None:
    async def babbles(talk: Talk) -> None:
        await talk.until("setup")
        for _ in range(10):
            await talk.send_raw("nonsense")
        await talk.hang_on()

    hold(stage, babbles)

    assert failure(stage) == ("failed", "64105")
    assert stage.control.debugger_codes() == [64107] * 10 + [64105]
    assert talk(stage).closed_with == 1007


def test_a_good_message_between_bad_ones_starts_the_count_anew(stage: Stage) -> None:
    async def stumbles_often(talk: Talk) -> None:
        await talk.until("setup")
        for _ in range(2):
            for _ in range(9):
                await talk.send_raw("nonsense")
            await talk.say("")
        await talk.end()
        await talk.hang_on()

    call = hold(stage, stumbles_often)

    assert call["sessions"][0]["status"] == "ended"
    assert stage.control.debugger_codes() == [64107] * 18


def test_a_lost_socket_is_opened_again_and_what_was_missed_is_replayed(stage: Stage) -> None:
    sockets: list[Talk] = []

    async def drops_once(talk: Talk) -> None:
        sockets.append(talk)
        await talk.until("setup")
        if len(sockets) == 1:
            await talk.close(1011)
            return
        await talk.say("Hello.")
        await until_a_prompt(talk)

    number = stage.person({"wait_for": "hello"}, {"say": "Hello, is somebody there?"}, {"silence": 600})
    call = hold(stage, drops_once, number, applicationReconnect="true")

    first, second = stage.customer.talks
    assert first.frames[0] == second.frames[0]
    assert second.of_type("prompt")[-1]["voicePrompt"] == "Hello, is somebody there?"
    assert call["sessions"][0]["status"] == "ended"
