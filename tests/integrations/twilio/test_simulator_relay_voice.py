"""ConversationRelay: the agent's voice."""

import asyncio

from tests.integrations.twilio.simulator_agents import (
    LONG_SPEECH,
    ends_at_once,
    hold,
    infos,
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

    number = stage.person({"wait_for": "buenos", "patience": 30}, {"say": "Sí, soy yo."}, {"silence": 600})
    call = hold(stage, varied, number)

    notes = [line["text"] for line in call["transcript"] if line["who"] == "line"]
    assert notes == ["(plays https://app.example/a.mp3)", "(the agent presses 9w1)"]
    assert talk(stage).of_type("prompt")[0]["lang"] == "es-US"
