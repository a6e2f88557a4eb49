"""The FreshBooks simulator on a real port, an app that talks to it, and the vendor's specification to hold answers to."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jsonschema
import pytest
import yaml

from integrations.freshbooks.simulator import AGENCY, READ_SCOPES, WRITE_SCOPES, FreshBooksSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

REDIRECT_URI = "https://app.example/freshbooks/callback"
LOCAL_REDIRECT_URI = "http://127.0.0.1:9/freshbooks/callback"
SCOPES = [*READ_SCOPES, *WRITE_SCOPES]
SPEC = "freshbooks/freshbooks_openapi_ballerina.yaml"


@contextmanager
def simulated(**config: Any) -> Iterator["Vendor"]:
    """A fresh simulator with few invoices; takes the fields of FreshBooksSimConfig."""
    settings = {"redirect_uris": (REDIRECT_URI, LOCAL_REDIRECT_URI), "invoices": 240, "webhook_batch_seconds": 0.0}
    with running(create_app(FreshBooksSimConfig(**{**settings, **config}))) as base_url:
        yield Vendor(base_url)


@dataclass
class Vendor:
    """Talks to the simulator as a careful app would; `control` moves its world."""

    base_url: str
    account: str = AGENCY
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.control = SimControl(self.base_url)
        self.http = self.control.http

    def anew(self) -> "Vendor":
        """The world as it was at the start, and a connection to the agency."""
        self.control.reset()
        self.account = AGENCY
        return self.connect(AGENCY)

    def connect(self, account: str, scopes: list[str] | None = None) -> "Vendor":
        """A connection without the consent page."""
        self.account = account
        self.tokens = self.control.connect(account, scopes=scopes)
        return self

    # Accounting

    def call(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """One call to the account's accounting; headers may be added or replaced."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **more.pop("headers", {})}
        return self.http.request(method, f"/accounting/account/{self.account}/{path}", headers=headers, **more)

    def result(self, path: str, *params: tuple[str, str]) -> Any:
        """What a good answer to a read holds."""
        return good(self.call("GET", path, params=list(params)))

    def put(self, path: str, body: Any) -> Any:
        """What a good answer to a change holds."""
        return good(self.call("PUT", path, json=body))

    def post(self, path: str, body: Any) -> Any:
        """What a good answer to something new holds."""
        return good(self.call("POST", path, json=body))

    def every(self, path: str, *params: tuple[str, str]) -> list[Any]:
        """All rows of a list, page by page to the end."""
        name, rows, number = path.split("/")[1], [], 1
        while True:
            found = self.result(path, *params, ("page", str(number)), ("per_page", "100"))
            rows += found[name]
            if number >= found["pages"]:
                return rows
            number += 1

    def invoice(self, number: str, *params: tuple[str, str]) -> Any:
        """The invoice with this number, deleted or not."""
        states = [[], [("search[vis_state]", "1")]]
        found = [
            row
            for state in states
            for row in self.result("invoices/invoices", ("search[invoice_number]", number), *state, *params)["invoices"]
        ]
        assert len(found) == 1, (number, found)
        return found[0]

    # Events

    def events(self, method: str, path: str = "", **more: Any) -> httpx2.Response:
        """One call about callbacks."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **more.pop("headers", {})}
        return self.http.request(
            method, f"/events/account/{self.account}/events/callbacks{path}", headers=headers, **more
        )

    def register(self, event: str, uri: str) -> int:
        """A new callback; its id."""
        made = good(self.events("POST", json={"callback": {"event": event, "uri": uri}}))["callback"]
        return int(made["callbackid"])

    # Authorization

    def consent(self, *, decision: str = "connect", **changes: str) -> httpx2.Response:
        """The answer to the form of the consent page."""
        return self.http.post("/oauth/authorize", params=authorization(**changes), data={"decision": decision})

    def code(self, **changes: str) -> str:
        """A fresh authorization code."""
        return parse_qs(urlsplit(self.consent(**changes).headers["location"]).query)["code"][0]

    def token(self, as_json: bool = False, /, **fields: str) -> httpx2.Response:
        """The answer of the token endpoint; a field given as "" is left out."""
        good_ones = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "redirect_uri": REDIRECT_URI}
        given = {name: value for name, value in {**good_ones, **fields}.items() if value}
        sent: dict[str, Any] = {"json": given} if as_json else {"data": given}
        return self.http.post("/auth/oauth/token", **sent)

    def exchange(self, code: str, **fields: str) -> httpx2.Response:
        """A code for tokens."""
        return self.token(**{"grant_type": "authorization_code", "code": code, **fields})

    def refresh(self, token: str, **fields: str) -> httpx2.Response:
        """A refresh token for new ones."""
        return self.token(**{"grant_type": "refresh_token", "refresh_token": token, **fields})

    def me(self, token: str | None = None) -> httpx2.Response:
        """Who the owner is."""
        bearer = self.tokens["access_token"] if token is None else token
        return self.http.get("/auth/api/v1/users/me", headers={"Authorization": f"Bearer {bearer}"})


def authorization(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request, changed where wanted; an empty one is left out."""
    good_ones = {
        "client_id": "sandbox-client",
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": " ".join(READ_SCOPES),
        "state": "state-1",
    }
    return {name: value for name, value in {**good_ones, **changes}.items() if value}


def good(answer: httpx2.Response) -> Any:
    """The result of an answer that must be 200, numbers as Decimal."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)["response"]["result"]


def old_error(answer: httpx2.Response, status: int) -> Any:
    """The one error of the old accounting shape."""
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert list(found) == ["response"]
    assert list(found["response"]) == ["errors"]
    assert len(found["response"]["errors"]) == 1
    return found["response"]["errors"][0]


def new_error(answer: httpx2.Response, status: int) -> Any:
    """The newer shape: code, message and details."""
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert list(found) == ["code", "message", "details"]
    return found


def fits(schema: str, body: Any) -> None:
    """Fails with every way in which an answer is not what the vendor's specification names."""
    problems = {f"{error.json_path}: {error.message[:160]}" for error in _validator(schema).iter_errors(body)}
    assert not problems, "\n".join(sorted(problems)[:20])


def specifications() -> Path:
    """Where the vendors' specifications are; skips aloud where nobody said so."""
    folder = os.environ.get("VENDOR_SPECS", "")
    if not folder or not (Path(folder) / SPEC).is_file():
        pytest.skip(f"VENDOR_SPECS does not name a folder with {SPEC}: answers were not held to the specification")
    return Path(folder)


@cache
def _validator(schema: str) -> Any:
    """The specification with what the vendor's own samples do otherwise: nulls, texts for quantities, status 0."""
    spec = yaml.safe_load((specifications() / SPEC).read_text(encoding="utf-8"))
    schemas = _nullable(spec["components"]["schemas"])
    schemas["InvoiceLines"]["properties"]["qty"] = {"type": "string"}
    schemas["Invoice"]["properties"]["status"]["enum"] += [0, None]
    whole = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": schemas}}
    return jsonschema.Draft202012Validator(whole)


def _nullable(found: Any) -> Any:
    if isinstance(found, list):
        return [_nullable(one) for one in found]
    if not isinstance(found, dict):
        return found
    changed = {name: _nullable(value) for name, value in found.items()}
    if isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed
