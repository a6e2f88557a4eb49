"""ConversationRelay: what is heard of the person, who may interrupt whom, and what gets lost."""

import asyncio

from integrations.twilio.simulation.relay_hearing import is_backchannel
from tests.integrations.twilio.simulator_agents import (
    LONG_SPEECH,
    hold,
    infos,
    prompts,
    says_hello,
    says_hello_and_listens,
    talk,
    talks_on,
    until_a_prompt,
)
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    twilio_theatre,
)

# -- what the person says ----------------------------------------------------------------------------


def test_partial_prompts_grow_and_the_last_is_repeated(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No I never agreed to that price"}, {"silence": 600})

    hold(stage, says_hello, number, partialPrompts="true")

    *partials, (final, last) = prompts(stage)
    assert (final, last) == ("No I never agreed to that price", True)
    assert partials[-1] == (final, False)
    lengths = [len(text.split()) for text, _ in partials]
    assert lengths == sorted(set(lengths))
    assert all(final.startswith(text) and not is_last for text, is_last in partials)
    assert len(partials) >= 4


def test_only_the_final_comes_unless_partials_are_asked_for(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No I never agreed to that"}, {"silence": 600})

    hold(stage, says_hello, number)

    assert talk(stage).of_type("prompt") == [
        {"type": "prompt", "voicePrompt": "No I never agreed to that", "lang": "en-US", "last": True}
    ]


def test_speech_without_smart_format_is_bare(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"say": "No, I don't owe $40!"}, {"silence": 600})

    hold(stage, says_hello, number, asrSmartFormat="false")

    assert prompts(stage) == [("no i don't owe $40", True)]


def test_the_person_interrupts_the_agent(stage: Stage) -> None:
    number = stage.person({"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 600})

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
        {"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 30}, {"say": "Hello?"}, {"silence": 600}
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

    number = stage.person({"barge_in_at": 3, "say": "Stop, that is wrong."}, {"silence": 600})
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
        {"barge_in_at": 2, "say": "one two three four five six seven eight nine ten eleven"}, {"silence": 600}
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
        {"barge_in_at": 3, "say": "uh-huh"}, {"silence": 4}, {"barge_in_at": 1, "say": "wait no"}, {"silence": 600}
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

    number = stage.person({"barge_in_at": 3, "say": "wait"}, {"silence": 600})
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


# -- keys --------------------------------------------------------------------------------------------


def test_keys_come_one_by_one_if_detection_is_on(stage: Stage) -> None:
    async def takes_keys(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello.")
        await talk.until("dtmf", digit="*")
        await talk.end()
        await talk.hang_on()

    hold(
        stage, takes_keys, stage.person({"wait_for": "hello"}, {"dtmf": "90*"}, {"silence": 600}), dtmfDetection="true"
    )

    assert [frame["digit"] for frame in talk(stage).of_type("dtmf")] == ["9", "0", "*"]


def test_without_detection_keys_are_not_heard(stage: Stage) -> None:
    number = stage.person({"wait_for": "hello"}, {"dtmf": "9"}, {"say": "hello"}, {"silence": 600})

    hold(stage, says_hello, number)

    assert talk(stage).of_type("dtmf") == []


def test_a_key_interrupts_the_agent(stage: Stage) -> None:
    async def takes_keys(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say(LONG_SPEECH)
        await talk.until("dtmf", digit="9")
        await talk.end()
        await talk.hang_on()

    hold(stage, takes_keys, stage.person({"barge_in_at": 2, "dtmf": "9"}, {"silence": 600}), dtmfDetection="true")

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
    steps = ({"barge_in_at": 2, "dtmf": "9"}, {"silence": 600})
    hold(stage, waits, stage.person(*steps), **attributes)
    hold(stage, waits, stage.person(*steps), reportInputDuringAgentSpeech="dtmf", **attributes)

    lost, reported = stage.customer.talks
    assert lost.of_type("dtmf") == []
    assert [frame["digit"] for frame in reported.of_type("dtmf")] == ["9"]
    assert reported.of_type("interrupt") == []
