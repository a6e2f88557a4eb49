"""Simulated Square on a real port, and a careful application that talks to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from integrations.square.simulator import DENTAL_PRACTICE, MAIN_LOCATION, SquareSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

REDIRECT = "http://127.0.0.1:9/square/callback"
CLIENT, SECRET = "sandbox-sq0idb-client", "sandbox-sq0csb-secret"
CAST = (
    *("UNPAID", "PARTIALLY_PAID", "INSTALLMENTS", "PAID", "PAYMENT_PENDING", "SCHEDULED", "DRAFT", "CANCELED"),
    *("FAILED", "PARTIALLY_REFUNDED", "REFUNDED", "UNREACHABLE", "REFUND_DECLINED"),
)
READ = "MERCHANT_PROFILE_READ INVOICES_READ ORDERS_READ CUSTOMERS_READ PAYMENTS_READ"


@contextmanager
def running_square(**config: Any) -> Iterator["Square"]:
    """A fresh simulator with a small practice; takes the fields of SquareSimConfig."""
    given = {"redirect_uris": (REDIRECT,), "invoices": 60, "second_invoices": 30, "requests_per_second": 100_000}
    with running(create_app(SquareSimConfig(**{**given, **config}))) as url:
        yield Square(url)


@dataclass
class Square:
    """An application connected to one seller."""

    url: str
    token: str = ""
    planted: int = 60
    sim: SimControl = field(init=False, repr=False)
    http: httpx2.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.sim = SimControl(self.url)
        self.http = httpx2.Client(base_url=self.url, timeout=60, trust_env=False, verify=False)

    def fresh(self, account: str = DENTAL_PRACTICE) -> "Square":
        """The world as at birth, and a new connection to this seller."""
        self.sim.reset()
        return self.connect(account)

    def connect(self, account: str = DENTAL_PRACTICE, *scopes: str) -> "Square":
        """A connection without the consent page; with all scopes unless some are named."""
        self.token = self.sim.connect(account, scopes=list(scopes) or None)["access_token"]
        return self

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx2.Response:
        """One call of the API as it is answered."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        wanted = {**bearer, "Square-Version": "2025-08-20", **(headers or {})}
        return self.http.request(method, path, headers=wanted, **more)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a good answer."""
        return good(self.call("GET", path, params=params))

    def post(self, path: str, /, **body: Any) -> Any:
        """The JSON of a good answer to a POST."""
        return good(self.call("POST", path, json=body))

    def put(self, path: str, /, **body: Any) -> Any:
        """The JSON of a good answer to a PUT."""
        return good(self.call("PUT", path, json=body))

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, str, str]:
        """Status, code and field of a refusal."""
        answer = self.call(method, path, **more)
        error = error_in(answer)
        return answer.status_code, error["code"], error.get("field", "")

    def cast(self, status: str) -> Any:
        """The invoice of the cast that shows this."""
        return self.get(f"/v2/invoices/{self.cast_id(status)}")["invoice"]

    def cast_id(self, status: str) -> str:
        """Its id: the cast is written when all else is planted, one after the other."""
        known = list(self.sim.truth(DENTAL_PRACTICE))
        return str(known[self.planted - len(CAST) + CAST.index(status)])

    def order(self, id: str) -> Any:
        """An order by its id."""
        return self.post("/v2/orders/batch-retrieve", order_ids=[id])["orders"][0]

    def pages(self, path: str, key: str, **params: Any) -> list[list[Any]]:
        """Every page of a list by GET."""
        found, cursor = [], ""
        while True:
            answer = self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            found.append(answer.get(key, []))
            cursor = answer.get("cursor", "")
            if not cursor:
                return found

    def new_order(self, cents: int = 20_000, *, key: str = "order-1", **more: Any) -> Any:
        """An order of one line for the first customer."""
        line = {"name": "Settlement", "quantity": "1", "base_price_money": {"amount": cents, "currency": "USD"}}
        order = {"location_id": MAIN_LOCATION, "customer_id": self.customer(), "line_items": [line], **more}
        return self.post("/v2/orders", order=order, idempotency_key=key)["order"]

    def customer(self) -> str:
        """A customer who can be reached."""
        return str(self.cast("UNPAID")["primary_recipient"]["customer_id"])

    def draft_of(self, order: Any, due: str, **more: Any) -> dict[str, Any]:
        """The body of a good new invoice."""
        return {
            "location_id": MAIN_LOCATION,
            "order_id": order["id"],
            "primary_recipient": {"customer_id": order["customer_id"]},
            "payment_requests": [{"request_type": "BALANCE", "due_date": due}],
            "delivery_method": "EMAIL",
            "accepted_payment_methods": {"card": True},
            **more,
        }

    def in_days(self, days: int) -> str:
        """A calendar date counted from the practice's today."""
        return (date.fromisoformat(self.sim.counts(DENTAL_PRACTICE)["today"]) + timedelta(days=days)).isoformat()

    # Authorization

    def consent(self, *, decision: str = "connect", account: str = DENTAL_PRACTICE, **changes: str) -> httpx2.Response:
        """The answer to the owner's decision on the consent page."""
        return self.http.post(
            "/oauth2/authorize", params=authorization(**changes), data={"account": account, "decision": decision}
        )

    def code(self, **changes: str) -> str:
        """A fresh authorization code."""
        return parse_qs(urlsplit(self.consent(**changes).headers["location"]).query)["code"][0]

    def ask_token(self, **changes: Any) -> httpx2.Response:
        """The answer of the token endpoint; a field set to None is left out."""
        body = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uri": REDIRECT, **changes}
        return self.http.post("/oauth2/token", json={name: one for name, one in body.items() if one is not None})

    def redeem(self, code: str, **changes: Any) -> httpx2.Response:
        """The answer to a code."""
        return self.ask_token(grant_type="authorization_code", code=code, **changes)

    def refresh(self, token: str, **changes: Any) -> httpx2.Response:
        """The answer to a refresh token."""
        return self.ask_token(grant_type="refresh_token", refresh_token=token, redirect_uri=None, **changes)

    def revoke(self, authorization: str = f"Client {SECRET}", **body: Any) -> httpx2.Response:
        """The answer to a revocation."""
        headers = {"Authorization": authorization}
        return self.http.post("/oauth2/revoke", json={"client_id": CLIENT, **body}, headers=headers)


def authorization(**changes: str) -> dict[str, str]:
    """The parameters of a good authorization request; an empty one is left out."""
    wanted = {"client_id": CLIENT, "scope": READ, "session": "false", "state": "state-1", "redirect_uri": REDIRECT}
    return {name: value for name, value in {**wanted, **changes}.items() if value}


def good(answer: httpx2.Response) -> Any:
    """The JSON of an answer that must be 200."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def error_in(answer: httpx2.Response) -> dict[str, str]:
    """The one error of an answer in Square's wrapping."""
    body = answer.json()
    assert list(body) == ["errors"]
    assert len(body["errors"]) == 1
    error: dict[str, str] = body["errors"][0]
    return error


def cents(money: dict[str, Any]) -> Decimal:
    """A Money object of two decimals as an amount."""
    return Decimal(money["amount"]).scaleb(-2)
