"""Simulators on a real port, a client for their control API, and a receiver for webhooks: for every vendor's tests."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """An ASGI app on a free port of this machine; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small answers wait for nobody
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def wait_until(held: Callable[[], object], *, seconds: float = 10) -> None:
    """Wait for something to hold; fails aloud when it does not."""
    until = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


@dataclass
class SimControl:
    """Moves a simulated world by its control API; a refusal fails the test with the simulator's own words.

    `prefix` is where the simulator is mounted, if it is.
    """

    base_url: str
    prefix: str = ""
    http: httpx2.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = httpx2.Client(base_url=self.base_url, timeout=120, trust_env=False, verify=False)

    def post(self, path: str, /, **body: Any) -> Any:
        """POST what is given as JSON; Decimals and dates may be given as they are."""
        return self._good(self.raw("POST", path, body))

    def get(self, path: str, /, **params: str) -> Any:
        """GET."""
        return self._good(self.http.get(f"{self.prefix}/_sim/{path}", params=params))

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self._good(self.http.delete(f"{self.prefix}/_sim/{path}"))

    def raw(self, method: str, path: str, body: Any) -> httpx2.Response:
        """The answer itself, whatever it is."""
        content = json.dumps(body, default=str).encode()
        headers = {"content-type": "application/json"}
        return self.http.request(method, f"{self.prefix}/_sim/{path}", content=content, headers=headers)

    def act(self, account: str, verb: str, /, **arguments: Any) -> Any:
        """One verb of the neutral books; the object it changed, in neutral fields."""
        return self.post(f"act/{account}/{verb}", **arguments)

    def refused(self, account: str, verb: str, /, **arguments: Any) -> str:
        """Why the books would not do it; fails where they did."""
        answer = self.raw("POST", f"act/{account}/{verb}", arguments)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    def truth(self, account: str) -> Any:
        """Every invoice as plain facts, by id."""
        return self.get(f"truth/{account}")

    def counts(self, account: str) -> Any:
        """How much there is."""
        return self.get(f"books/{account}")

    def companies(self) -> dict[str, str]:
        """Names by account."""
        return {one["account"]: one["name"] for one in self.get("companies")["companies"]}

    def fill(self, account: str, /, **wanted: Any) -> Any:
        """Thousands more: invoices, customers, seed."""
        return self.post(f"fill/{account}", **wanted)

    def odd(self, account: str, kind: str, id: str, fields: Any, *, quiet: bool = False) -> Any:
        """Raw fields laid over one rendered object."""
        return self.post(f"odd/{account}", kind=kind, id=id, fields=fields, quiet=quiet)

    def fault(self, kind: str, **match: Any) -> Any:
        """A fault on demand: path, method, times, seconds, retry_after, after, account, body."""
        return self.post("faults", kind=kind, **match)

    def faults(self) -> list[Any]:
        """The rules in force with how often each struck."""
        return list(self.get("faults")["faults"])

    def clear_faults(self) -> None:
        """No more faults."""
        self.delete("faults")

    def connect(self, account: str, *, scopes: list[str] | None = None, **more: Any) -> Any:
        """Tokens without a consent page: access_token, refresh_token, …"""
        wanted = {**more, **({} if scopes is None else {"scopes": scopes})}
        return self.post("connections", account=account, **wanted)

    def connections(self) -> list[Any]:
        """The grants, without their secrets."""
        return list(self.get("connections")["connections"])

    def disconnect(self, account: str) -> int:
        """The owner disconnects the app in the vendor's own pages; how many grants that touched."""
        return int(self.post("disconnect", account=account)["ended"])

    def expire(self, account: str = "", *, access: bool = True, refresh: bool = False) -> int:
        """Tokens run out now."""
        return int(self.post("expire", account=account, access=access, refresh=refresh)["expired"])

    def clock(self, offset_seconds: float | None = None) -> Any:
        """The world's time, moved first when an offset is given."""
        return self.get("clock") if offset_seconds is None else self.post("clock", offset_seconds=offset_seconds)

    def settings(self, **changes: Any) -> Any:
        """The settings, changed first when something is given."""
        return self.post("settings", **changes) if changes else self.get("settings")

    def webhooks(self, **changes: Any) -> Any:
        """Settings and deliveries of webhooks, changed first when something is given."""
        return self.post("webhooks", **changes) if changes else self.get("webhooks")

    def deliveries(self) -> list[Any]:
        """Every delivery with its attempts."""
        return list(self.webhooks()["deliveries"])

    def again(self, number: int) -> Any:
        """Deliver a logged webhook once more, byte for byte."""
        return self.post("webhooks/again", number=number)

    def requests(self, path: str = "", account: str = "") -> list[Any]:
        """What the vendor was sent."""
        return list(self.get("requests", path=path, account=account)["requests"])

    def forget_requests(self) -> None:
        """Start the journal anew."""
        self.delete("requests")

    def reset(self, *, keep_connections: bool = False) -> None:
        """The initial state again."""
        self.post("reset", keep_connections=keep_connections)

    @staticmethod
    def _good(answer: httpx2.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)


@dataclass(frozen=True)
class Delivered:
    """One webhook as it arrived; header names in lower case."""

    body: bytes
    headers: dict[str, str]
    at: float
    path: str

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body, parse_float=Decimal)


@dataclass
class Receiver:
    """An HTTP server that takes webhooks; `answers` are given in turn, the last one for ever."""

    answers: list[int] = field(default_factory=lambda: [200])
    delay_seconds: float = 0
    got: list[Delivered] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        """Run until the block ends."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Delivered(body, headers, time.monotonic(), self.path))
                time.sleep(receiver.delay_seconds)
                status = receiver.answers[min(len(receiver.got), len(receiver.answers)) - 1]
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Delivered]:
        """The deliveries, once there are so many."""
        wait_until(lambda: len(self.got) >= count, seconds=seconds)
        return self.got
