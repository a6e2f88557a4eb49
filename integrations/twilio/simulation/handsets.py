"""A telephone that a living person holds: `/_sim/handset`. The carrier rings it; everything else is up to him. Not part of Twilio."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.conversation import Spoken
from integrations.twilio.simulation.engine import CallEngine
from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.numbers import is_e164
from integrations.twilio.simulation.personas import LIVE
from integrations.twilio.simulation.world import World

KEYS = frozenset("0123456789*#")
LONGEST_TEXT = 2000
ACTS = "answer, decline, words, says, press, hang_up"


class Handset:
    """One person on one call. What he types goes down the line in the order in which it came."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._speaking: Spoken | None = None
        self._order = asyncio.Lock()

    async def words(self, text: str) -> None:
        """So much he has said by now; the words may still be taken back for others."""
        async with self._order:
            words = text.split()
            if words or self._speaking is not None:
                await self.call.conversation.person_words(self._line(), words)

    async def says(self, text: str) -> None:
        """He has finished a sentence."""
        async with self._order:
            words = text.split()
            if not words and self._speaking is None:
                return
            line, self._speaking = self._line(), None
            await self.call.conversation.person_utterance(line, words)

    async def press(self, digits: str) -> None:
        async with self._order:
            for digit in digits:
                await self.call.conversation.person_digit(digit)

    def _line(self) -> Spoken:
        if self._speaking is None:
            self._speaking = self.call.conversation.person_starts()
        return self._speaking


class Handsets:
    """The telephones in living hands, by call."""

    def __init__(self, world: World, engine: CallEngine) -> None:
        self.world = world
        self.engine = engine
        self._handsets: dict[str, Handset] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/_sim/handset", self._answering(self.look), methods=["GET"]),
            Route("/_sim/handset/{sid}", self._answering(self.act), methods=["POST"]),
        ]

    async def look(self, request: Request) -> dict[str, Any]:
        """`GET /_sim/handset?number=+1...`: the newest call to that telephone, as the one who holds it sees it."""
        number = request.query_params.get("number", "")
        if not is_e164(number):
            raise ControlError("`number` is a telephone number in E.164 form, such as +16145550101")
        calls = [c for c in self.world.calls.values() if c.persona.line.kind == LIVE and _at(c) == number]
        return {"call": _view(calls[-1]) if calls else None}

    async def act(self, request: Request) -> dict[str, Any]:
        """`POST /_sim/handset/CA...`: {act: answer|decline|words|says|press|hang_up, text?}."""
        call = self.world.calls.get(request.path_params["sid"])
        if call is None or call.persona.line.kind != LIVE:
            raise ControlError(f"no handset is on a call {request.path_params['sid']}")
        order = await request.json()
        if not isinstance(order, dict) or set(order) - {"act", "text"}:
            raise ControlError("send {act, text}")
        text = order.get("text", "")
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise ControlError(f"`text` is a text of at most {LONGEST_TEXT} characters")
        await self._do(call, str(order.get("act", "")), text)
        return {"call": _view(call)}

    async def _do(self, call: Call, act: str, text: str) -> None:
        if act not in ACTS.split(", "):
            raise ControlError(f"`act` is one of {ACTS}")
        if call.is_over:
            return
        if act == "answer":
            call.picked_up.set()
            await asyncio.sleep(0)
        elif act == "decline" and call.answered_at is None:
            self.engine.hang_up(call, "person", status="busy", sip_code=486)
        elif act == "hang_up":
            self.engine.hang_up(call, "person", status="" if call.answered_at else "no-answer")
        elif call.answered_at is None:
            raise ControlError("the telephone is still ringing: answer or decline")
        else:
            await self._speak(call, act, text)

    async def _speak(self, call: Call, act: str, text: str) -> None:
        handset = self._handsets.get(call.sid)
        if handset is None or handset.call is not call:  # after a reset the same names are given out again
            handset = self._handsets[call.sid] = Handset(call)
        if act == "words":
            await handset.words(text)
        elif act == "press":
            if not text or set(text) - KEYS:
                raise ControlError("`text` holds the keys pressed: 0 to 9, * and #")
            await handset.press(text)
        else:
            # The turn ends after a silence; nobody waits for that with the request.
            self.world.spawn(handset.says(text))

    @staticmethod
    def _answering(work: Callable[[Request], Awaitable[dict[str, Any]]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return JSONResponse(await work(request))
            except ControlError as error:
                return JSONResponse({"error": str(error)}, 400)
            except ValueError as error:
                return JSONResponse({"error": f"not understood: {error}"}, 400)

        return answer


def _at(call: Call) -> str:
    """The number of the telephone in living hands."""
    return call.from_ if call.direction == "inbound" else call.to


def _view(call: Call) -> dict[str, Any]:
    """What a person on the line can know: who rings, and what was said by both, as far as it sounded."""
    air = call.conversation
    lines = [
        {"who": line["who"], "second": line["seconds"], "text": line["text"], "complete": line["complete"], "interrupted": line["interrupted"],
         "unplayed": line["unplayed"], "heard": line["heard"]}
        for line in air.as_json()
    ]  # fmt: skip
    return {
        "sid": call.sid,
        "direction": call.direction,
        "from": call.from_,
        "to": call.to,
        "status": call.status,
        "ended_by": call.ended_by,
        "seconds": call.seconds if call.is_over else round(air.seconds()) if call.answered_at else 0,
        "agent_speaking": air.agent_speaking,
        "sounding": air.sounding(),
        "lines": lines,
    }
