"""A small customer of Twilio for the simulator's tests: answers TwiML, holds relay sockets, checks every signature."""

import asyncio
import atexit
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from integrations.twilio.simulation.world import SIMULATOR_FAILED
from integrations.twilio.simulator import AVA_ACCOUNT, RIVAL_ACCOUNT
from tests.integrations.twilio.simulator_server import SimControl, running_simulator, served, twilio_client

OUR_NUMBER = AVA_ACCOUNT.numbers[0].phone_number
SHARED_KEY_SECRET = "a-shared-key-secret"

Answer = str | Response | Callable[["Got"], "str | Response | Awaitable[str | Response]"]


@dataclass
class Got:
    """A webhook as it arrived."""

    path: str
    method: str
    params: dict[str, str]
    pairs: list[tuple[str, str]]
    headers: dict[str, str]
    signed: bool


class Talk:
    """One relay socket, from the application's side."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.frames: list[dict[str, Any]] = []
        self.headers = {name.lower(): value for name, value in socket.headers.items()}
        self.closed_with: int | None = None

    async def receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self._socket.receive_text())
        self.frames.append(frame)
        return frame

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these values."""
        while True:
            frame = await self.receive()
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    async def send(self, **frame: Any) -> None:
        await self._socket.send_text(json.dumps(frame))

    async def send_raw(self, text: str) -> None:
        await self._socket.send_text(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def say(self, text: str, **extra: Any) -> None:
        await self.send(type="text", token=text, last=True, **extra)

    async def end(self, handoff: str | None = None) -> None:
        await self.send(type="end", **({} if handoff is None else {"handoffData": handoff}))

    async def hang_on(self) -> None:
        """Read until the other side closes."""
        while True:
            await self.receive()

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]


Agent = Callable[[Talk], Awaitable[None]]


async def listen(talk: Talk) -> None:
    """An agent that only listens."""
    await talk.hang_on()


