"""Zoho Books' answers as an operator reads them: single, listed, bare, and what is not asked for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.ledger import Home
from integrations.payloads import KINDS, Answer, Broken, Note, Unreadable
from integrations.zoho import payloads
from tests.integrations.zoho.test_answers import A_DAY, A_MINUTE, GONE, INTERNAL, NOT_AUTHORIZED, OUTAGE, accounts
from tests.integrations.zoho.test_mapping import CONTACT, CREDIT_NOTE, INVOICE, PAYMENT, SAMPLES

HOME = Home()
FIRST = '{"access_token":"1000.aa","refresh_token":"1000.cc","api_domain":"https://www.zohoapis.eu","expires_in":3600}'
RENEWED = '{"access_token":"1000.ee","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}'
SENT = {"date": "Mon, 02 Nov 2026 16:00:00 GMT"}


def read(kind: str, body: bytes | str, *, earlier: str = "", **more: Any) -> list[Any]:
    before = Answer(earlier.encode()) if earlier else None
    answer = Answer(body if isinstance(body, bytes) else body.encode(), **more)
    return list(payloads.read(kind, answer, home=HOME, earlier=before))


def wrapped(name: str, inside: str) -> str:
    return f'{{"code":0,"message":"success","{name}":{inside}}}'


def test_an_invoice() -> None:
    assert read("invoice", wrapped("invoice", INVOICE)) == [
        {
            "provider": "zoho",
            "external_id": "3818499000000099001",
            "number": "INV-000214",
            "customer_external_id": "3818499000000076001",
            "status": "open",
            "vendor_status": "overdue",
            "currency": "USD",
            "total": "1840.00",
            "balance": "1340.00",
            "issued_on": "2026-02-10",
            "due_on": "2026-03-12",
            "lines": [
                {"item": "Service call", "description": "Two visits 🙂", "quantity": "2.0000", "amount": "1840.00"}
            ],
            "payments": [],
            "disputed_at_vendor": False,
            "updated_at": "2026-03-14T21:05:02+00:00",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "entity", "names"),
    [
        ("invoice", "invoice", ["invoice"]),
        ("customer", "contact", ["contact"]),
        ("payment", "customerpayment", ["customerpayment", "payment"]),
        ("credit_memo", "creditnote", ["creditnote"]),
    ],
)
def test_one_object_reads_the_same_in_every_shape(kind: str, entity: str, names: list[str]) -> None:
    one = SAMPLES[entity]
    page = '"page_context":{"page":1,"per_page":200,"has_more_page":false}'
    shapes = [
        shape
        for name in names
        for shape in (
            wrapped(name, one),
            wrapped(f"{name}s", f"[{one}]"),
            f'{{"code":0,"message":"success","{name}s":[{one}],{page}}}',
            f'{{"{name}":{one}}}',
            one,
            f"[{one}]",
        )
    ]

    found = [read(kind, shape) for shape in shapes]

    assert all(each == found[0] for each in found)
    assert len(found[0]) == 1


def test_a_payment_a_credit_note_and_a_customer() -> None:
    (payment,) = read("payment", wrapped("payment", PAYMENT))
    (memo,) = read("credit_memo", wrapped("creditnote", CREDIT_NOTE))
    (customer,) = read("customer", wrapped("contact", CONTACT))

    assert payment == {
        "external_id": "3818499000000088001",
        "amount": "600.00",
        "currency": "USD",
        "paid_on": "2026-03-01",
        "allocations": [{"invoice_external_id": "3818499000000099001", "amount": "500.00"}],
        "reversed": False,
    }
    assert (memo["number"], memo["total"], memo["balance"]) == ("CN-00019", "120.00", "100.00")
    assert memo["applied"] == [{"invoice_external_id": "3818499000000099001", "amount": "20.00"}]
    assert (customer["name"], customer["address"]["state"]) == ("Ruiz Dental", "US-TX")
    assert [phone["kind"] for phone in customer["phones"]] == ["mobile", "primary", "alternate"]


def test_an_empty_page_holds_nothing() -> None:
    assert read("invoice", wrapped("invoices", "[]")) == []


def test_what_is_not_asked_for_is_left_out_aloud_and_what_is_broken_harms_no_other() -> None:
    good, bad = json.loads(INVOICE), {**json.loads(INVOICE), "balance": ""}
    vendor = {**json.loads(CONTACT), "contact_type": "vendor"}

    assert read("payment", wrapped("invoice", INVOICE)) == [
        Note("left out: invoice 3818499000000099001 is no customerpayment")
    ]
    assert read("customer", wrapped("contact", json.dumps(vendor))) == [
        Note("left out: contact 3818499000000076001 is a vendor")
    ]
    broken, fine = read("invoice", wrapped("invoices", json.dumps([bad, good])))
    assert broken == Broken("invoice 3818499000000099001 cannot be read: field_missing: balance")
    assert fine["external_id"] == "3818499000000099001"


@pytest.mark.parametrize(
    ("body", "more", "kind", "code"),
    [
        (GONE, {"status": 404}, "refused", "1002"),
        (GONE, {}, "refused", "1002"),
        (NOT_AUTHORIZED, {"status": 401}, "disconnected", "57"),
        (INTERNAL, {"status": 500}, "unavailable", "1000"),
        (A_MINUTE, {"status": 429}, "throttled", "44"),
        (OUTAGE, {"status": 503}, "unavailable", None),
        (accounts("invalid_code"), {"status": 200}, "disconnected", "invalid_code"),
    ],
)
def test_an_error(body: bytes, more: dict[str, Any], kind: str, code: str | None) -> None:
    (found,) = read("error", body, **more)

    assert (found["class"], found["vendor_code"], found["retry_after"]) == (kind, code, None)


def test_a_used_up_day_says_what_it_is_and_not_how_long_it_lasts() -> None:
    (found,) = read("error", A_DAY, status=429)

    assert (found["class"], found["vendor_code"], found["retry_after"]) == ("throttled", "45", None)


def test_a_webhook() -> None:
    said = {"account": "10234695", "object": "invoice", "external_id": "7", "action": "updated", "occurred_at": None}

    assert read("webhook", '{"invoice_id":"7","organization_id":"10234695"}\n') == [{"events": [said]}]


def test_tokens_and_a_renewal_that_names_no_refresh_token() -> None:
    said = {"account": None, "expires_at": "2026-11-02T17:00:00+00:00", "refresh_expires_at": None}

    assert read("token", FIRST, headers=SENT) == [{**said, "rotated": True}]
    assert read("token", RENEWED, headers=SENT) == [{**said, "rotated": False}]
    assert read("token", RENEWED, earlier=FIRST, headers=SENT) == [{**said, "rotated": False}]
    assert read("token", FIRST, earlier=FIRST, headers=SENT) == [{**said, "rotated": False}]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("invoice", GONE),
        ("invoice", OUTAGE),
        ("invoice", b""),
        ("invoice", b"{}"),
        ("invoice", b"[]"),
        ("invoice", b'{"code":0,"message":"success"}'),
        ("invoice", INVOICE.encode()[:80]),
        ("error", INVOICE.encode()),
        ("webhook", b"{}"),
        ("token", b'{"refresh_token":"x"}'),
        ("token", b"[]"),
        ("token", accounts("invalid_code")),
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
            st.sampled_from(["code", "message", "invoice", "invoices", "invoice_id", "payment", "contact", "error"]),
            inner,
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
