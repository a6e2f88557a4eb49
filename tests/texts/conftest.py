"""A Tuesday morning in Columbus, the simulated carrier, and a firm whose customers may be texted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from twilio.request_validator import RequestValidator

from compliance import texting
from compliance.models import Channel, Purpose
from disputes.mail_models import InboundMail
from integrations import inbox
from integrations.models import PhoneLine
from invoices.models import Customer, Invoice
from notifications import outbox, texts
from notifications.models import Message
from syntharra import clock
from syntharra.models import SandboxClock
from tests.calls.stage import SID, TOKEN, simulated_carrier, to_tuesday
from tests.cast import Firm, make_customer, make_invoice
from tests.integrations.twilio.simulator_server import SimControl

BASE = "https://syntharra.example"


@pytest.fixture(autouse=True, scope="session")
def _bells_ring_in_memory() -> None:
    """Tests do a worker's work themselves: their bells must wake nobody else's worker."""
    from syntharra.celery import app

    app.conf.update(broker_url="memory://", result_backend=None)


@pytest.fixture(autouse=True)
def _own_carrier(settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    settings.PUBLIC_URL, settings.SECURE_SSL_REDIRECT = BASE, False


def pass_time(by: timedelta) -> None:
    """Business time goes on."""
    SandboxClock.objects.update(shift=SandboxClock.objects.get().shift + by)
    clock.reread()


@dataclass
class Phones:
    """The firm's number, the customers' telephones, and the carrier between them."""

    firm: Firm
    sim: SimControl
    client: Client

    @property
    def line(self) -> str:
        return PhoneLine.objects.get().number

    def owes(self, *, agreed: bool = True, email: str = "", **fields: Any) -> Invoice:
        """An invoice of a customer without an e-mail address, who agreed to be texted."""
        customer = fields.pop("customer", None) or make_customer(self.firm, email=email, **fields)
        if agreed:
            self.agrees(customer)
        return make_invoice(self.firm, customer)

    def agrees(self, customer: Customer) -> None:
        number = customer.contacts.get().phone
        texting.agree(
            customer.pk, number, basis="ticked on the work order", given_by="Ana Reyes", given_on=date(2026, 9, 1),
            source="member", by=self.firm.owner.email,
        )  # fmt: skip

    def text(self, customer: Customer, *, key: str = "k", purpose: str = Purpose.SERVICE, about: Any = ()) -> Message:
        """Owe them a text that says who we are."""
        (message,) = texts.owe(
            outbox.Letter(
                letter="text_help", key=key, purpose=purpose, channel=Channel.SMS, to=customer.contacts.get().phone,
                customer=customer.pk, about=about,
            )
        )  # fmt: skip
        return message

    def sent(self) -> list[dict[str, Any]]:
        """What the carrier has of ours, the oldest first."""
        return [one for one in self.sim.get("/messages")["messages"] if one["direction"] == "outbound-api"]

    def posts(self, path: str, *, token: str = TOKEN, **form: str) -> HttpResponse:
        """A form of the carrier's, signed."""
        form = {"AccountSid": SID, **form}
        signed = RequestValidator(token).compute_signature(BASE + path, form)
        return self.client.post(path, form, headers={"X-Twilio-Signature": signed})  # type: ignore[return-value]

    def tells(self, message: Message, sid: str, status: str, **form: str) -> HttpResponse:
        """The carrier says how far this text is; and a worker reads it."""
        path = f"/webhooks/twilio/text-status/{message.pk}"
        answer = self.posts(
            path, **{"MessageSid": sid, "MessageStatus": status, "From": self.line, "To": message.to} | form
        )
        inbox.read("twilio_texts")
        return answer

    def comes(self, sender: str, body: str, *, sid: str = "", to: str = "", **form: str) -> HttpResponse:
        """Somebody texts the firm."""
        sid = sid or f"SM{InboundMail.objects.count():032x}"
        fields = {"MessageSid": sid, "From": sender, "To": to or self.line, "Body": body, "NumMedia": "0"} | form
        return self.posts("/webhooks/twilio/inbound/text", **fields)

    def answers(self, customer: Customer, body: str, **form: str) -> InboundMail:
        """This customer texts the firm; the row of it."""
        assert self.comes(customer.contacts.get().phone, body, **form).status_code == 200
        return InboundMail.objects.select_related("customer", "hold", "dispute").order_by("-came_at", "-pk").all()[0]


@pytest.fixture
def phones(plumber: Firm) -> Iterator[Phones]:
    to_tuesday()
    with simulated_carrier(plumber, speed=100.0) as sim:
        yield Phones(plumber, sim, Client())
