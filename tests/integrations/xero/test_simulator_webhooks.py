"""Webhooks: signed, numbered, repeated, lost; and the proof that the receiver checks signatures."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from integrations.xero.simulation.webhooks import signature
from integrations.xero.simulator import LAW_FIRM
from tests.integrations.simulation.server import Delivered, Receiver, wait_until
from tests.integrations.xero.simulator import App, simulated

KEY = "sim-xero-webhook-key"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with simulated(webhook_key=KEY, webhook_batch_seconds=0.05, webhook_retry_scale=0.00001) as url:
        yield url


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
def app(base_url: str, receiver: Receiver) -> App:
    app = App(base_url)
    app.sim.reset()
    app.connected().call("GET", "Organisation")
    app.sim.webhooks(url=receiver.url)
    return app


def signed(one: Delivered) -> str:
    return base64.b64encode(hmac.new(KEY.encode(), one.body, hashlib.sha256).digest()).decode()


def events(receiver: Receiver) -> list[Any]:
    return [event for one in receiver.got for event in one.json()["events"]]


def test_the_signature_is_that_of_the_sheet() -> None:
    body = b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'

    assert signature(KEY, body) == "x2XVqCuHbi52JaANc8AOQUkClceLbl0XmHYbiALXjb8="


def test_a_payment_shows_as_a_change_of_its_invoice(app: App, receiver: Receiver) -> None:
    made = app.one_invoice()
    receiver.wait_for(1)
    receiver.got.clear()

    app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount="500.00", applied={made["id"]: "500.00"})
    [one] = receiver.wait_for(1)
    [event] = one.json()["events"]

    assert one.headers["x-xero-signature"] == signed(one)
    assert {name: event[name] for name in ("resourceId", "tenantId", "tenantType", "eventCategory", "eventType")} == {
        "resourceId": made["id"],
        "tenantId": LAW_FIRM,
        "tenantType": "ORGANISATION",
        "eventCategory": "INVOICE",
        "eventType": "UPDATE",
    }
    assert event["resourceUrl"] == f"https://api.xero.com/api.xro/2.0/Invoices/{made['id']}"
    assert len(event["eventDateUtc"]) == len("2026-11-02T09:15:00.902")
    assert one.json()["firstEventSequence"] == one.json()["lastEventSequence"]


def test_contacts_invoices_and_credit_notes_are_told(app: App, receiver: Receiver) -> None:
    customer = app.one_customer()
    app.one_invoice(customer=customer)
    app.sim.act(LAW_FIRM, "add_credit", customer=customer, total="20.00")

    wait_until(lambda: len(events(receiver)) == 3)

    assert [(one["eventCategory"], one["eventType"]) for one in events(receiver)] == [
        ("CONTACT", "CREATE"),
        ("INVOICE", "CREATE"),
        ("CREDITNOTE", "CREATE"),
    ]
    assert events(receiver)[2]["data"] == {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}
    numbers = [
        n for one in receiver.got for n in range(one.json()["firstEventSequence"], one.json()["lastEventSequence"] + 1)
    ]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_a_delivery_that_fails_is_repeated_byte_for_byte(app: App, receiver: Receiver) -> None:
    receiver.answers = [500, 401, 201, 200]
    app.one_customer()

    receiver.wait_for(4)
    wait_until(lambda: [one["state"] for one in app.sim.deliveries()] == ["acknowledged"])

    assert len({one.body for one in receiver.got}) == 1
    assert [one["status"] for one in app.sim.deliveries()[0]["attempts"]] == [500, 401, 201, 200]


def test_a_webhook_that_keeps_failing_is_disabled_until_it_is_enabled_again(app: App, receiver: Receiver) -> None:
    receiver.answers = [500]
    app.one_customer()
    wait_until(lambda: [one["state"] for one in app.sim.deliveries()] == ["given up"])
    tried = len(receiver.got)

    app.one_customer()
    app.one_customer()
    wait_until(lambda: app.sim.webhooks()["pending_events"] == 0)
    with checking() as url:
        app.sim.webhooks(url=url)
        proof = app.sim.post("webhooks/intent")
    receiver.answers = [200]
    app.sim.webhooks(url=receiver.url)
    app.one_customer()
    receiver.wait_for(tried + 1)

    assert proof["state"] == "ok"
    assert tried == 11
    assert len(receiver.got) == tried + 1
    gap = receiver.got[-1].json()["firstEventSequence"] - receiver.got[0].json()["lastEventSequence"]
    assert gap == 3


def test_numbers_of_lost_deliveries_are_missing(app: App, receiver: Receiver) -> None:
    app.sim.settings(webhook_lose_every=2)
    told = 0
    for lost in (False, True, False):
        app.one_customer()
        wait_until(lambda: app.sim.webhooks()["pending_events"] == 0)
        told += not lost
        assert len(app.sim.deliveries()) == told

    receiver.wait_for(2)
    first, second = [one.json()["firstEventSequence"] for one in receiver.got]
    assert second - first == 2


def test_deliveries_come_twice_late_and_with_a_wrong_signature_on_demand(app: App, receiver: Receiver) -> None:
    app.sim.webhooks(repeat=2)
    app.one_customer()
    twice = receiver.wait_for(2)
    app.sim.webhooks(repeat=1, wrong_signature=True)
    app.one_customer()
    forged = receiver.wait_for(3)[2]

    assert twice[0].body == twice[1].body
    assert forged.headers["x-xero-signature"] != signed(forged)


def test_nothing_is_told_of_an_organisation_that_is_not_connected(app: App, receiver: Receiver) -> None:
    app.sim.disconnect(LAW_FIRM)
    app.one_customer()
    wait_until(lambda: app.sim.webhooks()["pending_events"] == 0)

    assert receiver.got == []


def test_a_receiver_that_takes_everything_fails_the_intent_to_receive(app: App, receiver: Receiver) -> None:
    app.sim.settings(webhook_needs_intent=True)

    proof = app.sim.post("webhooks/intent")
    seen = len(receiver.got)
    app.one_customer()
    wait_until(lambda: app.sim.webhooks()["pending_events"] == 0)

    assert proof["state"] == "intent failed"
    assert [one["signed_right"] for one in proof["attempts"]] == [one["passed"] for one in proof["attempts"]]
    assert (seen, len(receiver.got)) == (6, 6)


def test_a_receiver_that_checks_signatures_passes_and_is_told_from_then_on(app: App) -> None:
    app.sim.settings(webhook_needs_intent=True)
    with checking() as url:
        app.sim.webhooks(url=url)

        proof = app.sim.post("webhooks/intent")
        app.one_customer()
        wait_until(lambda: [one["state"] for one in app.sim.deliveries()] == ["acknowledged"])

    assert proof["state"] == "ok"
    assert [one["status"] for one in proof["attempts"]] == [200, 401, 200, 401, 401, 200]


def test_a_receiver_that_says_something_fails_the_intent_to_receive(app: App) -> None:
    with checking(body=b"OK") as url:
        app.sim.webhooks(url=url)

        assert app.sim.post("webhooks/intent")["state"] == "intent failed"


@contextmanager
def checking(body: bytes = b"") -> Iterator[str]:
    """A receiver that answers 200 to what is signed right, 401 to what is not."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            assert isinstance(json.loads(raw)["events"], list)
            right = base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest()).decode()
            self.send_response(200 if self.headers["x-xero-signature"] == right else 401)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
