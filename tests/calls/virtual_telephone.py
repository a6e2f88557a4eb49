"""Whole calls in one process and no time: the simulated carrier and its people, our agent, and a clock that jumps.

The carrier's side is the real one, with its call engine, TwiML, recognition and voices; only the socket is a pair of queues. The
agent's side is `calls.dialogue` as the relay runs it, without the database behind it. Nothing waits: when nobody has anything
left to do, the clock goes on to the next moment at which somebody has. So the same seed gives the same call, word for word.
"""

import asyncio
import heapq
import json
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.test import override_settings
from websockets.exceptions import ConnectionClosedOK

from calls import twiml
from calls.agent import Brief, Disposition, Line, State
from calls.agent.acts import Act, SwitchLanguage
from calls.conversation import BEFORE_END_SECONDS, LATE_WORDS_SECONDS
from calls.dialogue import Dialogue, Turn
from calls.opened import OpenLine
from integrations.twilio.simulation.call import Call, CallOrder
from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.config import TwilioSimConfig
from integrations.twilio.simulation.engine import CallEngine
from integrations.twilio.simulation.line import Source
from integrations.twilio.simulation.personas import Persona
from integrations.twilio.simulation.scenarios import Chosen
from integrations.twilio.simulation.sockets import Socket
from integrations.twilio.simulation.world import World

Frame = dict[str, Any]
NOBODY = UUID(int=0)
CARRIER = TwilioSimConfig(speed=1.0, patience_floor=0.0, allow_plain_ws=True, cast={})
ACCOUNT = CARRIER.accounts[0]
LONGEST_SECONDS = 600
SILENCE_SECONDS, TICK_SECONDS = 7.0, 0.25
LANGUAGES = {"en": "en-US", "es": "es-US"}
STEP_SECONDS = 1e-6
BEGINNING = datetime(2026, 3, 18, 15, tzinfo=UTC)


class JumpingClock(SimClock):
    """Time stands still while anybody can act, then jumps to the next alarm."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(speed=1.0)

    def lap(self) -> float:
        return self._now

    def world_now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._now)

    async def _tick(self) -> None:
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # what else the loop has to do now
        while self._alarms:
            while ready:
                await asyncio.sleep(0)
            at, _, alarm = heapq.heappop(self._alarms)
            if not alarm.done():
                # A step of its own, or a rounding error would make somebody wait for this very moment for ever.
                self._now = max(self._now + STEP_SECONDS, at)
                alarm.set_result(None)
                await asyncio.sleep(0)


class Pipe:
    """A socket between two tasks of one loop."""

    def __init__(self, to_app: asyncio.Queue[Frame | None]) -> None:
        self._to_app = to_app
        self._to_carrier: asyncio.Queue[str | None] = asyncio.Queue()
        self._is_closed = False

    async def send(self, message: str) -> None:
        if self._is_closed:
            raise ConnectionClosedOK(None, None)
        self._to_app.put_nowait(json.loads(message))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if not self._is_closed:
            self._is_closed = True
            self._to_app.put_nowait(None)
            self._to_carrier.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while (message := await self._to_carrier.get()) is not None:
            yield message

    def answer(self, frame: Frame) -> None:
        self._to_carrier.put_nowait(json.dumps(frame))


@dataclass(frozen=True)
class Moment:
    """One thing that happened, in order: `final`, `partial`, `key` from the person; `say` from us. With the state after it."""

    kind: str
    text: str
    state: State
    line: Line | None = None
    acts: tuple[Act, ...] = ()


@dataclass
class Played:
    """A call that is over."""

    moments: list[Moment] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    state: State | None = None
    status: str = ""
    seconds: float = 0.0
    transcript: list[dict[str, Any]] = field(default_factory=list)

    @property
    def disposition(self) -> Disposition | None:
        return self.state.end if self.state is not None else None

    def said_by_us(self) -> list[str]:
        return [moment.text for moment in self.moments if moment.kind == "say"]

    def after(self, words: str) -> list[Moment]:
        """What we sent after the person's finished sentence that holds these words; everything if it never came."""
        for place, moment in enumerate(self.moments):
            if moment.kind == "final" and words in moment.text:
                return [later for later in self.moments[place + 1 :] if later.kind == "say"]
        raise LookupError(f"nobody was heard to say {words!r}")

    def heard(self, words: str) -> Moment | None:
        """The moment at which the sentence with these words was heard to its end."""
        return next((m for m in self.moments if m.kind == "final" and words in m.text), None)


