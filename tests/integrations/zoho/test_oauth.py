"""Signing in to Zoho Books: to the right data centre and nowhere else, and a refresh token that stays."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations.errors import Disconnected, Throttled, Unavailable
from integrations.sign_in import Company, Tokens
from integrations.worlds import WrongWorld
from integrations.zoho import centres, oauth
from integrations.zoho.simulator import AVAS_PLUMBING, MADURAI_DESIGN
from syntharra.clock import machine_now
from tests.integrations.simulation.server import SimControl
from tests.integrations.zoho.books import CALLBACK, simulators, vendor

__all__ = ["simulators", "vendor"]

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
LIVE = [
    ("us", "https://accounts.zoho.com", "https://www.zohoapis.com"),
    ("eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    ("in", "https://accounts.zoho.in", "https://www.zohoapis.in"),
    ("au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    ("jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    ("ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    ("cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    ("sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    ("uk", "https://accounts.zoho.uk", "https://www.zohoapis.uk"),
]
STRANGERS = [
    "https://accounts.zoho.com.evil.example",
    "https://evil.example/accounts.zoho.com",
    "https://accounts.zoho.com@evil.example",
    "https://evil.example#https://accounts.zoho.com",
    "http://accounts.zoho.com",
    "https://accounts.zoho.com:8443",
    "https://accounts.zoho.com/elsewhere",
    "https://crm.zoho.com",
    "https://www.zohoapis.com",
    "//accounts.zoho.com",
    "accounts.zoho.com",
    "http://127.0.0.1:9100/zoho/us/accounts",
]


def came_back(address: str, account: str = AVAS_PLUMBING) -> Mapping[str, str]:
    """What stands in the address when the owner has allowed us in."""
    answer = httpx2.post(address, data={"decision": "connect", "account": account}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def signed_in(account: str = AVAS_PLUMBING) -> Tokens:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    return oauth.exchange(came_back(start.address, account), sandbox=True, redirect_uri=CALLBACK, verifier="")


@pytest.mark.parametrize(("name", "accounts", "api"), LIVE)
def test_every_data_centre_of_theirs_is_known_by_name_and_by_both_its_addresses(
    name: str, accounts: str, api: str
) -> None:
    (centre,) = [one for one in centres.centres(sandbox=False) if one.name == name]

    assert (centre.accounts, centre.api) == (accounts, api)
    assert centres.signed_in_at({"location": name, "accounts-server": accounts}, sandbox=False) == centre
    assert centres.signed_in_at({"accounts-server": f"{accounts}/"}, sandbox=False) == centre
    assert centres.signed_in_at({"location": name}, sandbox=False) == centre
    assert centres.api_at(api, sandbox=False) == centre
    assert centres.accounts_at(accounts, sandbox=False) == centre


def test_there_are_no_others_and_without_a_word_it_is_the_one_all_start_at() -> None:
    assert [one.name for one in centres.centres(sandbox=False)] == [name for name, _accounts, _api in LIVE]
    assert centres.signed_in_at({}, sandbox=False).name == "us"


@pytest.mark.parametrize("address", STRANGERS)
def test_a_forged_server_gets_nothing_from_us(address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ZOHO_CLIENT_ID, settings.ZOHO_CLIENT_SECRET = "key", "secret"
    sent: list[Any] = []
    monkeypatch.setattr(httpx2, "request", lambda *args, **more: sent.append((args, more)))
    said = {"code": "1000.x", "location": "us", "accounts-server": address}
    tokens = Tokens("a", "r", NOW, None, {"accounts_server": address, "api_domain": address})

    with pytest.raises(WrongWorld):
        oauth.exchange(said, sandbox=False, redirect_uri=CALLBACK, verifier="")
    with pytest.raises(WrongWorld):
        oauth.refresh(tokens, sandbox=False)
    with pytest.raises(WrongWorld):
        oauth.revoke(tokens, "1", sandbox=False)
    if address != "https://www.zohoapis.com":
        with pytest.raises(WrongWorld):
            oauth.companies({}, tokens, sandbox=False)
        with pytest.raises(WrongWorld):
            centres.api_at(address, sandbox=False)
    assert sent == []


@pytest.mark.parametrize("location", ["mars", "US", "../us", "us/accounts"])
def test_a_data_centre_nobody_knows_is_none(location: str) -> None:
    with pytest.raises(WrongWorld):
        centres.signed_in_at({"location": location}, sandbox=False)


def test_a_sandbox_business_never_reaches_the_vendor_nor_a_stranger_on_the_simulators(vendor: SimControl) -> None:
    base = f"{vendor.base_url}/zoho"

    assert centres.signed_in_at({"accounts-server": f"{base}/eu/accounts"}, sandbox=True).name == "eu"
    for address in (
        "https://accounts.zoho.com",
        f"{base}/stranger/accounts",
        f"{base}/us/accounts/../../stranger",
        f"{vendor.base_url}/xero/us/accounts",
    ):
        with pytest.raises(WrongWorld):
            centres.signed_in_at({"accounts-server": address}, sandbox=True)


def test_a_forged_address_in_the_browser_or_in_the_answer_connects_nothing(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    said = {**came_back(start.address), "accounts-server": f"{vendor.base_url}/zoho/stranger/accounts"}
    vendor.forget_requests()

    with pytest.raises(WrongWorld):
        oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    assert vendor.requests() == []
    vendor.settings(forged_api_domain=f"{vendor.base_url}/zoho/stranger/api")
    with pytest.raises(WrongWorld):
        signed_in()


def test_what_the_vendor_is_told_asks_for_a_refresh_token_for_good(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)

    asked = urlsplit(start.address)
    told = {name: values[0] for name, values in parse_qs(asked.query).items()}
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{vendor.base_url}/zoho/us/accounts/oauth/v2/auth"
    assert told == {
        "client_id": "1000.SANDBOXCLIENT",
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": ",".join(oauth.SCOPES),
        "state": "a-state",
        "access_type": "offline",
        "prompt": "consent",
    }
    assert start.verifier == ""


def test_a_live_business_starts_at_the_vendors_first_centre(settings: Any) -> None:
    settings.ZOHO_CLIENT_ID = "key"

    start = oauth.begin(sandbox=False, state="s", redirect_uri=CALLBACK)

    assert start.address.startswith("https://accounts.zoho.com/oauth/v2/auth?")


def test_it_is_set_up_with_a_key_and_a_secret(settings: Any) -> None:
    settings.ZOHO_CLIENT_ID, settings.ZOHO_CLIENT_SECRET = "key", ""
    assert not oauth.is_set_up()

    settings.ZOHO_CLIENT_SECRET = "secret"
    assert oauth.is_set_up()


def test_a_sign_in_at_home_opens_its_organizations(vendor: SimControl) -> None:
    tokens = signed_in()

    base = f"{vendor.base_url}/zoho/us"
    assert tokens.details == {"dc": "us", "accounts_server": f"{base}/accounts", "api_domain": f"{base}/api"}
    companies = oauth.companies({}, tokens, sandbox=True)
    assert AVAS_PLUMBING in {company.account for company in companies}
    found = oauth.organisation(Company(AVAS_PLUMBING, ""), tokens, sandbox=True)
    assert (found.name, found.currency, found.country) == ("Ava's Plumbing", "USD", "US")
    assert found.time_zone.startswith("America/")
    with pytest.raises(Disconnected) as caught:
        oauth.organisation(Company("7", ""), tokens, sandbox=True)
    assert caught.value.problem == "access_removed"


def test_a_company_of_another_centre_is_signed_in_there(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    said = came_back(start.address, MADURAI_DESIGN)

    tokens = oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    assert (said["location"], tokens.details["dc"]) == ("eu", "eu")
    found = oauth.organisation(Company(MADURAI_DESIGN, ""), tokens, sandbox=True)
    assert (found.currency, found.account) == ("INR", MADURAI_DESIGN)
    again = came_back(start.address, MADURAI_DESIGN)
    home = {**again, "location": "us", "accounts-server": f"{vendor.base_url}/zoho/us/accounts"}
    with pytest.raises(Disconnected) as caught:
        oauth.exchange(home, sandbox=True, redirect_uri=CALLBACK, verifier="")
    assert caught.value.vendor_code in ("invalid_code", "invalid_client")


def test_a_code_works_once(vendor: SimControl) -> None:
    start = oauth.begin(sandbox=True, state="a-state", redirect_uri=CALLBACK)
    said = came_back(start.address)
    oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    with pytest.raises(Disconnected) as caught:
        oauth.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    assert caught.value.vendor_code == "invalid_code"


def test_a_refresh_keeps_the_refresh_token_and_the_centre(vendor: SimControl) -> None:
    tokens = signed_in()

    renewed = oauth.refresh(tokens, sandbox=True)

    assert (renewed.refresh, renewed.details) == (tokens.refresh, tokens.details)
    assert renewed.access != tokens.access
    assert timedelta(minutes=59) < renewed.access_expires_at - machine_now() <= timedelta(hours=1)
    assert renewed.refresh_expires_at is None


def test_renewing_too_often_is_a_reason_to_wait_and_no_lost_connection(vendor: SimControl) -> None:
    tokens = signed_in()
    for _ in range(10):
        oauth.refresh(tokens, sandbox=True)

    with pytest.raises(Throttled) as caught:
        oauth.refresh(tokens, sandbox=True)

    assert caught.value.retry_after == 600.0


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("invalid-code", Disconnected, "reconnect_needed"),
        ("invalid-client", Disconnected, "app_refused"),
        ("access-denied", Throttled, "rate_limited"),
        ("general-error", Unavailable, "vendor_down"),
    ],
)
def test_errors_under_http_200_count_and_nothing_is_asked_twice(
    vendor: SimControl, kind: str, error: type[Exception], problem: str
) -> None:
    tokens = signed_in()
    vendor.forget_requests()
    vendor.fault(kind, path="/oauth/v2/token", times=1)

    with pytest.raises(error) as caught:
        oauth.refresh(tokens, sandbox=True)

    assert caught.value.problem == problem  # type: ignore[attr-defined]
    assert len(vendor.requests("/oauth/v2/token")) == 1


def test_what_was_revoked_opens_nothing_and_may_be_revoked_again(vendor: SimControl) -> None:
    tokens = signed_in()

    oauth.revoke(tokens, AVAS_PLUMBING, sandbox=True)
    oauth.revoke(tokens, AVAS_PLUMBING, sandbox=True)

    with pytest.raises(Disconnected):
        oauth.companies({}, tokens, sandbox=True)
    with pytest.raises(Disconnected):
        oauth.refresh(tokens, sandbox=True)


@pytest.mark.parametrize(
    ("answer", "kept", "refresh", "ends"),
    [
        ({"access_token": "a", "refresh_token": "r", "expires_in": 3600}, "", "r", timedelta(hours=1)),
        ({"access_token": "a", "expires_in": 1800}, "old", "old", timedelta(minutes=30)),
        ({"access_token": "a", "refresh_token": "new"}, "old", "new", timedelta(hours=1)),
        ({"access_token": "a", "refresh_token": "r", "expires_in": "soon"}, "", "r", timedelta(hours=1)),
    ],
)
def test_the_tokens_of_an_answer(answer: dict[str, Any], kept: str, refresh: str, ends: timedelta) -> None:
    tokens = oauth.tokens_in(answer, now=NOW, kept=kept)

    assert (tokens.access, tokens.refresh, tokens.access_expires_at) == ("a", refresh, NOW + ends)


@pytest.mark.parametrize("answer", [{}, {"access_token": "a"}, {"access_token": 7, "refresh_token": "r"}])
def test_an_answer_without_tokens_is_none(answer: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        oauth.tokens_in(answer, now=NOW)
