"""The control API under `/_sim`: what tests, the demo and the sandbox page steer and look at. Not part of Twilio."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.config import Chaos, SharedKey, SimAccount, SimNumber
from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.faults import KINDS
from integrations.twilio.simulation.incoming import Incoming
from integrations.twilio.simulation.personas import Persona, library
from integrations.twilio.simulation.tunnels import Tunnels
from integrations.twilio.simulation.world import World

Order = Callable[[dict[str, Any]], Awaitable[Any]]
SETTINGS = {
    "speed", "network_speed", "patience_floor", "on_pay_url", "allow_plain_ws", "idempotency_header", "chaos",
    "accounts", "tunnels", "handset_speed", "line_types",
}  # fmt: skip


class Control:
    def __init__(self, world: World, incoming: Incoming) -> None:
        self.world = world
        self.incoming = incoming

    def routes(self) -> list[Route]:
        """The whole control API."""
        return [
            self._get("/calls", self.calls),
            self._get("/calls/{sid}", self.call),
            self._get("/rings", self.rings),
            self._get("/personas", self.personas),
            self._get("/messages", self.messages),
            self._get("/debugger", self.debugger),
            self._get("/webhooks", self.webhooks),
            self._get("/pays", self.pays),
            self._get("/idle", self.idle),
            *self._both("/scenarios", self.scenarios, self.change_scenario),
            *self._both("/faults", self.faults, self.order_fault),
            *self._both("/clock", self.clock, self.set_clock),
            *self._both("/config", self.config, self.set_config),
            self._post("/queue", self.set_backlog),
            self._post("/reset", self.reset),
            self._post("/inbound", self.incoming.call),
            self._post("/sms", self.incoming.text),
        ]

    # -- looking ------------------------------------------------------------------------------

    async def calls(self, request: Request) -> Any:
        wanted = request.query_params
        found = [c for c in self.world.calls.values() if wanted.get("to") in {None, c.to}]
        return {"calls": [call_view(call) for call in found]}

    async def call(self, request: Request) -> Any:
        call = self.world.calls.get(request.path_params["sid"])
        if call is None:
            raise ControlError(f"no call is known as {request.path_params['sid']}")
        return call_view(call)

    async def rings(self, request: Request) -> Any:
        return self.world.rings_as_json()

    async def personas(self, request: Request) -> Any:
        numbers: dict[str, list[str]] = {}
        for number, (persona, _) in self.world.scenarios.by_number.items():
            numbers.setdefault(persona.name, []).append(number)
        return {"personas": [persona_view(p, numbers.get(p.name, [])) for p in library().values()]}

    async def messages(self, request: Request) -> Any:
        opted_out = [{"from": sender, "to": to} for sender, to in sorted(self.world.opted_out)]
        messages = [
            {**asdict(m), "created_at": m.created_at.isoformat(), "updated_at": m.updated_at.isoformat(),
             "sent_at": m.sent_at.isoformat() if m.sent_at else None}
            for m in self.world.messages.values()
        ]  # fmt: skip
        return {"messages": messages, "opted_out": opted_out}

    async def debugger(self, request: Request) -> Any:
        return {"entries": [asdict(entry) for entry in self.world.debugger]}

    async def webhooks(self, request: Request) -> Any:
        sid = request.query_params.get("call_sid")
        return {"deliveries": [d.as_json() for d in self.world.webhooks.log if sid in {None, d.call_sid}]}

    async def pays(self, request: Request) -> Any:
        return {"pays": self.world.pays}

    async def idle(self, request: Request) -> Any:
        """Answers when nothing is under way any more, or says after `timeout` seconds (10) what still is."""
        timeout = float(request.query_params.get("timeout", "10"))
        deadline = self.world.clock.machine() + timeout
        while not self.world.is_idle() and self.world.clock.machine() < deadline:
            await asyncio.sleep(0.01)
        return {"idle": self.world.is_idle(), "open_calls": [c.sid for c in self.world.open_calls()]}

    # -- what will happen ---------------------------------------------------------------------

    async def scenarios(self, request: Request) -> Any:
        scenarios = self.world.scenarios
        return {
            "default": scenarios.default,
            "numbers": {n: {"persona": p.name, "person": who} for n, (p, who) in scenarios.by_number.items()},
            "tags": {tag: {"persona": p.name, "person": who} for tag, (p, who) in scenarios.by_tag.items()},
        }

    async def change_scenario(self, order: dict[str, Any]) -> Any:
        return self.world.scenarios.change(order)

    async def faults(self, request: Request) -> Any:
        faults = self.world.faults
        return {"kinds": dict(KINDS), "waiting": [asdict(f) for f in faults.waiting], "happened": faults.happened}

    async def order_fault(self, order: dict[str, Any]) -> Any:
        return asdict(self.world.faults.order(order))

    async def clock(self, request: Request) -> Any:
        clock = self.world.clock
        return {
            "offset_seconds": clock.offset_seconds,
            "world_now": clock.world_now().isoformat(),
            "speed": clock.speed,
        }

    async def set_clock(self, order: dict[str, Any]) -> Any:
        _only(order, {"offset_seconds"})
        self.world.clock.offset_seconds = _number(order, "offset_seconds", minimum=None)
        return {
            "offset_seconds": self.world.clock.offset_seconds,
            "world_now": self.world.clock.world_now().isoformat(),
        }

    async def config(self, request: Request) -> Any:
        return self._config()

    async def set_config(self, order: dict[str, Any]) -> Any:
        """Change speed, chaos, hooks or accounts while running."""
        _only(order, SETTINGS)
        if "speed" in order:
            self.world.clock.speed = _number(order, "speed", minimum=0.01)
        if "handset_speed" in order:
            self.world.plain_clock.speed = _number(order, "handset_speed", minimum=0.01)
        if "network_speed" in order:
            self.world.webhooks.network_speed = _number(order, "network_speed", minimum=0.01)
        if "patience_floor" in order:
            self.world.patience_floor = _number(order, "patience_floor", minimum=0)
        if "line_types" in order:
            kinds = {str(number): str(kind) for number, kind in order["line_types"].items()}
            self.world.config = replace(self.world.config, line_types=kinds)
        if "on_pay_url" in order:
            self.world.on_pay_url = str(order["on_pay_url"])
        if "allow_plain_ws" in order:
            self.world.allow_plain_ws = bool(order["allow_plain_ws"])
        if "idempotency_header" in order:
            self.world.webhooks.idempotency_header = bool(order["idempotency_header"])
        if "tunnels" in order:
            self.world.webhooks.tunnels = Tunnels({str(host): str(origin) for host, origin in order["tunnels"].items()})
        if "chaos" in order:
            _only(order["chaos"], {field.name for field in fields(Chaos)})
            self.world.callbacks.chaos = replace(self.world.callbacks.chaos, **order["chaos"])
        for sid, changes in (order.get("accounts") or {}).items():
            self._change_account(sid, changes)
        return self._config()

    async def set_backlog(self, order: dict[str, Any]) -> Any:
        """Pretend that an account's queue is this long already."""
        _only(order, {"account", "backlog_seconds"})
        sid = str(order.get("account", ""))
        if sid not in self.world.accounts:
            raise ControlError(f"no account is known as {sid!r}")
        self.world.next_slot[sid] = self.world.clock.machine() + _number(order, "backlog_seconds", minimum=0)
        return {"account": sid, "backlog_seconds": order["backlog_seconds"]}

    async def reset(self, order: dict[str, Any]) -> Any:
        await self.world.reset()
        return {"reset": True}

    def _change_account(self, sid: str, changes: Mapping[str, Any]) -> None:
        """Change an account, or add one that is new (then with at least its `auth_token`)."""
        _only(changes, {field.name for field in fields(SimAccount)} - {"sid"})
        values = dict(changes)
        if key := values.get("shared_key"):
            values["shared_key"] = SharedKey(**key)
        if "numbers" in values:
            numbers = tuple(SimNumber(**(n if isinstance(n, dict) else {"phone_number": n})) for n in values["numbers"])
            values["numbers"] = numbers
        if "verified_caller_ids" in values:
            values["verified_caller_ids"] = tuple(values["verified_caller_ids"])
        old = self.world.accounts.get(sid)
        if old is None and "auth_token" not in values:
            raise ControlError(f"account {sid!r} is new: it needs an `auth_token`")
        account = SimAccount(sid=sid, **values) if old is None else replace(old, **values)
        self.world.add_account(account)

    def _config(self) -> dict[str, Any]:
        world = self.world
        return {
            "speed": world.clock.speed,
            "handset_speed": world.plain_clock.speed,
            "network_speed": world.webhooks.network_speed,
            "patience_floor": world.patience_floor,
            "on_pay_url": world.on_pay_url,
            "allow_plain_ws": world.allow_plain_ws,
            "idempotency_header": world.webhooks.idempotency_header,
            "chaos": asdict(world.callbacks.chaos),
            "accounts": {sid: asdict(account) for sid, account in world.accounts.items()},
        }

    # -- plumbing -----------------------------------------------------------------------------

    def _get(self, path: str, look: Callable[[Request], Awaitable[Any]]) -> Route:
        async def answer(request: Request) -> Response:
            try:
                return JSONResponse(await look(request))
            except ControlError as error:
                return JSONResponse({"error": str(error)}, 404)

        return Route(f"/_sim{path}", answer, methods=["GET"])

    def _post(self, path: str, act: Order) -> Route:
        async def answer(request: Request) -> Response:
            try:
                body = await request.body()
                order = await request.json() if body else {}
                if not isinstance(order, dict):
                    raise ControlError("send a JSON object")
                return JSONResponse(await act(order))
            except ControlError as error:
                return JSONResponse({"error": str(error)}, 400)
            except (ValueError, TypeError) as error:
                return JSONResponse({"error": f"not understood: {error}"}, 400)

        return Route(f"/_sim{path}", answer, methods=["POST"])

    def _both(self, path: str, look: Callable[[Request], Awaitable[Any]], act: Order) -> list[Route]:
        return [self._get(path, look), self._post(path, act)]


