"""Every form in which QuickBooks says no, and which of our four errors it is."""

from datetime import UTC, datetime

import pytest

from integrations import problems
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.quickbooks import answers

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def api_fault(code: str, message: str = "Something", kind: str = "ValidationFault") -> bytes:
    return (
        f'{{"Fault":{{"Error":[{{"Message":"{message}","Detail":"{message} : details","code":"{code}","element":""}}],'
        f'"type":"{kind}"}},"time":"2026-11-02T08:00:00.000-08:00"}}'
    ).encode()


def gateway_fault(code: str | None, message: str, kind: str) -> bytes:
    written = f'"{code}"' if code else "null"
    return (
        '{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"'
        + message
        + f'","detail":null,"code":{written},"element":null}}],"type":"{kind}"}},"report":null,"queryResponse":null,'
        '"batchItemResponse":[],"time":1793606400000,"status":null,"cdcresponse":[]}'
    ).encode()


def xml_fault(code: str, message: str, kind: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-11-02T08:00:00.000-08:00" '
        f'xmlns="http://schema.intuit.com/finance/v3"><Fault type="{kind}"><Error code="{code}">'
        f"<Message>{message}</Message><Detail>More &amp; more</Detail></Error></Fault></IntuitResponse>"
    ).encode()


EXPIRED = gateway_fault("3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401", "AUTHENTICATION")
NOT_OURS = gateway_fault("3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", "AUTHZ")
THROTTLED = gateway_fault("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429", "SERVICE")
THROTTLED_XML = xml_fault("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429", "SERVICE")
UNSIGNED_XML = xml_fault("100", "General Authentication Error", "AuthenticationFault")
OUTAGE = b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>"
GRANT = b'{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}'
ENDED = api_fault("6190", "Invalid Company Status: Subscription period has ended")

CASES = [
    (401, EXPIRED, Disconnected, "3200", "reconnect_needed"),
    (401, UNSIGNED_XML, Disconnected, "100", "reconnect_needed"),
    (401, b"", Disconnected, None, "reconnect_needed"),
    (403, NOT_OURS, Disconnected, "3100", "access_removed"),
    (403, OUTAGE, Disconnected, None, "access_removed"),
    (403, THROTTLED, Throttled, "3001", "rate_limited"),
    (429, THROTTLED, Throttled, "3001", "rate_limited"),
    (429, THROTTLED_XML, Throttled, "3001", "rate_limited"),
    (429, b"", Throttled, None, "rate_limited"),
    (400, api_fault("5010", "Stale Object Error"), Refused, "5010", "vendor_refused"),
    (400, api_fault("6240", "Duplicate Name Exists Error"), Refused, "6240", "vendor_refused"),
    (400, api_fault("610", "Object Not Found"), Refused, "610", "not_in_books"),
    (404, b"<html>404</html>", Refused, None, "vendor_refused"),
    (400, api_fault("4001", "Invalid query"), Refused, "4001", "vendor_refused"),
    (400, api_fault("6000", "A business validation error has occurred"), Refused, "6000", "vendor_refused"),
    (400, ENDED, Refused, "6190", "subscription_ended"),
    (200, ENDED, Refused, "6190", "subscription_ended"),
    (200, api_fault("6000", "Subscription period has ended"), Refused, "6000", "subscription_ended"),
    (200, api_fault("10000", "An application error", "SystemFault"), Unavailable, "10000", "vendor_down"),
    (500, api_fault("10000", "An application error", "SystemFault"), Unavailable, "10000", "vendor_down"),
    (503, OUTAGE, Unavailable, None, "vendor_down"),
    (504, b"", Unavailable, None, "vendor_down"),
    (200, b"", Unavailable, None, "vendor_down"),
    (200, OUTAGE, Unavailable, None, "vendor_down"),
    (200, b'{"QueryResponse":{"Invoice":[{"Id":"41', Unavailable, None, "answer_cut"),
    (200, b"good morning", Unavailable, None, "answer_garbled"),
    (200, b'{"a":' * 100_000, Unavailable, None, "answer_cut"),
    (400, GRANT, Disconnected, "invalid_grant", "reconnect_needed"),
    (401, b'{"error":"invalid_client"}', Disconnected, "invalid_client", "app_refused"),
    (400, b'{"error":"invalid_request"}', Refused, "invalid_request", "vendor_refused"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "problem"), CASES)
def test_every_refusal_is_one_of_our_four_errors(
    status: int, body: bytes, kind: type[VendorError], code: str | None, problem: str
) -> None:
    error = answers.error_in(body, status=status, now=NOW)

    assert type(error) is kind
    assert (error.vendor_code, error.problem) == (code, problem)


@pytest.mark.parametrize("problem", sorted({case[4] for case in CASES}))
def test_every_refusal_has_words_and_a_next_step_for_the_owner(problem: str) -> None:
    said = problems.about(problem, vendor="QuickBooks Online")

    assert problems.is_known(problem)
    assert "{" not in said.title + said.words + said.next_step
    assert len(said.words) > 20
    assert len(said.next_step) > 20


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (EXPIRED, Disconnected),
        (NOT_OURS, Disconnected),
        (UNSIGNED_XML, Disconnected),
        (THROTTLED, Throttled),
        (THROTTLED_XML, Throttled),
        (gateway_fault(None, "message=ThrottleExceeded; errorCode=003001; statusCode=429", "SERVICE"), Throttled),
        (gateway_fault(None, "message=AuthenticationFailed; statusCode=401", "AUTHENTICATION"), Disconnected),
        (api_fault("5010"), Refused),
        (api_fault("610"), Refused),
        (ENDED, Refused),
        (OUTAGE, Unavailable),
        (b"", Unavailable),
        (GRANT, Disconnected),
    ],
)
def test_without_a_status_the_code_and_the_words_decide(body: bytes, kind: type[VendorError]) -> None:
    assert type(answers.error_in(body, now=NOW)) is kind


def test_a_good_answer_is_no_error() -> None:
    body = b'{"QueryResponse":{},"time":"2026-11-02T08:00:00.000-08:00"}'

    assert answers.error_in(body, status=200, now=NOW) is None
    assert answers.read(200, {}, body, now=NOW) == {
        "QueryResponse": {},
        "time": "2026-11-02T08:00:00.000-08:00",
    }


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("Mon, 02 Nov 2026 16:01:30 GMT", 90.0),
        ("Mon, 02 Nov 2026 15:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_read_from_a_number_or_a_date(header: str, seconds: float | None) -> None:
    error = answers.error_in(THROTTLED, status=429, headers={"retry-after": header}, now=NOW)

    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


def test_the_vendors_own_words_and_trace_are_kept_beside_ours() -> None:
    error = answers.error_in(THROTTLED_XML, status=429, headers={"intuit_tid": "1-abc"}, now=NOW)

    assert isinstance(error, Throttled)
    assert str(error) == "QuickBooks limits how often we may ask."
    assert error.vendor_words == "message=ThrottleExceeded; errorCode=003001; statusCode=429 More & more"
    assert error.trace == "1-abc"
