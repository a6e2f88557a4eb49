"""Every request to the vendor passes here: a transaction id, a line in the log, faults on demand, then the answer."""

import asyncio
import time
import uuid
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from integrations.quickbooks.simulation import data_service
from integrations.quickbooks.simulation.answers import Answer, VendorRefusal
from integrations.quickbooks.simulation.keeping import Keeper
from integrations.quickbooks.simulation.traffic import Call
from integrations.quickbooks.simulation.trouble import SPOILS, CutAnswer, Rule
from integrations.quickbooks.simulation.world import World

type Work = Callable[[World, Call], Answer]


class Door:
    """Wraps the vendor's endpoints as Starlette endpoints."""

    def __init__(self, world: World, keeper: Keeper) -> None:
        self.world, self.keeper = world, keeper

    async def data(self, request: Request) -> ASGIApp:
        """The data service: token, limits, faults, then the work."""
        call = await Call.read(request)
        call.realm = request.path_params["realm"]
        rest = request.path_params["rest"]
        data_service.locate(call, rest)

        def work(world: World, call: Call) -> Answer:
            data_service.check_minorversion(world, call)
            return data_service.serve(world, call, rest)

        return await self._logged(call, work, guarded=True)

    async def other(self, request: Request, work: Work) -> ASGIApp:
        """An endpoint outside the data service."""
        call = await Call.read(request)
        call.realm = request.path_params.get("realm")
        return await self._logged(call, work, guarded=False)

    async def _logged(self, call: Call, work: Work, *, guarded: bool) -> ASGIApp:
        started, tid, fault = time.monotonic(), f"1-{uuid.uuid4().hex}", None
        rule: Rule | None = None
        try:
            if guarded:
                data_service.authorize(self.world, call)
                with self.world.limits.admitted(call.realm or ""):
                    rule = self.world.trouble.strike(call)
                    answer = await self._answer(call, work, rule)
            else:
                rule = self.world.trouble.strike(call)
                answer = await self._answer(call, work, rule)
        except VendorRefusal as refusal:
            fault = str(refusal)
            answer = refusal.answer(self.world.clock, as_json=call.wants_json)
        if rule is not None:
            fault = f"on demand: {rule.kind}"
        self.world.journal.write(call, status=answer.status, tid=tid, seconds=time.monotonic() - started, fault=fault)
        if call.method != "GET":
            self.keeper.changed()
        return _response(answer, tid, rule)

    async def _answer(self, call: Call, work: Work, rule: Rule | None) -> Answer:
        if delay := self.world.settings.latency_seconds:
            await asyncio.sleep(delay)
        if rule is None or rule.kind in SPOILS or rule.after:
            if rule is not None and rule.kind == "slow" and not rule.after:
                await asyncio.sleep(rule.seconds)
            async with self.world.lock:
                answer = work(self.world, call)
            if rule is not None and rule.kind == "slow" and rule.after:
                await asyncio.sleep(rule.seconds)
            if rule is None or rule.kind in SPOILS:
                return answer
        return rule.answer(self.world.clock, as_json=call.wants_json)


def _response(answer: Answer, tid: str, rule: Rule | None) -> ASGIApp:
    headers = {**answer.headers, "intuit_tid": tid}
    if rule is not None and rule.kind == "cut-connection":
        return CutAnswer(answer, headers)
    body = answer.body[: len(answer.body) // 2] if rule is not None and rule.kind == "cut-body" else answer.body
    return Response(body, answer.status, headers, media_type=answer.content_type)
