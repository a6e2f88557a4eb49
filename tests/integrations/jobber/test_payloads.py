"""``read_books_payload jobber``: an operator sees what we make of an answer of theirs."""

import base64
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.integrations.jobber.shapes import ACCOUNT, CLIENT, CLIENT_ID, INVOICE_ID, LISTED, RECORD, invoice, paid
from tests.integrations.jobber.test_answers import THROTTLED
from tests.integrations.jobber.test_webhooks import BODY

CLAIMS = base64.urlsafe_b64encode(json.dumps({"sub": 1, "exp": 1790000000, "account_id": ACCOUNT}).encode()).decode()


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Run the command on these bodies; the objects it printed and its remarks."""

    def run(kind: str, *bodies: Any) -> tuple[list[Any], str]:
        out, remarks, files = StringIO(), StringIO(), []
        for number, body in enumerate(bodies):
            files.append(tmp_path / f"{number}.txt")
            content = body if isinstance(body, bytes | str) else json.dumps(body)
            files[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
        call_command("read_books_payload", "jobber", kind, *files, stdout=out, stderr=remarks)
        return [json.loads(line) for line in out.getvalue().splitlines()], remarks.getvalue()

    return run


def token(refresh: str, **more: str) -> dict[str, str]:
    return {"access_token": f"eyJh.{CLAIMS}.x", "refresh_token": refresh, **more}


@pytest.mark.parametrize(
    "body",
    [
        LISTED,
        {"data": {"invoice": invoice()}},
        {"data": {"invoices": {"edges": [{"cursor": "x", "node": invoice()}]}}},
        {"invoices": {"nodes": [invoice()]}},
        {"data": {"invoiceEdit": {"invoice": invoice(), "userErrors": []}}},
        invoice(),
        [invoice()],
    ],
)
def test_an_invoice_in_every_wrapping(read: Any, body: Any) -> None:
    assert read("invoice", body) == (
        [
            {
                "provider": "jobber",
                "external_id": INVOICE_ID,
                "number": "214",
                "customer_external_id": CLIENT_ID,
                "status": "open",
                "vendor_status": "past_due",
                "currency": "USD",
                "total": "1840.00",
                "balance": "1340.00",
                "issued_on": "2026-02-10",
                "due_on": "2026-03-12",
                "lines": [],
                "payments": [],
                "disputed_at_vendor": False,
                "updated_at": "2026-03-14T21:05:02+00:00",
            }
        ],
        "",
    )


def test_every_kind_is_read(read: Any) -> None:
    [customer], _ = read("customer", {"data": {"clients": {"nodes": [CLIENT]}}})
    [payment], _ = read("payment", {"data": {"paymentRecords": {"nodes": [RECORD]}}})
    laid_in, _ = read("payment", {"data": {"invoice": paid(("PAYMENT", 300.0, None), ("REFUND", 300.0, None))}})

    assert (customer["name"], customer["phones"][0]["e164"]) == ("Ruiz Dental", "+16145550143")
    assert (payment["amount"], payment["paid_on"], payment["reversed"]) == ("500.00", "2026-03-01", False)
    assert payment["allocations"] == [{"invoice_external_id": INVOICE_ID, "amount": "500.00"}]
    assert [(one["external_id"], one["reversed"], one["allocations"]) for one in laid_in] == [("record-1", True, [])]


def test_what_is_not_ours_is_left_out_with_a_note(read: Any) -> None:
    found, remarks = read("customer", {"data": {"clients": {"nodes": [CLIENT, CLIENT | {"sampleData": True}]}}})
    refunds, more = read("payment", {"data": {"paymentRecords": {"nodes": [RECORD | {"adjustmentType": "REFUND"}]}}})

    assert [one["external_id"] for one in found] == [CLIENT_ID]
    assert "sample data of Jobber" in remarks
    assert refunds == []
    assert "a refund" in more


def test_credit_memos_are_nothing_jobber_has(read: Any) -> None:
    with pytest.raises(CommandError, match="Jobber has no credit memos"):
        read("credit_memo", LISTED)


def test_one_broken_object_does_not_hide_the_others(read: Any) -> None:
    body = {"data": {"invoices": {"nodes": [invoice(amounts=None), invoice()]}}}

    with pytest.raises(CommandError):
        read("invoice", body)


def test_an_empty_list_is_no_object(read: Any) -> None:
    assert read("invoice", {"data": {"invoices": {"nodes": []}}}) == ([], "")


def test_an_object_they_do_not_have_is_refused_whatever_it_is_read_as(read: Any) -> None:
    with pytest.raises(CommandError, match="refused: Jobber does not have this object"):
        read("invoice", {"data": {"invoice": None}})
    [gone], _ = read("error", {"data": {"invoice": None}})

    assert gone["class"] == "refused"


def test_errors_with_and_without_a_status(read: Any) -> None:
    [limited], _ = read("error", THROTTLED)
    [plain], _ = read("error", "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n\r\nToo Many Requests")
    [ended], _ = read("error", 'HTTP/1.1 401 Unauthorized\r\n\r\n{"message":"Access token expired"}')

    assert (limited["class"], limited["vendor_code"], limited["retry_after"]) == ("throttled", "THROTTLED", None)
    assert (plain["class"], plain["retry_after"]) == ("throttled", 30)
    assert (ended["class"], ended["retry_after"]) == ("disconnected", None)


def test_a_webhook(read: Any) -> None:
    assert read("webhook", BODY) == (
        [
            {
                "events": [
                    {
                        "account": ACCOUNT,
                        "object": "invoice",
                        "external_id": INVOICE_ID,
                        "action": "updated",
                        "occurred_at": "2026-07-02T09:08:19+00:00",
                    }
                ]
            }
        ],
        "",
    )


def test_tokens_say_when_they_end_and_whether_they_rotate(read: Any) -> None:
    [alone], _ = read("token", token("r-1"))
    _first, again = read("token", token("r-1"), token("r-2"))[0]
    _first, same = read("token", token("r-1"), token("r-1", warning="rotation is off"))[0]

    assert alone == {
        "account": ACCOUNT,
        "expires_at": "2026-09-21T14:13:20+00:00",
        "refresh_expires_at": None,
        "rotated": True,
    }
    assert (again["rotated"], same["rotated"]) == (True, False)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("invoice", "nonsense", "an error"),
        ("invoice", {"data": {"jobs": {"nodes": []}}}, "nor anything else of Jobber"),
        ("invoice", LISTED | {"errors": [{"message": "partly broken"}]}, "partly broken"),
        ("token", {"refresh_token": "r"}, "no tokens"),
        ("webhook", "{}", "no webhook of Jobber"),
        ("error", LISTED, "a good answer"),
    ],
)
def test_what_cannot_be_read_says_why(read: Any, kind: str, body: Any, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        read(kind, body)
