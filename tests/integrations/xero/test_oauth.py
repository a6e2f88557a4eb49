"""Signing in at Xero over HTTP: PKCE, one sign-in for several organisations, and letting them go one by one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from integrations import sign_in
from integrations.errors import Disconnected, Unavailable
from integrations.sign_in import Company, SignIn, Tokens
from integrations.worlds import WrongWorld
from integrations.xero import oauth
from syntharra.clock import machine_now
from tests.integrations.xero.books import CALLBACK, FIRST, SECOND, Xero, xero

NOW = machine_now()


@pytest.fixture(scope="module")
def running() -> Iterator[Xero]:
    with xero(invoices=10, second_invoices=5) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Xero, settings: Any) -> Xero:
    """The vendor as it begins, with this installation pointed at it."""
    running.control.reset()
    running.control.clear_faults()
    settings.SIMULATORS_URL = running.address
    settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET = "sandbox-client", "sandbox-secret"
    settings.SANDBOX = False  # business time is the machine's here, so no database is asked for it
    return running


@pytest.fixture
def here(vendor: Xero) -> SignIn:
    return sign_in.at("xero")


def came_back(address: str, *accounts: str, decision: str = "connect") -> dict[str, str]:
    answer = httpx2.post(address, data={"account": list(accounts), "decision": decision}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def signed_in(here: SignIn, *accounts: str) -> tuple[dict[str, str], Tokens]:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)
    said = came_back(start.address, *accounts)
    return said, here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier=start.verifier)


def connected(vendor: Xero, tokens: Tokens) -> set[str]:
    """Which organisations these tokens still open."""
    address = f"{vendor.address}/xero/connections"
    said = httpx2.get(address, headers={"Authorization": f"Bearer {tokens.access}"}, trust_env=False)
    return {one["tenantId"] for one in said.json()} if said.is_success else set()


def test_the_owner_is_sent_there_with_our_half_of_pkce(here: SignIn, settings: Any) -> None:
    settings.XERO_SCOPES = "offline_access accounting.invoices.read"

    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(start.address).query).items()}
    assert urlsplit(start.address).path == "/xero/identity/connect/authorize"
    assert (asked["scope"], asked["state"]) == ("offline_access accounting.invoices.read", "st")
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] == create_s256_code_challenge(start.verifier)


def test_a_live_business_is_sent_to_xero_itself(here: SignIn) -> None:
    start = here.begin(sandbox=False, state="st", redirect_uri=CALLBACK)

    assert start.address.startswith("https://login.xero.com/identity/connect/authorize?")


def test_a_simulator_named_like_xero_is_refused(here: SignIn, settings: Any) -> None:
    settings.SIMULATORS_URL = "https://login.xero.com"

    with pytest.raises(WrongWorld):
        here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)


def test_a_code_becomes_a_pair_of_tokens_once(here: SignIn) -> None:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)
    said = came_back(start.address, FIRST)

    tokens = here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier=start.verifier)

    assert timedelta(minutes=29) < tokens.access_expires_at - machine_now() < timedelta(minutes=32)
    assert tokens.refresh_expires_at is not None
    assert timedelta(days=59) < tokens.refresh_expires_at - machine_now() < timedelta(days=61)
    with pytest.raises(Disconnected) as refused:
        here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier=start.verifier)
    assert refused.value.vendor_code == "invalid_grant"


def test_a_code_is_worth_nothing_without_our_half(here: SignIn) -> None:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)

    with pytest.raises(Disconnected):
        here.exchange(came_back(start.address, FIRST), sandbox=True, redirect_uri=CALLBACK, verifier="x" * 64)


def test_one_sign_in_may_open_several_organisations(here: SignIn) -> None:
    said, tokens = signed_in(here, FIRST, SECOND)

    found = here.companies(said, tokens, sandbox=True)

    assert {one.account for one in found} == {FIRST, SECOND}
    assert all(one.name and one.details["connection"] not in ("", one.account) for one in found)


def test_only_the_organisations_of_this_sign_in_are_offered(here: SignIn) -> None:
    signed_in(here, FIRST)
    said, tokens = signed_in(here, SECOND)

    found = here.companies(said, tokens, sandbox=True)

    assert [one.account for one in found] == [SECOND]


def test_whose_books_they_are(here: SignIn, vendor: Xero) -> None:
    said, tokens = signed_in(here, FIRST)
    [company] = here.companies(said, tokens, sandbox=True)

    found = here.organisation(company, tokens, sandbox=True)

    assert (found.account, found.name) == (FIRST, vendor.control.companies()[FIRST])
    assert (found.currency, found.country, found.time_zone) == ("USD", "US", "America/New_York")


def test_an_organisation_that_was_not_ticked_is_not_opened(here: SignIn) -> None:
    _said, tokens = signed_in(here, FIRST)

    with pytest.raises(Disconnected) as refused:
        here.organisation(Company(SECOND, ""), tokens, sandbox=True)

    assert refused.value.problem == "access_removed"


def test_a_refresh_replaces_both_tokens_and_keeps_what_belongs_to_them(here: SignIn) -> None:
    _said, tokens = signed_in(here, FIRST)
    kept = Tokens(tokens.access, tokens.refresh, NOW, NOW, {"connection": "c-1"})

    renewed = here.refresh(kept, sandbox=True)

    assert renewed.access != tokens.access
    assert renewed.refresh != tokens.refresh
    assert dict(renewed.details) == {"connection": "c-1"}


def test_a_lost_answer_to_a_refresh_loses_nothing(here: SignIn) -> None:
    _said, tokens = signed_in(here, FIRST)
    here.refresh(tokens, sandbox=True)

    assert here.refresh(tokens, sandbox=True).access != tokens.access


def test_revoked_by_the_owner_means_reconnecting(here: SignIn, vendor: Xero) -> None:
    _said, tokens = signed_in(here, FIRST)
    vendor.control.expire(refresh=True)

    with pytest.raises(Disconnected) as refused:
        here.refresh(tokens, sandbox=True)

    assert refused.value.problem == "reconnect_needed"


def test_a_wrong_secret_is_our_own_fault(here: SignIn, settings: Any) -> None:
    _said, tokens = signed_in(here, FIRST)
    settings.XERO_CLIENT_SECRET = "wrong"

    with pytest.raises(Disconnected) as refused:
        here.refresh(tokens, sandbox=True)

    assert refused.value.problem == "app_refused"


def test_disconnecting_one_of_several_leaves_the_others(here: SignIn, vendor: Xero) -> None:
    _said, tokens = signed_in(here, FIRST, SECOND)

    here.revoke(tokens, FIRST, sandbox=True)

    assert connected(vendor, tokens) == {SECOND}
    assert here.refresh(tokens, sandbox=True).access != tokens.access


def test_disconnecting_the_last_one_gives_the_sign_in_back(here: SignIn, vendor: Xero) -> None:
    _said, tokens = signed_in(here, FIRST)

    here.revoke(tokens, FIRST, sandbox=True)

    assert connected(vendor, tokens) == set()
    with pytest.raises(Disconnected):
        here.refresh(tokens, sandbox=True)


def test_disconnecting_works_long_after_the_last_sync(here: SignIn, vendor: Xero) -> None:
    _said, tokens = signed_in(here, FIRST, SECOND)
    old = Tokens(tokens.access, tokens.refresh, NOW - timedelta(days=3), None)
    vendor.control.expire(access=True)

    here.revoke(old, FIRST, sandbox=True)

    assert connected(vendor, here.refresh(old, sandbox=True)) == {SECOND}


def test_a_vendor_that_does_not_answer_is_not_available(here: SignIn, settings: Any) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:1"

    with pytest.raises(Unavailable):
        here.refresh(Tokens("a", "r", NOW, None), sandbox=True)


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, {"access_token": "a"}, {"access_token": 1, "refresh_token": "r"}, {"refresh_token": "r"}],
)
def test_an_answer_without_tokens_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        oauth.tokens_in(answer, now=NOW)


@pytest.mark.parametrize(("said", "seconds"), [(60, 60), ("60", 60), (None, 1800), ("soon", 1800), (-5, 1800)])
def test_when_a_token_ends(said: Any, seconds: int) -> None:
    tokens = oauth.tokens_in({"access_token": "a", "refresh_token": "r", "expires_in": said}, now=NOW)

    assert tokens.access_expires_at == NOW + timedelta(seconds=seconds)


def test_tokens_are_never_shown() -> None:
    assert "secret" not in repr(oauth.tokens_in({"access_token": "secret-a", "refresh_token": "secret-r"}, now=NOW))


@pytest.mark.parametrize(("client_id", "secret", "is_set_up"), [("a", "b", True), ("", "b", False), ("a", "", False)])
def test_an_installation_without_a_key_is_not_set_up(
    settings: Any, client_id: str, secret: str, is_set_up: bool
) -> None:
    settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET = client_id, secret

    assert oauth.is_set_up() is is_set_up
