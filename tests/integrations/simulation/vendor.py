"""A vendor too small to exist, for the tests of the kit itself: tokens, one list, one object, webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from starlette.applications import Starlette
from starlette.routing import Route

from integrations.simulation import consent
from integrations.simulation.app import simulator
from integrations.simulation.books import Kind, NotThere
from integrations.simulation.call import Answer, Call, Json, VendorRefusal, dump, html_answer, json_answer
from integrations.simulation.config import SimConfig
from integrations.simulation.door import Door
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Busy, Concurrent, Window
from integrations.simulation.odd import laid_over
from integrations.simulation.tokens import Grant, TokenError, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World

BIG, SMALL = "acme-1", "acme-2"
KINDS = {"tired": "429 with Retry-After"}


@dataclass(frozen=True, kw_only=True)
class AcmeSimConfig(SimConfig):
    calls_per_minute: int = 100
    access_seconds: float = 1800


class AcmeWorld(World[AcmeSimConfig]):
    vendor = "Acme Books"
    KINDS: ClassVar[Mapping[str, str]] = KINDS
    SCOPES: ClassVar[frozenset[str]] = frozenset({"invoices"})
    RETRY_SECONDS: ClassVar[tuple[float, ...]] = (10, 60)

    def seeded(self) -> list[Company]:
        return [
            Company(account=BIG, name="Ava's Plumbing", firm="plumber", invoices=self.settings.invoices),
            Company(account=SMALL, name="Fern & Field", firm="landscaper", invoices=20, seed=2),
        ]

    def new_id(self, account: str, kind: Kind, number: int) -> str:
        return f"{kind[:3]}_{number}"

    def token_rules(self, grant: Grant | None) -> TokenRules:
        return TokenRules(access_seconds=self.settings.access_seconds, refresh_seconds=86_400, rotate=True)

    def fault(self, kind: str, rule: Rule) -> Answer:
        return json_answer({"error": kind}, 429, headers=rule.headers)

    def begin(self) -> None:
        self.window = Window(lambda: self.settings.calls_per_minute, 60)
        self.concurrent = Concurrent(2)

    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        return json_answer({"error": str(problem)}, 404 if isinstance(problem, NotThere) else 400)

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        return [
            self._delivery(dump({"account": e.account, "what": f"{e.kind}.{e.action}", "id": e.id})) for e in events
        ]

    def _delivery(self, body: bytes) -> Delivery:
        digest = hmac.new(self.settings.webhook_key.encode(), body, hashlib.sha256).digest()
        headers = {"x-acme-signature": base64.b64encode(digest).decode(), "content-type": "application/json"}
        return Delivery(self.settings.webhook_url or "", headers, body, signature="x-acme-signature")


@contextmanager
def admitted(world: AcmeWorld, call: Call) -> Iterator[None]:
    """The token, the tenant, the limits: for every call of the data API."""
    try:
        grant = world.tokens.grant_of(call.bearer)
    except TokenError as error:
        raise VendorRefusal(json_answer({"error": error.reason}, 401)) from error
    call.account = grant.accounts[0]
    if (wait := world.window.take(call.account)) is not None:
        raise VendorRefusal(json_answer({"error": "slow down"}, 429, headers={"Retry-After": str(round(wait))}))
    try:
        with world.concurrent.place(call.account):
            yield
    except Busy as busy:
        raise VendorRefusal(json_answer({"error": "too many at once"}, 429)) from busy


def invoices(world: AcmeWorld, call: Call) -> Answer:
    return json_answer({"invoices": [_rendered(world, call, id) for id in world.books(call.account).invoices]})


def invoice(world: AcmeWorld, call: Call) -> Answer:
    return json_answer(_rendered(world, call, call.path_params["id"]))


def pay(world: AcmeWorld, call: Call) -> Answer:
    books, id = world.books(call.account), call.path_params["id"]
    books.pay(books.invoice(id).customer, call.json()["amount"], {id: call.json()["amount"]})
    return json_answer(_rendered(world, call, id), 201)


def _rendered(world: AcmeWorld, call: Call, id: str) -> Json:
    books = world.books(call.account)
    one = books.invoice(id)
    return laid_over({"id": id, "number": one.number, "total": one.total, "owed": books.balance(one)}, one.odd)


def token(world: AcmeWorld, call: Call) -> Answer:
    form = call.form()
    try:
        if form.get("grant_type") == "refresh_token":
            grant = world.tokens.refresh(form["refresh_token"])
        else:
            grant = world.tokens.redeem(form["code"], redirect_uri=form["redirect_uri"])
    except TokenError as error:
        return json_answer({"error": error.reason}, 400)
    return json_answer({"access_token": grant.access_token, "refresh_token": grant.refresh_token})


def authorize(world: AcmeWorld, call: Call) -> Answer:
    return html_answer(consent.page("Acme Books", world.companies.names(), scopes=sorted(world.SCOPES)))


def create_app(config: AcmeSimConfig) -> Starlette:
    door = Door(AcmeWorld(config), around=admitted)
    return simulator(
        door,
        [
            Route("/authorize", door.endpoint(authorize, api=False), methods=["GET"]),
            Route("/token", door.endpoint(token, api=False), methods=["POST"]),
            Route("/invoices", door.endpoint(invoices), methods=["GET"]),
            Route("/invoices/{id}", door.endpoint(invoice), methods=["GET"]),
            Route("/invoices/{id}/payments", door.endpoint(pay), methods=["POST"]),
        ],
    )