class Agent:
    """Our end of the line, as `calls.conversation` runs it, with nothing behind it."""

    def __init__(self, brief: Brief, clock: SimClock, played: Played) -> None:
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self.pipe = Pipe(self.frames)
        self._clock = clock
        self._played = played
        self._turns: asyncio.Queue[Turn] = asyncio.Queue()
        self._line = OpenLine(NOBODY, NOBODY, NOBODY, "CA1", brief.language.value, 0.0, brief)
        self.dialogue = Dialogue(self._line, clock.lap)
        self._ending = False
        self._ended = False

    async def run(self) -> None:
        tasks = [asyncio.ensure_future(job) for job in (self._work(), self._tick())]
        try:
            self._take(self.dialogue.open(self._line), "open", "")
            while (frame := await self.frames.get()) is not None:
                kind, text = _told(frame)
                self._take(self.dialogue.take(frame), kind, text)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        while not self._turns.empty():
            self._carry_out(self._turns.get_nowait())
        last = self.dialogue.hung_up()
        if last is not None:
            self._carry_out(last)
            self._note("hung up", "", acts=last.step.acts)
        self._played.state = self.dialogue.state

    def _take(self, turn: Turn | None, kind: str, text: str) -> None:
        if kind in {"final", "partial", "key"}:
            self._note(kind, text, acts=turn.step.acts if turn is not None else ())
        if turn is None:
            return
        if turn.step.hush and not turn.step.say:
            self.pipe.answer({"type": "text", "token": " ", "last": True, "interruptible": True, "preemptible": True})
        self._turns.put_nowait(turn)

    async def _work(self) -> None:
        while True:
            turn = await self._turns.get()
            self._carry_out(turn)
            while turn.step.say and not turn.step.hush and not self.dialogue.is_silent:
                if self.dialogue.is_silenced(turn):
                    break
                await self._clock.sleep(TICK_SECONDS / 2)
            lines = self.dialogue.speak(turn)
            for index, line in enumerate(lines):
                self._say(line, is_last=index == len(lines) - 1)
            self._ending = self._ending or turn.step.end is not None

    def _carry_out(self, turn: Turn) -> None:
        self._played.acts += turn.step.acts
        for act in turn.step.acts:
            if isinstance(act, SwitchLanguage):
                self.pipe.answer({"type": "language", "ttsLanguage": LANGUAGES[act.language]})
        self.dialogue.done(turn)

    def _say(self, line: Line, *, is_last: bool) -> None:
        self._note("say", line.text, line=line)
        token = line.text if is_last else f"{line.text} "
        rest = {"interruptible": line.interruptible, "preemptible": True, "lang": LANGUAGES[line.language.value]}
        self.pipe.answer({"type": "text", "token": token, "last": is_last, **rest})

    async def _tick(self) -> None:
        """Silence, and the end of the session once everything has sounded."""
        dialogue = self.dialogue
        while not self._ended:
            await self._clock.sleep(TICK_SECONDS)
            if not dialogue.is_silent or dialogue.person_speaks:
                dialogue.busy_at = self._clock.lap()
            quiet = self._clock.lap() - dialogue.busy_at
            enough = LATE_WORDS_SECONDS if dialogue.awaits_words else BEFORE_END_SECONDS
            if self._ending and quiet >= enough and self._turns.empty():
                self._ended = True
                self.pipe.answer({"type": "end", "handoffData": "{}"})
            elif not self._ending and quiet >= SILENCE_SECONDS:
                self._take(dialogue.silence(quiet), "silence", "")

    def _note(self, kind: str, text: str, *, line: Line | None = None, acts: tuple[Act, ...] = ()) -> None:
        assert self.dialogue.state is not None
        self._played.moments.append(Moment(kind, text, self.dialogue.state, line, acts))


def _told(frame: Frame) -> tuple[str, str]:
    if frame["type"] == "prompt":
        return ("final" if frame["last"] else "partial"), str(frame["voicePrompt"])
    return ("key", str(frame["digit"])) if frame["type"] == "dtmf" else (str(frame["type"]), "")


def play(persona: Persona, brief: Brief, *, person: str = "") -> Played:
    """One call of ours to this person, from the first ring to the end of everything about it."""
    return asyncio.run(_play(persona, brief, person or persona.person))


async def _play(persona: Persona, brief: Brief, person: str) -> Played:
    played, clock = Played(), JumpingClock()
    agents: list[asyncio.Future[None]] = []

    async def open_socket(_url: str, _headers: Mapping[str, str], _timeout: float) -> Socket:
        agent = Agent(brief, clock, played)
        agents.append(asyncio.ensure_future(agent.run()))
        return agent.pipe

    world = World(CARRIER, clock=clock, open_socket=open_socket)
    engine = CallEngine(world)
    call = _order(world, persona, person, relay(LANGUAGES[brief.language.value]))
    engine.place(call)
    await call.over.wait()
    while not world.is_idle():
        await clock.sleep(1.0)
    await _finished(asyncio.gather(*agents))
    played.status, played.seconds, played.transcript = call.status, clock.lap(), call.conversation.as_json()
    await world.aclose()
    return played


async def _finished(work: Coroutine[Any, Any, Any] | asyncio.Future[Any]) -> None:
    await work


def _order(world: World, persona: Persona, person: str, asked: str) -> Call:
    order = CallOrder(source=Source(twiml=asked), timeout=30, time_limit=LONGEST_SECONDS, status_events=())
    return world.new_call(
        account_sid=ACCOUNT.sid,
        to="+16145550120",
        from_=ACCOUNT.numbers[0].phone_number,
        direction="outbound-api",
        order=order,
        chosen=Chosen(persona, person),
    )


@cache
def relay(language: str) -> str:
    """The session exactly as the product asks for it, without the notice before it and the recording, which nobody here needs."""
    with override_settings(PUBLIC_URL="http://app", RELAY_URL="ws://app"):
        asked = twiml.converse(NOBODY, business_name="Ava's Plumbing", language=language, notice="")
    (session,) = re.findall("<ConversationRelay.*</ConversationRelay>", asked)
    return f"<Response><Connect>{session}</Connect></Response>"
