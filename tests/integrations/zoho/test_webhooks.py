"""Zoho Books rings, in whichever form its owner chose: only what is really theirs counts, and only as a hint."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from integrations import hooks
from integrations.hooks import Incoming, Key, NotAWebhook
from integrations.zoho import webhooks

KEY = Key("abcDEF123456")
QUERY = "subscription_id=90343&name=basic"
BODY = b'{"created_date":"2019-03-06","event_id":"5675"}'
HEX = "f24c927bb67d691f426a077c63999c8db675a98e295052d764fe8c5c65d37921"
FORM = "application/x-www-form-urlencoded"


def came(body: bytes, signature: str = "", *, query: str = "", kind: str = "application/json") -> Incoming:
    return Incoming(body, {webhooks.SIGNATURE: signature, "content-type": kind}, query=query)


def digest(text: bytes, key: str = KEY.secret) -> bytes:
    return hmac.digest(key.encode(), text, hashlib.sha256)


@pytest.mark.parametrize("signature", [HEX, HEX.upper(), base64.b64encode(bytes.fromhex(HEX)).decode(), f" {HEX} "])
def test_the_vector_of_the_sheet_is_signed_as_hex_and_as_base64(signature: str) -> None:
    assert webhooks.is_signed(came(BODY, signature, query=QUERY), KEY)


def test_a_form_is_signed_by_its_fields_among_those_of_the_address() -> None:
    body = urlencode({"name": "Ruiz & Søn", "invoice_id": "7", "empty": ""}).encode()
    signature = digest(b"b2emptyinvoice_id7nameRuiz & S\xc3\xb8nzed1").hex()

    assert webhooks.is_signed(came(body, signature, query="zed=1&b=2", kind=f"{FORM}; charset=UTF-8"), KEY)
    assert webhooks.is_signed(Incoming(body, {webhooks.SIGNATURE: signature}, query="zed=1&b=2"), KEY)


def test_raw_json_is_signed_byte_by_byte() -> None:
    body = b' {"invoice_id" : "7"}\n'

    assert webhooks.is_signed(came(body, digest(body).hex()), KEY)
    assert not webhooks.is_signed(came(body.strip(), digest(body).hex()), KEY)


@pytest.mark.parametrize(
    ("body", "query", "signature", "key"),
    [
        (BODY + b" ", QUERY, HEX, KEY),
        (BODY, "subscription_id=90344&name=basic", HEX, KEY),
        (BODY, "", HEX, KEY),
        (BODY, QUERY, HEX[:-1], KEY),
        (BODY, QUERY, "", KEY),
        (BODY, QUERY, "ünïcode \ud800", KEY),
        (BODY, QUERY, HEX, Key("another12345")),
        (BODY, "", digest(BODY, "").hex(), Key("")),
    ],
)
def test_anything_else_is_not(body: bytes, query: str, signature: str, key: Key) -> None:
    assert not webhooks.is_signed(came(body, signature, query=query), key)


@pytest.mark.parametrize(
    ("body", "query", "kind", "named"),
    [
        (b'{"invoice_id":"3818499000000099001"}', "", "application/json", [("invoice", "3818499000000099001")]),
        (b'{"invoice_id":3818499000000099001}', "", "application/json", [("invoice", "3818499000000099001")]),
        (b'{"invoice":{"invoice_id":"7","customer_id":"8","total":5}}', "", "application/json", [("invoice", "7")]),
        (b'{"invoice_id":"7","customer_id":"8"}', "", "application/json", [("invoice", "7")]),
        (b'{"payment":{"payment_id":"9"}}', "", "application/json", [("payment", "9")]),
        (b'{"customer_payment":{"payment_id":"9"}}', "", "application/json", [("payment", "9")]),
        (b'{"creditnote":{"creditnote_id":"5"}}', "", "application/json", [("credit_memo", "5")]),
        (b'{"contact":{"contact_id":"4"}}', "", "application/json", [("customer", "4")]),
        (b'{"customer_id":"4"}', "", "application/json", [("customer", "4")]),
        (b"invoice_id=7&status=paid", "", FORM, [("invoice", "7")]),
        (b'JSONString=%7B%22invoice%22%3A%7B%22invoice_id%22%3A%227%22%7D%7D', "", FORM, [("invoice", "7")]),
        (b"", "invoice_id=7", "application/json", [("invoice", "7")]),
    ],
)  # fmt: skip
def test_of_all_that_may_come_only_the_id_counts(
    body: bytes, query: str, kind: str, named: list[tuple[str, str]]
) -> None:
    events = webhooks.events_in(came(body, query=query, kind=kind))

    assert [(event.object, event.external_id) for event in events] == named
    assert {event.action for event in events} == {"updated"}
    assert {event.occurred_at for event in events} == {None}


def test_a_repeated_delivery_is_one_event_and_the_same_change_later_another() -> None:
    body = b'{"invoice_id":"7","organization_id":"10234695"}'
    with time_machine.travel(datetime(2026, 11, 2, 9, 0, 1, tzinfo=UTC), tick=False) as clock:
        (first,), (again,) = (webhooks.events_in(came(body)) for _ in range(2))
        clock.shift(60)
        (later,) = webhooks.events_in(came(body))

    assert first == again
    assert first.account == "10234695"
    assert first.event_id != later.event_id


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"7", b"nonsense", b'{"invoice_id":""}', b'{"invoice_id":["7"]}',
             b'{"invoice_id":"' + b"9" * 65 + b'"}', b'{"a":' * 100_000]
)  # fmt: skip
def test_what_names_nothing_is_no_webhook(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        webhooks.events_in(came(body))


@given(
    body=st.binary(max_size=100)
    | st.dictionaries(st.text(max_size=9), st.text()).map(lambda d: json.dumps(d).encode()),
    query=st.text(max_size=40),
    signature=st.text(max_size=70),
    kind=st.sampled_from(["", "application/json", FORM]),
)
def test_whatever_comes_in_it_is_an_event_or_refused(body: bytes, query: str, signature: str, kind: str) -> None:
    incoming = came(body, signature, query=query, kind=kind)

    assert not webhooks.is_signed(incoming, KEY)
    try:
        webhooks.events_in(incoming)
    except NotAWebhook as error:
        assert str(error)  # noqa: PT017


def test_each_connection_has_a_key_of_its_own_that_the_owner_enters() -> None:
    vendor = hooks.of("zoho")

    assert (vendor.PER_CONNECTION, vendor.REFUSED, vendor.app_key()) == (True, 401, "")
