"""Connecting to the simulated Jobber: consent, codes, tokens that rotate strictly, and every refusal."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.jobber.simulator import PLUMBER, SCOPES
from tests.integrations.jobber.simulator import REDIRECT_URI, Jobber, authorization, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_an_admin_chooses_an_account_and_the_code_becomes_tokens_of_it(jobber: Jobber) -> None:
    page = jobber.http.get("/api/oauth/authorize", params=authorization())
    jobber.account = PLUMBER
    back = jobber.consent()
    answer = jobber.token(grant_type="authorization_code", code=jobber.code(), redirect_uri=REDIRECT_URI)

    assert page.status_code == 200
    assert "Juniper &amp; Sage Landscaping" in page.text
    assert "Copper Creek Plumbing" in page.text
    assert back.status_code == 302
    assert parse_qs(urlsplit(back.headers["location"]).query)["state"] == ["s-1"]
    assert sorted(answer.json()) == ["access_token", "refresh_token"]
    jobber.tokens = answer.json()
    assert jobber.ask("{ account { id name } }")["account"] == {"id": PLUMBER, "name": "Copper Creek Plumbing"}


def test_the_access_token_is_a_jwt_that_says_when_it_ends(jobber: Jobber) -> None:
    found = claims(jobber.tokens["access_token"])

    assert sorted(found) == sorted(
        ["sub", "iss", "client_id", "scope", "app_id", "user_id", "account_id", "exp", "jti"]
    )
    assert found["account_id"] == 1204417
    assert found["client_id"] == "sandbox-client"
    assert found["scope"].split() == sorted(SCOPES)
    assert abs(found["exp"] - time.time() - 3600) < 10


def test_the_owner_says_no(jobber: Jobber) -> None:
    back = jobber.consent(decision="cancel")

    assert parse_qs(urlsplit(back.headers["location"]).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"client_id": "somebody"}, 401, "unknown client"),
        ({"redirect_uri": "https://evil.example.com/"}, 400, "redirect uri"),
        ({"redirect_uri": REDIRECT_URI + "/"}, 400, "redirect uri"),
    ],
)
def test_a_wrong_authorization_request_ends_on_a_page(
    jobber: Jobber, change: dict[str, str], status: int, words: str
) -> None:
    answer = jobber.http.get("/api/oauth/authorize", params=authorization(**change))

    assert answer.status_code == status
    assert words in answer.text


def test_another_response_type_goes_back_with_an_error(jobber: Jobber) -> None:
    back = jobber.http.get("/api/oauth/authorize", params=authorization(response_type="token"))

    assert parse_qs(urlsplit(back.headers["location"]).query)["error"] == ["unsupported_response_type"]


def test_a_refresh_kills_the_old_refresh_token_at_once(jobber: Jobber) -> None:
    old = jobber.tokens["refresh_token"]

    fresh = jobber.refresh(old).json()
    second = jobber.refresh(old)

    assert sorted(fresh) == ["access_token", "refresh_token"]
    assert fresh["refresh_token"] != old
    assert fresh["access_token"] != jobber.tokens["access_token"]
    assert (second.status_code, second.json()["error"]) == (401, "invalid_grant")
    assert jobber.refresh(fresh["refresh_token"]).status_code == 200


def test_without_rotation_the_same_refresh_token_comes_back_with_a_warning(jobber: Jobber) -> None:
    jobber.sim.settings(refresh_token_rotation=False)
    old = jobber.tokens["refresh_token"]

    answers = [jobber.refresh(old).json() for _ in range(2)]

    assert [one["refresh_token"] for one in answers] == [old, old]
    assert sorted(answers[1]) == ["access_token", "refresh_token", "warning"]


def test_a_code_is_good_once(jobber: Jobber) -> None:
    code = jobber.code()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}

    answers = [jobber.token(**form).status_code for _ in range(2)]

    assert answers == [200, 401]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "never-was"}, 401, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "never-was", "redirect_uri": REDIRECT_URI}, 401, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "never-was"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": "somebody"}, 401, "invalid_client"),
    ],
)
def test_what_the_token_endpoint_refuses(jobber: Jobber, form: dict[str, str], status: int, error: str) -> None:
    answer = jobber.token(**form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_code_is_good_for_its_own_redirect_address_only(jobber: Jobber) -> None:
    answer = jobber.token(grant_type="authorization_code", code=jobber.code(), redirect_uri="http://127.0.0.1:9/other")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


def test_the_token_endpoint_takes_forms_and_no_json(jobber: Jobber) -> None:
    answer = jobber.http.post("/api/oauth/token", json={"grant_type": "refresh_token"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_access_token_that_ran_out_is_401_and_the_refresh_token_still_good(jobber: Jobber) -> None:
    jobber.sim.expire(jobber.account)

    answer = jobber.post("{ account { id } }")

    assert (answer.status_code, answer.json()) == (401, {"message": "Access token expired"})
    jobber.tokens = jobber.refresh(jobber.tokens["refresh_token"]).json()
    assert jobber.ask("{ account { id } }")["account"]["id"] == jobber.account


@pytest.mark.parametrize("how", ["401", "errors"])
def test_once_the_owner_disconnected_every_call_says_so(jobber: Jobber, how: str) -> None:
    jobber.sim.settings(disconnected_as=how)
    words = "User has disconnected this app from their account. Please delete this token"
    jobber.sim.disconnect(jobber.account)

    answer = jobber.post("{ account { id } }")

    expected = (401, {"message": words}) if how == "401" else (200, {"errors": [{"message": words}]})
    assert (answer.status_code, answer.json()) == expected
    assert jobber.refresh(jobber.tokens["refresh_token"]).status_code == 401


def test_the_app_disconnects_itself_by_a_mutation(jobber: Jobber) -> None:
    other = Jobber(jobber.base_url, PLUMBER).connect()

    found = jobber.ask("mutation { appDisconnect { app { id name } userErrors { message path } } }")

    assert found["appDisconnect"]["userErrors"] == []
    assert found["appDisconnect"]["app"]["name"] == "Syntharra"
    assert jobber.post("{ account { id } }").status_code == 401
    assert other.ask("{ account { id } }")["account"]["id"] == PLUMBER
