"""Every request to the API passes here: the key, the account, the version, the idempotency key; then the answer."""

import base64
import hashlib
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from integrations.stripe.simulation.api import Work, shown_to
from integrations.stripe.simulation.errors import (
    Refusal,
    key_in_use,
    missing,
    not_signed_in,
    not_your_account,
    other_parameters,
    wrong,
)
from integrations.stripe.simulation.forms import Shape, read
from integrations.stripe.simulation.world import VERSION, Json, StripeWorld

type Endpoint = Callable[[Request], Awaitable[Response]]
KEEPS_KEYS = 86_400
FAULTS = ("500", "500_stored", "409", "429", "lost_answer", "slow")


class Door:
    """``faults``: what to do to the next requests, as the control door asked."""

    def __init__(self, world: StripeWorld) -> None:
        self.world = world
        self.journal: list[Json] = []
        self.faults: list[Json] = []
        self._busy: set[str] = set()

    def endpoint(self, shape: Shape, work: Work) -> Endpoint:
        async def answer(request: Request) -> Response:
            body = await request.body()
            headers = {"Request-Id": self.world.new_id("req"), "Stripe-Version": VERSION}
            account = request.headers.get("stripe-account", "")
            try:
                status, found, more = self._answer(request, body, shape, work, account)
            except Refusal as refusal:
                status, found, more = refusal.status, refusal.body, {}
            self.journal.append(
                {"method": request.method, "path": _path(request), "account": account, "body": body.decode(), "status": status,
                 "key": request.headers.get("idempotency-key", "")}
            )  # fmt: skip
            del self.journal[:-1000]
            if request.method != "GET":
                self.world.keep()
            return JSONResponse(found, status, headers=headers | more)

        return answer

    def _answer(
        self, request: Request, body: bytes, shape: Shape, work: Work, account: str
    ) -> tuple[int, Json, dict[str, str]]:
        self._signed_in(request)
        self._may(account, request)
        fault = self._fault(request)
        if fault in ("500", "409", "429"):
            raise _struck(fault)
        if request.method == "GET":
            given = read(request.url.query.encode(), shape)
            return 200, self._done(request, work, account, given), {}
        if body and not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise wrong("Invalid request (check that your POST content type is application/x-www-form-urlencoded).")
        key = request.headers.get("idempotency-key", "")
        if len(key) > 255:
            raise wrong("Idempotency keys have 255 characters at most.")
        place = f"{account}:{key}"
        digest = hashlib.sha256(f"{request.method} {_path(request)}\n".encode() + body).hexdigest()
        kept = self.world.state["keys"].get(place) if key else None
        if kept is not None and kept["at"] + KEEPS_KEYS > self.world.machine():
            if kept["digest"] != digest:
                raise other_parameters(key)
            return kept["status"], kept["answer"], {"Idempotent-Replayed": "true"}
        given = read(body, shape)  # what is refused here is not kept under the key
        status, found = 200, {}
        try:
            found = self._done(request, work, account, given)
        except Refusal as refusal:
            status, found = refusal.status, refusal.body
        if fault == "500_stored":
            status, found = 500, _struck("500").body
        if key:
            self.world.state["keys"][place] = {
                "digest": digest, "status": status, "answer": found, "at": self.world.machine(),
            }  # fmt: skip
        if fault == "lost_answer":
            raise _struck("500")
        return status, found, {}

    def _done(self, request: Request, work: Work, account: str, given: Json) -> Json:
        found = work(self.world, account, request.path_params.get("name", ""), given)
        base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
        return shown_to(self.world, found, base) if found.get("object") != "list" else found

    def _signed_in(self, request: Request) -> None:
        scheme, _space, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[0]
            except ValueError:
                value = ""
        if not value:
            raise not_signed_in("You did not provide an API key.")
        if value != self.world.config.secret_key:
            raise not_signed_in("Invalid API Key provided.")
        version = request.headers.get("stripe-version", "")
        if version and version != VERSION:
            raise wrong(f"Invalid Stripe API version: {version}")

    def _may(self, account: str, request: Request) -> None:
        if account and account not in self.world.state["connected"]:
            raise not_your_account(account)
        if not account and not _path(request).startswith("/v1/accounts/"):
            # Everything here happens on a firm's own account: a platform that forgets to say which would charge for itself.
            raise missing("Stripe-Account")

    def _fault(self, request: Request) -> str:
        for fault in self.faults:
            if fault["path"] in _path(request) and fault.get("method", request.method) == request.method:
                fault["times"] -= 1
                if fault["times"] <= 0:
                    self.faults.remove(fault)
                return str(fault["kind"])
        return ""


def _path(request: Request) -> str:
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


def _struck(kind: str) -> Refusal:
    if kind == "409":
        return key_in_use()
    if kind == "429":
        return Refusal(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit")
    return Refusal(500, "api_error", "An unknown error occurred")
