"""Xero's webhooks: really theirs, and what they say changed."""

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
from integrations.xero import webhooks
from tests.integrations.xero.shapes import INTENT, WEBHOOK

KEY = Key("sim-xero-webhook-key")
VECTOR = "x2XVqCuHbi52JaANc8AOQUkClceLbl0XmHYbiALXjb8="


def incoming(body: bytes, signature: str = "") -> Incoming:
    return Incoming(body, {"x-xero-signature": signature})


def test_the_vector_of_the_sheet_is_signed() -> None:
    assert webhooks.is_signed(incoming(INTENT, VECTOR), KEY) is True


@pytest.mark.parametrize(
    ("body", "signature", "key"),
    [
        (INTENT + b" ", VECTOR, KEY),
        (INTENT, VECTOR[:-1], KEY),
        (INTENT, "", KEY),
        (INTENT, "ü", KEY),
        (INTENT, VECTOR, Key("another")),
        (INTENT, base64.b64encode(hmac.digest(b"", INTENT, hashlib.sha256)).decode(), Key("")),
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, key: Key) -> None:
    assert webhooks.is_signed(incoming(body, signature), key) is False


def test_an_intent_to_receive_holds_no_events() -> None:
    assert webhooks.events_in(incoming(INTENT)) == []


def test_an_event_says_what_to_look_at() -> None:
    [event] = webhooks.events_in(incoming(WEBHOOK))

    assert (event.account, event.object) == ("45e4708e-d862-4111-ab3a-dd8cd03913e1", "invoice")
    assert (event.external_id, event.action) == ("7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001", "updated")
    assert event.occurred_at == datetime(2026, 11, 2, 9, 15, 0, 902000, tzinfo=UTC)
    assert [event.event_id] == [one.event_id for one in webhooks.events_in(incoming(WEBHOOK))]


@pytest.mark.parametrize(
    ("category", "type_", "data", "object_", "action"),
    [
        ("INVOICE", "CREATE", {}, "invoice", "created"),
        ("CONTACT", "UPDATE", {}, "customer", "updated"),
        ("CREDITNOTE", "CREATE", {"Type": "ACCRECCREDIT"}, "credit_memo", "created"),
        ("CREDITNOTE", "CREATE", {"Type": "ACCPAYCREDIT"}, "", "created"),
        ("SUBSCRIPTION", "UPDATE", {}, "", "updated"),
        ("SOMETHING", "ELSE", {}, "", "else"),
    ],
)
def test_every_category_of_theirs(category: str, type_: str, data: dict[str, str], object_: str, action: str) -> None:
    raw = json.loads(WEBHOOK)
    raw["events"][0] |= {"eventCategory": category, "eventType": type_, "data": data}

    [event] = webhooks.events_in(incoming(json.dumps(raw).encode()))

    assert (event.object, event.action) == (object_, action)


def test_the_same_invoice_changed_twice_makes_two_events() -> None:
    raw = json.loads(WEBHOOK)
    raw["events"].append({**raw["events"][0], "eventDateUtc": "2026-11-02T09:15:01.000"})

    ids = [event.event_id for event in webhooks.events_in(incoming(json.dumps(raw).encode()))]

    assert len(set(ids)) == 2


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b"{}", b'{"events":"none"}', b'{"events":["x"]}'])
def test_what_is_no_webhook_of_theirs_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        webhooks.events_in(incoming(body))


def test_one_key_for_the_whole_app_and_a_wrong_signature_hears_401(settings: Any) -> None:
    settings.XERO_WEBHOOK_KEY = "from the settings"

    found = hooks.of("xero")

    assert (found.app_key(), found.PER_CONNECTION, found.REFUSED) == ("from the settings", False, 401)


EVENT: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["tenantId", "resourceId", "eventCategory", "eventType", "eventDateUtc", "data"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2) | st.just({}),
)


@given(st.lists(EVENT | st.none(), max_size=3) | EVENT | st.text(max_size=3))
def test_no_json_whatever_breaks_the_reading(events: object) -> None:
    try:
        found = webhooks.events_in(incoming(json.dumps({"events": events}).encode()))
    except NotAWebhook:
        return

    assert len(found) == len(events)  # type: ignore[arg-type]
