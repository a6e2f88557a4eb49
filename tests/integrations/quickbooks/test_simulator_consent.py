"""Asking for consent: the discovery document, the page where a company is chosen, what comes back."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.quickbooks.simulator import RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import (
    REDIRECT_URI,
    Vendor,
    authorization,
    check,
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


@pytest.mark.parametrize("document", ["openid_configuration/", "openid_configuration", "openid_sandbox_configuration/"])
def test_the_discovery_document_names_every_endpoint_where_we_reached_it(vendor: Vendor, document: str) -> None:
    answer = vendor.http.get(f"/.well-known/{document}")

    check("discovery", answer.json())
    assert answer.json()["token_endpoint"] == f"{vendor.base_url}/oauth2/v1/tokens/bearer"
    assert answer.json()["authorization_endpoint"] == f"{vendor.base_url}/connect/oauth2"
    assert answer.json()["revocation_endpoint"] == f"{vendor.base_url}/v2/oauth2/tokens/revoke"


def test_a_public_url_stands_in_the_discovery_document() -> None:
    with running_simulator(public_url="https://books.example/qbo/") as url:
        found = Vendor(url).http.get("/.well-known/openid_configuration/").json()

    assert found["token_endpoint"] == "https://books.example/qbo/oauth2/v1/tokens/bearer"


def test_no_identity_is_handed_out_with_the_accounting_scope(vendor: Vendor) -> None:
    found = vendor.http.get("/.well-known/openid_configuration/").json()

    assert vendor.http.get(found["jwks_uri"]).json() == {"keys": []}
    assert vendor.http.get(found["userinfo_endpoint"]).status_code == 403


def test_the_consent_page_lists_the_companies_to_choose_from(vendor: Vendor) -> None:
    answer = vendor.http.get("/connect/oauth2", params=authorization())

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html;charset=UTF-8"
    assert "Intuit simulator: choose a company" in answer.text
    assert "Ava&#x27;s Plumbing" in answer.text
    assert "Rival Rooter" in answer.text
    assert answer.text.count('type="radio"') == 2
    assert ">Connect</button>" in answer.text
    assert ">Cancel</button>" in answer.text


def test_connecting_brings_code_state_and_company_back(vendor: Vendor) -> None:
    answer = vendor.consent(realm=RIVAL_ROOTER)

    assert answer.status_code == 302
    back = sent_back(answer.headers["location"])
    assert back["state"] == "state-1"
    assert back["realmId"] == RIVAL_ROOTER
    assert sorted(back) == ["code", "realmId", "state"]


def test_canceling_brings_access_denied_and_state_back(vendor: Vendor) -> None:
    answer = vendor.consent(decision="cancel")

    assert answer.status_code == 302
    assert sent_back(answer.headers["location"]) == {"error": "access_denied", "state": "state-1"}


def test_a_company_that_is_not_on_the_page_cannot_be_chosen(vendor: Vendor) -> None:
    assert vendor.consent(realm="9341450000009999").status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "http://127.0.0.1:9/quickbooks/callback/"},
        {"redirect_uri": "http://evil.example/callback"},
        {"response_type": "token"},
        {"scope": "com.intuit.quickbooks.payment"},
        {"state": ""},
    ],
)
def test_a_wrong_request_for_consent_is_never_sent_back(vendor: Vendor, changed: dict[str, str]) -> None:
    shown = vendor.http.get("/connect/oauth2", params=authorization(**changed))
    posted = vendor.consent(**changed)

    assert (shown.status_code, posted.status_code) == (400, 400)
    assert "location" not in posted.headers
