"""Everything Jobber says instead of an answer, and what it means for us."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.jobber import answers
from tests.integrations.jobber.shapes import LISTED

NOW = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)

COST = {
    "requestedQueryCost": 1454,
    "actualQueryCost": None,
    "throttleStatus": {"maximumAvailable": 10000, "currentlyAvailable": 454, "restoreRate": 500},
}
THROTTLED: dict[str, Any] = {
    "errors": [
        {
            "message": "Throttled",
            "extensions": {
                "code": "THROTTLED",
                "documentation": "https://developer.getjobber.com/docs/using_jobbers_api/api_rate_limits",
            },
        }
    ]
}
LEFT = "User has disconnected this app from their account. Please delete this token"


def said(message: str, code: str = "", **beside: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, **({"extensions": {"code": code}} if code else {})}], **beside}


TABLE: list[tuple[Any, int | None, type[VendorError], str, str | None]] = [
    (said("Auth required", "UNAUTHENTICATED"), 200, Disconnected, "reconnect_needed", "UNAUTHENTICATED"),
    (said("Auth required", "UNAUTHENTICATED"), None, Disconnected, "reconnect_needed", "UNAUTHENTICATED"),
    ({"message": "Access token expired"}, 401, Disconnected, "reconnect_needed", None),
    ({"message": "Access token expired"}, None, Disconnected, "reconnect_needed", None),
    (
        {"error": "invalid_request", "error_description": "expired"},
        401,
        Disconnected,
        "reconnect_needed",
        "invalid_request",
    ),
    (
        {"error": "invalid_request", "error_description": "expired"},
        None,
        Disconnected,
        "reconnect_needed",
        "invalid_request",
    ),
    ({"error": "invalid_request", "error_description": "no code"}, 400, Refused, "vendor_refused", "invalid_request"),
    ({"error": "invalid_grant"}, 401, Disconnected, "reconnect_needed", "invalid_grant"),
    ({"error": "invalid_client"}, 401, Disconnected, "app_refused", "invalid_client"),
    (said(LEFT), 200, Disconnected, "reconnect_needed", None),
    ({"message": LEFT}, 401, Disconnected, "reconnect_needed", None),
    ({"message": LEFT}, None, Disconnected, "reconnect_needed", None),
    (
        said("An object of type Invoice was hidden due to permissions", data={"invoice": None}),
        200,
        Disconnected,
        "scope_missing",
        None,
    ),
    (said("Not authorized to read invoices", "FORBIDDEN"), 200, Disconnected, "scope_missing", "FORBIDDEN"),
    ({"message": "Forbidden"}, 403, Disconnected, "scope_missing", None),
    (said("Invoice not found", data=None), 200, Refused, "not_in_books", None),
    (said("Invoice not found", data=None), None, Refused, "not_in_books", None),
    ({"message": "Not Found"}, 404, Refused, "vendor_refused", None),
    (
        said("Field 'foo' doesn't exist on type 'Invoice'", "undefinedField"),
        200,
        Refused,
        "vendor_refused",
        "undefinedField",
    ),
    (said("Service temporarily unavailable"), 200, Unavailable, "vendor_down", None),
    (said("Internal server error", "INTERNAL_SERVER_ERROR"), 200, Unavailable, "vendor_down", "INTERNAL_SERVER_ERROR"),
    ("Service temporarily unavailable", 503, Unavailable, "vendor_down", None),
    ("<html><body>502 Bad Gateway</body></html>", 502, Unavailable, "vendor_down", None),
    ("<html></html>", 200, Unavailable, "vendor_down", None),
    ("", 500, Unavailable, "vendor_down", None),
    ("", 200, Unavailable, "vendor_down", None),
    ('{"data":{"invoices":{"nod', 200, Unavailable, "answer_cut", None),
    ('{"data":{"invoices":{"nod', None, Unavailable, "answer_cut", None),
    ("[]", 200, Unavailable, "answer_garbled", None),
    ("no JSON at all", 200, Unavailable, "answer_garbled", None),
    ("nonsense", 400, Refused, "vendor_refused", None),
    (
        {"data": {"invoiceEdit": {"invoice": None, "userErrors": [{"message": "Discount is too large", "path": []}]}}},
        200,
        Refused,
        "vendor_refused",
        "userErrors",
    ),
]


@pytest.mark.parametrize(("body", "status", "kind", "problem", "code"), TABLE)
def test_every_way_of_saying_no(
    body: Any, status: int | None, kind: type[VendorError], problem: str, code: str | None
) -> None:
    content = body if isinstance(body, str) else json.dumps(body)

    found = answers.error_in(content.encode(), status=status, now=NOW)

    assert type(found) is kind
    assert (found.problem, found.vendor_code) == (problem, code)


@pytest.mark.parametrize(
    ("body", "status", "headers", "wait"),
    [
        (THROTTLED | {"extensions": {"cost": COST}}, 200, {}, 2.1),
        (
            {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED", "cost": COST}}]},
            None,
            {},
            2.1,
        ),
        (THROTTLED, 200, {}, 8.0),
        ("Too Many Requests", 429, {}, None),
        ("Too Many Requests", None, {}, None),
        ("Too Many Requests", 429, {"retry-after": "30"}, 30.0),
        ("", 429, {"retry-after": "Mon, 02 Nov 2026 09:16:00 GMT"}, 60.0),
    ],
)
def test_asked_too_often(body: Any, status: int | None, headers: dict[str, str], wait: float | None) -> None:
    content = body if isinstance(body, str) else json.dumps(body)

    found = answers.error_in(content.encode(), status=status, headers=headers, now=NOW)

    assert isinstance(found, Throttled)
    assert found.retry_after == wait


def test_a_question_that_can_never_pass_is_not_asked_again() -> None:
    body = THROTTLED | {"extensions": {"cost": COST | {"requestedQueryCost": 10_001}}}

    assert type(answers.error_in(json.dumps(body).encode(), status=200, now=NOW)) is Refused


def test_data_beside_errors_are_used_for_nothing() -> None:
    body = json.dumps(LISTED | {"errors": [{"message": "Something broke at one of them"}]}).encode()

    with pytest.raises(Refused):
        answers.read(200, {}, body, now=NOW)


@pytest.mark.parametrize("body", [LISTED, {"data": {"invoice": None}}, {"access_token": "a", "message": "hello"}])
def test_a_good_answer_is_none(body: Any) -> None:
    assert answers.error_in(json.dumps(body).encode(), status=200, now=NOW) is None
    assert answers.error_in(json.dumps(body | {"errors": []}).encode(), now=NOW) is None


def test_no_words_of_a_page_or_a_body_are_kept() -> None:
    found = answers.error_in(b'{"customer":"Dana Ruiz","phone":"+16145550142"', status=500, now=NOW)

    assert found is not None
    assert found.vendor_words == ""


def test_a_warning_about_the_version_is_heard() -> None:
    assert answers.warnings({"extensions": {"versioning": {"version": "x", "warning": "ends soon"}}}) == ["ends soon"]
    assert answers.warnings({"extensions": {"warnings": "ends"}, "data": {}}) == ["ends"]
    assert answers.warnings({"extensions": {"versioning": {"version": "2026-05-12"}}}) == []


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "errors",
                    "error",
                    "message",
                    "extensions",
                    "code",
                    "cost",
                    "throttleStatus",
                    "data",
                    "userErrors",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(
    body=ANY_JSON.map(lambda raw: json.dumps(raw).encode()) | st.binary(max_size=60),
    status=st.sampled_from([None, 200, 401, 429, 500]),
)
def test_no_answer_whatever_raises_anything_else(body: bytes, status: int | None) -> None:
    found = answers.error_in(body, status=status, now=NOW)

    assert found is None or type(found) in (Disconnected, Refused, Throttled, Unavailable)
