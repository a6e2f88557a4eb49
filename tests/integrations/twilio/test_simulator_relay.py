"""ConversationRelay: the socket, the frames, who may interrupt whom, and what gets lost."""

import asyncio
from typing import Any

import pytest

from integrations.twilio.simulation.relay_hearing import is_backchannel
from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    twilio_theatre,
)

LONG_SPEECH = "Your invoice of the third of March is still open and we would like to ask about it today if we may. " * 3


def hold(stage: Stage, agent: Any, number: str = "", **attributes: str) -> Any:
    """A call on which this agent talks; the finished call and the application's side of its socket."""
    stage.customer.agent = agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after", **attributes)
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"
    return stage.finished(number or stage.person({"silence": 120}))


def talk(stage: Stage) -> Talk:
    return stage.customer.talks[0]


def prompts(stage: Stage) -> list[tuple[str, bool]]:
    return [(frame["voicePrompt"], frame["last"]) for frame in talk(stage).of_type("prompt")]


def infos(stage: Stage, name: str) -> list[str]:
    return [frame["value"] for frame in talk(stage).of_type("info") if frame["name"] == name]


async def ends_at_once(talk: Talk) -> None:
    await talk.until("setup")
    await talk.end()
    await talk.hang_on()


async def until_a_prompt(talk: Talk) -> None:
    await talk.until("prompt", last=True)
    await talk.end()
    await talk.hang_on()


async def says_hello(talk: Talk) -> None:
    await talk.until("setup")
    await talk.say("Hello.")
    await until_a_prompt(talk)


async def says_hello_and_listens(talk: Talk) -> None:
    await talk.until("setup")
    await talk.say("Hello.")
    await talk.hang_on()


async def talks_on(talk: Talk) -> None:
    await talk.until("setup")
    await talk.say(LONG_SPEECH)
    await until_a_prompt(talk)


# -- begin and end -------------------------------------------------------------------------------


def test_the_session_is_introduced_with_twelve_fields(stage: Stage) -> None:
    parameter = '<Parameter name="attempt" value="01J"/>'
    stage.customer.agent = ends_at_once
    stage.customer.twiml["/voice/1"] = stage.customer.relay(nested=parameter)
    number = stage.person({"silence": 60})

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
    call = stage.finished(stage.person({"silence": 60}))

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

    call = stage.finished(stage.person({"silence": 60}))

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
    sid = stage.call(stage.person({"silence": 120})).sid
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


# -- failures ------------------------------------------------------------------------------------


def failure(stage: Stage) -> tuple[str, str]:
    after = stage.customer.at("/after")[0].params
    assert after["CallStatus"] == "in-progress"
    return after["SessionStatus"], after["ErrorCode"]


def test_a_socket_that_cannot_be_opened_fails_the_session(stage: Stage) -> None:
    relay = stage.customer.relay(action="/after").replace(stage.customer.ws_url, "ws://127.0.0.1:9")
    stage.customer.twiml["/voice/1"] = relay
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"silence": 60}))

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

    number = stage.person({"wait_for": "hello"}, {"say": "Hello, is somebody there?"}, {"silence": 60})
    call = hold(stage, drops_once, number, applicationReconnect="true")

    first, second = stage.customer.talks
    assert first.frames[0] == second.frames[0]
    assert second.of_type("prompt")[-1]["voicePrompt"] == "Hello, is somebody there?"
    assert call["sessions"][0]["status"] == "ended"


# -- the agent's voice -----------------------------------------------------------------------------


def test_the_greeting_is_spoken_first(stage: Stage) -> None:
    async def waits(talk: Talk) -> None:
        await talk.until("info", name="agentSpeaking", value="off")
        await talk.end()
        await talk.hang_on()

    call = hold(stage, waits, events="speaker-events tokens-played", welcomeGreeting="Hello, this is Ava's Plumbing.")

    assert infos(stage, "tokensPlayed") == ["Hello,", "this is Ava's Plumbing."]
    assert infos(stage, "agentSpeaking") == ["on", "off"]
    assert call["transcript"][0]["text"] == "Hello, this is Ava's Plumbing."
    assert call["transcript"][0]["complete"]


