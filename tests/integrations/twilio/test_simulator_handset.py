"""A telephone in living hands: it rings, somebody answers or does not, types, presses keys, and hangs up."""

import time
from typing import Any

import pytest

from integrations.twilio.simulation.call import CallOrder
from integrations.twilio.simulation.line import Source
from integrations.twilio.simulation.personas import persona_named
from integrations.twilio.simulation.scenarios import Chosen
from integrations.twilio.simulation.world import World
from integrations.twilio.simulator import AVA_ACCOUNT, TwilioSimConfig
from tests.integrations.twilio.simulator_agents import EVENTS
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    Talk,
    fresh_stage,
    polite_agent,
    twilio_theatre,
)

MINE = "+16145550156"


async def greets(talk: Talk) -> None:
    await talk.until("setup")
    await talk.say("Hello.")
    await talk.hang_on()


class Hand:
    """The person at the handset."""

    def __init__(self, stage: Stage, agent: Any = greets, **call: Any) -> None:
        stage.control.post("/scenarios", number=MINE, persona="yourself")
        stage.customer.agent = agent
        stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS, partialPromptOnHangup="true")
        self.stage = stage
        self.sid: str = stage.call(MINE, **call).sid
        stage.control.wait_for(self.sid, "ringing")

    def does(self, act: str, text: str = "") -> Any:
        return self.stage.control.post(f"/handset/{self.sid}", act=act, text=text)["call"]

    def sees(self) -> Any:
        return self.stage.control.get("/handset", number=MINE)["call"]

    def answers(self) -> None:
        """Picks up and hears the agent's first word to its end."""
        self.does("answer")
        self.until(lambda seen: any(line["text"] == "Hello." and line["complete"] for line in seen["lines"]))

    def until(self, condition: Any) -> Any:
        deadline = time.monotonic() + 10
        while not condition(seen := self.sees()):
            assert time.monotonic() < deadline, seen
            time.sleep(0.01)
        return seen

    def prompts(self, count: int) -> list[tuple[str, bool]]:
        """What the application has been told of his words, once it is so much."""
        deadline = time.monotonic() + 10
        while True:
            talks = self.stage.customer.talks
            found = [(f["voicePrompt"], f["last"]) for f in talks[0].of_type("prompt")] if talks else []
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.01)


def test_it_rings_until_somebody_answers_and_every_word_typed_is_recognized(stage: Stage) -> None:
    hand = Hand(stage)
    assert hand.sees()["status"] == "ringing"

    hand.answers()
    for text in ("The roof", "The roof still leaked", "The roof still leaks"):
        hand.does("words", text)
    hand.does("says", "The roof still leaks.")

    assert hand.prompts(4) == [
        ("The roof", False),
        ("The roof still leaked", False),
        ("The roof still leaks", False),
        ("The roof still leaks.", True),
    ]
    hand.does("hang_up")
    stage.control.wait_until_idle()
    assert (hand.sees()["status"], hand.sees()["ended_by"]) == ("completed", "person")


def test_the_one_who_holds_it_sees_what_was_really_played(stage: Stage) -> None:
    async def talks(talk: Talk) -> None:
        await talk.until("setup")
        await talk.say("Hello. " + "This is a long sentence about an invoice that is still open. " * 5)
        await talk.hang_on()

    hand = Hand(stage, talks)
    hand.does("answer")
    seen = hand.until(lambda seen: seen["lines"] and seen["agent_speaking"])
    assert seen["lines"][0]["text"].startswith("Hello.")

    hand.does("words", "Wait")

    seen = hand.until(lambda seen: not seen["agent_speaking"])
    agent = next(line for line in seen["lines"] if line["who"] == "agent")
    assert (agent["interrupted"], bool(agent["unplayed"])) == (True, True)
    hand.does("hang_up")


def test_keys_are_pressed(stage: Stage) -> None:
    hand = Hand(stage)
    hand.answers()

    hand.does("press", "9*")

    deadline = time.monotonic() + 5
    while len(stage.customer.talks[0].of_type("dtmf")) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [frame["digit"] for frame in stage.customer.talks[0].of_type("dtmf")] == ["9", "*"]
    hand.does("hang_up")


