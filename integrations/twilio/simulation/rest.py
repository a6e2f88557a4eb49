"""The REST API's front door: who asks, for which account, with what, and the answers' common form."""

import asyncio
import base64
import binascii
import contextlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from integrations.twilio.simulation.checks import Fields, unknown_parameters
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.errors import TwilioError, not_found, too_many_requests, unauthenticated
from integrations.twilio.simulation.faults import Fault
from integrations.twilio.simulation.webhooks import Form
from integrations.twilio.simulation.world import World

FORM = "application/x-www-form-urlencoded"
OVERTAKING_SECONDS = 5.0


@dataclass(slots=True)
class Asked:
    """An authenticated request. `query` and `fields` are decoded; only forms are read, as the vendor does."""

    account: SimAccount
    path: dict[str, str]
    query: Form
    fields: Fields
    url_path: str
    faults: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Answer:
    """What to answer. `afterwards` runs when the answer is out (or was lost on the way).

    `reported` is set by the first status callbacks, for the fault where they overtake the answer.
    """

    data: dict[str, Any] | None
    status: int = 200
    afterwards: Callable[[], None] | None = None
    reported: asyncio.Event | None = None


Endpoint = Callable[[Request], Awaitable[Response]]
Work = Callable[[Asked], Answer]


class LostResponse(Response):
    """The connection breaks before the answer is complete; or nothing comes until the client gives up."""

    def __init__(self, how: str) -> None:
        super().__init__(b"", 200)
        self._how = how

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._how == "hang":
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1024")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class FrontDoor:
    """Turns a piece of work on the world into an endpoint, with authentication, validation and faults around it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def endpoint(self, work: Work, *, operation: str = "", known: frozenset[str] | None = None) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                return await self._answer(request, work, operation, known)
            except TwilioError as error:
                return self._error(error)

        return answer

    def refused(self, operation: str) -> Response | None:
        """The answer of a fault on order that refuses this operation; none where none strikes."""
        return next((answer for fault in self.world.faults.take(operation) if (answer := self._refusal(fault))), None)

    def authenticate(self, request: Request, account_sid: str = "") -> SimAccount:
        """The account of the path (or of the credentials), if the credentials are good for it."""
        user, secret = _basic(request.headers.get("authorization", ""))
        for account in self.world.accounts.values():
            if not _knows(account, user, secret):
                continue
            wanted = self.world.accounts.get(account_sid or account.sid)
            if wanted is not None and account.sid in {wanted.sid, wanted.parent_sid}:
                return wanted
        raise unauthenticated()

    async def _answer(self, request: Request, work: Work, operation: str, known: frozenset[str] | None) -> Response:
        account = self.authenticate(request, request.path_params.get("account", ""))
        asked = Asked(
            account=account,
            path=dict(request.path_params),
            query=parse_qsl(request.url.query, keep_blank_values=True),
            fields=Fields(await _form(request)),
            url_path=request.url.path.removeprefix(request.scope.get("root_path", "")),
        )
        if account.status != "active" and operation.endswith(".create"):
            raise TwilioError(401, 20005, f"Account {account.sid} is not active: it is {account.status}")
        faults = self.world.faults.take(operation, to=asked.fields.get("To")) if operation else []
        asked.faults = marks(faults)
        for fault in faults:
            if refusal := self._refusal(fault):
                return refusal
        if known is not None and (unknown := asked.fields.unknown(known)):
            self._complain(account, unknown)
        return await self._deliver(work(asked), faults)

    async def _deliver(self, answer: Answer, faults: list[Fault]) -> Response:
        kinds = {fault.kind: fault for fault in faults}
        if answer.afterwards is not None and kinds:
            answer.afterwards()
            answer.afterwards = None
        if "status_before_201" in kinds and answer.reported is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(answer.reported.wait(), OVERTAKING_SECONDS)
        if fault := kinds.get("slow_answer"):
            await asyncio.sleep(fault.seconds)
        if fault := kinds.get("lost_response"):
            return LostResponse(fault.how)
        if kinds.get("error_after"):
            return self._error(TwilioError(500, 20500, "An internal server error has occurred"))
        if answer.status == 204:
            return Response(status_code=204)
        background = BackgroundTask(_in_the_loop, answer.afterwards) if answer.afterwards is not None else None
        return JSONResponse(answer.data, answer.status, headers=self._headers(), background=background)

    def _refusal(self, fault: Fault) -> Response | None:
        if fault.kind == "rate_limited":
            return self._error(too_many_requests())
        if fault.kind == "server_error" and fault.html:
            return HTMLResponse("<html><body><h1>503 Service Unavailable</h1></body></html>", fault.status)
        if fault.kind in {"server_error", "reject"}:
            return self._error(TwilioError(fault.status, fault.code, fault.message))
        return None

    def _complain(self, account: SimAccount, unknown: list[str]) -> None:
        if self.world.config.strict_parameters:
            raise unknown_parameters(unknown)
        self.world.debug(20001, f"Unknown parameters: {', '.join(unknown)}", account_sid=account.sid, level="WARNING")

    def _headers(self) -> dict[str, str]:
        return {"Twilio-Request-Id": "RQ" + self.world.token().replace("-", ""), "Twilio-Concurrent-Requests": "1"}

    def _error(self, error: TwilioError) -> Response:
        headers = self._headers()
        if error.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return JSONResponse(error.as_json(), error.status, headers=headers)


def marks(faults: list[Fault]) -> set[str]:
    """What a new call carries of its faults."""
    found = {fault.kind for fault in faults}
    if "silent_after_201" in found:
        found.add("silent")
    if any(fault.kind == "silent_after_201" and fault.rings for fault in faults):
        found.add("silent_ring")
    return found


async def resource_not_found(request: Request) -> Response:
    """Any address that is nothing."""
    error = not_found(request.url.path)
    return JSONResponse(error.as_json(), error.status)


async def _form(request: Request) -> Form:
    body = await request.body()
    if not request.headers.get("content-type", "").startswith(FORM):
        return []
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise unauthenticated()
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise unauthenticated() from None
    return user, secret


def _knows(account: SimAccount, user: str, secret: str) -> bool:
    secrets = [account.auth_token, account.secondary_token] if user == account.sid else [account.api_keys.get(user, "")]
    return any(good and hmac.compare_digest(good.encode(), secret.encode()) for good in secrets)


async def _in_the_loop(work: Callable[[], None]) -> None:
    """Background work that is a plain function would go to a thread; the world lives in one event loop."""
    work()
