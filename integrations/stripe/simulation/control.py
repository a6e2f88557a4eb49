"""The control door under ``/_sim``: what a test or a person at the sandbox makes happen at the processor."""

from dataclasses import fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.stripe.simulation.door import FAULTS, Door
from integrations.stripe.simulation.errors import Refusal
from integrations.stripe.simulation.hooks import Hooks
from integrations.stripe.simulation.world import Json, StripeWorld, shown


class Control:
    """Answers 400 with a reason where it is asked for what cannot be."""

    def __init__(self, world: StripeWorld, door: Door, hooks: Hooks) -> None:
        self.world, self.door, self.hooks = world, door, hooks

    def routes(self) -> list[Route]:
        acts = {
            "clock": self._clock, "settings": self._settings, "reset": self._reset, "faults": self._fault,
            "payments": self._pay, "settlements": self._settle, "refunds": self._refund, "disputes": self._dispute,
            "closings": self._close, "deauthorizations": self._deauthorize, "connections": self._connect,
            "finished": self._finish, "repeats": self._repeat,
        }  # fmt: skip
        routes = [Route(f"/_sim/{name}", self._act(act), methods=["POST"]) for name, act in acts.items()]
        return [*routes, Route("/_sim/state", self._state, methods=["GET"])]

    def _act(self, act: Any) -> Any:
        async def answer(request: Request) -> Response:
            try:
                found = act(await request.json())
            except Refusal as refusal:
                return JSONResponse(refusal.body, refusal.status)
            except (KeyError, ValueError, TypeError) as problem:
                return JSONResponse({"error": f"{type(problem).__name__}: {problem}"}, 400)
            self.world.keep()
            return JSONResponse(found or {})

        return answer

    async def _state(self, _request: Request) -> Response:
        self.world.let_run_out()
        kinds = ("sessions", "intents", "charges", "refunds", "disputes")
        found: Json = {kind: [shown(one) for one in self.world.state[kind].values()] for kind in kinds}
        more = {"connected": self.world.state["connected"], "events": self.world.state["events"]}
        return JSONResponse(found | more | {"journal": self.door.journal, "deliveries": self.hooks.delivered})

    def _clock(self, asked: Json) -> Json:
        self.world.offset_seconds = float(asked["offset_seconds"])
        return {"offset_seconds": self.world.offset_seconds}

    def _settings(self, asked: Json) -> None:
        known = {one.name for one in fields(self.world.config)}
        if unknown := set(asked) - known:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        fitting: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in asked.items()}
        self.world.config = self.hooks.config = replace(self.world.config, **fitting)

    def _reset(self, _asked: Json) -> None:
        connected = list(self.world.state["connected"])
        self.world.begin()
        self.world.state["connected"] = connected
        self.door.faults.clear()

    def _fault(self, asked: Json) -> None:
        if asked["kind"] not in FAULTS:
            raise ValueError(f"a fault is one of {', '.join(FAULTS)}")
        self.door.faults.append({"path": "", "times": 1} | asked)

    def _pay(self, asked: Json) -> Json:
        session = self.world.state["sessions"][asked["session"]]
        return {"said": self.world.pay(session, asked.get("number", "4242424242424242"))}

    def _settle(self, asked: Json) -> None:
        self.world.settle(self.world.state["sessions"][asked["session"]], arrives=bool(asked["arrives"]))

    def _refund(self, asked: Json) -> Json:
        charge = self.world.state["charges"][asked["charge"]]
        return shown(self.world.refund(charge, int(asked["amount"]), fails=bool(asked.get("fails"))))

    def _dispute(self, asked: Json) -> Json:
        intent = self.world.state["intents"][asked["payment_intent"]]
        return shown(
            self.world.dispute(
                intent,
                reason=str(asked.get("reason", "fraudulent")),
                amount=asked.get("amount"),
                inquiry=bool(asked.get("inquiry")),
            )
        )

    def _close(self, asked: Json) -> Json:
        return shown(self.world.close_dispute(self.world.state["disputes"][asked["dispute"]], won=bool(asked["won"])))

    def _deauthorize(self, asked: Json) -> None:
        self.world.state["connected"].remove(asked["account"])
        application = {"id": self.world.config.client_id, "object": "application", "_account": asked["account"]}
        self.world.happened("account.application.deauthorized", application)

    def _connect(self, asked: Json) -> None:
        self.world.account(asked["account"])
        if asked["account"] not in self.world.state["connected"]:
            self.world.state["connected"].append(asked["account"])

    def _finish(self, asked: Json) -> None:
        """What the owner still owed the processor is there: the account may take payments."""
        self.world.state["finished"].append(asked["account"])
        self.world.happened("account.updated", self.world.account(asked["account"]), asked["account"])

    def _repeat(self, asked: Json) -> None:
        for event in self.world.state["events"]:
            if asked.get("event", event["id"]) == event["id"]:
                self.hooks.again(event)
