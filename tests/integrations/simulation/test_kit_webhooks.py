"""Webhooks: gathered, signed, retried, repeated, mixed, forged, and sent although no lifespan started them."""

import base64
import hashlib
import hmac
import json
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from tests.integrations.simulation.server import Delivered, Receiver, SimControl, running, wait_until
from tests.integrations.simulation.vendor import BIG, AcmeSimConfig, create_app

KEY = "sandbox-webhook-key"


def listen(acme: SimControl, receiver: Receiver, **settings: Any) -> None:
    acme.webhooks(url=receiver.url, batch_seconds=0.02, retry_scale=0.001, **settings)


def add_customer(acme: SimControl, name: str = "Ada") -> str:
    return str(acme.act(BIG, "add_customer", name=name)["id"])


def well_signed(one: Delivered) -> bool:
    expected = base64.b64encode(hmac.new(KEY.encode(), one.body, hashlib.sha256).digest()).decode()
    return one.headers["x-acme-signature"] == expected


def test_a_change_is_told_once_and_signed(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver)

    id = add_customer(acme)

    (told,) = receiver.wait_for(1)
    assert told.json() == {"account": BIG, "what": "customer.created", "id": id}
    assert well_signed(told)
    wait_until(lambda: acme.deliveries()[0]["state"] == "acknowledged")
    assert [one["status"] for one in acme.deliveries()[0]["attempts"]] == [200]


def test_a_payment_tells_of_the_invoice_too(acme: SimControl, receiver: Receiver) -> None:
    lines = [{"description": "Work", "price": "80"}]
    id = acme.act(BIG, "add_invoice", customer="cus_1", lines=lines, quiet=True)["id"]
    listen(acme, receiver)

    acme.act(BIG, "pay", customer="cus_1", amount="80", applied={id: "80"})

    told = [one.json()["what"] for one in receiver.wait_for(2)]
    assert told == ["payment.created", "invoice.updated"]


def test_what_is_done_quietly_is_told_to_nobody(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver)

    acme.act(BIG, "add_customer", name="Quiet", quiet=True)
    acme.fill(BIG, invoices=5, customers=2)
    loud = add_customer(acme)

    assert [one.json()["id"] for one in receiver.wait_for(1)] == [loud]
    assert len(acme.deliveries()) == 1


def test_a_refused_delivery_comes_again_with_the_same_bytes(acme: SimControl) -> None:
    with Receiver(answers=[500, 302, 200]).listening() as receiver:
        listen(acme, receiver)
        add_customer(acme)
        first, second, third = receiver.wait_for(3)

    assert first.body == second.body == third.body
    wait_until(lambda: acme.deliveries()[0]["state"] == "acknowledged")
    assert [one["status"] for one in acme.deliveries()[0]["attempts"]] == [500, 302, 200]


def test_a_delivery_nobody_takes_is_given_up_after_the_last_retry(acme: SimControl) -> None:
    with Receiver(answers=[503]).listening() as receiver:
        listen(acme, receiver)
        add_customer(acme)
        wait_until(lambda: acme.deliveries() and acme.deliveries()[0]["state"] == "given up")

    assert [one["status"] for one in acme.deliveries()[0]["attempts"]] == [503, 503, 503]


def test_a_failing_delivery_holds_up_nobody(acme: SimControl) -> None:
    with Receiver(answers=[500, 200]).listening() as receiver:
        acme.webhooks(url=receiver.url, batch_seconds=0.02, retry_scale=1)
        first = add_customer(acme, "First")
        receiver.wait_for(1)
        second = add_customer(acme, "Second")
        receiver.wait_for(2)
        acme.webhooks(retry_scale=0.001)  # whoever waits is tried at once
        told = [one.json()["id"] for one in receiver.wait_for(3)]

    assert told == [first, second, first]


def test_an_address_that_does_not_answer_is_an_error_in_the_log(acme: SimControl) -> None:
    acme.webhooks(url="http://127.0.0.1:9/hooks", batch_seconds=0.01, retry_scale=0.001)
    add_customer(acme)
    wait_until(lambda: acme.deliveries() and acme.deliveries()[0]["state"] == "given up")

    assert [one["status"] for one in acme.deliveries()[0]["attempts"]] == [None, None, None]
    assert acme.deliveries()[0]["attempts"][0]["error"].startswith("ConnectError")


def test_every_delivery_may_come_twice(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver, repeat=2)

    add_customer(acme)

    first, second = receiver.wait_for(2)
    assert first.body == second.body


def test_a_logged_delivery_can_be_sent_again(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver)
    add_customer(acme)
    receiver.wait_for(1)

    acme.again(acme.deliveries()[0]["number"])

    first, second = receiver.wait_for(2)
    assert (first.body, first.headers["x-acme-signature"]) == (second.body, second.headers["x-acme-signature"])
    assert acme.raw("POST", "webhooks/again", {"number": 9_999_999}).status_code == 400


def test_deliveries_may_come_in_another_order(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver, shuffle=True)
    acme.webhooks(batch_seconds=0.3)

    ids = [add_customer(acme, f"Customer {n}") for n in range(12)]

    told = [one.json()["id"] for one in receiver.wait_for(12)]
    assert sorted(told) == sorted(ids)
    assert told != ids


def test_a_wrong_signature_on_demand_fits_the_form_but_not_the_body(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver, wrong_signature=True)

    add_customer(acme)

    (told,) = receiver.wait_for(1)
    assert len(told.headers["x-acme-signature"]) == 44
    assert not well_signed(told)


def test_webhooks_switched_off_send_nothing(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver, on=False)
    add_customer(acme, "Unheard")
    acme.webhooks(on=True)

    id = add_customer(acme, "Heard")

    assert [one.json()["id"] for one in receiver.wait_for(1)] == [id]


def test_a_late_webhook_waits_its_delay(acme: SimControl, receiver: Receiver) -> None:
    listen(acme, receiver, delay_seconds=0.3)

    add_customer(acme)

    assert (acme.webhooks()["pending_events"], receiver.got) == (1, [])
    assert json.loads(receiver.wait_for(1)[0].body)["what"] == "customer.created"


def test_a_mounted_simulator_posts_without_a_lifespan(receiver: Receiver) -> None:
    simulated = create_app(AcmeSimConfig(invoices=30, webhook_url=receiver.url, webhook_batch_seconds=0.02))

    with running(Starlette(routes=[Mount("/acme", simulated)])) as url:
        acme = SimControl(url, prefix="/acme")
        id = add_customer(acme)
        token = acme.connect(BIG)["access_token"]
        answer = acme.http.get("/acme/invoices", headers={"Authorization": f"Bearer {token}"})

        assert receiver.wait_for(1)[0].json()["id"] == id
        assert (answer.status_code, len(answer.json()["invoices"])) == (200, 30)
        assert acme.requests()[-1]["path"] == "/invoices"
