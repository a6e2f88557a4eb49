"""Every form in which Square says no, and which of our four errors it is."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import problems
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.square import answers

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def said(category: str, code: str, detail: str = "Words of theirs.", field: str = "") -> bytes:
    error = {"category": category, "code": code, "detail": detail} | ({"field": field} if field else {})
    return json.dumps({"errors": [error]}).encode()


OUTAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
OLD = b'{"message":"Not Authorized","type":"service.not_authorized"}'
OLD_APP = b'{"message":"Invalid client secret","type":"service.not_authorized"}'
OLD_REQUEST = b'{"message":"Missing required parameter","type":"bad_request.missing_parameter"}'
REQUEST, SIGN_IN, API = "INVALID_REQUEST_ERROR", "AUTHENTICATION_ERROR", "API_ERROR"

CASES = [
    (400, said(REQUEST, "MISSING_REQUIRED_PARAMETER"), Refused, "MISSING_REQUIRED_PARAMETER", "vendor_refused"),
    (400, said(REQUEST, "INVALID_VALUE"), Refused, "INVALID_VALUE", "vendor_refused"),
    (400, said(REQUEST, "INVALID_CURSOR"), Refused, "INVALID_CURSOR", "vendor_refused"),
    (400, said(REQUEST, "IDEMPOTENCY_KEY_REUSED"), Refused, "IDEMPOTENCY_KEY_REUSED", "vendor_refused"),
    (400, said(REQUEST, "VERSION_MISMATCH"), Refused, "VERSION_MISMATCH", "vendor_refused"),
    (401, said(SIGN_IN, "ACCESS_TOKEN_EXPIRED"), Disconnected, "ACCESS_TOKEN_EXPIRED", "reconnect_needed"),
    (401, said(SIGN_IN, "ACCESS_TOKEN_REVOKED"), Disconnected, "ACCESS_TOKEN_REVOKED", "reconnect_needed"),
    (401, said(SIGN_IN, "UNAUTHORIZED"), Disconnected, "UNAUTHORIZED", "reconnect_needed"),
    (403, said(SIGN_IN, "INSUFFICIENT_SCOPES"), Disconnected, "INSUFFICIENT_SCOPES", "scope_missing"),
    (403, said(SIGN_IN, "FORBIDDEN"), Disconnected, "FORBIDDEN", "access_removed"),
    (403, OUTAGE, Disconnected, None, "access_removed"),
    (401, b"", Disconnected, None, "reconnect_needed"),
    (404, said(REQUEST, "NOT_FOUND"), Refused, "NOT_FOUND", "not_in_books"),
    (404, OUTAGE, Refused, None, "vendor_refused"),
    (409, said(REQUEST, "CONFLICT"), Refused, "CONFLICT", "vendor_refused"),
    (429, said("RATE_LIMIT_ERROR", "RATE_LIMITED"), Throttled, "RATE_LIMITED", "rate_limited"),
    (429, b"", Throttled, None, "rate_limited"),
    (500, said(API, "INTERNAL_SERVER_ERROR"), Unavailable, "INTERNAL_SERVER_ERROR", "vendor_down"),
    (502, said(API, "BAD_GATEWAY"), Unavailable, "BAD_GATEWAY", "vendor_down"),
    (503, said(API, "SERVICE_UNAVAILABLE"), Unavailable, "SERVICE_UNAVAILABLE", "vendor_down"),
    (504, said(API, "GATEWAY_TIMEOUT"), Unavailable, "GATEWAY_TIMEOUT", "vendor_down"),
    (502, OUTAGE, Unavailable, None, "vendor_down"),
    (200, OUTAGE, Unavailable, None, "vendor_down"),
    (200, b"", Unavailable, None, "vendor_down"),
    (200, b'{"invoices":[{"id":"inv:', Unavailable, None, "answer_cut"),
    (200, b"good morning", Unavailable, None, "answer_garbled"),
    (200, said(REQUEST, "NOT_FOUND"), Refused, "NOT_FOUND", "not_in_books"),
    (401, OLD, Disconnected, "service.not_authorized", "reconnect_needed"),
    (401, OLD_APP, Disconnected, "service.not_authorized", "app_refused"),
    (400, OLD_REQUEST, Refused, "bad_request.missing_parameter", "vendor_refused"),
    (401, said(SIGN_IN, "UNAUTHORIZED", field="client_id"), Disconnected, "UNAUTHORIZED", "app_refused"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "problem"), CASES)
def test_every_refusal_has_its_error(
    status: int, body: bytes, kind: type[VendorError], code: str | None, problem: str
) -> None:
    error = answers.error_in(body, status=status, now=NOW)

    assert type(error) is kind
    assert (error.vendor_code, error.problem) == (code, problem)
    assert problems.is_known(error.problem)
    assert "Square" in error.words


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (said(REQUEST, "NOT_FOUND"), Refused, "not_in_books"),
        (said(SIGN_IN, "ACCESS_TOKEN_EXPIRED"), Disconnected, "reconnect_needed"),
        (said("RATE_LIMIT_ERROR", "RATE_LIMITED"), Throttled, "rate_limited"),
        (said(API, "BAD_GATEWAY"), Unavailable, "vendor_down"),
        (said("A_NEW_CATEGORY", "A_NEW_CODE"), Refused, "vendor_refused"),
        (OLD, Disconnected, "reconnect_needed"),
        (OUTAGE, Unavailable, "vendor_down"),
    ],
)
def test_without_a_status_code_and_text_decide(body: bytes, kind: type[VendorError], problem: str) -> None:
    error = answers.error_in(body, now=NOW)

    assert type(error) is kind
    assert error.problem == problem


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "Mon, 02 Nov 2026 16:00:30 GMT"}, 30.0),
        ({"X-RateLimit-Reset": "12"}, 12.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, 90.0),
        ({"Retry-After": "soon"}, None),
    ],
)
def test_how_long_to_wait_where_square_says_so(headers: dict[str, str], seconds: float | None) -> None:
    error = answers.error_in(said("RATE_LIMIT_ERROR", "RATE_LIMITED"), status=429, headers=headers, now=NOW)

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


@pytest.mark.parametrize("body", [b"{}", b'{"invoices":[],"cursor":"x"}', b'{"errors":[]}'])
def test_a_good_answer_is_no_error(body: bytes) -> None:
    assert answers.error_in(body, status=200, now=NOW) is None
    assert answers.read(200, {}, body, now=NOW) is not None


@given(st.binary(max_size=60), st.sampled_from([None, 200, 400, 401, 403, 404, 418, 429, 500]))
def test_no_bytes_whatever_make_it_raise(body: bytes, status: int | None) -> None:
    found = answers.error_in(body, status=status, now=NOW)

    assert found is None or isinstance(found, VendorError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["errors", "category", "code", "detail", "field", "type", "message", "error"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 200, 400, 401, 404]))
def test_no_json_whatever_makes_it_raise(value: object, status: int | None) -> None:
    found = answers.error_in(json.dumps(value).encode(), status=status, now=NOW)

    assert found is None or isinstance(found, VendorError)
