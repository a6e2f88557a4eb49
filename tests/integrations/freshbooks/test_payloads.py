"""FreshBooks answers as an operator reads them: single, listed, bare, wrapped in either way, and what is not asked for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.freshbooks import payloads
from integrations.ledger import Home
from integrations.payloads import KINDS, Answer, Broken, Note, Unreadable
from tests.integrations.freshbooks.test_answers import GONE, GONE_NEWER, GRANT, HOOKS, OUTAGE
from tests.integrations.freshbooks.test_mapping import CLIENT, CREDIT_NOTE, INVOICE, PAYMENT, SAMPLES
from tests.integrations.freshbooks.test_oauth import ANSWER
from tests.integrations.freshbooks.test_webhooks import HANDSHAKE
from tests.integrations.freshbooks.test_webhooks import INVOICE as RUNG

HOME = Home()


def read(kind: str, body: bytes | str, *, earlier: str = "", **more: Any) -> list[Any]:
    before = Answer(earlier.encode()) if earlier else None
    answer = Answer(body if isinstance(body, bytes) else body.encode(), **more)
    return list(payloads.read(kind, answer, home=HOME, earlier=before))


def wrapped(name: str, inside: str) -> str:
    return f'{{"response":{{"result":{{"{name}":{inside}}}}}}}'


def test_an_invoice() -> None:
    assert read("invoice", wrapped("invoice", INVOICE)) == [
        {
            "provider": "freshbooks",
            "external_id": "712044",
            "number": "0000214",
            "customer_external_id": "88231",
            "status": "open",
            "vendor_status": "overdue",
            "currency": "USD",
            "total": "1840.00",
            "balance": "1340.00",
            "issued_on": "2026-02-10",
            "due_on": "2026-03-12",
            "lines": [{"item": "Service call", "description": "Two visits", "quantity": "1.0000", "amount": "1840.00"}],
            "payments": [],
            "disputed_at_vendor": False,
            "updated_at": "2026-03-14T20:05:02+00:00",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "entity"),
    [("invoice", "invoice"), ("customer", "client"), ("payment", "payment"), ("credit_memo", "credit_note")],
)
def test_one_object_reads_the_same_in_every_shape(kind: str, entity: str) -> None:
    one = SAMPLES[entity]
    shapes = [
        wrapped(entity, one),
        wrapped(f"{entity}s", f"[{one}]"),
        f'{{"response":{{"result":{{"{entity}s":[{one}],"page":1,"pages":4,"per_page":100,"total":312}}}}}}',
        f'{{"{entity}":{one}}}',
        f'{{"{entity}s":[{one}]}}',
        one,
        f"[{one}]",
    ]

    found = [read(kind, shape) for shape in shapes]

    assert all(each == found[0] for each in found)
    assert len(found[0]) == 1


def test_a_credit_note_named_in_the_plural_is_one() -> None:
    (found,) = read("credit_memo", wrapped("credit_notes", CREDIT_NOTE))

    assert (found["number"], found["total"], found["balance"], found["applied"]) == ("CN-7", "120.00", "100.00", [])


def test_a_payment_with_what_it_paid() -> None:
    assert read("payment", wrapped("payment", PAYMENT)) == [
        {
            "external_id": "5501",
            "amount": "500.00",
            "currency": "USD",
            "paid_on": "2026-03-01",
            "allocations": [{"invoice_external_id": "712044", "amount": "500.00"}],
            "reversed": False,
        }
    ]


def test_a_deleted_invoice_is_deleted() -> None:
    (found,) = read("invoice", wrapped("invoice", json.dumps({**json.loads(INVOICE), "vis_state": 1})))

    assert (found["external_id"], found["status"]) == ("712044", "deleted")


def test_an_empty_page_holds_nothing() -> None:
    assert read("invoice", '{"response":{"result":{"invoices":[],"page":1,"pages":0,"total":0}}}') == []


def test_what_is_of_another_kind_is_left_out_aloud_and_what_is_broken_harms_no_other() -> None:
    good, bad = json.loads(INVOICE), {**json.loads(INVOICE), "outstanding": None}

    assert read("payment", wrapped("invoice", INVOICE)) == [Note("left out: invoice 712044 is no payment")]
    broken, fine = read("invoice", wrapped("invoices", json.dumps([bad, good])))
    assert broken == Broken("invoice 712044 cannot be read: field_missing: outstanding")
    assert fine["external_id"] == "712044"


@pytest.mark.parametrize(
    ("body", "more", "said"),
    [
        (GONE, {"status": 404}, {"class": "refused", "vendor_code": "1012", "retry_after": None}),
        (GONE, {}, {"class": "refused", "vendor_code": "1012", "retry_after": None}),
        (GONE_NEWER, {}, {"class": "refused", "vendor_code": "1012", "retry_after": None}),
        (GRANT, {}, {"class": "disconnected", "vendor_code": "invalid_grant", "retry_after": None}),
        (HOOKS, {}, {"class": "disconnected", "vendor_code": "401", "retry_after": None}),
        (OUTAGE, {"status": 503}, {"class": "unavailable", "vendor_code": None, "retry_after": None}),
        (
            b"",
            {"status": 429, "headers": {"retry-after": "7"}},
            {"class": "throttled", "vendor_code": None, "retry_after": 7},
        ),
    ],
)
def test_an_error(body: bytes, more: dict[str, Any], said: dict[str, Any]) -> None:
    (found,) = read("error", body, **more)

    assert {name: found[name] for name in said} == said


def test_a_webhook() -> None:
    assert read("webhook", RUNG + b"\n") == [
        {
            "events": [
                {
                    "account": "6BApk",
                    "object": "invoice",
                    "external_id": "1234567",
                    "action": "created",
                    "occurred_at": None,
                }
            ]
        }
    ]


def test_a_handshake_holds_no_event() -> None:
    note, found = read("webhook", HANDSHAKE)

    assert note == Note("left out: they ask whether the address of callback 2001 is ours")
    assert found == {"events": []}


def test_a_pair_of_tokens() -> None:
    said = {"account": None, "expires_at": "2026-09-22T02:13:20+00:00", "refresh_expires_at": None}

    assert read("token", ANSWER) == [{**said, "rotated": True}]
    assert read("token", ANSWER, earlier=ANSWER) == [{**said, "rotated": False}]
    assert read("token", ANSWER, earlier=ANSWER.replace("5c1e", "0000")) == [{**said, "rotated": True}]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("invoice", GONE),
        ("invoice", OUTAGE),
        ("invoice", b""),
        ("invoice", b"{}"),
        ("invoice", b"[]"),
        ("invoice", b'{"hello":"world"}'),
        ("invoice", INVOICE.encode()[:80]),
        ("error", INVOICE.encode()),
        ("webhook", b"{}"),
        ("token", b'{"access_token":"x"}'),
        ("token", GRANT),
    ],
)
def test_what_is_not_what_was_asked_for_is_said(kind: str, body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(kind, body)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["response", "result", "invoice", "invoices", "id", "client", "errors", "error"]), inner
        )
    ),
    max_leaves=8,
)


@given(kind=st.sampled_from(KINDS), said=anything)
def test_whatever_the_file_holds_it_is_read_or_named(kind: str, said: Any) -> None:
    try:
        found = read(kind, json.dumps(said))
    except Unreadable as error:
        assert str(error)  # noqa: PT017
    else:
        assert all(isinstance(one, dict | Note | Broken) for one in found)


def test_a_client_is_a_customer() -> None:
    (found,) = read("customer", wrapped("client", CLIENT))

    assert found["phones"][0] == {
        "e164": "+15125550148",
        "raw": "(512) 555-0148",
        "kind": "mobile",
        "problem": None,
    }
    assert (found["name"], found["address"]["state"], found["active"]) == ("Ruiz Dental", "US-TX", True)
