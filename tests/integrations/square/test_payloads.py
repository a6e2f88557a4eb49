"""``read_books_payload square``: an operator sees what we make of an answer of theirs."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.integrations.square.shapes import CUSTOMER, INVOICE, ORDER, PAYMENT, REFUND, TOKEN, WEBHOOK
from tests.integrations.square.test_answers import OLD, OUTAGE, said


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Run the command on these bodies; the objects it printed and its remarks."""

    def run(kind: str, *bodies: bytes | str) -> tuple[list[Any], str]:
        out, remarks, files = StringIO(), StringIO(), []
        for number, body in enumerate(bodies):
            files.append(tmp_path / f"{number}.txt")
            files[-1].write_bytes(body if isinstance(body, bytes) else body.encode())
        call_command("read_books_payload", "square", kind, *files, stdout=out, stderr=remarks)
        return [json.loads(line) for line in out.getvalue().splitlines()], remarks.getvalue()

    return run


@pytest.mark.parametrize(
    "body", [f'{{"invoice":{INVOICE}}}', f'{{"invoices":[{INVOICE}],"cursor":"x"}}', INVOICE, f"[{INVOICE}]"]
)
def test_an_invoice_in_every_wrapping(read: Any, body: str) -> None:
    assert read("invoice", body) == (
        [
            {
                "provider": "square",
                "external_id": "inv:0-ChBsimAAAAAAAAAAAAAAAAAA",
                "number": "000412",
                "customer_external_id": "CSIM00000001",
                "status": "open",
                "vendor_status": "PARTIALLY_PAID",
                "currency": "USD",
                "total": "1296.00",
                "balance": "796.00",
                "issued_on": "2026-09-03",
                "due_on": "2026-10-03",
                "lines": [],
                "payments": [],
                "disputed_at_vendor": False,
                "updated_at": "2026-10-21T23:40:02+00:00",
            }
        ],
        "",
    )


def test_the_lines_stand_on_the_order_beside_it(read: Any) -> None:
    found, remarks = read("invoice", f'{{"orders":[{ORDER}]}}', INVOICE)

    assert [line["amount"] for line in found[0]["lines"]] == ["1300.00", "-100.00"]
    assert "order oSIM0000000000000000000001 is no invoice" in remarks


def test_a_payment_is_tied_to_the_invoice_of_the_file_before(read: Any) -> None:
    [alone], _ = read("payment", f'{{"payments":[{PAYMENT}]}}')
    [tied], remarks = read("payment", INVOICE, f'{{"payment":{PAYMENT}}}')

    assert (alone["amount"], alone["paid_on"], alone["allocations"]) == ("176.00", "2026-10-21", [])
    assert tied["allocations"] == [{"invoice_external_id": "inv:0-ChBsimAAAAAAAAAAAAAAAAAA", "amount": "176.00"}]
    assert "is no payment" in remarks


def test_a_customer_is_read(read: Any) -> None:
    [found], _ = read("customer", f'{{"customers":[{CUSTOMER}]}}')

    assert (found["name"], found["phones"][0]["e164"]) == ("Harbor Cafe", "+14155550148")
    assert found["address"] == {"street": "12 Pier Rd", "city": "Half Moon Bay", "state": "US-CA", "zip": "94019"}


def test_a_refund_is_left_out_with_a_note(read: Any) -> None:
    assert read("payment", f'{{"refund":{REFUND}}}') == (
        [],
        "left out: refund pSIM00000000000000000001_r1 is no payment\n",
    )


def test_square_has_no_credit_memos(read: Any) -> None:
    with pytest.raises(CommandError, match="no credit memos"):
        read("credit_memo", INVOICE)


def test_a_webhook_is_read(read: Any) -> None:
    [found], _ = read("webhook", WEBHOOK)

    assert [(one["account"], one["object"], one["action"]) for one in found["events"]] == [
        ("ML7SIM", "invoice", "updated")
    ]


def test_a_token_says_whose_it_is_and_when_it_ends(read: Any) -> None:
    found, _ = read("token", TOKEN, TOKEN, TOKEN.replace("EQAA", "EQAB"))

    assert found[0] == {
        "account": "ML7SIM0000001",
        "expires_at": "2026-12-02T09:15:00+00:00",
        "refresh_expires_at": None,
        "rotated": False,
    }
    assert [one["rotated"] for one in found] == [False, False, True]


@pytest.mark.parametrize(
    ("body", "kind", "code", "wait"),
    [
        (said("INVALID_REQUEST_ERROR", "NOT_FOUND"), "refused", "NOT_FOUND", None),
        (said("AUTHENTICATION_ERROR", "ACCESS_TOKEN_EXPIRED"), "disconnected", "ACCESS_TOKEN_EXPIRED", None),
        (OLD, "disconnected", "service.not_authorized", None),
        (
            b"HTTP/1.1 429 Slow\r\nRetry-After: 9\r\n\r\n" + said("RATE_LIMIT_ERROR", "RATE_LIMITED"),
            "throttled",
            "RATE_LIMITED",
            9,
        ),
        (OUTAGE, "unavailable", None, None),
    ],
)
def test_an_error_is_one_of_four(read: Any, body: bytes, kind: str, code: str | None, wait: int | None) -> None:
    [found], _ = read("error", body)

    assert (found["class"], found["vendor_code"], found["retry_after"]) == (kind, code, wait)


@pytest.mark.parametrize("body", [b"", b"no", OLD, b'{"invoices":[{"id":'])
def test_what_cannot_be_read_is_a_named_error(read: Any, body: bytes) -> None:
    with pytest.raises(CommandError):
        read("invoice", body)
