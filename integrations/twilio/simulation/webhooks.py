"""Asking the customer's application: signed requests with the vendor's time limits, retries and redirects."""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx2

from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.overrides import Overrides, split_overrides
from integrations.twilio.simulation.signing import signed_headers
from integrations.twilio.simulation.tunnels import Tunnels

IDEMPOTENCY = "I-Twilio-Idempotency-Token"
MAX_REDIRECTS = 5
Form = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str
    url: str


class WebhookFailed(Exception):
    """No usable answer, with the debugger's code for it."""

    def __init__(self, code: int, message: str, kind: str) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind


@dataclass(slots=True)
class Delivery:
    """One webhook and how it went, for `/_sim/webhooks`."""

    purpose: str
    url: str
    method: str
    params: dict[str, list[str]]
    token: str
    at: str
    call_sid: str = ""
    attempts: int = 0
    status: int | None = None
    error: str = ""
    chaos: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Webhooks:
    """The outgoing HTTP of the simulator."""

    def __init__(self, clock: SimClock, *, network_speed: float, tunnels: Tunnels) -> None:
        self.tunnels = tunnels
        self._clock = clock
        self._client: httpx2.AsyncClient | None = None
        self.network_speed = network_speed
        self.idempotency_header = True
        self.log: list[Delivery] = []

    def record(self, purpose: str, url: str, params: Form, *, method: str, token: str, call_sid: str) -> Delivery:
        values: dict[str, list[str]] = {}
        for name, value in params:
            values.setdefault(name, []).append(value)
        at = self._clock.world_now().isoformat()
        delivery = Delivery(purpose, url, method, values, token, at, call_sid)
        self.log.append(delivery)
        return delivery

    async def ask(self, account: SimAccount, delivery: Delivery, params: Form) -> Reply:
        """Send it, again if the URL's fragment says so. Raises `WebhookFailed` when no 2xx came."""
        address, overrides, problems = split_overrides(delivery.url)
        if problems:
            delivery.error = "; ".join(problems)
        try:
            async with asyncio.timeout(overrides.total / self.network_speed):
                return await self._with_retries(account, delivery, params, address, overrides)
        except TimeoutError:
            delivery.error = "no answer within the total time limit"
            raise WebhookFailed(11205, delivery.error, "rt") from None

    async def _with_retries(
        self, account: SimAccount, delivery: Delivery, params: Form, address: str, overrides: Overrides
    ) -> Reply:
        while True:
            delivery.attempts += 1
            try:
                reply = await self._once(account, delivery, params, address, overrides)
                delivery.status, delivery.error = reply.status, ""
                return reply
            except WebhookFailed as failure:
                delivery.error = str(failure)
                if delivery.attempts > overrides.retries or not overrides.retry_after(failure.kind):
                    raise

    async def _once(
        self, account: SimAccount, delivery: Delivery, params: Form, address: str, overrides: Overrides
    ) -> Reply:
        url, method, fields = address, delivery.method, params
        for _ in range(MAX_REDIRECTS):
            response = await self._request(account, method, url, fields, delivery.token, overrides)
            delivery.status = response.status_code
            if response.status_code in {301, 302, 303, 307, 308} and "location" in response.headers:
                # A redirect is followed by GET, and the POST's parameters are lost on the way.
                url, method, fields = urljoin(url, response.headers["location"]), "GET", []
                continue
            if not response.is_success:
                kind = "4xx" if response.status_code < 500 else "5xx"
                raise WebhookFailed(11200, f"HTTP error response code {response.status_code} from {url}", kind)
            return Reply(response.status_code, response.content, response.headers.get("content-type", ""), url)
        raise WebhookFailed(11215, f"too many redirects from {address}", "4xx")

    async def _request(
        self, account: SimAccount, method: str, url: str, fields: Form, token: str, overrides: Overrides
    ) -> httpx2.Response:
        signed: Form = fields if method == "POST" else []
        if method == "GET" and fields:
            url = url + ("&" if "?" in url else "?") + urlencode(fields)
        address, forwarded = self.tunnels.through(url)
        headers = {
            **signed_headers(account, url, signed),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            **forwarded,
        }
        if self.idempotency_header:
            headers[IDEMPOTENCY] = token
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        read = overrides.read / self.network_speed
        limits = httpx2.Timeout(read, connect=overrides.connect / self.network_speed)
        content = urlencode(fields).encode() if method == "POST" else None
        try:
            return await self._http().request(method, address, content=content, headers=headers, timeout=limits)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise WebhookFailed(11205, f"HTTP connection failure to {url}: {error}", "ct") from error
        except httpx2.TimeoutException as error:
            raise WebhookFailed(11205, f"no answer in time from {url}", "rt") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise WebhookFailed(11200, f"HTTP retrieval failure from {url}: {error}", "ct") from error

    async def post_json(self, url: str, data: dict[str, Any]) -> int:
        """An unsigned POST to our own sandbox (not something Twilio would do)."""
        response = await self._http().post(url, json=data, timeout=15.0)
        return response.status_code

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            # A connection each: one kept open would fail when the application is restarted in between.
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
            self._client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, limits=limits)
        return self._client
