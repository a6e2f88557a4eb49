"""Tokens: codes become tokens once, refresh tokens roll over, revoking ends it all."""

import base64
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.quickbooks.simulator import AVAS_PLUMBING
from tests.integrations.quickbooks.simulator_server import (
    BASIC,
    REDIRECT_URI,
    Vendor,
    check,
    good,
    running_simulator,
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor


def sent_back(location: str) -> dict[str, str]:
    assert location.startswith(REDIRECT_URI + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_a_code_becomes_tokens_once(vendor: Vendor) -> None:
    code = vendor.code()

    first = vendor.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)
    second = vendor.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)

    tokens = good(first)
    check("tokens", tokens)
    assert tokens["expires_in"] == 3600
    assert tokens["x_refresh_token_expires_in"] == 8_726_400
    assert "realmId" not in tokens
    assert len(tokens["access_token"]) > 900
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_good_for_its_redirect_address_only(vendor: Vendor) -> None:
    code = vendor.code()

    answer = vendor.token(grant_type="authorization_code", code=code, redirect_uri="http://127.0.0.1:9/other")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_late_code_is_worth_nothing(vendor: Vendor) -> None:
    vendor.control("settings", code_seconds=0)

    answer = vendor.token(grant_type="authorization_code", code=vendor.code(), redirect_uri=REDIRECT_URI)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("headers", "form", "status", "error"),
    [
        ({"Authorization": ""}, {"grant_type": "refresh_token"}, 401, "invalid_client"),
        ({"Authorization": "Basic !!!"}, {"grant_type": "refresh_token"}, 401, "invalid_client"),
        (
            {"Authorization": "Basic " + base64.b64encode(b"sandbox-client:wrong").decode()},
            {"grant_type": "refresh_token"},
            401,
            "invalid_client",
        ),
        ({"Content-Type": "application/json"}, {"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"Accept": "*/*"}, {"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({}, {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, {"grant_type": "refresh_token", "refresh_token": "AB11nothing"}, 400, "invalid_grant"),
    ],
)
def test_the_token_endpoint_refuses_what_is_not_as_agreed(
    vendor: Vendor, headers: dict[str, str], form: dict[str, str], status: int, error: str
) -> None:
    answer = vendor.token(headers=headers, **form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_refused_refresh_token_is_named_as_the_vendor_names_it(vendor: Vendor) -> None:
    assert vendor.refresh("AB11nothing").json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }


def test_a_refresh_keeps_a_young_refresh_token_and_brings_a_new_access_token(vendor: Vendor) -> None:
    tokens = vendor.connect().tokens

    renewed = good(vendor.refresh(tokens["refresh_token"]))

    check("tokens", renewed)
    assert renewed["refresh_token"] == tokens["refresh_token"]
    assert renewed["access_token"] != tokens["access_token"]
    assert "x_refresh_token_hard_expires_in" not in renewed


def test_a_refresh_replaces_an_old_refresh_token(vendor: Vendor) -> None:
    vendor.control("settings", rotate_after_seconds=0)
    tokens = vendor.connect().tokens

    renewed = good(vendor.refresh(tokens["refresh_token"]))

    assert renewed["refresh_token"] != tokens["refresh_token"]


def test_the_previous_refresh_token_is_taken_for_a_grace_and_then_no_more(vendor: Vendor) -> None:
    vendor.control("settings", rotate_after_seconds=0, previous_token_grace_seconds=60)
    first = vendor.connect().tokens["refresh_token"]
    second = good(vendor.refresh(first))["refresh_token"]

    within_grace = good(vendor.refresh(first))["refresh_token"]
    third = good(vendor.refresh(second))["refresh_token"]
    two_back = vendor.refresh(first)
    vendor.control("settings", previous_token_grace_seconds=0)
    fourth = good(vendor.refresh(third))["refresh_token"]
    after_grace = vendor.refresh(third)

    assert within_grace == second
    assert third not in (first, second)
    assert (two_back.status_code, two_back.json()["error"]) == (400, "invalid_grant")
    assert fourth not in (first, second, third)
    assert (after_grace.status_code, after_grace.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_runs_out(vendor: Vendor) -> None:
    token = vendor.connect().tokens["refresh_token"]
    vendor.control("settings", refresh_token_seconds=0)

    assert vendor.refresh(token).json()["error"] == "invalid_grant"


def test_the_hard_limit_is_told_to_whom_asks_and_ends_the_connection(vendor: Vendor) -> None:
    token = vendor.connect().tokens["refresh_token"]

    asked = good(vendor.refresh(token, **{"x-include-refresh-token-hard-expires-in": "true"}))
    vendor.control("settings", hard_limit_seconds=0)
    late = vendor.refresh(token)

    check("tokens", asked)
    assert 157_679_990 <= asked["x_refresh_token_hard_expires_in"] <= 157_680_000
    assert late.json()["error"] == "invalid_grant"


def test_an_access_token_runs_out_on_machine_time(vendor: Vendor) -> None:
    vendor.control("settings", access_token_seconds=0.3)
    vendor.connect()

    young = vendor.call("GET", "preferences")
    time.sleep(0.35)
    old = vendor.call("GET", "preferences")

    assert young.status_code == 200
    assert old.status_code == 401


def test_moving_the_worlds_clock_ages_no_token(vendor: Vendor) -> None:
    vendor.connect()

    vendor.control("clock", offset_seconds=400 * 86_400)

    assert vendor.call("GET", "preferences").status_code == 200
    assert vendor.refresh(vendor.tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_ends_the_whole_connection(vendor: Vendor, which: str) -> None:
    tokens = vendor.connect().tokens
    headers = {"Authorization": BASIC, "Accept": "application/json"}

    answer = vendor.http.post("/v2/oauth2/tokens/revoke", json={"token": tokens[which]}, headers=headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert vendor.call("GET", "preferences").status_code == 401
    assert vendor.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Basic eDp5"}, b'{"token":"x"}', 401),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"token=x", 400),
        ({}, b"{", 400),
        ({}, b'{"refresh":"x"}', 400),
        ({}, b'{"token":"unknown"}', 400),
    ],
)
def test_revoking_what_is_not_there_is_refused(
    vendor: Vendor, headers: dict[str, str], body: bytes, status: int
) -> None:
    wanted = {"Authorization": BASIC, "Content-Type": "application/json", **headers}

    assert vendor.http.post("/v2/oauth2/tokens/revoke", content=body, headers=wanted).status_code == status


def test_two_connections_of_one_company_live_side_by_side(vendor: Vendor) -> None:
    first = vendor.connect().tokens
    vendor.connect()

    vendor.tokens = first
    assert vendor.call("GET", "preferences").status_code == 200


def test_an_owner_may_disconnect_the_app_inside_quickbooks(vendor: Vendor) -> None:
    tokens = vendor.connect().tokens

    assert vendor.control("disconnect", realm=AVAS_PLUMBING) == {"ended": 1}
    assert vendor.call("GET", "preferences").status_code == 401
    assert vendor.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_no_secret_is_shown_by_the_control_api(vendor: Vendor) -> None:
    tokens = vendor.connect().tokens
    good(vendor.refresh(tokens["refresh_token"]))
    vendor.call("GET", "preferences")

    shown = vendor.http.get("/_sim/requests").text + vendor.http.get("/_sim/connections").text
    shown += vendor.http.get("/_sim/settings").text + vendor.http.get("/_sim/webhooks").text

    for secret in (tokens["refresh_token"], tokens["access_token"], "sandbox-secret", "sandbox-verifier-token"):
        assert secret not in shown
    assert "refresh_token=***" in shown
