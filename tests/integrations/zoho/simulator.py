"""The Zoho Books simulator on a real port, and a careful client for it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import uvicorn
from starlette.types import ASGIApp

from integrations.zoho.simulator import CLOUDKEEP, READ_SCOPES, WRITE_SCOPES, ZohoSimConfig, create_app
from tests.integrations.simulation.server import wait_until

CALLBACK = "http://127.0.0.1:9/zoho/callback"
INVOICES = 230
"""More than one page, and quickly planted."""
EVERYTHING = [
    *READ_SCOPES,
    *WRITE_SCOPES,
    "ZohoBooks.invoices.UPDATE",
    "ZohoBooks.invoices.DELETE",
    "ZohoBooks.creditnotes.DELETE",
    "ZohoBooks.contacts.CREATE",
]


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An app on a free port of this machine; yields its address.

    Answers leave in two pieces: without TCP_NODELAY each would wait 40 ms for the first one's receipt.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
def running(**config: Any) -> Iterator["Zoho"]:
    """A fresh simulator; takes the fields of ZohoSimConfig."""
    settings = ZohoSimConfig(
        **{"redirect_uris": (CALLBACK,), "invoices": INVOICES, "calls_per_minute": 10_000, **config}
    )
    with served(create_app(settings)) as base_url:
        yield Zoho(base_url)


@dataclass
class Zoho:
    """Talks to the simulator as an app would, and moves its world by the control API."""

    base_url: str
    account: str = CLOUDKEEP
    data_center: str = "us"
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.http = httpx2.Client(base_url=self.base_url, timeout=60, trust_env=False)

    def control(self, path: str, /, **body: Any) -> Any:
        """POST to the control API; a refusal fails the test with the simulator's own words."""
        return _good(self.http.post(f"/_sim/{path}", json=body))

    def look(self, path: str) -> Any:
        """GET from the control API."""
        return _good(self.http.get(f"/_sim/{path}"))

    def act(self, verb: str, **arguments: Any) -> Any:
        """Somebody at the firm does this in the vendor's own screens."""
        return self.control(f"act/{self.account}/{verb}", **arguments)

    def connect(self, account: str = CLOUDKEEP, data_center: str = "us", scopes: list[str] | None = None) -> "Zoho":
        """A connection without the consent page."""
        self.account, self.data_center = account, data_center
        self.tokens = self.control("connections", account=account, scopes=EVERYTHING if scopes is None else scopes)
        return self

    def call(self, method: str, path: str, *, scheme: str = "Zoho-oauthtoken", **more: Any) -> httpx2.Response:
        """One call to the data API with token and organization_id; a parameter of None is left out."""
        params = {"organization_id": self.account, **more.pop("params", {})}
        headers = {"Authorization": f"{scheme} {self.tokens['access_token']}", **more.pop("headers", {})}
        return self.http.request(
            method,
            f"/{self.data_center}/api/books/v3/{path}",
            params={name: value for name, value in params.items() if value is not None},
            headers=headers,
            **more,
        )

    def get(self, path: str, **params: str | None) -> Any:
        """The JSON of a good answer; organization_id=None leaves it out."""
        return _good(self.call("GET", path, params=params))

    def post(self, path: str, body: Any = None, **params: str) -> Any:
        """The JSON of a good answer to a write."""
        more = {} if body is None else {"json": body}
        return _good(self.call("POST", path, params=params, **more))

    def error(self, method: str, path: str, **more: Any) -> tuple[int, int]:
        """HTTP status and code of a call that is refused."""
        answer = self.call(method, path, **more)
        body = answer.json()
        assert set(body) == {"code", "message"}, body
        return answer.status_code, body["code"]

    def invoice(self, id: str) -> Any:
        """One invoice, read anew."""
        return self.get(f"invoices/{id}")["invoice"]

    def pages(self, path: str, key: str, **params: str) -> list[Any]:
        """Every row of a list."""
        rows, page = [], 1
        while True:
            found = self.get(path, page=str(page), **params)
            rows += found[key]
            if not found["page_context"]["has_more_page"]:
                return rows
            page += 1

    def new_invoice(self, price: str = "500.00", **facts: Any) -> str:
        """An invoice somebody at the firm has just made; its id."""
        customer = facts.pop("customer", None) or self.act("add_customer", name="Ruiz Dental")["id"]
        lines = [{"description": "Seats", "price": price}]
        return str(self.act("add_invoice", customer=customer, lines=lines, **facts)["id"])

    # The accounts server

    def consent(self, *, decision: str = "connect", account: str = CLOUDKEEP, **changes: str) -> httpx2.Response:
        """The answer to the form of the consent page, which is always begun in the first data center."""
        form = {"account": account, "decision": decision}
        return self.http.post("/us/accounts/oauth/v2/auth", params=wish(**changes), data=form)

    def callback(self, **wanted: str) -> dict[str, str]:
        """What the browser brings back from consent."""
        answer = self.consent(**wanted)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def token(self, data_center: str = "us", **form: str) -> Any:
        """The JSON of the token endpoint, asked with the client's id and secret in a form."""
        return self.http.post(f"/{data_center}/accounts/oauth/v2/token", data={**CLIENT, **form}).json()

    def exchange(self, code: str, data_center: str = "us") -> Any:
        return self.token(data_center, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)

    def refresh(self, token: str, data_center: str = "us") -> Any:
        return self.token(data_center, grant_type="refresh_token", refresh_token=token)


CLIENT = {"client_id": "1000.SANDBOXCLIENT", "client_secret": "sandbox-secret"}


def wish(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request, changed where wanted; an empty one is left out."""
    good = {
        "client_id": CLIENT["client_id"],
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": ",".join(READ_SCOPES),
        "access_type": "offline",
        "prompt": "consent",
        "state": "state-1",
    }
    return {name: value for name, value in {**good, **changes}.items() if value}


def _good(answer: httpx2.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return json.loads(answer.text, parse_float=Decimal)
