"""Connecting to simulated Square: consent, codes, two kinds of refresh tokens, revocation, scopes."""

import base64
import hashlib
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.square.simulator import DENTAL_PRACTICE, LANDSCAPER, SCOPES, SquareSimConfig
from tests.integrations.square.simulator import (
    CLIENT,
    READ,
    REDIRECT,
    SECRET,
    Square,
    authorization,
    good,
    running_square,
)

VERIFIER = "a-verifier-that-is-long-enough-to-be-accepted-by-anybody"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
DAY = 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square() as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    return server.fresh()


def seconds_until(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() - time.time()


def test_the_consent_page_names_both_sellers_and_what_is_asked_for(square: Square) -> None:
    page = square.http.get("/oauth2/authorize", params=authorization())

    assert page.status_code == 200
    for words in ("Lakefront Family Dental", "Cactus Wren Landscaping", "Sandbox: simulated Square", *READ.split()):
        assert words in page.text


def test_consent_leads_back_with_a_code_and_the_state(square: Square) -> None:
    answer = square.consent()

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(REDIRECT)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (query["response_type"], query["state"]) == (["code"], ["state-1"])
    assert query["code"][0].startswith("sandbox-sq0cgb-")


def test_a_refusal_leads_back_with_the_reason_in_squares_words(square: Square) -> None:
    query = parse_qs(urlsplit(square.consent(decision="cancel").headers["location"]).query)

    assert query == {"error": ["access_denied"], "error_description": ["user_denied"], "state": ["state-1"]}


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "other"}, {"redirect_uri": "https://elsewhere.example/"}, {"scope": "EVERYTHING"}, {"scope": ""}],
)
def test_a_wrong_authorization_request_leads_nowhere(square: Square, changes: dict[str, str]) -> None:
    answer = square.http.get("/oauth2/authorize", params=authorization(**changes))

    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_a_code_brings_tokens_with_the_moment_they_expire_and_the_seller(square: Square) -> None:
    tokens = good(square.redeem(square.code()))

    assert set(tokens) == {"access_token", "token_type", "expires_at", "merchant_id", "refresh_token", "short_lived"}
    assert (tokens["token_type"], tokens["merchant_id"], tokens["short_lived"]) == ("bearer", DENTAL_PRACTICE, False)
    assert tokens["access_token"].startswith("EAAA")
    assert tokens["refresh_token"].startswith("EQAA")
    assert 30 * DAY - 60 < seconds_until(tokens["expires_at"]) <= 30 * DAY


def test_a_short_lived_token_lasts_a_day_and_may_have_fewer_scopes(square: Square) -> None:
    tokens = good(square.redeem(square.code(), short_lived=True, scopes=["INVOICES_READ"]))
    square.token = tokens["access_token"]

    assert tokens["short_lived"] is True
    assert DAY - 60 < seconds_until(tokens["expires_at"]) <= DAY
    assert square.refused("GET", "/v2/locations") == (403, "INSUFFICIENT_SCOPES", "")


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"client_secret": "wrong"}, 401, "Not Authorized"),
        ({"client_id": "other"}, 401, "Not Authorized"),
        ({"client_secret": None}, 400, "Missing required parameter 'client_secret'"),
        ({"code": None}, 400, "Missing required parameter 'code'"),
        ({"code": "sandbox-sq0cgb-unknown"}, 401, "Authorization code not found for app"),
        (
            {"redirect_uri": "https://elsewhere.example/"},
            401,
            "The redirect_uri does not match the one of the authorization request",
        ),
        ({"grant_type": "password"}, 400, "The grant_type is not supported"),
        ({"scopes": ["PAYMENTS_WRITE"]}, 400, "The scopes are not among those that were granted"),
        ({"surprise": "x"}, 400, "Unknown parameter 'surprise'"),
        ({"code": 7}, 400, "Parameter 'code' has the wrong type"),
    ],
)
def test_the_token_endpoint_refuses_in_its_old_style(
    square: Square, changes: dict[str, Any], status: int, message: str
) -> None:
    answer = square.ask_token(**{"grant_type": "authorization_code", "code": square.code(), **changes})

    assert answer.status_code == status
    kind = "service.not_authorized" if status == 401 else "bad_request"
    assert answer.json() == {"message": message, "type": kind}