def call_view(call: Call) -> dict[str, Any]:
    """Everything that is known of a call, with what was really played and said."""
    return {
        "sid": call.sid,
        "account_sid": call.account_sid,
        "parent_call_sid": call.parent_sid,
        "to": call.to,
        "from": call.from_,
        "direction": call.direction,
        "status": call.status,
        "persona": call.persona.name,
        "person": call.person,
        "url": call.order.source.url,
        "answered_by": call.answered_by,
        "sip_code": call.sip_code,
        "ended_by": call.ended_by,
        "seconds": call.seconds,
        "created_at": call.created_at.isoformat(),
        "answered_at": call.answered_at.isoformat() if call.answered_at else None,
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        "history": call.history,
        "transcript": call.conversation.as_json(),
        "sessions": call.sessions,
        "frames": call.frames,
    }


def persona_view(persona: Persona, numbers: list[str]) -> dict[str, Any]:
    """What this simulated customer will do and say."""
    return {
        "name": persona.name,
        "title": persona.title,
        "description": persona.description,
        "language": persona.language,
        "line": persona.line.kind,
        "lines": persona.lines(),
        "numbers": numbers,
    }


def _only(order: Mapping[str, Any], known: set[str]) -> None:
    if not isinstance(order, Mapping):
        raise ControlError("send a JSON object")
    if unknown := set(order) - known:
        raise ControlError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _number(order: Mapping[str, Any], name: str, *, minimum: float | None) -> float:
    value = order.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or (minimum is not None and value < minimum):
        raise ControlError(f"`{name}` must be a number" + ("" if minimum is None else f" of at least {minimum}"))
    return float(value)
