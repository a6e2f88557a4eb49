"""Every form in which FreshBooks says no, and which of our four errors it is."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import problems
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.freshbooks import answers

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def older(errno: int, message: str = "Something", field: str = "") -> bytes:
    error = {"errno": errno, "field": field, "message": message, "object": "invoice", "value": "secret-value"}
    return json.dumps({"response": {"errors": [error]}}).encode()


def newer(code: int, reason: str = "", message: str = "Something", *, status: int = 404) -> bytes:
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "accounting.api.freshbooks.com",
        "metadata": {"object": "invoice", "message": message, "value": "9", "field": "invoiceid"},
    }
    said = {"code": code, "message": f"Request failed with status_code: {status}"}
    return json.dumps({**said, "details": [detail] if reason else []}).encode()


GONE = older(1012, "Invoice not found.", "invoiceid")
GONE_NEWER = newer(5, "1012", "Invoice not found.")
SIGNED_OUT = newer(16, "1003", "The server could not verify that you are authorized.", status=401)
INVALID = json.dumps(
    {
        "code": 3,
        "message": "Invalid data in this request.",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "event", "description": "Unrecognized event."}],
            }
        ],
    }
).encode()
UNAUTHENTICATED = b'{"error":"unauthenticated","error_description":"This action requires authentication to continue."}'
GRANT = (
    b'{"error":"invalid_grant","error_description":"The provided authorization grant is invalid, expired, revoked."}'
)
HOOKS = b'{"errno":401,"message":"invalid_token: The request token failed to authenticate or validate."}'
PROJECTS = b'{"error":"Requested resource could not be found."}'
OUTAGE = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"

CASES = [
    (404, GONE, Refused, "1012", "not_in_books"),
    (200, GONE, Refused, "1012", "not_in_books"),
    (None, GONE, Refused, "1012", "not_in_books"),
    (404, GONE_NEWER, Refused, "1012", "not_in_books"),
    (None, GONE_NEWER, Refused, "1012", "not_in_books"),
    (404, newer(5), Refused, "5", "vendor_refused"),
    (401, SIGNED_OUT, Disconnected, "1003", "reconnect_needed"),
    (200, SIGNED_OUT, Disconnected, "1003", "reconnect_needed"),
    (None, SIGNED_OUT, Disconnected, "1003", "reconnect_needed"),
    (200, older(1003), Disconnected, "1003", "reconnect_needed"),
    (401, UNAUTHENTICATED, Disconnected, "unauthenticated", "reconnect_needed"),
    (None, UNAUTHENTICATED, Disconnected, "unauthenticated", "reconnect_needed"),
    (401, HOOKS, Disconnected, "401", "reconnect_needed"),
    (None, HOOKS, Disconnected, "401", "reconnect_needed"),
    (401, GRANT, Disconnected, "invalid_grant", "reconnect_needed"),
    (400, GRANT, Disconnected, "invalid_grant", "reconnect_needed"),
    (401, b"", Disconnected, None, "reconnect_needed"),
    (401, b'{"error":"invalid_client"}', Disconnected, "invalid_client", "app_refused"),
    (403, b'{"error":"insufficient_scope"}', Disconnected, "insufficient_scope", "scope_missing"),
    (403, newer(7, "", status=403), Disconnected, "7", "access_removed"),
    (None, newer(7, "", status=403), Disconnected, "7", "access_removed"),
    (403, older(1003, "The token lacks the required scope."), Disconnected, "1003", "scope_missing"),
    (403, OUTAGE, Disconnected, None, "access_removed"),
    (400, b'{"error":"invalid_request"}', Refused, "invalid_request", "vendor_refused"),
    (422, INVALID, Refused, "3", "vendor_refused"),
    (200, INVALID, Refused, "3", "vendor_refused"),
    (422, older(2001, "Amount is not valid.", "amount"), Refused, "2001", "vendor_refused"),
    (200, older(2001, "Amount is not valid.", "amount"), Refused, "2001", "vendor_refused"),
    (404, PROJECTS, Refused, None, "vendor_refused"),
    (None, PROJECTS, Refused, None, "vendor_refused"),
    (404, b"<html>404</html>", Refused, None, "vendor_refused"),
    (404, b"", Refused, None, "vendor_refused"),
    (429, b"", Throttled, None, "rate_limited"),
    (429, newer(8, "", status=429), Throttled, "8", "rate_limited"),
    (200, newer(8, "", status=429), Throttled, "8", "rate_limited"),
    (429, OUTAGE, Throttled, None, "rate_limited"),
    (500, older(1000, "Internal"), Unavailable, "1000", "vendor_down"),
    (500, b"", Unavailable, None, "vendor_down"),
    (503, OUTAGE, Unavailable, None, "vendor_down"),
    (None, newer(14, "", status=503), Unavailable, "14", "vendor_down"),
    (200, OUTAGE, Unavailable, None, "vendor_down"),
    (200, b"", Unavailable, None, "vendor_down"),
    (200, b'{"response":{"result":{"invoices":[{"id":41', Unavailable, None, "answer_cut"),
    (200, b"good morning", Unavailable, None, "answer_garbled"),
    (200, b'{"a":' * 100_000, Unavailable, None, "answer_cut"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "problem"), CASES)
def test_every_shape_of_error_is_one_of_our_four(
    status: int | None, body: bytes, kind: type[VendorError], code: str | None, problem: str
) -> None:
    error = answers.error_in(body, status=status, now=NOW)

    assert error is not None
    assert (type(error), error.vendor_code, error.problem) == (kind, code, problem)
    assert problems.is_known(error.problem)
    assert "FreshBooks" in error.words
    assert "secret-value" not in error.vendor_words


@pytest.mark.parametrize(
    "body", [b'{"response":{"result":{"invoices":[],"page":1,"pages":0,"total":0}}}', b'{"id":7,"code":"78701"}', b"{}"]
)
def test_a_good_answer_is_no_error(body: bytes) -> None:
    assert answers.error_in(body, status=200, now=NOW) is None


def test_an_answer_without_content_is_good_when_it_says_so() -> None:
    assert answers.read(204, {}, b"", now=NOW) == {}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("Mon, 02 Nov 2026 16:00:30 GMT", 30.0), ("soon", None), ("-1", None), ("", None), ("²", None)],
)
def test_how_long_to_wait_is_a_number_or_a_date_or_not_said(said: str, seconds: float | None) -> None:
    error = answers.error_in(b"", status=429, headers={"retry-after": said} if said else {}, now=NOW)

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["error", "code", "message"]), inner),
    max_leaves=20,
)


@given(
    said=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("response", "errors", "code", "message", "details", "error", "error_description", "errno"), anything
        ),
    ),
    status=st.none() | st.integers(100, 599),
)
def test_whatever_they_say_it_is_good_or_one_of_our_errors(said: Any, status: int | None) -> None:
    for body in (said, {"response": said}, {"response": {"errors": [said]}}):
        error = answers.error_in(json.dumps(body).encode(), status=status, headers={}, now=NOW)
        assert error is None or isinstance(error, VendorError)
