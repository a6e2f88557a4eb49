"""Jobber's webhooks: really theirs, and what they say changed."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import hooks
from integrations.hooks import Incoming, Key, NotAWebhook
from integrations.jobber import webhooks
from tests.integrations.jobber.shapes import ACCOUNT, INVOICE_ID

KEY = Key("test-client-secret")
VECTOR = "tP7NlwIZZfinFqBLQ7qofy1Pw3sJ/+Rmj2bFpqlSVHo="
BODY = (
    b'{"data":{"webHookEvent":{"topic":"INVOICE_UPDATE","appId":"3ef22a50-072d-430c-a78f-b7646657560b",'
    b'"accountId":"Z2lkOi8vSm9iYmVyL0FjY291bnQvMjQ4NjkzNA==","itemId":"Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ==",'
    b'"occurredAt":"2026-07-02T09:08:19Z"}}}'
)


def incoming(body: bytes, signature: str = "") -> Incoming:
    return Incoming(body, {"x-jobber-hmac-sha256": signature})


def event(**changes: Any) -> bytes:
    raw = json.loads(BODY)["data"]["webHookEvent"]
    wanted = {name: value for name, value in (raw | changes).items() if value is not None}
    return json.dumps({"data": {"webHookEvent": wanted}}).encode()


def test_the_vector_of_the_sheet_is_signed() -> None:
    assert webhooks.is_signed(incoming(BODY, VECTOR), KEY) is True


@pytest.mark.parametrize(
    ("body", "signature", "key"),
    [
        (BODY + b" ", VECTOR, KEY),
        (BODY, VECTOR[:-1], KEY),
        (BODY, "", KEY),
        (BODY, "ü", KEY),
        (BODY, VECTOR, Key("another")),
        (BODY, VECTOR, Key("")),
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, key: Key) -> None:
    assert webhooks.is_signed(incoming(body, signature), key) is False


def test_an_event_says_what_to_look_at() -> None:
    [found] = webhooks.events_in(incoming(BODY))

    assert (found.account, found.object, found.external_id) == (ACCOUNT, "invoice", INVOICE_ID)
    assert (found.action, found.occurred_at) == ("updated", datetime(2026, 7, 2, 9, 8, 19, tzinfo=UTC))


@pytest.mark.parametrize(
    ("topic", "object_", "action"),
    [
        ("INVOICE_CREATE", "invoice", "created"),
        ("INVOICE_DESTROY", "invoice", "deleted"),
        ("PAYMENT_CREATE", "payment", "created"),
        ("PAYMENT_UPDATE", "payment", "updated"),
        ("PAYMENT_DESTROY", "payment", "deleted"),
        ("CLIENT_CREATE", "customer", "created"),
        ("CLIENT_UPDATE", "customer", "updated"),
        ("CLIENT_DESTROY", "customer", "deleted"),
        ("APP_DISCONNECT", "connection", "disconnected"),
        ("APP_CONNECT", "connection", "connected"),
        ("QUOTE_APPROVED", "", "approved"),
        ("PRODUCT_OR_SERVICE_UPDATE", "", "updated"),
        ("ON_MY_WAY_TRACKING_LINK_REQUEST", "", "request"),
    ],
)
def test_every_topic(topic: str, object_: str, action: str) -> None:
    [found] = webhooks.events_in(incoming(event(topic=topic)))

    assert (found.object, found.action) == (object_, action)


def test_the_misspelt_time_of_older_apps_is_the_same_event() -> None:
    [found] = webhooks.events_in(incoming(event(occurredAt=None, occuredAt="2026-07-02T09:08:19Z")))
    [usual] = webhooks.events_in(incoming(BODY))

    assert (found.event_id, found.occurred_at) == (usual.event_id, usual.occurred_at)


def test_the_same_change_said_again_is_the_same_event_and_another_is_not() -> None:
    [first], [again] = webhooks.events_in(incoming(BODY)), webhooks.events_in(incoming(event()))
    [later] = webhooks.events_in(incoming(event(occurredAt="2026-07-02T03:09:00-06:00")))

    assert first.event_id == again.event_id != later.event_id
    assert later.occurred_at == datetime(2026, 7, 2, 9, 9, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"data":null}', b'{"data":{"webHookEvent":[]}}'])
def test_what_is_no_webhook_says_so(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        webhooks.events_in(incoming(body))


@given(
    body=st.binary(max_size=40)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["data", "webHookEvent", "topic", "accountId", "itemId"]), inner)
        ),
        max_leaves=9,
    ).map(lambda raw: json.dumps(raw).encode())
)
def test_no_body_whatever_raises_anything_else(body: bytes) -> None:
    with suppress(NotAWebhook):
        webhooks.events_in(incoming(body))


def test_how_the_doors_find_it(settings: Any) -> None:
    settings.JOBBER_CLIENT_SECRET = "the-secret"

    vendor = hooks.of("jobber")

    assert (vendor.PER_CONNECTION, vendor.REFUSED, vendor.app_key()) == (False, 401, "the-secret")
