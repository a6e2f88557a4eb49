"""Agents and helpers for the tests of the simulator's relay sessions."""

from typing import Any

from tests.integrations.twilio.simulator_customer import Stage, Talk, polite_agent

EVENTS = {"events": "speaker-events tokens-played", "partialPrompts": "true", "dtmfDetection": "true"}
LONG_SPEECH = "Your invoice of the third of March is still open and we would like to ask about it today if we may. " * 3


def hold(stage: Stage, agent: Any, number: str = "", **attributes: str) -> Any:
    """A call on which this agent talks; the finished call and the application's side of its socket."""
    stage.customer.agent = agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after", **attributes)
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"
    return stage.finished(number or stage.person({"silence": 900}))


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


def meet(stage: Stage, persona: str, agent: Any = polite_agent, **attributes: str) -> Any:
    """A call to somebody, with the person's own words and what of them was heard."""
    stage.control.post("/scenarios", number="+16145550177", persona=persona)
    stage.customer.agent = agent
    stage.customer.twiml["/voice/1"] = stage.customer.relay(**EVENTS, **attributes)
    return stage.finished("+16145550177", timeout=30)
