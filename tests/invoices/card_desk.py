"""Ava's Plumbing takes cards: a simulated processor over HTTP, her account connected, and the product's own doors."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx2
import uvicorn
from django.test import Client
from starlette.applications import Starlette
from starlette.routing import Mount

from disputes import card_events
from integrations import inbox
from integrations.models import CardAccount, CardDoor, InboxEvent
from integrations.stripe.simulator import AVAS_ACCOUNT, StripeSimConfig, create_app, signature
from invoices import paying
from invoices.models import Checkout, Invoice
from invoices.paying import Places, Wish
from notifications import outbox
from notifications.models import Duty
from syntharra import clock
from syntharra.clock import machine_now
from tests.cast import Firm

SECRET = "whsec_sandbox"
PLACES = Places(success_url="http://127.0.0.1:8000/thanks", cancel_url="http://127.0.0.1:8000/back")


@dataclass
class Processor:
    """The simulator, and what a test makes happen there."""

    address: str

    def ask(self, act: str, **body: Any) -> Any:
        answer = httpx2.post(f"{self.address}/stripe/_sim/{act}", json=body, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def state(self) -> Any:
        return httpx2.get(f"{self.address}/stripe/_sim/state", trust_env=False).json()

    def pays(self, checkout: Checkout, number: str = "4242424242424242") -> str:
        """Somebody pays on this page; what the page said against it."""
        return str(self.ask("payments", session=checkout.session, number=number)["said"])

    def charge(self) -> str:
        return str(self.state["charges"][-1]["id"])

    def events(self) -> list[Any]:
        return list(self.state["events"])


@contextmanager
def served(config: StripeSimConfig) -> Iterator[Processor]:
    app = Starlette(routes=[Mount("/stripe", app=create_app(config))])
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield Processor(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def takes_cards(firm: Firm, account: str = AVAS_ACCOUNT, **fields: Any) -> CardAccount:
    """Her account is connected here; the processor knows of it by ``connections``."""
    CardDoor.objects.create(account=account, business_id=firm.business.pk)
    defaults: dict[str, Any] = {
        "account": account, "name": "Ava's Plumbing", "sandbox": True, "charges_enabled": True, "details_submitted": True,
        "connected_at": clock.now(), "connected_by": firm.owner.email, "checked_at": clock.now(),
    }  # fmt: skip
    return CardAccount.objects.create(**defaults | fields)


def wish(*invoices: Invoice, amount: str | None = None, **more: Any) -> Wish:
    shares = {one.pk: Decimal(amount) if amount is not None else one.balance for one in invoices}
    return Wish(shares=shares, seen={one.pk: one.balance for one in invoices}, **more)


def begin(*invoices: Invoice, amount: str | None = None, **more: Any) -> Checkout:
    return paying.begin(wish(*invoices, amount=amount, **more), PLACES, language="en")


def ring(event: Any, *, secret: str = SECRET, at: int | None = None, client: Client | None = None) -> int:
    """The processor rings our door about this event."""
    body = json.dumps(event).encode()
    moment = int(machine_now().timestamp()) if at is None else at
    answer = (client or Client()).post(
        "/webhooks/stripe", body, content_type="application/json",
        headers={"Stripe-Signature": signature(body, (secret,), moment)},
    )  # fmt: skip
    return int(answer.status_code)


def hear(processor: Processor, *events: Any) -> None:
    """Everything that happened there is rung about, read, and looked at; or only these events, in this order."""
    for event in events or processor.events():
        assert ring(event) == 200
    inbox.read("stripe")
    work()


def work() -> None:
    """Carry out what is owed about cards: no letters leave here."""
    for duty in Duty.objects.filter(done_at=None).order_by("owed_at"):
        if duty.kind in (card_events.KIND, paying.END):
            outbox.carry_out(duty.pk)


def waiting() -> int:
    return InboxEvent.objects.filter(done_at=None).count()
