"""Runs the Twilio simulator (or any ASGI app) on a free local port, and the SDK against it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
import uvicorn
from starlette.types import ASGIApp
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client

from integrations.twilio.simulator import AVA_ACCOUNT, SimAccount, TwilioSimConfig, create_app

TEST_SPEED = 50.0


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The app on a port of its own, in a thread of its own; yields its base URL."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the test server did not start")
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def running_simulator(**config: Any) -> Iterator[str]:
    """A Twilio simulator, fifty times as fast as life unless told otherwise; yields its base URL."""
    with served(create_app(TwilioSimConfig(**{"speed": TEST_SPEED, "allow_plain_ws": True, **config}))) as base_url:
        yield base_url


class LocalTwilioHttp(TwilioHttpClient):  # type: ignore[misc]
    """Sends every request of the SDK to one local origin; other sub-domains than `api` become a path."""

    def __init__(self, origin: str, **options: Any) -> None:
        super().__init__(**options)
        self._origin = urlsplit(origin)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> TwilioResponse:
        parts = urlsplit(url)
        path = parts.path if parts.hostname == "api.twilio.com" else f"/{parts.hostname}{parts.path}"
        local = (self._origin.scheme, self._origin.netloc, self._origin.path + path, parts.query, "")
        return super().request(method, urlunsplit(local), *args, **options)


def twilio_client(base_url: str, account: SimAccount = AVA_ACCOUNT, *, timeout: float = 10.0) -> Client:
    """The real SDK, talking to the simulator."""
    return Client(account.sid, account.auth_token, http_client=LocalTwilioHttp(base_url, timeout=timeout))


class SimControl:
    """The simulator's control API."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx2.Client(base_url=base_url, trust_env=False, timeout=30.0)

    def get(self, path: str, **query: str) -> Any:
        response = self._http.get(f"/_sim{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str, **order: Any) -> Any:
        response = self.try_post(path, order)
        assert response.status_code == 200, response.text
        return response.json()

    def try_post(self, path: str, order: dict[str, Any]) -> httpx2.Response:
        return self._http.post(f"/_sim{path}", json=order)

    def wait_until_idle(self, timeout: float = 20.0) -> None:
        """Until no call, callback, text or payment is under way any more."""
        state = self.get("/idle", timeout=str(timeout))
        assert state["idle"], f"still busy after {timeout} s: {state}"

    def call(self, sid: str) -> Any:
        return self.get(f"/calls/{sid}")

    def wait_for(self, sid: str, status: str, timeout: float = 10.0) -> Any:
        """The call, once it has this status."""
        deadline = time.monotonic() + timeout
        while True:
            call = self.call(sid)
            if call["status"] == status:
                return call
            assert time.monotonic() < deadline, f"{sid} is {call['status']}, not {status}"
            time.sleep(0.005)

    def rings(self) -> list[dict[str, Any]]:
        return list(self.get("/rings")["rings"])

    def debugger_codes(self) -> list[int]:
        return [entry["code"] for entry in self.get("/debugger")["entries"]]

    def close(self) -> None:
        self._http.close()
