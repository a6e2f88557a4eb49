"""``read_books_payload``: an operator sees what we make of a vendor's answer, of any shape, and never a traceback."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.integrations.quickbooks.test_client_answers import ENDED, EXPIRED, GRANT, OUTAGE, THROTTLED, THROTTLED_XML
from tests.integrations.quickbooks.test_mapping import CREDIT_MEMO, INVOICE, PAYMENT
from tests.integrations.quickbooks.test_webhooks import VECTOR

CUSTOMER = """{"Id":"58","DisplayName":"Harbor Cafe","CompanyName":"Harbor Cafe","GivenName":"Ana","FamilyName":"Reyes",
"Active":true,"PrimaryPhone":{"FreeFormNumber":"(415) 555-0148"},"PrimaryEmailAddr":{"Address":"ap@harborcafe.example"},
"BillAddr":{"Line1":"12 Pier Rd","City":"Half Moon Bay","CountrySubDivisionCode":"CA","PostalCode":"94019"}}"""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Run the command on these bodies; the objects it printed and its remarks."""

    def run(kind: str, *bodies: bytes | str, provider: str = "quickbooks") -> tuple[list[Any], str]:
        out, remarks, files = StringIO(), StringIO(), []
        for number, body in enumerate(bodies):
            files.append(tmp_path / f"{number}.txt")
            files[-1].write_bytes(body if isinstance(body, bytes) else body.encode())
        call_command("read_books_payload", provider, kind, *files, stdout=out, stderr=remarks)
        return [json.loads(line) for line in out.getvalue().splitlines()], remarks.getvalue()

    return run


def test_an_invoice(read: Any) -> None:
    assert read("invoice", f'{{"Invoice":{INVOICE}}}') == (
        [
            {
                "provider": "quickbooks",
                "external_id": "412",
                "number": "2207",
                "customer_external_id": "58",
                "status": "open",
                "vendor_status": "partly paid",
                "currency": "USD",
                "total": "1296.00",
                "balance": "796.00",
                "issued_on": "2026-09-03",
                "due_on": "2026-10-03",
                "lines": [{"item": "Repair", "description": "Roof repair", "quantity": "10.0000", "amount": "1200.00"}],
                "payments": [],
                "disputed_at_vendor": False,
                "updated_at": "2026-10-21T23:40:02+00:00",
            }
        ],
        "",
    )


def test_a_customer(read: Any) -> None:
    (found,), _ = read("customer", f'{{"Customer":{CUSTOMER}}}')

    assert found == {
        "external_id": "58",
        "name": "Harbor Cafe",
        "company": "Harbor Cafe",
        "contact_name": "Ana Reyes",
        "phones": [{"e164": "+14155550148", "raw": "(415) 555-0148", "kind": "primary", "problem": None}],
        "emails": ["ap@harborcafe.example"],
        "address": {"street": "12 Pier Rd", "city": "Half Moon Bay", "state": "US-CA", "zip": "94019"},
        "active": True,
    }


def test_a_payment_and_a_credit_memo(read: Any) -> None:
    assert read("payment", f'{{"Payment":{PAYMENT}}}')[0] == [
        {
            "external_id": "455",
            "amount": "500.00",
            "currency": "USD",
            "paid_on": "2026-10-21",
            "allocations": [{"invoice_external_id": "412", "amount": "500.00"}],
            "reversed": False,
        }
    ]
    assert read("credit_memo", f'{{"CreditMemo":{CREDIT_MEMO}}}')[0] == [
        {
            "external_id": "470",
            "number": "CM-19",
            "total": "200.00",
            "balance": "150.00",
            "currency": "USD",
            "applied": [],
        }
    ]


@pytest.mark.parametrize(
    "body",
    [
        INVOICE,
        f"[{INVOICE}]",
        f'{{"Invoice":{INVOICE},"time":"2026-11-02T08:00:00.000-08:00"}}',
        f'{{"QueryResponse":{{"Invoice":[{INVOICE}],"startPosition":1,"maxResults":1}},"time":"x"}}',
        f'{{"CDCResponse":[{{"QueryResponse":[{{"Invoice":[{INVOICE}]}},{{}}]}}],"time":"x"}}',
        f'{{"BatchItemResponse":[{{"Invoice":{INVOICE},"bId":"1"}}],"time":"x"}}',
        f'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nintuit_tid: 1-a\r\n\r\n{{"Invoice":{INVOICE}}}',
    ],
)
def test_every_shape_of_an_answer_holds_the_same_invoice(read: Any, body: str) -> None:
    (found,), remarks = read("invoice", body)

    assert (found["external_id"], found["balance"], remarks) == ("412", "796.00", "")


def test_deleted_objects_say_so_and_little_else(read: Any) -> None:
    (found,), _ = read("invoice", '{"Invoice":{"domain":"QBO","status":"Deleted","Id":"1"}}')

    assert (found["external_id"], found["status"], found["total"]) == ("1", "deleted", None)


