"""``read_books_payload xero``: an operator sees what we make of an answer of theirs."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.integrations.xero.shapes import CONTACT, CREDIT_NOTE, INVOICE, OVERPAYMENT, PAYMENT, WEBHOOK
from tests.integrations.xero.test_answers import EXPIRED, GRANT, VALIDATION

TOKEN = '{"access_token":"eyJ.a.b","expires_in":1800,"token_type":"Bearer","refresh_token":"%s","scope":"openid"}'


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Run the command on these bodies; the objects it printed and its remarks."""

    def run(kind: str, *bodies: bytes | str) -> tuple[list[Any], str]:
        out, remarks, files = StringIO(), StringIO(), []
        for number, body in enumerate(bodies):
            files.append(tmp_path / f"{number}.txt")
            files[-1].write_bytes(body if isinstance(body, bytes) else body.encode())
        call_command("read_books_payload", "xero", kind, *files, stdout=out, stderr=remarks)
        return [json.loads(line) for line in out.getvalue().splitlines()], remarks.getvalue()

    return run


@pytest.mark.parametrize("body", [f'{{"Status":"OK","Invoices":[{INVOICE}]}}', INVOICE, f"[{INVOICE}]"])
def test_an_invoice_in_every_wrapping(read: Any, body: str) -> None:
    assert read("invoice", body) == (
        [
            {
                "provider": "xero",
                "external_id": "7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001",
                "number": "INV-0412",
                "customer_external_id": "342a5560-2222-408f-835b-d93d49511d6d",
                "status": "open",
                "vendor_status": "AUTHORISED",
                "currency": "NZD",
                "total": "1296.00",
                "balance": "796.00",
                "issued_on": "2026-09-03",
                "due_on": "2026-10-03",
                "lines": [{"item": "REP", "description": "Pipe repair", "quantity": "10.0000", "amount": "1200.00"}],
                "payments": [
                    {
                        "external_id": "b1d6e0a0-1111-4cec-94e0-9310d60a277a",
                        "amount": "500.00",
                        "paid_on": "2026-10-21",
                    }
                ],
                "disputed_at_vendor": False,
                "updated_at": "2026-10-21T16:40:02.360000+00:00",
            }
        ],
        "",
    )


def test_supplier_bills_are_left_out_with_a_note(read: Any) -> None:
    bill = INVOICE.replace("ACCREC", "ACCPAY")

    found, remarks = read("invoice", f'{{"Invoices":[{bill},{INVOICE}]}}')

    assert [one["number"] for one in found] == ["INV-0412"]
    assert "not ours to collect (ACCPAY)" in remarks


def test_every_kind_is_read(read: Any) -> None:
    [customer], _ = read("customer", f'{{"Contacts":[{CONTACT}]}}')
    [payment], _ = read("payment", f'{{"Payments":[{PAYMENT}]}}')
    [over], _ = read("payment", f'{{"Overpayments":[{OVERPAYMENT}]}}')
    [credit], _ = read("credit_memo", CREDIT_NOTE)

    assert (customer["name"], customer["phones"][0]["e164"]) == ("Harbour Cafe", "+6445550148")
    assert (payment["amount"], payment["reversed"]) == ("500.00", False)
    assert over["allocations"] == [{"invoice_external_id": "7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001", "amount": "200.00"}]
    assert (credit["total"], credit["balance"]) == ("200.00", "150.00")


def test_a_webhook_is_read(read: Any) -> None:
    [found], _ = read("webhook", WEBHOOK)

    assert [(one["object"], one["action"]) for one in found["events"]] == [("invoice", "updated")]


def test_a_token_says_when_it_ends_and_whether_it_was_replaced(read: Any) -> None:
    head = "HTTP/1.1 200 OK\r\nDate: Mon, 02 Nov 2026 09:00:00 GMT\r\n\r\n"

    found, _ = read("token", head + TOKEN % "r-1", head + TOKEN % "r-1", head + TOKEN % "r-2")

    assert found[0]["expires_at"] == "2026-11-02T09:30:00+00:00"
    assert found[0]["refresh_expires_at"] == "2027-01-01T09:00:00+00:00"
    assert [one["rotated"] for one in found] == [True, False, True]


@pytest.mark.parametrize(
    ("body", "kind", "code", "wait"),
    [
        (VALIDATION, "refused", "10", None),
        (EXPIRED, "disconnected", "TokenExpired", None),
        (GRANT, "disconnected", "invalid_grant", None),
        (
            b"HTTP/1.1 429 Too Many\r\nRetry-After: 17\r\nX-Rate-Limit-Problem: minute\r\n\r\n",
            "throttled",
            "minute",
            17,
        ),
        (b"HTTP/1.1 503 Unavailable\r\n\r\n<html></html>", "unavailable", None, None),
    ],
)
def test_an_error_is_one_of_four(read: Any, body: bytes, kind: str, code: str | None, wait: int | None) -> None:
    [found], _ = read("error", body)

    assert (found["class"], found["vendor_code"], found["retry_after"]) == (kind, code, wait)


@pytest.mark.parametrize("body", [b"", b"{}", b"no", EXPIRED, b'{"Invoices":[{"InvoiceID":'])
def test_what_cannot_be_read_is_a_named_error(read: Any, body: bytes) -> None:
    with pytest.raises(CommandError):
        read("invoice", body)