@dataclass
class Customer:
    """The application. `twiml` answers by path; `agent` drives every relay socket."""

    base_url: str = ""
    got: list[Got] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    refused_sockets: int = 0
    twiml: dict[str, Answer] = field(default_factory=dict)
    agent: Agent = listen

    @property
    def ws_url(self) -> str:
        return self.base_url.replace("http", "ws", 1)

    def clear(self) -> None:
        self.got, self.talks, self.refused_sockets = [], [], 0
        self.twiml, self.agent = {}, listen

    def at(self, path: str) -> list[Got]:
        return [got for got in self.got if got.path == path]

    def relay(
        self, token: str = "t1", *, action: str = "", nested: str = "", before: str = "", **attributes: str
    ) -> str:
        """A TwiML answer that opens our socket."""
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        act = f' action="{action}"' if action else ""
        url = f"{self.ws_url}/relay/{token}"
        return (
            f'<Response>{before}<Connect{act}><ConversationRelay url="{url}"{written}>{nested}'
            "</ConversationRelay></Connect></Response>"
        )

    def app(self) -> Starlette:
        methods = ["GET", "POST"]
        return Starlette(
            routes=[WebSocketRoute("/relay/{token}", self._socket), Route("/{path:path}", self._http, methods=methods)]
        )

    async def _http(self, request: Request) -> Response:
        body = (await request.body()).decode()
        pairs = parse_qsl(body, keep_blank_values=True)
        query = parse_qsl(request.url.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        signed = self._is_signed(headers, self.base_url + target, pairs)
        got = Got(request.url.path, request.method, dict(query + pairs), query + pairs, headers, signed)
        self.got.append(got)
        answer: Any = self.twiml.get(request.url.path, "")
        if callable(answer) and not isinstance(answer, Response):
            answer = answer(got)
            if isinstance(answer, Awaitable):
                answer = await answer
        return answer if isinstance(answer, Response) else Response(answer, media_type="text/xml")

    async def _socket(self, socket: WebSocket) -> None:
        headers = {name.lower(): value for name, value in socket.headers.items()}
        if not self._is_signed(headers, self.ws_url + socket.url.path, []):
            self.refused_sockets += 1
            await socket.close(1008)
            return
        await socket.accept()
        talk = Talk(socket)
        self.talks.append(talk)
        try:
            await self.agent(talk)
        except WebSocketDisconnect as gone:
            talk.closed_with = gone.code

    @staticmethod
    def _is_signed(headers: dict[str, str], url: str, pairs: list[tuple[str, str]]) -> bool:
        """By the SDK's own validator, with the token of whichever account may have sent it, or the shared key."""
        algorithm = get_signature_algorithm(headers.get("x-twilio-webhooks-signature-settings"))
        given = headers.get("x-twilio-signature", "")
        tokens = [AVA_ACCOUNT.auth_token, RIVAL_ACCOUNT.auth_token]
        secrets = [SHARED_KEY_SECRET] if algorithm == "HMAC_SHA256" else tokens
        return any(RequestValidator(secret).validate(url, _Multi(pairs), given, algorithm) for secret in secrets)


class _Multi(dict[str, str]):
    """Form parameters with repeated names, as the validator likes them."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


@dataclass
class Stage:
    """Simulator, customer and SDK, ready."""

    base_url: str
    control: SimControl
    customer: Customer
    client: Client

    def call(self, to: str = "+16145550102", path: str = "/voice/1", **options: Any) -> Any:
        """Place a call whose instructions and status callbacks are ours."""
        values: dict[str, Any] = {
            "url": self.customer.base_url + path,
            "status_callback": self.customer.base_url + "/status/1",
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            **options,
        }
        return self.client.calls.create(to=to, from_=OUR_NUMBER, **values)

    def finished(self, to: str = "+16145550102", path: str = "/voice/1", **options: Any) -> Any:
        """Place a call, wait for everything about it to end, and look at it."""
        sid = self.call(to, path, **options).sid
        self.control.wait_until_idle()
        return self.control.call(sid)

    def person(self, *steps: dict[str, Any], number: str = "+16145550150", **more: Any) -> str:
        """Put somebody with this script, and much patience, at a number."""
        patient = [{"patience": 120, **step} if {"wait_for", "barge_in_at"} & set(step) else step for step in steps]
        script = {"name": "test", "pick_up": "", "line": {"answer_after": 1}, "steps": patient, **more}
        self.control.post("/scenarios", number=number, script=script)
        return number


@cache
def _theatre() -> Stage:
    """One simulator and one customer for a whole run of tests, closed when Python ends."""
    servers = ExitStack()
    atexit.register(servers.close)
    customer = Customer()
    base_url = servers.enter_context(running_simulator(speed=90.0, patience_floor=0.3, handset_speed=20.0))
    customer.base_url = servers.enter_context(served(customer.app()))
    return Stage(base_url, SimControl(base_url), customer, twilio_client(base_url))


@pytest.fixture(scope="session")
def twilio_theatre() -> Stage:
    return _theatre()


@pytest.fixture(name="stage")
def fresh_stage(twilio_theatre: Stage) -> Iterator[Stage]:
    """A fresh simulator and customer for one test, dialing without a queue."""
    twilio_theatre.control.post("/reset")
    twilio_theatre.customer.clear()
    fast = {"calls_per_second": 1000.0}
    twilio_theatre.control.post("/config", accounts={AVA_ACCOUNT.sid: fast, RIVAL_ACCOUNT.sid: fast})
    yield twilio_theatre
    assert SIMULATOR_FAILED not in twilio_theatre.control.debugger_codes()


async def polite_agent(talk: Talk) -> None:
    """Asks who is there, names the invoice, acknowledges what it hears, and ends."""
    await talk.until("setup")
    await talk.say("Hello, this is an automated assistant calling for Ava's Plumbing. Am I speaking with the owner?")
    await talk.until("prompt", last=True)
    await talk.say("Thank you. Invoice 2207 for 796 dollars is past due. Can you take care of it?")
    await talk.until("prompt", last=True)
    await talk.say("I understand. You will hear from us in writing. Goodbye.")
    await talk.until("info", name="agentSpeaking", value="off")
    await asyncio.sleep(0.02)
    await talk.end()
    await talk.hang_on()
