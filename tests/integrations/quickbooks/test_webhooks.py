"""QuickBooks rings: only what is really theirs is kept, once, and read as a hint to look."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.hooks import Event, Incoming, Key, NotAWebhook
from integrations.quickbooks import webhooks

KEY = "3f1c2a90-7b1e-4c55-9d21-0a6f5d2b8e11"
VECTOR = (
    b'[{"specversion":"1.0","id":"88cd52aa-33b6-4351-9aa4-47572edbd068","source":"intuit.sim",'
    b'"type":"qbo.invoice.updated.v1","datacontenttype":"application/json","time":"2026-11-02T09:15:00.179851517Z",'
    b'"intuitentityid":"130","intuitaccountid":"9341450000000001","data":{}}]'
)
SIGNATURE = "YEHCqmxRLZP6TUi1PeTaXhEL23XOfVtoZp34bpq7pKo="
OLDER = (
    b'{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":['
    b'{"id":"1234","operation":"Update","name":"Invoice","lastUpdated":"2026-09-08T20:52:31.657Z"},'
    b'{"id":"77","operation":"Merge","name":"Customer","lastUpdated":"2026-09-08T20:52:32Z","deletedId":"78"}]}},'
    b'{"realmId":"310688","dataChangeEvent":{"entities":['
    b'{"id":"9","operation":"Void","name":"Payment","lastUpdated":"2026-09-08T20:52:33Z"}]}}]}'
)


def signed(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()


def is_signed(body: bytes, signature: str, key: str) -> bool:
    return webhooks.is_signed(Incoming(body, {webhooks.SIGNATURE: signature}), Key(key))


def events_in(body: bytes) -> list[Event]:
    return webhooks.events_in(Incoming(body, {}))


def test_the_vendors_own_test_vector_is_signed() -> None:
    assert is_signed(VECTOR, SIGNATURE, KEY)


@pytest.mark.parametrize(
    ("body", "signature", "key"),
    [
        (VECTOR + b" ", SIGNATURE, KEY),
        (VECTOR, SIGNATURE.lower(), KEY),
        (VECTOR, "", KEY),
        (VECTOR, "ünïcode", KEY),
        (VECTOR, SIGNATURE, "another key"),
        (VECTOR, signed(VECTOR, ""), ""),
    ],
)
def test_anything_else_is_not(body: bytes, signature: str, key: str) -> None:
    assert not is_signed(body, signature, key)


def test_a_cloud_event_says_what_changed_where() -> None:
    assert events_in(VECTOR) == [
        Event(
            event_id="88cd52aa-33b6-4351-9aa4-47572edbd068",
            account="9341450000000001",
            object="invoice",
            external_id="130",
            action="updated",
            occurred_at=datetime(2026, 11, 2, 9, 15, 0, 179851, tzinfo=UTC),
        )
    ]


def test_the_older_form_says_the_same_with_several_companies_and_merges() -> None:
    events = events_in(OLDER)

    assert [(event.account, event.object, event.external_id, event.action) for event in events] == [
        ("310687", "invoice", "1234", "updated"),
        ("310687", "customer", "77", "merged"),
        ("310687", "customer", "78", "merged"),
        ("310688", "payment", "9", "voided"),
    ]
    assert len({event.event_id for event in events}) == 4
    assert events == events_in(OLDER)


@pytest.mark.parametrize(
    ("word", "object_", "action"),
    [
        ("qbo.creditmemo.deleted.v1", "credit_memo", "deleted"),
        ("qbo.customer.merged.v1", "customer", "merged"),
        ("qbo.payment.created.v2", "payment", "created"),
        ("QBO.Invoice.Emailed.v1", "invoice", "emailed"),
        ("qbo.bill.updated.v1", "", "updated"),
        ("qbo.invoice.blessed.v1", "invoice", "blessed"),
        ("nonsense", "", ""),
    ],
)
def test_words_not_in_print_are_read_with_tolerance(word: str, object_: str, action: str) -> None:
    event = json.loads(VECTOR)[0] | {"type": word}

    (read,) = events_in(json.dumps([event]).encode())

    assert (read.object, read.action) == (object_, action)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"{}",
        b'"text"',
        b"[1]",
        b'{"eventNotifications":{}}',
        b'[{"intuitaccountid":{}}]',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_webhook_says_so(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        events_in(body)


def test_an_event_without_an_id_gets_the_same_one_each_time() -> None:
    event = json.loads(VECTOR)[0]
    del event["id"]
    body = json.dumps([event]).encode()

    first, second = events_in(body), events_in(body)

    assert first == second
    assert len(first[0].event_id) == 64


def payload(**more: Any) -> dict[str, Any]:
    return {"object": "invoice", "external_id": "130", "action": "updated", **more}


def test_what_is_stored_of_an_event_holds_ids_and_words_only() -> None:
    (event,) = events_in(VECTOR)

    assert event.payload == payload(occurred_at="2026-11-02T09:15:00.179851+00:00")
