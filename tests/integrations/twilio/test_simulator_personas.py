"""The people who answer, against a small agent whose words they were not written for."""

import asyncio
from typing import Any

import pytest

from integrations.twilio.simulation.personas import library
from integrations.twilio.simulator import SANDBOX_CAST
from tests.integrations.twilio.simulator_agents import EVENTS, meet
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    polite_agent,
    twilio_theatre,
)

NEEDED = {
    "pays_by_link", "promises", "disputes_plainly", "disputes_without_the_word", "already_paid", "wrong_number",
    "stop_calling", "voicemail", "no_answer", "hangs_up", "busy", "failed_bad_number", "asks_are_you_a_robot",
    "gatekeeper", "barge_in_dispute", "spanish_dispute", "silent_person", "presses_nine",
}  # fmt: skip


def says(call: Any) -> list[str]:
    return [line["text"] for line in call["transcript"] if line["who"] == "person"]


def finals(stage: Stage) -> list[str]:
    return [frame["voicePrompt"] for frame in stage.customer.talks[0].of_type("prompt") if frame["last"]]


def test_everybody_needed_is_there() -> None:
    assert set(library()) >= NEEDED
    assert {member.persona for member in SANDBOX_CAST.values()} <= NEEDED
    assert all(persona.description for persona in library().values())


@pytest.mark.parametrize(
    ("persona", "answer", "says_then"),
    [
        ("pays_by_link", "Yes, this is Ruth.", "Oh, I'm sorry, that one slipped through. Just send me the link and I'll pay it right now."),
        ("promises", "Yes, this is Ben.", "Yeah, sorry about that. We'll pay it this Friday."),
        ("disputes_plainly", "Yes, this is Ana.", "I'm disputing this, the roof still leaks."),
        ("disputes_without_the_word", "yeah this is Lena", "well the thing is the heater still doesn't get hot, we've been waiting for you people to come back"),
        ("already_paid", "Yes, this is Ben.", "We already paid that one. I mailed a check last Friday."),
        ("stop_calling", "Yes, this is Thu.", "Stop calling me. Don't ever call this number again."),
    ],
)  # fmt: skip
def test_the_right_person_answers_and_then_says_it(stage: Stage, persona: str, answer: str, says_then: str) -> None:
    call = meet(stage, persona)

    assert says(call)[:3] == ["Hello?", answer, says_then]
    assert finals(stage)[:2] == [answer, says_then]
    assert call["status"] == "completed"


def test_the_name_is_that_of_the_number(stage: Stage) -> None:
    stage.customer.agent = polite_agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS)

    assert says(stage.finished("+16145550111"))[1] == "Yes, this is Ruth Hale."


