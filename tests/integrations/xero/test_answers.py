"""Every form in which Xero says no, and which of our four errors it is."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import problems
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.xero import answers

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)

VALIDATION = (
    b'{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred","Elements":'
    b'[{"InvoiceID":"7c3b","Contact":{"Name":"Harbour Cafe"},"ValidationErrors":'
    b'[{"Message":"Invoice not of valid status for modification"}]}]}'
)
EXPIRED = (
    b'{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: token expired at 11/02/2026 08:00:00",'
    b'"Instance":"eac0","Extensions":{}}'
)
UNSUCCESSFUL = (
    b'{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"AuthenticationUnsuccessful","Extensions":{}}'
)
NO_SCOPE = b'{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"AuthorizationUnsuccessful","Extensions":{}}'
NOT_CONNECTED = b'{"title":"Forbidden","status":403,"detail":"AuthenticationUnsuccessful","instance":"c375"}'
NOT_FOUND = b"The resource you're looking for cannot be found"
OUTAGE = b"<html><head><title>503 Service Unavailable</title></head></html>"
OFFLINE = b"The organisation is offline"
GRANT = b'{"error":"invalid_grant"}'
IN_A_LIST = (
    b'{"CreditNotes":[{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"Account code is not valid"}]}]}'
)

CASES = [
    (400, VALIDATION, Refused, "10", "vendor_refused"),
    (401, EXPIRED, Disconnected, "TokenExpired", "reconnect_needed"),
    (401, UNSUCCESSFUL, Disconnected, "AuthenticationUnsuccessful", "reconnect_needed"),
    (401, NO_SCOPE, Disconnected, "AuthorizationUnsuccessful", "scope_missing"),
    (401, b"", Disconnected, None, "reconnect_needed"),
    (403, NOT_CONNECTED, Disconnected, "AuthenticationUnsuccessful", "access_removed"),
    (403, OUTAGE, Disconnected, None, "access_removed"),
    (403, b'{"error":"insufficient_scope"}', Disconnected, "insufficient_scope", "scope_missing"),
    (404, NOT_FOUND, Refused, None, "not_in_books"),
    (404, OUTAGE, Refused, None, "vendor_refused"),
    (404, b"", Refused, None, "vendor_refused"),
    (409, b"", Refused, None, "vendor_refused"),
    (412, b"", Refused, None, "vendor_refused"),
    (429, b"", Throttled, None, "rate_limited"),
    (500, b"An error occurred in Xero. Check the API Status page", Unavailable, None, "vendor_down"),
    (503, OUTAGE, Unavailable, None, "vendor_down"),
    (503, OFFLINE, Unavailable, None, "vendor_down"),
    (504, b"", Unavailable, None, "vendor_down"),
    (200, b"", Unavailable, None, "vendor_down"),
    (200, OUTAGE, Unavailable, None, "vendor_down"),
    (200, b'{"Invoices":[{"InvoiceID":"41', Unavailable, None, "answer_cut"),
    (200, b"good morning", Unavailable, None, "answer_garbled"),
    (200, IN_A_LIST, Refused, "ValidationException", "vendor_refused"),
    (400, GRANT, Disconnected, "invalid_grant", "reconnect_needed"),
    (400, b'{"error":"unauthorized_client"}', Disconnected, "unauthorized_client", "reconnect_needed"),
    (401, b'{"error":"invalid_client"}', Disconnected, "invalid_client", "app_refused"),
    (400, b'{"error":"invalid_scope"}', Refused, "invalid_scope", "vendor_refused"),
    (400, b'{"error":"invalid_request"}', Refused, "invalid_request", "vendor_refused"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "problem"), CASES)
def test_every_refusal_has_its_error(
    status: int, body: bytes, kind: type[VendorError], code: str | None, problem: str
) -> None:
    error = answers.error_in(body, status=status, now=NOW)

    assert type(error) is kind
    assert (error.vendor_code, error.problem) == (code, problem)
    assert problems.is_known(error.problem)
    assert "Xero" in error.words


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        (VALIDATION, Refused, "vendor_refused"),
        (EXPIRED, Disconnected, "reconnect_needed"),
        (NOT_CONNECTED, Disconnected, "access_removed"),
        (NOT_FOUND, Refused, "not_in_books"),
        (OUTAGE, Unavailable, "vendor_down"),
        (GRANT, Disconnected, "reconnect_needed"),
    ],
)
def test_without_a_status_code_and_text_decide(body: bytes, kind: type[VendorError], problem: str) -> None:
    error = answers.error_in(body, now=NOW)

    assert type(error) is kind
    assert error.problem == problem


@pytest.mark.parametrize(
    ("headers", "seconds", "problem", "code"),
    [
        ({"Retry-After": "17", "X-Rate-Limit-Problem": "minute"}, 17.0, "rate_limited", "minute"),
        ({"retry-after": "20000", "x-rate-limit-problem": "day"}, 20000.0, "daily_limit", "day"),
        ({"Retry-After": "Mon, 02 Nov 2026 16:00:30 GMT"}, 30.0, "rate_limited", None),
        ({"Retry-After": "soon", "X-Rate-Limit-Problem": "concurrent"}, None, "rate_limited", "concurrent"),
        ({"X-Rate-Limit-Problem": "appminute"}, None, "rate_limited", "appminute"),
    ],
)
def test_a_limit_says_how_long_to_wait_and_which_it_is(
    headers: dict[str, str], seconds: float | None, problem: str, code: str | None
) -> None:
    error = answers.error_in(b"", status=429, headers=headers, now=NOW)

    assert isinstance(error, Throttled)
    assert (error.retry_after, error.problem, error.vendor_code) == (seconds, problem, code)


def test_what_xero_has_against_a_document_is_told_but_not_whose_it_is() -> None:
    error = answers.error_in(VALIDATION, status=400, headers={"Xero-Correlation-Id": "abc"}, now=NOW)

    assert error is not None
    assert error.vendor_words == "A validation exception occurred Invoice not of valid status for modification"
    assert "Harbour" not in str(error) + error.vendor_words
    assert error.trace == "abc"


@pytest.mark.parametrize("body", [b'{"Status":"OK","Invoices":[]}', b"[]", b'{"Id":"x","Status":"OK"}'])
def test_a_good_answer_is_no_error(body: bytes) -> None:
    assert answers.error_in(body, status=200, now=NOW) is None
    assert answers.error_in(body, now=NOW) is None


@pytest.mark.parametrize("status", [204, 304])
def test_nothing_changed_and_nothing_to_say_are_good_answers(status: int) -> None:
    assert answers.read(status, {}, b"", now=NOW) == {}


@given(st.binary(max_size=60), st.sampled_from([None, 200, 204, 400, 401, 403, 404, 418, 429, 500]))
def test_no_bytes_whatever_make_it_raise(body: bytes, status: int | None) -> None:
    found = answers.error_in(body, status=status, now=NOW)

    assert found is None or isinstance(found, VendorError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Status", "Detail", "error", "Elements", "ValidationErrors", "Message", "ErrorNumber"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([None, 200, 400, 401, 404]))
def test_no_json_whatever_makes_it_raise(said: object, status: int | None) -> None:
    found = answers.error_in(json.dumps(said).encode(), status=status, now=NOW)

    assert found is None or isinstance(found, VendorError)