def test_who_hangs_up_in_the_middle_has_his_last_words_reported(stage: Stage) -> None:
    hand = Hand(stage)
    hand.answers()

    hand.does("words", "You never")
    hand.does("hang_up")

    assert hand.prompts(2)[-1] == ("You never", True)


def test_a_call_can_be_declined(stage: Stage) -> None:
    hand = Hand(stage)

    hand.does("decline")

    stage.control.wait_until_idle()
    assert (hand.sees()["status"], stage.control.call(hand.sid)["sip_code"]) == ("busy", 486)


def test_nobody_answers_and_the_carrier_gives_up(stage: Stage) -> None:
    hand = Hand(stage, timeout=1)

    seen = hand.until(lambda seen: seen["status"] == "no-answer")

    assert seen["lines"] == []


def test_a_person_has_real_seconds_however_fast_the_rest_of_the_world_is() -> None:
    world = World(TwilioSimConfig(speed=90.0))
    world.clock.offset_seconds = 3600

    yours, theirs = (
        world.new_call(
            account_sid=AVA_ACCOUNT.sid,
            to=MINE,
            from_=OUR_NUMBER,
            direction="outbound-api",
            order=CallOrder(source=Source()),
            chosen=Chosen(persona_named(name), "Ida"),
        )
        for name in ("yourself", "promises")
    )

    assert (yours.clock.speed, theirs.clock.speed) == (1.0, 90.0)
    assert yours.clock.offset_seconds == theirs.clock.offset_seconds == 3600


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"act": "sing"}, "`act` is one of answer, decline"),
        ({"act": "says", "text": "x" * 2001}, "at most 2000 characters"),
        ({"act": "says", "text": 5}, "at most 2000 characters"),
        ({"act": "says", "text": "hello"}, "still ringing"),
        ({"loud": True}, "send {act, text}"),
    ],
)
def test_a_wrong_order_is_refused_with_the_reason(stage: Stage, order: dict[str, Any], sentence: str) -> None:
    hand = Hand(stage)

    refusal = stage.control.try_post(f"/handset/{hand.sid}", order)

    assert (refusal.status_code, sentence in refusal.json()["error"]) == (400, True)
    assert hand.sees()["status"] == "ringing"
    hand.does("decline")


def test_a_scripted_persons_telephone_is_nobodys_to_answer(stage: Stage) -> None:
    stage.customer.agent = polite_agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS)
    sid = stage.call("+16145550102").sid

    refusal = stage.control.try_post(f"/handset/{sid}", {"act": "answer"})

    assert refusal.json()["error"].startswith("no handset is on a call")
    assert stage.control.get("/handset", number="+16145550102") == {"call": None}


def test_a_made_up_customer_can_be_put_at_a_number(stage: Stage) -> None:
    told = stage.control.post("/scenarios", number=MINE, generated={"seed": 3, "kind": "opt_out"}, person="Ida Brandt")
    refusal = stage.control.try_post("/scenarios", {"number": MINE, "generated": {"kind": "opt_out"}})
    unknown = stage.control.try_post("/scenarios", {"number": MINE, "generated": {"seed": 3, "kind": "sings"}})

    assert told == {"number": MINE, "tag": None, "persona": "generated_3", "person": "Ida Brandt"}
    assert "whole number as `seed`" in refusal.json()["error"]
    assert "no kind is called 'sings'" in unknown.json()["error"]


def test_a_person_knows_what_the_order_says_he_knows(stage: Stage) -> None:
    stage.customer.agent = polite_agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS)
    script = {"name": "test", "pick_up": "", "line": {"answer_after": 1}, "steps": [
        {"wait_for": "speaking", "patience": 120}, {"say": "It is {zip}."}, {"hang_up": True}]}  # fmt: skip
    stage.control.post("/scenarios", number=MINE, script=script, facts={"zip": "43215"})

    call = stage.finished(MINE)

    assert next(line["text"] for line in call["transcript"] if line["who"] == "person") == "It is 43215."