def test_the_token_endpoint_can_refuse_in_the_new_style(square: Square) -> None:
    square.sim.settings(refusals_of_tokens="new")

    answer = square.refresh("EQAA-unknown")

    error = {"category": "AUTHENTICATION_ERROR", "code": "UNAUTHORIZED", "detail": "Refresh token not found"}
    assert (answer.status_code, answer.json()) == (401, {"errors": [error]})


def test_a_form_is_no_token_request(square: Square) -> None:
    answer = square.http.post("/oauth2/token", data={"client_id": CLIENT, "grant_type": "refresh_token"})

    assert answer.json() == {"message": "Content-Type must be application/json", "type": "bad_request"}


def test_a_code_used_twice_ends_what_it_brought(square: Square) -> None:
    code = square.code()
    square.token = good(square.redeem(code))["access_token"]

    again = square.redeem(code)

    assert (again.status_code, again.json()["message"]) == (401, "Authorization code is already claimed")
    assert square.refused("GET", "/v2/locations") == (401, "ACCESS_TOKEN_REVOKED", "")


def test_a_code_lives_five_minutes(square: Square) -> None:
    code = square.code()
    square.sim.settings(code_seconds=0)

    assert square.redeem(code).json()["message"] == "Authorization code is expired"
    assert SquareSimConfig().code_seconds == 300


def test_in_the_code_flow_the_refresh_token_stays_the_same_for_ever(square: Square) -> None:
    first = good(square.redeem(square.code()))
    second = good(square.refresh(first["refresh_token"]))
    third = good(square.refresh(first["refresh_token"]))

    assert first["refresh_token"] == second["refresh_token"] == third["refresh_token"]
    assert len({first["access_token"], second["access_token"], third["access_token"]}) == 3
    assert "refresh_token_expires_at" not in third
    square.token = first["access_token"]
    assert square.get("/v2/locations")["locations"][0]["merchant_id"] == DENTAL_PRACTICE


def test_with_pkce_no_secret_is_asked_and_a_refresh_token_works_once_within_90_days(square: Square) -> None:
    code = square.code(code_challenge=CHALLENGE)
    first = good(square.redeem(code, client_secret=None, code_verifier=VERIFIER))
    second = good(square.refresh(first["refresh_token"], client_secret=None))

    spent = square.refresh(first["refresh_token"], client_secret=None)

    assert second["refresh_token"] != first["refresh_token"]
    assert 90 * DAY - 60 < seconds_until(second["refresh_token_expires_at"]) <= 90 * DAY
    assert (spent.status_code, spent.json()["message"]) == (401, "Refresh token is revoked")


def test_a_wrong_verifier_brings_nothing(square: Square) -> None:
    answer = square.redeem(square.code(code_challenge=CHALLENGE), client_secret=None, code_verifier="x" * 43)

    assert answer.json()["message"] == "The code_verifier does not match the code_challenge"


def test_an_expired_access_token_is_named_so_and_refreshed(square: Square) -> None:
    tokens = good(square.redeem(square.code()))
    square.token = tokens["access_token"]
    square.sim.expire(DENTAL_PRACTICE)

    assert square.refused("GET", "/v2/locations") == (401, "ACCESS_TOKEN_EXPIRED", "")
    square.token = good(square.refresh(tokens["refresh_token"]))["access_token"]
    assert len(square.get("/v2/locations")["locations"]) == 3