def test_what_is_not_asked_for_is_left_out_aloud(read: Any) -> None:
    found, remarks = read("invoice", f'{{"QueryResponse":{{"Estimate":[{{"Id":"7"}}],"Invoice":[{INVOICE}]}}}}')

    assert [one["external_id"] for one in found] == ["412"]
    assert remarks == "left out: Estimate 7 is no Invoice\n"


def test_an_empty_list_is_nothing_and_no_error(read: Any) -> None:
    assert read("invoice", '{"QueryResponse":{},"time":"x"}') == ([], "")


def test_a_webhook(read: Any) -> None:
    assert read("webhook", VECTOR)[0] == [
        {
            "events": [
                {
                    "account": "9341450000000001",
                    "object": "invoice",
                    "external_id": "130",
                    "action": "updated",
                    "occurred_at": "2026-11-02T09:15:00.179851+00:00",
                }
            ]
        }
    ]


@pytest.mark.parametrize(
    ("body", "kind", "code", "retry_after"),
    [
        (EXPIRED, "disconnected", "3200", None),
        (THROTTLED, "throttled", "3001", None),
        (THROTTLED_XML, "throttled", "3001", None),
        (b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n\r\n" + THROTTLED_XML, "throttled", "3001", 30),
        (ENDED, "refused", "6190", None),
        (OUTAGE, "unavailable", None, None),
        (b"HTTP/1.1 503 Service Unavailable\n\n" + OUTAGE, "unavailable", None, None),
        (b"HTTP/2 404\n\n<html></html>", "refused", None, None),
        (b"HTTP/1.1 403 Forbidden\n\n", "disconnected", None, None),
        (b"", "unavailable", None, None),
        (GRANT, "disconnected", "invalid_grant", None),
    ],
)
def test_an_error_is_one_of_four(read: Any, body: bytes, kind: str, code: str | None, retry_after: int | None) -> None:
    (found,), _ = read("error", body)

    assert (found["class"], found["vendor_code"], found["retry_after"]) == (kind, code, retry_after)
    assert found["message"]


def test_a_token_answer_says_when_it_ends_and_never_what_it_is(read: Any) -> None:
    answer = (
        '{"token_type":"bearer","expires_in":3600,"access_token":"eyJsecret","refresh_token":"AB11%s",'
        '"x_refresh_token_expires_in":8726400}'
    )
    head = "HTTP/1.1 200 OK\r\nDate: Mon, 02 Nov 2026 16:00:00 GMT\r\n\r\n"

    found, remarks = read("token", *(head + answer.replace("%s", name) for name in ("one", "one", "two")))

    assert found[0] == {
        "account": None,
        "expires_at": "2026-11-02T17:00:00+00:00",
        "refresh_expires_at": "2027-02-11T16:00:00+00:00",
        "rotated": True,
    }
    assert [one["rotated"] for one in found] == [True, False, True]
    assert "secret" not in json.dumps(found) + remarks


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("invoice", b"", "an error, not an object"),
        ("invoice", b"hello", "an error, not an object"),
        ("invoice", b'{"Invoice":{"Id":"41', "an error, not an object"),
        ("invoice", OUTAGE, "an error, not an object"),
        ("invoice", EXPIRED, "disconnected"),
        ("invoice", b'{"hello":"world"}', "no Invoice is in it"),
        ("invoice", b'{"Invoice":{"Id":"1","TotalAmt":1.005,"Balance":1}}', "cannot be read"),
        ("webhook", b"{}", "no webhook of QuickBooks"),
        ("token", b"{}", "no tokens"),
        ("error", b'{"QueryResponse":{}}', "this is no error"),
    ],
)
def test_unreadable_input_is_a_named_error(read: Any, kind: str, body: bytes, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        read(kind, body)


def test_one_broken_object_does_not_hide_the_others(tmp_path: Path) -> None:
    bad = INVOICE.replace('"Balance":796.00', '"Balance":796.005')
    file = tmp_path / "page.json"
    file.write_text(f'{{"QueryResponse":{{"Invoice":[{bad},{INVOICE}]}}}}')
    out, remarks = StringIO(), StringIO()

    with pytest.raises(CommandError, match="1 of the objects cannot be read"):
        call_command("read_books_payload", "quickbooks", "invoice", file, stdout=out, stderr=remarks)

    assert len(out.getvalue().splitlines()) == 1
    assert "Invoice 412 cannot be read: amount_decimals: Balance: 796.005" in remarks.getvalue()


def test_a_missing_file_and_a_vendor_we_cannot_read_yet_are_named(read: Any) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("read_books_payload", "quickbooks", "invoice", "/nowhere/at/all.json")
    with pytest.raises(CommandError, match="invalid choice: 'sage'"):
        read("invoice", "{}", provider="sage")
