"""The simulated Xero on a real port, and an app that talks to it as the vendor's sheet says."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from integrations.xero.simulator import LAW_FIRM, XeroSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

REDIRECT_URI = "http://127.0.0.1:9/xero/callback"
BASIC = "Basic " + base64.b64encode(b"sandbox-client:sandbox-secret").decode()
SCOPE = (
    "offline_access openid profile email accounting.contacts.read accounting.settings.read "
    "accounting.invoices accounting.payments.read"
)
API = "/api.xro/2.0/"


@contextmanager
def simulated(**config: Any) -> Iterator[str]:
    """A fresh simulator with small books; yields its address."""
    settings = {"redirect_uris": (REDIRECT_URI,), "invoices": 60, "second_invoices": 12, "minute_limit": 10_000}
    with running(create_app(XeroSimConfig(**{**settings, **config}))) as base_url:
        yield base_url


@dataclass
class App:
    """Somebody's app: tokens, one organisation, JSON."""

    base_url: str
    tenant: str = LAW_FIRM
    token: str = ""
    refresh_token: str = ""
    sim: SimControl = field(init=False)

    def __post_init__(self) -> None:
        self.sim = SimControl(self.base_url)
        self.http = httpx2.Client(base_url=self.base_url, timeout=30, trust_env=False)

    def connected(self, *, scopes: list[str] | None = None) -> "App":
        """With tokens, without a consent page."""
        made = self.sim.connect(self.tenant, scopes=scopes)
        self.token, self.refresh_token = made["access_token"], made["refresh_token"]
        return self

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str | None] | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """One call of the accounting API; a header of None is left out."""
        wanted: dict[str, str | None] = {
            "Authorization": f"Bearer {self.token}",
            "xero-tenant-id": self.tenant,
            "Accept": "application/json",
            **(headers or {}),
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        return self.http.request(method, API + path, headers=given, **more)

    def get(self, path: str, *, since: str = "", **params: Any) -> Any:
        """The JSON of a good answer."""
        headers: dict[str, str | None] = {"If-Modified-Since": since} if since else {}
        return good(self.call("GET", path, headers=headers, params=params))

    def send(self, method: str, path: str, body: Any, *, key: str = "", **params: str) -> httpx2.Response:
        """A write with a JSON body."""
        headers: dict[str, str | None] = {"Idempotency-Key": key} if key else {}
        headers["Content-Type"] = "application/json"
        return self.call(method, path, headers=headers, params=params, content=json.dumps(body, default=str))

    def invoice(self, id: str) -> Any:
        """One invoice, read anew."""
        return self.get(f"Invoices/{id}")["Invoices"][0]

    def one_customer(self, **facts: Any) -> str:
        """The id of a new customer."""
        return str(self.sim.act(self.tenant, "add_customer", **{"name": "Juniper Bakery", **facts})["id"])

    def one_invoice(self, total: str = "500.00", **facts: Any) -> Any:
        """A new open invoice of a new customer, in neutral fields."""
        facts = {"customer": facts.pop("customer", None) or self.one_customer(), **facts}
        lines = [{"description": "Advice", "quantity": "1", "price": total}]
        return self.sim.act(self.tenant, "add_invoice", **{"lines": lines, **facts})

    # The consent and the tokens

    def consent(self, *accounts: str, decision: str = "connect", **changes: str) -> httpx2.Response:
        """The answer to the form of the consent page."""
        pairs = [("account", account) for account in accounts] + [("decision", decision)]
        body = "&".join(f"{name}={value}" for name, value in pairs)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.http.post(
            "/identity/connect/authorize", params=authorization(**changes), content=body, headers=headers
        )

    def code(self, *accounts: str, **changes: str) -> str:
        """A fresh authorization code."""
        return sent_back(self.consent(*(accounts or (self.tenant,)), **changes))["code"]

    def token_answer(self, *, basic: str | None = BASIC, **form: str) -> httpx2.Response:
        """The answer of the token endpoint."""
        headers = {"Authorization": basic} if basic else {}
        return self.http.post("/connect/token", data=form, headers=headers)

    def redeemed(self, *accounts: str, **changes: str) -> Any:
        """The tokens of a fresh consent; the app uses them from now on."""
        code = self.code(*accounts, **changes)
        found = good(self.token_answer(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI))
        self.token, self.refresh_token = found["access_token"], found.get("refresh_token", "")
        return found

    def refreshed(self, token: str) -> httpx2.Response:
        """The answer to a refresh."""
        return self.token_answer(grant_type="refresh_token", refresh_token=token)

    def connections(self, **params: str) -> Any:
        """The organisations this token reaches."""
        return good(self.http.get("/connections", params=params, headers={"Authorization": f"Bearer {self.token}"}))


def authorization(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request, changed where wanted; an empty one is left out."""
    usual = {
        "response_type": "code",
        "client_id": "sandbox-client",
        "redirect_uri": REDIRECT_URI,
        "scope": SCOPE,
        "state": "state-1",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value}


def sent_back(answer: httpx2.Response) -> dict[str, str]:
    """What the app gets back in its redirect address."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(REDIRECT_URI + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def good(answer: httpx2.Response) -> Any:
    """The JSON of an answer that must be 200, amounts as Decimal."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)


def messages(answer: httpx2.Response) -> list[str]:
    """What was wrong with each sent object, by a 400 in the vendor's shape."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    return [error["Message"] for element in body["Elements"] for error in element["ValidationErrors"]]
