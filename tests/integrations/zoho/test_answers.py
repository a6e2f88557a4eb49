"""Every form in which Zoho Books says no, and which of our four errors it is."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import problems
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.zoho import answers

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
ZONE = "America/New_York"
TILL_MIDNIGHT = 13 * 3600.0  # it is eleven in the morning there


def said(code: int, message: str) -> bytes:
    return json.dumps({"code": code, "message": message}).encode()


NOT_AUTHORIZED = said(57, "You are not authorized to perform this operation")
TOKEN = said(14, "Invalid value passed for authtoken.")
GONE = said(1002, "Invoice does not exist.")
INTERNAL = said(1000, "Internal error")
A_MINUTE = said(44, "For security reasons you have been blocked for some time as you have exceeded the maximum number.")
A_DAY = said(45, "You have exceeded the maximum call rate limit of 1000.")
AT_ONCE = said(1070, "The maximum number of in process requests has been exceeded.")
OUTAGE = b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


def accounts(word: str) -> bytes:
    return json.dumps({"error": word}).encode()


CASES = [
    (401, NOT_AUTHORIZED, Disconnected, "57", "reconnect_needed"),
    (None, NOT_AUTHORIZED, Disconnected, "57", "reconnect_needed"),
    (200, NOT_AUTHORIZED, Disconnected, "57", "reconnect_needed"),
    (403, NOT_AUTHORIZED, Disconnected, "57", "scope_missing"),
    (401, TOKEN, Disconnected, "14", "reconnect_needed"),
    (None, TOKEN, Disconnected, "14", "reconnect_needed"),
    (401, b"", Disconnected, None, "reconnect_needed"),
    (401, OUTAGE, Disconnected, None, "reconnect_needed"),
    (404, GONE, Refused, "1002", "not_in_books"),
    (400, GONE, Refused, "1002", "not_in_books"),
    (200, GONE, Refused, "1002", "not_in_books"),
    (None, GONE, Refused, "1002", "not_in_books"),
    (404, said(5, "Invalid URL Passed"), Refused, "5", "vendor_refused"),
    (404, OUTAGE, Refused, None, "vendor_refused"),
    (405, b"", Refused, None, "vendor_refused"),
    (400, said(2, "Invalid value passed for date"), Refused, "2", "vendor_refused"),
    (200, said(2, "Invalid value passed for date"), Refused, "2", "vendor_refused"),
    (429, A_MINUTE, Throttled, "44", "rate_limited"),
    (400, A_MINUTE, Throttled, "44", "rate_limited"),
    (None, A_MINUTE, Throttled, "44", "rate_limited"),
    (429, A_DAY, Throttled, "45", "daily_limit"),
    (None, A_DAY, Throttled, "45", "daily_limit"),
    (429, AT_ONCE, Throttled, "1070", "rate_limited"),
    (None, AT_ONCE, Throttled, "1070", "rate_limited"),
    (429, b"", Throttled, None, "rate_limited"),
    (429, OUTAGE, Throttled, None, "rate_limited"),
    (500, INTERNAL, Unavailable, "1000", "vendor_down"),
    (200, INTERNAL, Unavailable, "1000", "vendor_down"),
    (None, INTERNAL, Unavailable, "1000", "vendor_down"),
    (500, b"", Unavailable, None, "vendor_down"),
    (503, OUTAGE, Unavailable, None, "vendor_down"),
    (500, NOT_AUTHORIZED, Unavailable, "57", "vendor_down"),
    (200, OUTAGE, Unavailable, None, "vendor_down"),
    (200, b"", Unavailable, None, "vendor_down"),
    (200, b'{"code":0,"message":"success","invoices":[{"invoice_id":"41', Unavailable, None, "answer_cut"),
    (200, b"good morning", Unavailable, None, "answer_garbled"),
    (200, accounts("invalid_code"), Disconnected, "invalid_code", "reconnect_needed"),
    (400, accounts("invalid_code"), Disconnected, "invalid_code", "reconnect_needed"),
    (None, accounts("invalid_code"), Disconnected, "invalid_code", "reconnect_needed"),
    (200, accounts("invalid_client"), Disconnected, "invalid_client", "app_refused"),
    (200, accounts("invalid_client_secret"), Disconnected, "invalid_client_secret", "app_refused"),
    (200, accounts("access_denied"), Throttled, "access_denied", "rate_limited"),
    (400, accounts("Access Denied"), Throttled, "Access Denied", "rate_limited"),
    (200, accounts("general_error"), Unavailable, "general_error", "vendor_down"),
    (200, accounts("something_new"), Refused, "something_new", "vendor_refused"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "problem"), CASES)
def test_every_answer_that_says_no_is_one_of_our_four_errors(
    status: int | None, body: bytes, kind: type[VendorError], code: str | None, problem: str
) -> None:
    error = answers.error_in(body, status=status, now=NOW, zone=ZONE)

    assert error is not None
    assert (type(error), error.vendor_code, error.problem) == (kind, code, problem)
    assert problems.is_known(error.problem)
    assert "Zoho Books" in error.words


@pytest.mark.parametrize(
    "body", [b'{"code":0,"message":"success","invoices":[]}', b'{"invoice_id":"7","code":"78701"}', b"{}"]
)
def test_a_good_answer_is_no_error(body: bytes) -> None:
    assert answers.error_in(body, status=200, now=NOW) is None


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (A_MINUTE, {}, None),
        (AT_ONCE, {}, None),
        (A_MINUTE, {"retry-after": "7"}, 7.0),
        (A_MINUTE, {"Retry-After": "Mon, 02 Nov 2026 16:00:30 GMT"}, 30.0),
        (A_MINUTE, {"retry-after": "soon"}, None),
        (A_DAY, {}, TILL_MIDNIGHT),
        (A_DAY, {"retry-after": "90"}, 90.0),
        (accounts("access_denied"), {}, 600.0),
    ],
)
def test_how_long_to_wait(body: bytes, headers: dict[str, str], seconds: float | None) -> None:
    error = answers.error_in(body, status=429, headers=headers, now=NOW, zone=ZONE)

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("now", "zone", "hours"),
    [
        (NOW, "America/New_York", 13.0),
        (NOW, "Asia/Kolkata", 2.5),
        (NOW, "Asia/Tokyo", 23.0),
        (NOW, "Nowhere/Else", 8.0),
        (NOW, "", 8.0),
        (datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "America/New_York", 24.5),  # the day with an hour twice
    ],
)
def test_the_limit_of_a_day_ends_at_midnight_where_the_organization_is(now: datetime, zone: str, hours: float) -> None:
    assert answers.until_midnight(now, zone) == hours * 3600


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    body=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("code", "message", "error", "error_description", "invoices"), anything)
    )
    | anything,
    status=st.none() | st.integers(100, 599),
)
def test_whatever_they_say_it_is_good_or_one_of_our_errors(body: Any, status: int | None) -> None:
    error = answers.error_in(json.dumps(body).encode(), status=status, headers={}, now=NOW, zone=ZONE)

    assert error is None or isinstance(error, VendorError)
