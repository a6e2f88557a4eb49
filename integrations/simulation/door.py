"""Every request to a vendor passes here: a line in the journal, faults on demand, then the answer."""

import asyncio
import contextlib
import logging
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.simulation.books import NotPossible, NotThere
from integrations.simulation.call import Answer, Call, VendorRefusal
from integrations.simulation.keeping import Keeper
from integrations.simulation.trouble import SPOILS, Rule
from integrations.simulation.world import World

log = logging.getLogger(__name__)


class Door[W: World[Any]]:
    """Wraps a vendor's work as Starlette endpoints.

    `around` is entered for each call of the data API, before faults and latency, and left when the answer is ready:
    the place for the token, the tenant and the limits. It may raise VendorRefusal.
    """

    def __init__(self, world: W, *, around: Callable[[W, Call], AbstractContextManager[None]] | None = None) -> None:
        self.world = world
        self.keeper = Keeper(world)
        self._around = around or (lambda world, call: nullcontext())

    def endpoint(self, work: Callable[[W, Call], Answer], *, api: bool = True) -> ASGIApp:
        """An endpoint for a Route. `api` False (authorization, pages): no `around`, struck only by faults with a path."""
        return _Endpoint(self, work, api)

    async def answer(self, request: Request, work: Callable[[W, Call], Answer], *, api: bool) -> ASGIApp:
        """The whole way of one request."""
        call, started = await Call.read(request), time.monotonic()
        rule, fault = None, None
        try:
            with self._around(self.world, call) if api else nullcontext():
                rule = self.world.trouble.strike(call, api=api)
                answer = await self._work(call, work, rule)
        except VendorRefusal as refusal:
            answer, fault = refusal.answer, str(refusal)
        except (NotThere, NotPossible) as problem:
            answer, fault = self.world.refusal(call, problem) or Answer(500), f"{type(problem).__name__}: {problem}"
        except Exception as problem:
            log.exception("%s simulator: %s %s", self.world.vendor, call.method, call.path)
            answer, fault = Answer(500), f"{type(problem).__name__}: {problem}"
            call.notes.append(traceback.format_exc())
        answer = self.world.last_touch(call, answer)
        if rule is not None:
            fault = f"on demand: {rule.kind}"
        self.world.journal.write(call, status=answer.status, seconds=time.monotonic() - started, fault=fault)
        if call.method != "GET":
            self.keeper.changed()
        return _response(answer, rule)

    async def _work(self, call: Call, work: Callable[[W, Call], Answer], rule: Rule | None) -> Answer:
        if delay := self.world.settings.latency_seconds:
            await asyncio.sleep(delay)
        if rule is not None and rule.kind not in SPOILS and not rule.after:
            return self.world.trouble.answer(rule)
        if rule is not None and rule.kind == "slow" and not rule.after:
            await asyncio.sleep(rule.seconds)
        async with self.world.lock:
            answer = work(self.world, call)
        if rule is not None and rule.kind == "slow" and rule.after:
            await asyncio.sleep(rule.seconds)
        if rule is None or rule.kind in SPOILS:
            return answer
        return self.world.trouble.answer(rule)


class _Endpoint:
    """A route's endpoint whose answer may break off in the middle, which a plain function's cannot."""

    def __init__(self, door: Door[Any], work: Callable[[Any, Call], Answer], api: bool) -> None:
        self._door, self._work, self._api = door, work, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._door.answer(Request(scope, receive), self._work, api=self._api)
        await response(scope, receive, send)


def _response(answer: Answer, rule: Rule | None) -> ASGIApp:
    kind = rule.kind if rule is not None else ""
    if kind == "drop-answer":
        return drop_answer
    if kind == "cut-connection":
        return _CutAnswer(answer)
    body = answer.body[: len(answer.body) // 2] if kind == "cut-body" else answer.body
    media_type = answer.content_type if body or answer.content_type != "application/json" else None
    return Response(body, answer.status, answer.headers, media_type=media_type)


class _CutAnswer:
    """An answer whose connection breaks in the middle of the body."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise the whole length, send half, and return: the server then closes the connection."""
        answer, body = self._answer, self._answer.body or b"{}"
        headers = [
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def drop_answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Close the connection without a word. ASGI knows no such thing, so the server's own connection is taken."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        await _CutAnswer(Answer(200))(scope, receive, send)
        return
    transport.abort()
    with contextlib.suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass
