"""Signing in to FreshBooks: there and back, a refresh token that is spent by its use, and what a sign-in opens."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations import fields
from integrations.errors import Disconnected, Unavailable
from integrations.freshbooks import oauth
from integrations.freshbooks.simulator import AGENCY, PLUMBER
from integrations.sign_in import Company, Tokens
from integrations.worlds import WrongWorld
from syntharra.clock import machine_now
from tests.integrations.freshbooks.books import CALLBACK, simulators, vendor
from tests.integrations.simulation.server import SimControl

__all__ = ["simulators", "vendor"]

NOW = datetime(2026, 9, 21, 14, 20, tzinfo=UTC)
ANSWER = (
    '{"access_token":"eyJ","token_type":"Bearer","expires_in":43200,"refresh_token":"5c1e",'
    '"scope":"user:profile:read user:invoices:read","created_at":1790000000}'
)


def came_back(address: str) -> Mapping[str, str]:
    """What stands in the address when the owner has allowed us in."""
    answer = httpx2.post(address, data={"decision": "connect", "account": PLUMBER}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def signed_in() -> Tokens:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    return oauth.exchange(came_back(start.address), sandbox=True, redirect_uri=CALLBACK, verifier="")


def test_what_the_vendor_is_told_is_our_key_our_address_what_we_need_and_a_state(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)

    asked = urlsplit(start.address)
    told = parse_qs(asked.query)
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{vendor.base_url}/freshbooks/oauth/authorize"
    assert set(told) == {"client_id", "response_type", "redirect_uri", "scope", "state"}
    assert told["scope"] == [" ".join(oauth.SCOPES)]
    assert told["redirect_uri"] == [CALLBACK]
    assert start.verifier == ""


def test_a_live_business_is_sent_to_the_vendor_itself(settings: Any) -> None:
    settings.FRESHBOOKS_CLIENT_ID = "key"

    start = oauth.begin(sandbox=False, state="s", redirect_uri=CALLBACK)

    assert start.address.startswith("https://auth.freshbooks.com/oauth/authorize?")


def test_a_simulator_at_a_vendors_address_is_never_asked(settings: Any) -> None:
    settings.SIMULATORS_URL = "https://api.freshbooks.com"

    with pytest.raises(WrongWorld):
        oauth.begin(sandbox=True, state="s", redirect_uri=CALLBACK)


def test_it_is_set_up_with_a_key_and_a_secret(settings: Any) -> None:
    settings.FRESHBOOKS_CLIENT_ID, settings.FRESHBOOKS_CLIENT_SECRET = "key", ""
    assert not oauth.is_set_up()

    settings.FRESHBOOKS_CLIENT_SECRET = "secret"
    assert oauth.is_set_up()


def test_a_sign_in_opens_the_businesses_the_owner_may_speak_for(vendor: SimControl) -> None:
    tokens = signed_in()

    companies = oauth.companies({}, tokens, sandbox=True)
    assert sorted(company.account for company in companies) == sorted([PLUMBER, AGENCY])
    assert all(set(company.details) == {"business_id", "identity_id"} for company in companies)
    assert all(all(company.details.values()) for company in companies)
    (plumber,) = [company for company in companies if company.account == PLUMBER]
    found = oauth.organisation(plumber, tokens, sandbox=True)
    assert (found.account, found.name, found.currency, found.country) == (PLUMBER, "Quick Drain Plumbing", "USD", "US")
    with pytest.raises(Disconnected):
        oauth.organisation(Company("Nobody", ""), tokens, sandbox=True)


def test_a_code_works_once(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    said = came_back(start.address)
    oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    with pytest.raises(Disconnected) as caught:
        oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    assert caught.value.vendor_code == "invalid_grant"


def test_a_refresh_gives_a_new_pair_with_the_same_address_and_spends_the_one_before(vendor: SimControl) -> None:
    tokens = signed_in()

    renewed = oauth.refresh(tokens, sandbox=True)

    assert renewed.refresh != tokens.refresh
    assert renewed.access != tokens.access
    assert renewed.details == {"redirect_uri": CALLBACK}
    assert timedelta(hours=11) < renewed.access_expires_at - machine_now() <= timedelta(hours=12)
    with pytest.raises(Disconnected):
        oauth.refresh(tokens, sandbox=True)


def test_a_token_request_is_never_sent_twice(vendor: SimControl) -> None:
    tokens = signed_in()
    vendor.forget_requests()
    vendor.fault("html-502", path="/auth/oauth/token", times=1)

    with pytest.raises(Unavailable):
        oauth.refresh(tokens, sandbox=True)

    assert len(vendor.requests("/auth/oauth/token")) == 1


def test_the_key_of_the_installation_may_be_refused(vendor: SimControl) -> None:
    tokens = signed_in()
    vendor.fault("invalid-client", path="/auth/oauth/token", times=1)

    with pytest.raises(Disconnected) as caught:
        oauth.refresh(tokens, sandbox=True)

    assert caught.value.problem == "app_refused"


def test_what_was_revoked_opens_nothing_and_may_be_revoked_again(vendor: SimControl) -> None:
    tokens = signed_in()

    oauth.revoke(tokens, PLUMBER, sandbox=True)
    oauth.revoke(tokens, PLUMBER, sandbox=True)

    with pytest.raises(Disconnected):
        oauth.companies({}, tokens, sandbox=True)
    with pytest.raises(Disconnected):
        oauth.refresh(tokens, sandbox=True)


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({}, datetime(2026, 9, 22, 2, 13, 20, tzinfo=UTC)),
        ({"created_at": None}, NOW + timedelta(hours=12)),
        ({"created_at": 1790100000}, NOW + timedelta(hours=12)),
        ({"created_at": 1600000000}, NOW + timedelta(hours=12)),
        ({"created_at": None, "expires_in": "60"}, NOW + timedelta(seconds=60)),
        ({"created_at": None, "expires_in": -5}, NOW + timedelta(hours=1)),
    ],
)
def test_when_a_token_ends_is_counted_from_when_it_was_made(changes: dict[str, Any], ends: datetime) -> None:
    assert (
        oauth.tokens_in(fields.loads(json.dumps({**json.loads(ANSWER), **changes})), now=NOW).access_expires_at == ends
    )


@pytest.mark.parametrize("changes", [{"access_token": None}, {"refresh_token": ""}, {"access_token": 7}])
def test_an_answer_without_a_pair_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        oauth.tokens_in({**json.loads(ANSWER), **changes}, now=NOW)