def test_speech_takes_its_time(stage: Stage) -> None:
    async def speaks(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("x" * 150)
        await talk.until("info", name="agentSpeaking", value="off")
        await talk.end()
        await talk.hang_on()

    call = hold(stage, speaks, events="speaker-events")

    off = next(f for f in call["frames"] if f["frame"].get("value") == "off")
    on = next(f for f in call["frames"] if f["frame"].get("value") == "on")
    assert 9.9 <= off["seconds"] - on["seconds"] < 20


def test_events_come_only_when_asked_for(stage: Stage) -> None:
    hold(stage, ends_at_once, welcomeGreeting="Hello.")

    assert talk(stage).of_type("info") == []


def test_the_round_trip_delay_comes_with_debugging(stage: Stage) -> None:
    async def waits(talk: Talk) -> None:
        await talk.until("info", name="roundTripDelayMs")
        await talk.end()
        await talk.hang_on()

    hold(stage, waits, debug="debugging")

    assert infos(stage, "roundTripDelayMs") == ["121"]


def test_a_preemptible_sentence_is_cut_by_the_next(stage: Stage) -> None:
    async def changes_its_mind(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH, preemptible=True)
        await asyncio.sleep(0.1)
        await talk.say("Never mind.")
        await asyncio.sleep(0.1)
        await talk.end()
        await talk.hang_on()

    call = hold(stage, changes_its_mind)

    first, second = [line for line in call["transcript"] if line["who"] == "agent"]
    assert first["interrupted"]
    assert first["text"].startswith("Your invoice")
    assert (second["text"], second["complete"]) == ("Never mind.", True)
    assert talk(stage).of_type("interrupt") == []


def test_media_keys_and_language_are_taken(stage: Stage) -> None:
    async def varied(talk: Talk) -> None:
        await talk.until("setup")
        await talk.send(type="play", source="https://app.example/a.mp3")
        await talk.send(type="sendDigits", digits="9w1")
        await talk.send(type="language", ttsLanguage="es-US", transcriptionLanguage="es-US")
        await talk.say("Buenos días.")
        await until_a_prompt(talk)

    number = stage.person({"wait_for": "buenos", "patience": 30}, {"say": "Sí, soy yo."}, {"silence": 60})
    call = hold(stage, varied, number)

    notes = [line["text"] for line in call["transcript"] if line["who"] == "line"]
    assert notes == ["(plays https://app.example/a.mp3)", "(the agent presses 9w1)"]
    assert talk(stage).of_type("prompt")[0]["lang"] == "es-US"


# -- what the person says --------------------------------------------------------------------------


def test_partial_prompts_grow_and_the_last_is_repeated(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No I never agreed to that price"}, {"silence": 60})

    hold(stage, says_hello, number, partialPrompts="true")

    *partials, (final, last) = prompts(stage)
    assert (final, last) == ("No I never agreed to that price", True)
    assert partials[-1] == (final, False)
    lengths = [len(text.split()) for text, _ in partials]
    assert lengths == sorted(set(lengths))
    assert all(final.startswith(text) and not is_last for text, is_last in partials)
    assert len(partials) >= 4


def test_only_the_final_comes_unless_partials_are_asked_for(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No I never agreed to that"}, {"silence": 60})

    hold(stage, says_hello, number)

    assert talk(stage).of_type("prompt") == [
        {"type": "prompt", "voicePrompt": "No I never agreed to that", "lang": "en-US", "last": True}
    ]


def test_speech_without_smart_format_is_bare(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No, I don't owe $40!"}, {"silence": 60})

    hold(stage, says_hello, number, asrSmartFormat="false")

    assert prompts(stage) == [("no i don't owe $40", True)]


def test_the_person_interrupts_the_agent(stage: Stage) -> None:
    number = stage.person({"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 60})

    call = hold(stage, talks_on, number, events="tokens-played", partialPrompts="true")

    interrupt = talk(stage).of_type("interrupt")[0]
    line = call["transcript"][0]
    kinds = [frame["type"] for frame in talk(stage).frames if frame["type"] in {"interrupt", "prompt"}]
    assert kinds[0] == "interrupt"
    assert kinds.count("interrupt") == 1
    assert interrupt["utteranceUntilInterrupt"] == line["text"]
    assert LONG_SPEECH.startswith(line["text"])
    assert interrupt["durationUntilInterruptMs"] >= 3000
    assert abs(interrupt["durationUntilInterruptMs"] / 1000 * 15 - len(line["text"])) < 40
    assert " ".join(infos(stage, "tokensPlayed")) == line["text"]
    assert (line["text"] + " " + line["unplayed"]).split() == LONG_SPEECH.split()
    assert prompts(stage)[-1] == ("Stop, that is wrong.", True)


def test_an_uninterruptible_agent_talks_on_and_what_is_said_meanwhile_is_lost(stage: Stage) -> None:
    number = stage.person(
        {"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 30}, {"say": "Hello?"}, {"silence": 60}
    )

    call = hold(stage, talks_on, number, interruptible="none")

    assert talk(stage).of_type("interrupt") == []
    assert prompts(stage) == [("Hello?", True)]
    person = [line for line in call["transcript"] if line["who"] == "person"]
    assert [(line["text"], line["heard"]) for line in person] == [("Stop, that is wrong.", ""), ("Hello?", "Hello?")]
    assert call["transcript"][0]["text"] == LONG_SPEECH.strip()


def test_words_over_an_uninterruptible_agent_are_reported_if_asked_for(stage: Stage) -> None:
    async def listens_first(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH)
        await talk.until("prompt", last=True)
        await talk.until("info", name="agentSpeaking", value="off")
        await talk.end()
        await talk.hang_on()

    number = stage.person({"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 60})
    call = hold(
        stage, listens_first, number, interruptible="none", reportInputDuringAgentSpeech="any", events="speaker-events"
    )

    assert talk(stage).of_type("interrupt") == []
    assert prompts(stage) == [("Stop, that is wrong.", True)]
    assert call["transcript"][0]["text"] == LONG_SPEECH.strip()
    assert infos(stage, "clientSpeaking") == ["on", "off"]


def test_one_message_may_be_uninterruptible_by_itself(stage: Stage) -> None:
    async def notice(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("This call is recorded and made by an automated assistant for the plumber.", interruptible=False)
        await talk.say(LONG_SPEECH)
        await until_a_prompt(talk)

    number = stage.person(
        {"barge_in_at": 2, "say": "one two three four five six seven eight nine ten eleven"}, {"silence": 60}
    )
    call = hold(stage, notice, number)

    first, _, second = call["transcript"]
    assert not first["interrupted"]
    assert second["interrupted"]
    heard = prompts(stage)[0][0].split()
    assert (
        heard
        == ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"][-len(heard) :]
    )
    assert len(heard) < 11


def test_small_sounds_of_listening_do_not_interrupt_if_ignored(stage: Stage) -> None:
    number = stage.person(
        {"barge_in_at": 3, "say": "uh-huh"}, {"silence": 4}, {"barge_in_at": 1, "say": "wait no"}, {"silence": 60}
    )

    hold(stage, talks_on, number, ignoreBackchannel="true")

    assert prompts(stage) == [("wait no", True)]
    assert len(talk(stage).of_type("interrupt")) == 1


def test_backchannels_are_only_the_small_sounds() -> None:
    assert is_backchannel(["Uh-huh,", "okay."])
    assert not is_backchannel(["okay", "but", "no"])


def test_a_talk_cycle_goes_on_after_an_interruption_only_if_the_application_goes_on(stage: Stage) -> None:
    async def stubborn(talk: Talk) -> None:
        await talk.until("setup")
        await talk.send(type="text", token=LONG_SPEECH, last=False)
        await talk.until("interrupt")
        await talk.send(type="text", token="As I was saying.", last=True)
        await asyncio.sleep(0.3)
        await until_a_prompt(talk)

    number = stage.person({"barge_in_at": 3, "say": "wait"}, {"silence": 60})
    call = hold(stage, stubborn, number)

    agent = [line for line in call["transcript"] if line["who"] == "agent"]
    assert [line["interrupted"] for line in agent] == [True, False]
    assert agent[1]["text"] == "As I was saying."


def test_the_last_words_before_a_hang_up_are_reported_if_asked_for(stage: Stage) -> None:
    steps = ({"wait_for": "hello"}, {"hang_up_after_words": 4, "say": "I never ordered that from anybody"})
    hold(stage, says_hello_and_listens, stage.person(*steps), partialPromptOnHangup="true")
    hold(stage, says_hello_and_listens, stage.person(*steps))

    with_it, without_it = stage.customer.talks
    assert [(f["voicePrompt"], f["last"]) for f in with_it.of_type("prompt")] == [("I never ordered that", True)]
    assert without_it.of_type("prompt") == []


# -- keys ------------------------------------------------------------------------------------------


def test_keys_come_one_by_one_if_detection_is_on(stage: Stage) -> None:
    async def takes_keys(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello.")
        await talk.until("dtmf", digit="*")
        await talk.end()
        await talk.hang_on()

    hold(stage, takes_keys, stage.person({"wait_for": "hello"}, {"dtmf": "90*"}, {"silence": 60}), dtmfDetection="true")

    assert [frame["digit"] for frame in talk(stage).of_type("dtmf")] == ["9", "0", "*"]


def test_without_detection_keys_are_not_heard(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"dtmf": "9"}, {"say": "hello"}, {"silence": 60})

    hold(stage, says_hello, number)

    assert talk(stage).of_type("dtmf") == []


def test_a_key_interrupts_the_agent(stage: Stage) -> None:
    async def takes_keys(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH)
        await talk.until("dtmf", digit="9")
        await talk.end()
        await talk.hang_on()

    hold(stage, takes_keys, stage.person({"barge_in_at": 2, "dtmf": "9"}, {"silence": 60}), dtmfDetection="true")

    kinds = [frame["type"] for frame in talk(stage).frames]
    assert kinds == ["setup", "interrupt", "dtmf"]


def test_a_key_during_speech_that_only_words_may_interrupt_is_lost_unless_reported(stage: Stage) -> None:
    async def waits(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH)
        await talk.until("info", name="agentSpeaking", value="off")
        await talk.end()
        await talk.hang_on()

    attributes = {"dtmfDetection": "true", "interruptible": "speech", "events": "speaker-events"}
    steps = ({"barge_in_at": 2, "dtmf": "9"}, {"silence": 60})
    hold(stage, waits, stage.person(*steps), **attributes)
    hold(stage, waits, stage.person(*steps), reportInputDuringAgentSpeech="dtmf", **attributes)

    lost, reported = stage.customer.talks
    assert lost.of_type("dtmf") == []
    assert [frame["digit"] for frame in reported.of_type("dtmf")] == ["9"]
    assert reported.of_type("interrupt") == []
