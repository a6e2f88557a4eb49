"""Square's webhooks: really theirs, to our own address, and what they say changed."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import hooks
from integrations.hooks import Incoming, Key, NotAWebhook
from integrations.square import webhooks
from tests.integrations.square.shapes import REFUND, WEBHOOK

KEY = Key("sim-square-signature-key")
URL = "https://app.example.com/hooks/square/"
VECTOR = "NNd87Y/aZKbLPNDcluIbTwCTOUZfnMJzidtSDJaCHKc="


def incoming(body: bytes, signature: str = VECTOR, url: str = URL) -> Incoming:
    return Incoming(body, {"x-square-hmacsha256-signature": signature}, url)


def test_the_vector_of_the_sheet_is_signed() -> None:
    assert webhooks.is_signed(incoming(WEBHOOK), KEY) is True


@pytest.mark.parametrize(
    ("body", "signature", "url", "key"),
    [
        (WEBHOOK + b" ", VECTOR, URL, KEY),
        (WEBHOOK, VECTOR, "https://app.example.com/hooks/square", KEY),
        (WEBHOOK, VECTOR, "http://app.example.com/hooks/square/", KEY),
        (WEBHOOK, "", URL, KEY),
        (WEBHOOK, "ü", URL, KEY),
        (WEBHOOK, VECTOR, URL, Key("another")),
        (WEBHOOK, base64.b64encode(hmac.digest(b"", URL.encode() + WEBHOOK, hashlib.sha256)).decode(), URL, Key("")),
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, url: str, key: Key) -> None:
    assert webhooks.is_signed(incoming(body, signature, url), key) is False


def test_an_event_says_what_to_look_at() -> None:
    [event] = webhooks.events_in(incoming(WEBHOOK))

    assert (event.event_id, event.account) == ("6a8f5f28-54a1-4eb0-a98a-3111513fd4fc", "ML7SIM")
    assert (event.object, event.external_id, event.action) == ("invoice", "inv:0-SIM1", "updated")
    assert event.occurred_at == datetime(2026, 11, 2, 9, 15, tzinfo=UTC)


def told(type_: str, data: dict[str, Any], **more: Any) -> Any:
    body = {"merchant_id": "ML7SIM", "type": type_, "event_id": "e-1", "created_at": "2026-11-02T09:15:00Z"}
    [event] = webhooks.events_in(incoming(json.dumps({**body, "data": data, **more}).encode()))
    return event


@pytest.mark.parametrize(
    ("type_", "object_", "action"),
    [
        ("invoice.created", "invoice", "created"),
        ("invoice.published", "invoice", "updated"),
        ("invoice.updated", "invoice", "updated"),
        ("invoice.payment_made", "invoice", "updated"),
        ("invoice.scheduled_charge_failed", "invoice", "updated"),
        ("invoice.canceled", "invoice", "voided"),
        ("invoice.refunded", "invoice", "updated"),
        ("invoice.deleted", "invoice", "deleted"),
        ("payment.created", "payment", "created"),
        ("payment.updated", "payment", "updated"),
        ("customer.created", "customer", "created"),
        ("customer.updated", "customer", "updated"),
        ("customer.deleted", "customer", "deleted"),
        ("catalog.version.updated", "", "updated"),
    ],
)
def test_every_event_type_of_theirs(type_: str, object_: str, action: str) -> None:
    event = told(type_, {"type": "x", "id": "X1"})

    assert (event.object, event.external_id, event.action) == (object_, "X1", action)


def test_a_refund_is_a_change_of_its_payment() -> None:
    whole = told("refund.created", {"id": "pSIM00000000000000000001_r1", "object": {"refund": json.loads(REFUND)}})
    bare = told("refund.updated", {"id": "pSIM00000000000000000001_r1"})

    assert (
        (whole.object, whole.external_id) == (bare.object, bare.external_id) == ("payment", "pSIM00000000000000000001")
    )


def test_access_taken_back_is_told_of_the_connection() -> None:
    event = told("oauth.authorization.revoked", {"type": "revocation", "id": "r-1"})

    assert (event.object, event.action, event.account) == ("connection", "disconnected", "ML7SIM")


def test_an_event_without_an_id_is_the_same_when_said_again() -> None:
    first, again = (told("invoice.updated", {"id": "X1"}, event_id=given) for given in ("", None))

    assert first.event_id == again.event_id != ""


def test_an_id_too_long_to_be_ours_is_left_out() -> None:
    assert told("payment.updated", {"id": "p" * 65}).object == ""


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b"{}", b'{"type":5}', b'{"type":"invoice.updated","data":[]}'])
def test_what_is_no_webhook_of_theirs_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        webhooks.events_in(incoming(body))


def test_one_key_for_the_whole_app_and_a_wrong_signature_hears_403(settings: Any) -> None:
    settings.SQUARE_WEBHOOK_KEY = "from the settings"

    found = hooks.of("square")

    assert (found.app_key(), found.PER_CONNECTION, found.REFUSED) == ("from the settings", False, 403)


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
INSIDE: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["id", "object", "refund", "payment_id"]), VALUE | st.just({})
)
EVENT: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["merchant_id", "type", "event_id", "created_at", "data"]),
    VALUE | INSIDE | st.sampled_from(["refund.created", "invoice.updated"]),
)


@given(EVENT | VALUE)
def test_no_json_whatever_breaks_the_reading(said: object) -> None:
    try:
        found = webhooks.events_in(incoming(json.dumps(said).encode()))
    except NotAWebhook:
        return

    assert len(found) == 1