def test_they_answer_an_agent_that_never_asks_and_never_names_money(stage: Stage) -> None:
    async def vague(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Good morning!")
        await talk.until("prompt", last=True)
        await talk.end()
        await talk.hang_on()

    call = meet(stage, "disputes_plainly", vague)

    assert says(call)[1] == "I'm disputing this, the roof still leaks."


def test_they_say_what_is_wrong_when_asked(stage: Stage) -> None:
    async def asks(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hi, may I speak with whoever handles accounts payable?")
        await talk.until("prompt", last=True)
        await talk.say("I'm calling about invoice 2207.")
        await talk.until("prompt", last=True)
        await talk.say("I see. Could you tell me what is wrong with it?")
        await talk.until("prompt", last=True)
        await talk.end()
        await talk.hang_on()

    meet(stage, "disputes_plainly", asks)

    assert finals(stage)[-1] == "The roof still leaks, it drips worse than before you came."


def test_somebody_else_answers(stage: Stage) -> None:
    meet(stage, "wrong_number")

    assert finals(stage)[0] == "No, you've got the wrong number. There's nobody here by that name."


def test_the_front_desk_says_when_to_try_again(stage: Stage) -> None:
    async def asks_when(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("May I speak with Lena Park?")
        await talk.until("prompt", last=True)
        await talk.say("When would be a good time to reach her?")
        await talk.until("prompt", last=True)
        await talk.end()
        await talk.hang_on()

    meet(stage, "gatekeeper", asks_when)

    assert finals(stage) == [
        "No, this is the front desk. She's in a meeting. Can I ask what it's about?",
        "Try again tomorrow morning, around ten.",
    ]


def test_one_wants_to_know_whether_a_robot_calls(stage: Stage) -> None:
    async def truthful(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello, may I speak with Luis Delgado?")
        await talk.until("prompt", last=True)
        await talk.say("Yes, I am an automated assistant. Am I speaking with Luis Delgado?")
        await talk.until("prompt", last=True)
        await talk.say("Your invoice 2245 is past due.")
        await talk.until("prompt", last=True)
        await talk.end()
        await talk.hang_on()

    meet(stage, "asks_are_you_a_robot", truthful)

    assert finals(stage) == [
        "Hold on, are you a robot? Am I talking to a real person?",
        "All right. Yes, this is Luis.",
        "Okay, we'll pay that next Tuesday.",
    ]


def test_one_disputes_in_the_middle_of_the_agents_sentence(stage: Stage) -> None:
    async def long_winded(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello, am I speaking with the owner?")
        await talk.until("prompt", last=True)
        await talk.say("I am calling about invoice 2207, " + "which is still open as far as our books can tell, " * 8)
        await talk.until("prompt", last=True)
        await talk.end()
        await talk.hang_on()

    call = meet(stage, "barge_in_dispute", long_winded)

    interrupted = [line for line in call["transcript"] if line["interrupted"]]
    frames = stage.customer.talks[0].frames
    dispute = finals(stage)[1]
    assert dispute.startswith("No, wait, let me stop you right there, your technician quoted us")
    assert len(interrupted) == 1
    assert interrupted[0]["text"].startswith("I am calling about invoice")
    assert [f["type"] for f in frames].count("interrupt") == 1
    assert len([f for f in frames if f["type"] == "prompt" and not f["last"]]) > 20


def test_one_disputes_in_spanish(stage: Stage) -> None:
    call = meet(stage, "spanish_dispute", language="es-US")

    assert says(call)[0] == "¿Bueno?"
    assert finals(stage)[:2] == [
        "Sí, soy Rosa. ¿Habla español?",
        "No estoy de acuerdo con esa factura, el grifo sigue goteando y nadie ha vuelto a arreglarlo.",
    ]
    assert {frame["lang"] for frame in stage.customer.talks[0].of_type("prompt")} == {"es-US"}


def test_a_multilingual_session_hears_which_language_it_is(stage: Stage) -> None:
    meet(stage, "spanish_dispute", transcriptionLanguage="multi")

    assert {frame["lang"] for frame in stage.customer.talks[0].of_type("prompt")} == {"es"}


def test_one_never_says_a_word(stage: Stage) -> None:
    async def patient(talk: Talk) -> None:
        await talk.until("setup")
        for _ in range(3):
            await talk.say("Hello? Are you there?")
            await asyncio.sleep(0.1)
        await talk.hang_on()

    call = meet(stage, "silent_person", patient)

    assert says(call) == []
    assert (call["ended_by"], stage.customer.talks[0].of_type("prompt")) == ("person", [])
    assert call["seconds"] >= 45


def test_one_presses_nine(stage: Stage) -> None:
    async def stops(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("This is Ava's Plumbing. To stop these calls, press nine.")
        await talk.until("dtmf")
        await talk.end()
        await talk.hang_on()

    call = meet(stage, "presses_nine", stops)

    assert [frame["digit"] for frame in stage.customer.talks[0].of_type("dtmf")] == ["9"]
    assert says(call) == ["Hello?", "(presses 9)"]


def test_one_hangs_up_after_hello(stage: Stage) -> None:
    call = meet(stage, "hangs_up")

    assert says(call) == ["Hello?"]
    assert (call["status"], call["ended_by"]) == ("completed", "person")
    assert finals(stage) == []
    assert [line["interrupted"] for line in call["transcript"] if line["who"] == "agent"] == [True]


@pytest.mark.parametrize(
    ("persona", "status", "sip_code"),
    [("busy", "busy", 486), ("failed_bad_number", "failed", 404), ("no_answer", "no-answer", 480)],
)
def test_some_are_never_reached(stage: Stage, persona: str, status: str, sip_code: int) -> None:
    call = meet(stage, persona)

    assert (call["status"], call["sip_code"], call["transcript"]) == (status, sip_code, [])


def test_a_machine_takes_a_message_after_its_beep(stage: Stage) -> None:
    def leave_message(got: Any) -> str:
        stage.client.calls(got.params["CallSid"]).update(
            twiml='<Response><Pause length="1"/><Say>Please call Ava\'s Plumbing.</Say><Hangup/></Response>'
        )
        return ""

    async def listens(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello, may I speak with Carl Webb?")
        await talk.hang_on()

    stage.customer.agent = listens
    stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS)
    stage.customer.twiml["/amd"] = leave_message
    amd = {"machine_detection": "DetectMessageEnd", "async_amd": "true"}
    call = stage.finished("+16145550108", async_amd_status_callback=stage.customer.base_url + "/amd", **amd)

    words = [(line["who"], line["text"]) for line in call["transcript"]]
    assert ("line", "(beep)") in words[:-1]
    assert words[-1] == ("agent", "Please call Ava's Plumbing.")
    assert call["sessions"][0]["status"] == "replaced"
    assert call["answered_by"] == "machine_end_beep"
