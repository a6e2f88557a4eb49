"""Connecting: consent, codes, single-use refresh tokens, what a token is good for, and where the owner has a role."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.freshbooks.simulator import AGENCY, EMPLOYER, PLUMBER, SUPPLIER
from tests.integrations.freshbooks.simulator import (
    LOCAL_REDIRECT_URI,
    REDIRECT_URI,
    Vendor,
    authorization,
    good,
    new_error,
    simulated,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated(access_token_seconds=43_200) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


def test_the_consent_page_names_what_is_asked_for_and_sends_back_code_and_state(vendor: Vendor) -> None:
    page = vendor.http.get("/oauth/authorize", params=authorization())
    back = vendor.consent()

    assert page.status_code == 200
    assert "user:invoices:read" in page.text
    assert back.status_code == 302
    target = urlsplit(back.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == REDIRECT_URI
    assert parse_qs(target.query)["state"] == ["state-1"]
    assert set(parse_qs(target.query)) == {"code", "state"}


def test_an_owner_who_cancels_comes_back_with_access_denied(vendor: Vendor) -> None:
    back = vendor.consent(decision="cancel")

    query = parse_qs(urlsplit(back.headers["location"]).query)
    assert query["error"] == ["access_denied"]
    assert query["state"] == ["state-1"]
    assert "code" not in query


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "https://app.example/elsewhere"},
        {"redirect_uri": f"{REDIRECT_URI}?tenant=1"},
        {"redirect_uri": "http://app.example/freshbooks/callback"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"scope": "user:everything:write"},
    ],
    ids=["client", "address", "query string", "not https", "no address", "response type", "scope"],
)
def test_a_wrong_authorization_request_never_leaves_the_vendors_page(vendor: Vendor, changes: Any) -> None:
    page = vendor.http.get("/oauth/authorize", params=authorization(**changes))

    assert page.status_code == 400
    assert "location" not in page.headers
    assert vendor.consent(**changes).status_code == 400


def test_an_unregistered_address_with_a_query_string_is_refused_even_when_it_is_registered() -> None:
    with simulated(redirect_uris=(f"{REDIRECT_URI}?tenant=1",)) as strict:
        page = strict.http.get("/oauth/authorize", params=authorization(redirect_uri=f"{REDIRECT_URI}?tenant=1"))

    assert page.status_code == 400


@pytest.mark.parametrize("as_json", [False, True], ids=["form", "json"])
def test_a_code_becomes_tokens_whether_asked_by_form_or_by_json(vendor: Vendor, as_json: Any) -> None:
    answer = vendor.token(as_json, grant_type="authorization_code", code=vendor.code())

    tokens = answer.json()
    assert answer.status_code == 200
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 43_200
    assert abs(tokens["created_at"] - time.time()) < 5
    assert tokens["access_token"].startswith("eyJ")
    assert len(tokens["refresh_token"]) == 64
    assert set(tokens["scope"].split()) == {
        "user:profile:read",
        "user:invoices:read",
        "user:clients:read",
        "user:payments:read",
        "user:credit_notes:read",
    }


def test_an_address_of_this_machine_may_be_registered_without_https(vendor: Vendor) -> None:
    code = vendor.code(redirect_uri=LOCAL_REDIRECT_URI)

    assert vendor.exchange(code, redirect_uri=LOCAL_REDIRECT_URI).status_code == 200


def test_a_code_works_once_and_its_second_use_ends_what_the_first_one_gave(vendor: Vendor) -> None:
    code = vendor.code()
    tokens = vendor.exchange(code).json()

    again = vendor.exchange(code)

    assert (again.status_code, again.json()["error"]) == (401, "invalid_grant")
    assert vendor.me(tokens["access_token"]).status_code == 401


def test_a_code_is_good_only_for_the_address_it_was_sent_to(vendor: Vendor) -> None:
    answer = vendor.exchange(vendor.code(), redirect_uri=LOCAL_REDIRECT_URI)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


def test_a_code_is_too_old_after_its_time(vendor: Vendor) -> None:
    vendor.control.settings(code_seconds=0.0)

    answer = vendor.exchange(vendor.code())

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


def test_a_refresh_token_works_once_and_hands_on_to_the_next(vendor: Vendor) -> None:
    first = vendor.exchange(vendor.code()).json()
    second = vendor.refresh(first["refresh_token"]).json()

    spent = vendor.refresh(first["refresh_token"])
    third = vendor.refresh(second["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    assert spent.status_code == 401
    assert set(spent.json()) == {"error", "error_description"}
    assert spent.json()["error"] == "invalid_grant"
    assert third.status_code == 200
    assert vendor.me(third.json()["access_token"]).status_code == 200


def test_the_redirect_address_is_checked_on_a_refresh_too_and_a_wrong_one_uses_nothing_up(vendor: Vendor) -> None:
    tokens = vendor.exchange(vendor.code()).json()

    elsewhere = vendor.refresh(tokens["refresh_token"], redirect_uri="https://app.example/elsewhere")
    another = vendor.refresh(tokens["refresh_token"], redirect_uri=LOCAL_REDIRECT_URI)
    without = vendor.refresh(tokens["refresh_token"], redirect_uri="")

    assert (elsewhere.status_code, elsewhere.json()["error"]) == (401, "invalid_grant")
    assert (another.status_code, another.json()["error"]) == (401, "invalid_grant")
    assert (without.status_code, without.json()["error"]) == (400, "invalid_request")
    assert vendor.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "somebody-else"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"refresh_token": "unheard-of"}, 401, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_request"),
    ],
)
def test_the_token_endpoint_says_what_is_wrong(vendor: Vendor, fields: Any, status: int, error: Any) -> None:
    answer = vendor.token(**{"grant_type": "refresh_token", "refresh_token": vendor.tokens["refresh_token"], **fields})

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_request_that_is_neither_form_nor_json_is_refused(vendor: Vendor) -> None:
    answer = vendor.http.post(
        "/auth/oauth/token", content=b"grant_type=refresh_token", headers={"content-type": "text/plain"}
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_revoked_token_ends_the_connection(vendor: Vendor) -> None:
    credentials = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}

    answer = vendor.http.post("/auth/oauth/revoke", data={**credentials, "token": vendor.tokens["refresh_token"]})

    assert answer.status_code == 200
    assert vendor.me().status_code == 401
    assert vendor.refresh(vendor.tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_expired_access_token_is_refused_and_a_refresh_gives_one_that_works(vendor: Vendor) -> None:
    vendor.control.expire(AGENCY)

    refused = vendor.call("GET", "invoices/invoices")
    vendor.tokens = vendor.refresh(vendor.tokens["refresh_token"]).json()

    assert refused.status_code == 401
    assert refused.json() == {
        "error": "unauthenticated",
        "error_description": "This action requires authentication to continue.",
    }
    assert vendor.call("GET", "invoices/invoices").status_code == 200


def test_the_owner_is_owner_and_admin_of_two_businesses_and_less_elsewhere(vendor: Vendor) -> None:
    me = vendor.me().json()["response"]

    roles = [(one["role"], one["business"]["account_id"]) for one in me["business_memberships"]]
    assert roles == [
        ("owner", AGENCY),
        ("admin", PLUMBER),
        ("business_employee", EMPLOYER),
        ("client", SUPPLIER),
        ("owner", None),
    ]
    agency = me["business_memberships"][0]["business"]
    assert (agency["id"], agency["name"], agency["date_format"]) == (6543, "Fieldnote Creative", "mm/dd/yyyy")
    assert agency["business_uuid"]
    assert agency["address"]["province"] == "TX"
    assert me["identity_id"] == 1234
    assert me["email"] == "maya@fieldnote.example"


def test_consent_covers_both_businesses_and_neither_the_employers_nor_an_unknown_account(vendor: Vendor) -> None:
    vendor.tokens = vendor.exchange(vendor.code()).json()

    answers = {}
    for account in (AGENCY, PLUMBER, EMPLOYER, "nobody"):
        vendor.account = account
        answers[account] = vendor.call("GET", "invoices/invoices")

    assert answers[AGENCY].status_code == 200
    assert answers[PLUMBER].status_code == 200
    role = new_error(answers[EMPLOYER], 403)
    assert (role["code"], role["details"][0]["reason"]) == (7, "1003")
    unknown = new_error(answers["nobody"], 401)
    assert (unknown["code"], unknown["details"][0]["reason"]) == (16, "1003")
    assert unknown["details"][0]["domain"] == "accounting.api.freshbooks.com"


def test_a_connection_of_one_business_reads_nothing_of_the_other(vendor: Vendor) -> None:
    plumbers = vendor.connect(PLUMBER).every("invoices/invoices")
    vendor.connect(AGENCY)
    agencys = vendor.every("invoices/invoices")

    vendor.account = PLUMBER
    refused = vendor.call("GET", f"invoices/invoices/{plumbers[0]['id']}")

    assert refused.status_code == 401
    assert {one["id"] for one in plumbers}.isdisjoint({one["id"] for one in agencys})


def test_a_removed_app_loses_every_business_of_the_identity(vendor: Vendor) -> None:
    tokens = vendor.exchange(vendor.code()).json()

    vendor.control.disconnect(PLUMBER)

    assert vendor.me(tokens["access_token"]).status_code == 401
    assert vendor.refresh(tokens["refresh_token"]).status_code == 401


def test_a_missing_scope_is_403_and_names_itself(vendor: Vendor) -> None:
    vendor.connect(AGENCY, ["user:profile:read", "user:invoices:read"])

    clients = vendor.call("GET", "users/clients")
    write = vendor.call("PUT", "invoices/invoices/1", json={"invoice": {"notes": "x"}})

    assert clients.status_code == 403
    assert clients.json()["error"] == "insufficient_scope"
    assert "user:clients:read" in clients.json()["error_description"]
    assert write.status_code == 403
    assert "user:invoices:write" in write.json()["error_description"]
    assert good(vendor.call("GET", "invoices/invoices"))["page"] == 1
