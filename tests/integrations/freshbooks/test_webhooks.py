"""FreshBooks rings: only what is really theirs counts, read as a hint; and how an address is registered with them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from integrations import hooks
from integrations.errors import Refused
from integrations.freshbooks import webhooks
from integrations.freshbooks.simulator import PLUMBER
from integrations.hooks import Incoming, Key, NotAWebhook
from tests.integrations.freshbooks.books import opened, simulators, vendor
from tests.integrations.simulation.server import Receiver, SimControl

__all__ = ["simulators", "vendor"]

KEY = Key("3bPTNcPgbN76QLgKLSR9XdgQJWvhhN4xrT", "2001")
INVOICE = b"name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
CLIENT = (
    b"name=client.update&object_id=7&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
    b"&system=https%3A%2F%2Fcaf%C3%A9.example"
)
VECTORS = [
    (INVOICE, "L8NGeudGLUrtmp21TuGYyPP/DYVJ6ZTRUhG6cvQoqbY="),
    (CLIENT, "Vj2p4twff0fq1ScqEY0n/xs/WrEc/EEaTxrzN1BFbbc="),
]
HANDSHAKE = b"name=callback.verify&object_id=2001&account_id=6BApk&verifier=xrT3bPTNcPgbN76QLgKLSR9X"


def came(body: bytes, signature: str = "") -> Incoming:
    return Incoming(body, {webhooks.SIGNATURE: signature})


def signed(text: str, key: str = KEY.secret) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


@pytest.mark.parametrize(("body", "signature"), VECTORS)
def test_the_vectors_of_the_sheet_are_signed(body: bytes, signature: str) -> None:
    assert webhooks.is_signed(came(body, signature), KEY)


@pytest.mark.parametrize(
    ("body", "signature", "key"),
    [
        (INVOICE + b"&a=1", VECTORS[0][1], KEY),
        (INVOICE.replace(b"=1234567", b"=1234568"), VECTORS[0][1], KEY),
        (INVOICE, VECTORS[0][1].lower(), KEY),
        (INVOICE, VECTORS[1][1], KEY),
        (INVOICE, "", KEY),
        (INVOICE, "ünïcode \ud800", KEY),
        (INVOICE, VECTORS[0][1], Key("another")),
        (INVOICE, signed(INVOICE.decode()), KEY),
        (b"", "", Key("")),
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, key: Key) -> None:
    assert not webhooks.is_signed(came(body, signature), key)


def test_the_order_of_the_fields_and_empty_ones_are_part_of_what_is_signed() -> None:
    text = json.dumps({"object_id": "7", "name": "invoice.update", "user_id": ""})

    assert webhooks.is_signed(came(b"object_id=7&name=invoice.update&user_id=", signed(text)), KEY)
    assert not webhooks.is_signed(came(b"name=invoice.update&object_id=7&user_id=", signed(text)), KEY)


@pytest.mark.parametrize(
    ("name", "kind", "action"),
    [
        ("invoice.create", "invoice", "created"),
        ("invoice.update", "invoice", "updated"),
        ("invoice.delete", "invoice", "deleted"),
        ("invoice.sendByEmail", "invoice", "emailed"),
        ("payment.create", "payment", "created"),
        ("client.update", "customer", "updated"),
        ("credit_note.create", "credit_memo", "created"),
        ("estimate.create", "", "created"),
        ("invoice", "invoice", ""),
        ("invoice.somethingNewAndVeryLong", "invoice", "somethingnewandveryl"),
    ],
)
def test_a_delivery_says_what_to_look_at(name: str, kind: str, action: str) -> None:
    (event,) = webhooks.events_in(came(f"name={name}&object_id=712044&account_id=6BApk".encode()))

    assert (event.object, event.external_id, event.action, event.account) == (kind, "712044", action, "6BApk")
    assert event.occurred_at is None


def test_a_repeated_delivery_is_one_event_and_the_same_change_later_another() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 9, 0, 1, tzinfo=UTC), tick=False) as clock:
        first, again = (webhooks.events_in(came(INVOICE))[0].event_id for _ in range(2))
        other = webhooks.events_in(came(CLIENT))[0].event_id
        clock.shift(60)
        later = webhooks.events_in(came(INVOICE))[0].event_id

    assert first == again
    assert len({first, other, later}) == 3


def test_a_handshake_is_no_event_but_the_code_of_a_callback() -> None:
    assert webhooks.events_in(came(HANDSHAKE)) == []
    assert webhooks.handshake_in(came(HANDSHAKE)) == ("2001", "xrT3bPTNcPgbN76QLgKLSR9X")


@pytest.mark.parametrize(
    "body", [INVOICE, b"verifier=abc", b"verifier=&object_id=1", b"verifier=abc&object_id=../x", b"", b"\xff\xfe"]
)
def test_nothing_else_is_a_handshake(body: bytes) -> None:
    assert webhooks.handshake_in(came(body)) is None


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"name=invoice.update", b"object_id=7", b"name=a.b&object_id=" + b"9" * 65]
)
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        webhooks.events_in(came(body))


@given(body=st.binary(max_size=200), signature=st.text(max_size=50))
def test_whatever_comes_in_it_is_an_event_or_refused(body: bytes, signature: str) -> None:
    assert not webhooks.is_signed(came(body, signature), KEY)
    webhooks.handshake_in(came(body))
    try:
        webhooks.events_in(came(body))
    except NotAWebhook as error:
        assert str(error)  # noqa: PT017


def test_it_is_a_vendor_with_an_address_and_a_key_for_each_connection() -> None:
    vendor = hooks.of("freshbooks")

    assert (vendor.PER_CONNECTION, vendor.REFUSED, vendor.app_key()) == (True, 401, "")


def test_an_address_is_registered_verified_and_rung_at(vendor: SimControl, db: None) -> None:
    ledger = opened(vendor, PLUMBER)
    with Receiver().listening() as receiver:
        callbacks = webhooks.register(ledger, receiver.url)
        shakes = dict(
            shake
            for one in receiver.wait_for(4)
            if (shake := webhooks.handshake_in(Incoming(one.body, one.headers))) is not None
        )
        for callback, verifier in shakes.items():
            webhooks.verify(ledger, callback, verifier)
        invoice = next(id for id, facts in vendor.truth(PLUMBER).items() if facts["status"] == "open")
        vendor.act(PLUMBER, "touch", kind="invoice", id=invoice)
        rung = Incoming((last := receiver.wait_for(5)[4]).body, last.headers)

    assert list(callbacks) == list(webhooks.EVENTS)
    assert sorted(shakes) == sorted(callbacks.values())
    assert webhooks.is_signed(rung, Key(shakes[callbacks["invoice"]]))
    assert not webhooks.is_signed(rung, Key(shakes[callbacks["client"]]))
    (event,) = webhooks.events_in(rung)
    assert (event.account, event.object, event.external_id) == (PLUMBER, "invoice", invoice)


def test_registering_again_registers_nothing_twice_and_a_wrong_code_is_refused(vendor: SimControl, db: None) -> None:
    ledger = opened(vendor, PLUMBER)
    with Receiver().listening() as receiver:
        callbacks = webhooks.register(ledger.client, receiver.url)

        assert webhooks.register(ledger.client, receiver.url) == callbacks
        with pytest.raises(Refused):
            webhooks.verify(ledger.client, callbacks["invoice"], "wrong")