def test_revoking_ends_every_token_of_the_seller(square: Square) -> None:
    first, second = good(square.redeem(square.code())), good(square.redeem(square.code()))

    answer = square.revoke(access_token=first["access_token"])

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    for tokens in (first, second):
        square.token = tokens["access_token"]
        assert square.refused("GET", "/v2/locations") == (401, "ACCESS_TOKEN_REVOKED", "")
    assert square.refresh(second["refresh_token"]).json()["message"] == "Refresh token is revoked"


def test_revoking_one_access_token_leaves_the_rest(square: Square) -> None:
    tokens = good(square.redeem(square.code()))
    square.revoke(access_token=tokens["access_token"], revoke_only_access_token=True)
    square.token = tokens["access_token"]

    assert square.refused("GET", "/v2/locations") == (401, "ACCESS_TOKEN_REVOKED", "")
    square.token = good(square.refresh(tokens["refresh_token"]))["access_token"]
    assert len(square.get("/v2/locations")["locations"]) == 3


@pytest.mark.parametrize(
    ("authorization", "body", "status"),
    [
        (f"Bearer {SECRET}", {"merchant_id": DENTAL_PRACTICE}, 401),
        ("Client wrong", {"merchant_id": DENTAL_PRACTICE}, 401),
        (f"Client {SECRET}", {}, 400),
        (f"Client {SECRET}", {"access_token": "EAAA-unknown"}, 404),
        (f"Client {SECRET}", {"merchant_id": LANDSCAPER}, 404),
    ],
)
def test_a_wrong_revocation_ends_nothing(square: Square, authorization: str, body: dict[str, str], status: int) -> None:
    assert square.revoke(authorization, **body).status_code == status
    assert len(square.get("/v2/locations")["locations"]) == 3


def test_the_status_of_a_token_tells_its_scopes_and_end(square: Square) -> None:
    square.token = good(square.redeem(square.code()))["access_token"]

    status = square.post("/oauth2/token/status")

    assert (status["scopes"], status["client_id"]) == (sorted(READ.split()), CLIENT)
    assert status["merchant_id"] == DENTAL_PRACTICE
    assert seconds_until(status["expires_at"]) > 29 * DAY


def test_without_a_good_token_nothing_is_answered(square: Square) -> None:
    for token in ("", "EAAA-unknown"):
        square.token = token
        assert square.refused("GET", "/v2/locations") == (401, "UNAUTHORIZED", "")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v2/locations", "MERCHANT_PROFILE_READ"),
        ("GET", "/v2/invoices", "INVOICES_READ"),
        ("POST", "/v2/invoices/search", "INVOICES_READ"),
        ("POST", "/v2/invoices/inv:0-x/cancel", "INVOICES_WRITE"),
        ("PUT", "/v2/invoices/inv:0-x", "ORDERS_WRITE"),
        ("POST", "/v2/orders/search", "ORDERS_READ"),
        ("GET", "/v2/customers/x", "CUSTOMERS_READ"),
        ("GET", "/v2/payments", "PAYMENTS_READ"),
        ("GET", "/v2/refunds", "PAYMENTS_READ"),
        ("POST", "/v2/refunds", "PAYMENTS_WRITE"),
    ],
)
def test_every_call_needs_its_scope(square: Square, method: str, path: str, scope: str) -> None:
    square.connect(DENTAL_PRACTICE, *(SCOPES - {scope}))

    answer = square.call(method, path, json={} if method != "GET" else None)

    error = answer.json()["errors"][0]
    assert (answer.status_code, error["category"], error["code"]) == (
        403,
        "AUTHENTICATION_ERROR",
        "INSUFFICIENT_SCOPES",
    )
    assert scope in error["detail"]


def test_production_wants_session_false_and_https() -> None:
    with running_square(production=True, redirect_uris=("https://app.example.com/callback", REDIRECT)) as square:
        good_one = authorization(redirect_uri="https://app.example.com/callback")

        assert square.http.get("/oauth2/authorize", params=good_one).status_code == 200
        assert square.http.get("/oauth2/authorize", params={**good_one, "session": "true"}).status_code == 400
        assert square.http.get("/oauth2/authorize", params=authorization()).status_code == 400
