"""The simulator on a real port, an HTTP client for it, and a receiver for its webhooks."""

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jsonschema
import uvicorn
from referencing import Registry, Resource
from starlette.types import ASGIApp

from integrations.quickbooks.simulator import AVAS_PLUMBING, QuickBooksSimConfig, create_app

REDIRECT_URI = "http://127.0.0.1:9/quickbooks/callback"
SCOPE = "com.intuit.quickbooks.accounting"
BASIC = "Basic " + base64.b64encode(b"sandbox-client:sandbox-secret").decode()
SCHEMAS = Path(__file__).parent / "schemas"


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An ASGI app on a free port of this machine; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
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


@contextmanager
def running_simulator(**config: Any) -> Iterator[str]:
    """A fresh simulator; takes the fields of QuickBooksSimConfig, yields its base URL."""
    settings = QuickBooksSimConfig(**{"redirect_uris": (REDIRECT_URI,), **config})
    with served(create_app(settings)) as base_url:
        yield base_url


@dataclass
class Vendor:
    """Talks to the simulator as a careful app would, and moves its world by the control API."""

    base_url: str
    realm: str = AVAS_PLUMBING
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx2.Client(base_url=self.base_url, timeout=120, trust_env=False, verify=False)

    def control(self, path: str, **body: Any) -> Any:
        """POST to the control API; anything but 200 fails the test with the simulator's own words."""
        answer = self.http.post(f"/_sim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def look(self, path: str) -> Any:
        """GET from the control API."""
        answer = self.http.get(f"/_sim/{path}")
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def connect(self) -> "Vendor":
        """A connection without the consent page."""
        self.tokens = self.control("connections", realm=self.realm)
        return self

    def call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str | None] | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """One call to the data service of the company; a header set to None is left out."""
        wanted: dict[str, str | None] = {
            "Authorization": f"Bearer {self.tokens.get('access_token', '')}",
            "Accept": "application/json",
            **(headers or {}),
        }
        request = self.http.build_request(
            method,
            f"/v3/company/{self.realm}/{path}",
            params={"minorversion": "75", **(params or {})},
            headers={name: value for name, value in wanted.items() if value is not None},
            **more,
        )
        for name, value in wanted.items():
            if value is None and name in request.headers:
                del request.headers[name]
        return self.http.send(request)

    def get(self, path: str, **params: str) -> Any:
        """The JSON of a good answer."""
        return good(self.call("GET", path, params=params))

    def post(self, path: str, body: Any, **params: str) -> Any:
        """The JSON of a good answer to a write."""
        return good(self.call("POST", path, params=params, json=body))

    def query(self, statement: str) -> Any:
        """The QueryResponse of a statement."""
        return self.get("query", query=statement)["QueryResponse"]

    def invoice(self, identity: str) -> Any:
        """One invoice, read anew."""
        return self.get(f"invoice/{identity}")["Invoice"]

    def consent(self, *, decision: str = "connect", realm: str | None = None, **changes: str) -> httpx2.Response:
        """The answer to the form of the consent page."""
        form = {"realm": realm or self.realm, "decision": decision}
        return self.http.post("/connect/oauth2", params=authorization(**changes), data=form)

    def code(self) -> str:
        """A fresh authorization code."""
        return parse_qs(urlsplit(self.consent().headers["location"]).query)["code"][0]

    def token(self, *, headers: dict[str, str] | None = None, **form: str) -> httpx2.Response:
        """The answer of the token endpoint."""
        wanted = {"Authorization": BASIC, "Accept": "application/json", **(headers or {})}
        return self.http.post("/oauth2/v1/tokens/bearer", data=form, headers=wanted)

    def refresh(self, token: str, **headers: str) -> httpx2.Response:
        """The answer to a refresh."""
        return self.token(grant_type="refresh_token", refresh_token=token, headers=headers)


def authorization(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request, changed where wanted; an empty one is left out."""
    good_ones = {
        "client_id": "sandbox-client",
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": REDIRECT_URI,
        "state": "state-1",
    }
    return {name: value for name, value in {**good_ones, **changes}.items() if value}


def good(answer: httpx2.Response) -> Any:
    """The JSON of an answer that must be 200, amounts as Decimal."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)


def fault_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and error code of a fault of the data service, checked against its schema."""
    body = answer.json()
    check("fault", body)
    return answer.status_code, body["Fault"]["Error"][0]["code"]


@cache
def _schemas() -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}


@cache
def _validator(name: str) -> Any:
    known = Registry().with_resources(
        (f"{stem}.json", Resource.from_contents(schema)) for stem, schema in _schemas().items()
    )
    return jsonschema.Draft202012Validator(_schemas()[name], registry=known)


def check(name: str, value: Any) -> None:
    """Fails with every way in which a value does not fit its schema."""
    problems = [f"{error.json_path}: {error.message}" for error in _validator(name).iter_errors(value)]
    assert problems == []


def wait_until(held: Callable[[], object], *, seconds: float = 10) -> None:
    """Wait for something to hold; fails aloud when it does not."""
    until = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


@dataclass(frozen=True)
class Delivered:
    """One webhook as it arrived."""

    body: bytes
    signature: str
    content_type: str
    at: float


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
                body = self.rfile.read(int(self.headers["content-length"]))
                signature, kind = self.headers["intuit-signature"], self.headers["content-type"]
                receiver.got.append(Delivered(body, signature, kind, time.monotonic()))
                time.sleep(receiver.delay_seconds)
                status = receiver.answers[min(len(receiver.got), len(receiver.answers)) - 1]
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)

    def events(self) -> list[dict[str, Any]]:
        """Every CloudEvent that arrived, in order."""
        return [event for one in self.got for event in json.loads(one.body)]
