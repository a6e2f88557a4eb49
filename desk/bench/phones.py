"""The carrier's end of many relay sockets at once: people who talk, and the time until the agent's first word.

``python -m desk.bench.phones`` reads one JSON order a line on standard input and answers each with what was measured.
Nothing of ours is imported: it is another process, and no peer gets another client than we do.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import random
import sys
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from desk.bench.children import tell

PARTIAL_GAP = 0.3  # seconds between two partials, as speech is recognized
TURNS_OF_A_CALL = 18  # then it is hung up and the next one begins: a conversation has an end
PATIENCE, OPEN_PATIENCE = 30.0, 180.0
IDENTITY = "Yes, this is Ana speaking"
LONGEST_SILENCE = 12.0  # seconds; after three times seven the agent says good-bye
PUT_THROUGH, STILL_THERE = "Please hold, I will put you through", "Hold on please"
STILL_THERE_EVERY = 30.0  # seconds; after 49 s without a word the agent would ask who is there
_ASKED = (
    "how much is it", "what is the invoice number", "when was it due", "what is the total", "which invoice is that",
    "could you tell me the amount", "what day was it due", "can you tell me the invoice number again",
)  # fmt: skip
_DOUBTED = (
    "are you a robot", "am I talking to a machine", "is this a robot calling", "are you a computer", "is this a bot",
    "is this an AI", "are you an AI assistant", "is this artificial intelligence",
)  # fmt: skip
QUESTIONS_EVERY = 3  # of a call's turns; nobody asks the same thing eighteen times
# None of them asks to wait: who says that twice is waited for the second time, without a word.
_BEFORE = ("okay", "well", "right", "alright", "sure", "um", "so", "hello yes", "you know", "good morning", "I see")
_AFTER = ("please", "exactly", "again please", "for my notes", "if you have it", "so I can write it down", "thanks")
OBJECTIONS = (
    "You never finished the job in the {room}", "I dispute invoice {n}", "The work in the {room} was done badly",
    "We never ordered the {n} parts you billed for", "That price for the {room} is not what we agreed",
    "The {room} still leaks, this bill is wrong",
)  # fmt: skip
_ROOMS = ("kitchen", "bathroom", "basement", "garage", "laundry room", "hallway", "attic", "lobby", "back office")


@dataclass(eq=False)
class Line:
    """One call on the line: its socket, and whether it waits for an answer."""

    socket: ClientConnection
    turns: int = 0
    busy: bool = False
    asked: bool = False  # the whole sentence is out, and the answer has not begun
    is_over: bool = False
    because: str = ""  # why the server ended it, and the last it said
    said_good_bye: bool = False  # it ended the call itself, with a result
    silent_since: float = field(default_factory=time.perf_counter)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    first_at: float = 0.0
    last_at: float = 0.0
    reader: asyncio.Task[None] | None = None
    waiter: asyncio.Task[None] | None = None
    call: str = ""  # the server's key of it


class Phones:
    """Calls at one server, opened as they are needed."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.rng = random.Random(order["seed"])  # noqa: S311  (a load wants the same words again, not secret ones)
        self.waiting = list(order.get("lines", ()))
        self.waited_for = {row["path"]: row["call"] for row in self.waiting}
        self.opened = self.ended_early = 0
        self.said = 0

    async def open(self) -> Line:
        """The next call, set up and greeted; identified where the server asks who is there."""
        path, sid = "/ws", f"CA{self.opened:032x}"
        if self.waiting:
            row = self.waiting.pop()
            path, sid = row["path"], row["sid"]
        elif self.order["ours"]:
            raise RuntimeError("there are no more calls to open")
        self.opened += 1
        url = f"ws://127.0.0.1:{self.order['port']}{path}"
        headers = {"X-Twilio-Signature": _signature(url)}
        socket = await connect(
            url, additional_headers=headers, compression=None, ping_interval=None, proxy=None, max_queue=None,
            open_timeout=OPEN_PATIENCE,
        )  # fmt: skip
        line = Line(socket)
        setup = {"type": "setup", "sessionId": f"VX{self.opened:032x}", "callSid": sid, "direction": "outbound-api"}
        setup |= {"accountSid": os.environ["TWILIO_ACCOUNT_SID"], "from": "+16145550199", "to": "+16145550120"}
        await socket.send(json.dumps(setup | {"callType": "PSTN", "callStatus": "IN-PROGRESS", "customParameters": {}}))
        line.reader = asyncio.create_task(self._read(line))
        line.call = self.waited_for.get(path, "")
        if self.order["ours"]:
            await asyncio.wait_for(line.answered.wait(), OPEN_PATIENCE)
            objects = self.order.get("objects")
            await self.turn(line, PUT_THROUGH if objects else IDENTITY)
            if objects:
                line.waiter = asyncio.create_task(self.wait(line))
        return line

    async def close(self, line: Line) -> None:
        line.is_over = True
        await line.socket.close(1000, "Closing websocket session")
        for task in (line.reader, line.waiter):
            if task is not None:
                task.cancel()

    async def turn(self, line: Line, text: str, *, partials: int = 0) -> float | None:
        """Say this and wait for the whole answer; seconds to its first word. None where the call ended instead."""
        line.answered.clear()
        line.first_at = 0.0
        words = text.split()
        for step in range(partials):
            heard = " ".join(words[: max(1, len(words) * (step + 1) // partials)])
            await line.socket.send(json.dumps({"type": "prompt", "voicePrompt": heard, "lang": "en-US", "last": False}))
            await asyncio.sleep(PARTIAL_GAP)
        frame = _final(text)
        sent_at, line.asked = time.perf_counter(), True
        await line.socket.send(frame)
        try:
            await asyncio.wait_for(line.answered.wait(), PATIENCE)
        except TimeoutError:
            return None
        finally:
            line.asked = False
        line.turns += 1
        return line.first_at - sent_at if line.first_at else None

    async def _read(self, line: Line) -> None:
        spoken: list[str] = []
        try:
            async for text in line.socket:
                frame = json.loads(text)
                at = time.perf_counter()
                if frame["type"] == "end":
                    reason = json.loads(frame.get("handoffData") or "{}").get("reasonCode", "")
                    line.is_over, line.because = True, f"{reason}: {line.because}"
                    line.said_good_bye = reason not in ("", "failed")
                    line.answered.set()
                    continue
                if frame["type"] != "text" or not frame["token"].strip():
                    continue
                line.first_at = line.first_at or at
                spoken.append(frame["token"])
                if frame.get("last"):
                    line.last_at = at
                    if self.order["ours"]:
                        await _play(line.socket, "".join(spoken))
                    line.because = "".join(spoken)
                    spoken.clear()
                    line.answered.set()
        finally:
            line.is_over = True
            line.answered.set()

    def words(self, line: Line) -> str:
        """What an ordinary customer says who is not done yet, never twice the same."""
        self.said += 1
        pick = self.rng.choice
        if line.turns % QUESTIONS_EVERY:
            return f"{pick(_BEFORE)}, {pick(_DOUBTED)}, I am at desk {self.said}"
        return f"{pick(_BEFORE)}, {pick(_ASKED)} {pick(_AFTER)}, I am at desk {self.said}"

    def objection(self) -> str:
        self.said += 1
        words = self.rng.choice(OBJECTIONS).format(room=self.rng.choice(_ROOMS), n=self.said)
        return f"{words}, this is about bill {self.said}"

    async def wait(self, line: Line) -> None:
        """Somebody has answered who puts the call through: until the right person comes the line is open and nearly still."""
        while not line.is_over:
            await asyncio.sleep(self.rng.uniform(0.8, 1.2) * STILL_THERE_EVERY)
            if not line.busy and not line.is_over:
                await line.socket.send(_final(STILL_THERE))


def _final(text: str) -> str:
    return json.dumps({"type": "prompt", "voicePrompt": text, "lang": "en-US", "last": True})


async def _play(socket: ClientConnection, text: str) -> None:
    """The carrier says that all of it was heard."""
    for frame in (
        {"type": "info", "name": "agentSpeaking", "value": "on"},
        {"type": "info", "name": "tokensPlayed", "value": text},
        {"type": "info", "name": "agentSpeaking", "value": "off"},
    ):
        await socket.send(json.dumps(frame))


def _signature(url: str) -> str:
    return base64.b64encode(hmac.digest(os.environ["TWILIO_AUTH_TOKEN"].encode(), url.encode(), hashlib.sha1)).decode()


async def open_loop(order: dict[str, Any]) -> dict[str, Any]:
    """``calls`` lines are open; turns come as a Poisson process, one a line every ``every`` seconds in the mean."""
    phones = Phones(order)
    idle = await _opened(phones, order["calls"])
    took: list[float] = []
    objected: list[str] = []
    speaking: set[Line] = set()
    late = after_good_bye = 0
    missed: list[str] = []
    work: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    counts_from, until = began + order["warm_up"], began + order["warm_up"] + order["seconds"]
    due = began

    async def speak(line: Line) -> None:
        nonlocal after_good_bye
        objects = order.get("objects", False)
        if line.is_over:  # nobody spoke there for so long that the agent said good-bye: the next call is on this line
            speaking.remove(line)
            await phones.close(line)
            line = await phones.open()
            speaking.add(line)
        if objects:  # the person asked for has come to the telephone
            await phones.turn(line, IDENTITY)
        text = phones.objection() if objects else phones.words(line)
        started = time.perf_counter()
        seconds = await phones.turn(line, text, partials=4)
        if objects and seconds is not None:
            seconds = line.last_at - (line.first_at - seconds)
        if seconds is None and line.said_good_bye and not objects:
            after_good_bye += 1
        elif seconds is None:
            missed.append(f"{text!r}, {line.because or 'no answer'}")
        elif objects:
            objected.append(line.call)
        if seconds is not None and started >= counts_from:
            took.append(seconds)
        if objects or line.is_over or line.turns >= TURNS_OF_A_CALL:
            phones.ended_early += line.is_over and not objects and line.turns < TURNS_OF_A_CALL
            speaking.remove(line)
            await phones.close(line)
            line = await phones.open()
        line.busy, line.silent_since = False, time.perf_counter()
        speaking.discard(line)
        idle.append(line)

    while (due := due + phones.rng.expovariate(order["calls"] / order["every"])) < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if not idle:
            late += any(line.asked for line in speaking)  # else everybody is in the middle of his own sentence
            continue
        line = _next_to_speak(idle, phones.rng, patient=order.get("objects", False))
        line.busy, line.silent_since = True, time.perf_counter()
        speaking.add(line)
        job = asyncio.create_task(speak(line))
        work.add(job)
        job.add_done_callback(work.discard)
    await asyncio.gather(*work)
    await asyncio.gather(*(phones.close(line) for line in idle), return_exceptions=True)
    return {
        "since": counts_from,
        "until": until,
        "took": took,
        "objected": objected,
        "late": late,
        "after_good_bye": after_good_bye,
        "missed": len(missed),
        "missed_because": missed[:20],
        "opened": phones.opened,
        "ended_early": phones.ended_early,
    }


def _next_to_speak(idle: list[Line], rng: random.Random, *, patient: bool) -> Line:
    """Anybody; but nobody who was asked something is silent until the agent says good-bye. Lines stand in the order they fell silent."""
    if not patient and time.perf_counter() - idle[0].silent_since > LONGEST_SILENCE:
        return idle.pop(0)
    return idle.pop(rng.randrange(len(idle)))


async def closed_loop(order: dict[str, Any]) -> dict[str, Any]:
    """``calls`` lines at full speed, finals only: the next one as soon as the answer is there."""
    phones = Phones(order)
    lines = await _opened(phones, order["calls"])
    done, took = 0, []
    began = time.perf_counter()
    counts_from, until = began + order["warm_up"], began + order["warm_up"] + order["seconds"]

    async def talk(line: Line) -> None:
        nonlocal done
        while (moment := time.perf_counter()) < until:
            seconds = await phones.turn(line, phones.words(line))
            if seconds is not None and counts_from <= moment and time.perf_counter() <= until:
                done += 1
                took.append(seconds)
            if line.is_over or (order["ours"] and line.turns >= TURNS_OF_A_CALL):
                phones.ended_early += line.is_over and line.turns < TURNS_OF_A_CALL
                await phones.close(line)
                if time.perf_counter() < until:
                    line = await phones.open()
        await phones.close(line)

    await asyncio.gather(*(talk(line) for line in lines))
    return {
        "since": counts_from,
        "until": until,
        "turns": done,
        "took": took,
        "opened": phones.opened,
        "ended_early": phones.ended_early,
    }


async def _opened(phones: Phones, count: int) -> list[Line]:
    """Twenty at a time: nobody's telephone rings in one instant with everybody else's."""
    turns, lines = asyncio.Semaphore(20), []

    async def one() -> None:
        async with turns:
            lines.append(await phones.open())

    work: list[Awaitable[None]] = [one() for _ in range(count)]
    await asyncio.gather(*work)
    return lines


def main() -> None:
    """One order after the other, until nobody gives one."""
    for asked in sys.stdin:
        order = json.loads(asked)
        tell(asyncio.run(closed_loop(order) if order["closed"] else open_loop(order)))


if __name__ == "__main__":
    main()
