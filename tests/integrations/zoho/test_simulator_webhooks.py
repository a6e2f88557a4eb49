"""Webhooks of the simulated vendor: set up by the owner, signed by a fragile rule, sent again and twice."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.zoho.simulation.webhooks import sign, signing_string
from integrations.zoho.simulator import CLOUDKEEP
from tests.integrations.simulation.server import Delivered, Receiver, wait_until
from tests.integrations.zoho.simulator import Zoho, running

SECRET = "abcDEF123456"


@pytest.fixture(scope="module")
def served() -> Iterator[Zoho]:
    with running(invoices=20, webhook_batch_seconds=0.05, webhook_retry_scale=0.005, webhook_key=SECRET) as zoho:
        yield zoho


@pytest.fixture
def zoho(served: Zoho) -> Zoho:
    served.control("reset")
    return Zoho(served.base_url).connect()


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with Receiver().listening() as found:
        yield found


@pytest.fixture
def receiver(zoho: Zoho, listening: Receiver) -> Receiver:
    listening.got.clear()
    listening.answers = [200]
    return listening


def signature(one: Delivered) -> str:
    return one.headers["x-zoho-webhook-signature"]


def signed(one: Delivered, fields: Any = (), **encoding: str) -> str:
    """What the signature must be, by the vendor's rule."""
    body = b"" if fields else one.body
    return sign(SECRET, signing_string(urlsplit(one.path).query, list(fields), body), **encoding)


def test_the_vendors_vector() -> None:
    body = b'{"created_date":"2019-03-06","event_id":"5675"}'
    string = signing_string("subscription_id=90343&name=basic", [], body)

    assert string == b"namebasicsubscription_id90343" + body
    assert sign(SECRET, string) == "f24c927bb67d691f426a077c63999c8db675a98e295052d764fe8c5c65d37921"


def test_a_vector_with_a_form_counts_its_decoded_fields_and_not_its_bytes() -> None:
    fields = [("invoice_id", "3818499010990000001"), ("event type", "made & sent")]

    string = signing_string("token=abc", fields, b"")

    assert string == b"event typemade & sentinvoice_id3818499010990000001tokenabc"


def test_nobody_is_told_until_the_owner_has_made_a_webhook(zoho: Zoho) -> None:
    zoho.new_invoice()

    assert zoho.look("webhooks")["deliveries"] == []


def test_a_change_is_told_by_id_and_signed_over_query_and_body(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=f"{receiver.url}?token=opaque&b=2")
    zoho.control("settings", webhook_query="a=1")
    id = zoho.new_invoice()

    one = receiver.wait_for(1)[0]

    assert json.loads(one.body) == {"invoice_id": id}
    assert urlsplit(one.path).query == "token=opaque&b=2&a=1"
    assert one.headers["content-type"] == "application/json"
    assert signature(one) == signed(one)


def test_a_form_is_signed_by_its_fields(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=f"{receiver.url}?zz=last")
    zoho.control("settings", webhook_format="form")
    id = zoho.new_invoice()

    one = receiver.wait_for(1)[0]

    assert one.headers["content-type"] == "application/x-www-form-urlencoded"
    assert one.body == f"invoice_id={id}&event_type=invoice_created".encode()
    assert signature(one) == signed(one, [("invoice_id", id), ("event_type", "invoice_created")])


def test_the_default_body_is_the_whole_invoice(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=receiver.url)
    zoho.control("settings", webhook_format="default", webhook_encoding="base64")
    id = zoho.new_invoice("61.00")

    one = receiver.wait_for(1)[0]

    assert one.json()["invoice"] == zoho.invoice(id)
    assert signature(one) == signed(one, encoding="base64")
    assert signature(one).endswith("=")


def test_without_a_secret_there_is_no_signature(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=receiver.url, key="")
    zoho.new_invoice()

    assert "x-zoho-webhook-signature" not in receiver.wait_for(1)[0].headers


def test_the_owner_chooses_what_is_told(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=receiver.url)
    zoho.control("settings", webhook_modules=["payment"])
    id = zoho.new_invoice("20.00")
    payment = zoho.act("pay", customer=zoho.invoice(id)["customer_id"], amount="20.00", applied={id: "20.00"})["id"]

    receiver.wait_for(1)

    assert [json.loads(one.body) for one in receiver.got] == [{"payment_id": payment}]


def test_what_an_app_does_is_told_as_well(zoho: Zoho, receiver: Receiver) -> None:
    id = zoho.new_invoice()
    zoho.control("webhooks", url=receiver.url)
    zoho.post(f"invoices/{id}/writeoff")

    assert json.loads(receiver.wait_for(1)[0].body) == {"invoice_id": id}


def test_a_failed_delivery_comes_again_with_the_same_bytes(zoho: Zoho, receiver: Receiver) -> None:
    receiver.answers = [500, 503, 200]
    zoho.control("webhooks", url=receiver.url)
    zoho.new_invoice()

    receiver.wait_for(3)
    wait_until(lambda: zoho.look("webhooks")["deliveries"][0]["state"] == "acknowledged")

    assert len({(one.body, signature(one)) for one in receiver.got}) == 1
    attempts = zoho.look("webhooks")["deliveries"][0]["attempts"]
    assert [one["status"] for one in attempts] == [500, 503, 200]


def test_a_delivery_may_come_twice_and_may_be_forged(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=receiver.url, repeat=2)
    zoho.new_invoice()
    twice = list(receiver.wait_for(2))
    zoho.control("webhooks", repeat=1, wrong_signature=True)
    zoho.new_invoice()
    forged = receiver.wait_for(3)[2]

    assert twice[0].body == twice[1].body
    assert signature(twice[0]) == signed(twice[0])
    assert signature(forged) != signed(forged)


def test_a_deletion_is_not_told(zoho: Zoho, receiver: Receiver) -> None:
    zoho.control("webhooks", url=receiver.url)
    gone, there = zoho.new_invoice(), zoho.new_invoice()
    receiver.wait_for(2)
    zoho.act("delete_invoice", id=gone)
    zoho.act("touch", kind="invoice", id=there)

    told = [json.loads(one.body)["invoice_id"] for one in receiver.wait_for(3)]

    assert sorted(told) == sorted([gone, there, there])
    assert zoho.look(f"truth/{CLOUDKEEP}")[gone]["status"] == "deleted"
