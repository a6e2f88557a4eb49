"""Signing in at Jobber over HTTP: one account, a refresh token that works once, and letting it go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations import sign_in
from integrations.errors import Disconnected, Unavailable
from integrations.jobber import oauth
from integrations.jobber.simulator import LANDSCAPER, PLUMBER
from integrations.sign_in import Company, SignIn, Tokens
from integrations.worlds import WrongWorld
from syntharra.clock import machine_now
from tests.integrations.jobber.books import CALLBACK, opened, simulators, vendor
from tests.integrations.simulation.server import SimControl

__all__ = ["simulators", "vendor"]

NOW = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjEsImV4cCI6MTc5MDAwMDAwMH0.x"


@pytest.fixture
def here(vendor: SimControl) -> SignIn:
    return sign_in.at("jobber")


def signed_in(here: SignIn, account: str = PLUMBER) -> Tokens:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)
    return here.exchange(came_back(start.address, account), sandbox=True, redirect_uri=CALLBACK, verifier="")


def came_back(address: str, account: str, decision: str = "connect") -> dict[str, str]:
    answer = httpx2.post(address, data={"account": account, "decision": decision}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_the_owner_is_sent_there_without_scopes(here: SignIn) -> None:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(start.address).query).items()}
    assert urlsplit(start.address).path == "/jobber/api/oauth/authorize"
    assert asked == {
        "response_type": "code",
        "client_id": "sandbox-client",
        "redirect_uri": CALLBACK,
        "state": "st",
    }
    assert start.verifier == ""


def test_a_live_business_is_sent_to_jobber_itself(here: SignIn) -> None:
    start = here.begin(sandbox=False, state="st", redirect_uri=CALLBACK)

    assert start.address.startswith("https://api.getjobber.com/api/oauth/authorize?")


def test_a_simulator_named_like_jobber_is_refused(here: SignIn, settings: Any) -> None:
    settings.SIMULATORS_URL = "https://api.getjobber.com"

    with pytest.raises(WrongWorld):
        here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)


def test_a_code_becomes_a_pair_of_tokens_once(here: SignIn) -> None:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)
    said = came_back(start.address, PLUMBER)

    tokens = here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")

    # They do not say how long it lives; the token does.
    assert timedelta(minutes=59) < tokens.access_expires_at - machine_now() < timedelta(minutes=61)
    assert tokens.refresh_expires_at is None
    with pytest.raises(Disconnected):
        here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")


def test_a_sign_in_opens_one_account(here: SignIn, vendor: SimControl) -> None:
    tokens = signed_in(here, LANDSCAPER)

    [company] = here.companies({}, tokens, sandbox=True)

    assert (company.account, company.name) == (LANDSCAPER, vendor.companies()[LANDSCAPER])
    assert here.organisation(company, tokens, sandbox=True).account == LANDSCAPER


def test_another_account_than_the_one_signed_in_to_is_not_opened(here: SignIn) -> None:
    tokens = signed_in(here, LANDSCAPER)

    with pytest.raises(Disconnected) as refused:
        here.organisation(Company(PLUMBER, ""), tokens, sandbox=True)

    assert refused.value.problem == "access_removed"


def test_a_refresh_token_works_once(here: SignIn) -> None:
    tokens = replace(signed_in(here), details={"kept": "yes"})

    renewed = here.refresh(tokens, sandbox=True)

    assert renewed.refresh != tokens.refresh
    assert renewed.details == {"kept": "yes"}
    assert [one.account for one in here.companies({}, renewed, sandbox=True)] == [PLUMBER]
    with pytest.raises(Disconnected):
        here.refresh(tokens, sandbox=True)


def test_without_rotation_the_same_token_goes_on(here: SignIn, vendor: SimControl) -> None:
    vendor.settings(refresh_token_rotation=False)
    tokens = signed_in(here)

    renewed = here.refresh(tokens, sandbox=True)

    assert renewed.refresh == tokens.refresh
    assert here.refresh(renewed, sandbox=True).refresh == tokens.refresh


def test_letting_go_ends_it_there(here: SignIn, vendor: SimControl) -> None:
    tokens = signed_in(here)

    here.revoke(tokens, PLUMBER, sandbox=True)

    assert vendor.connections() == [] or all(one.get("ended", True) for one in vendor.connections())
    with pytest.raises(Disconnected):
        here.companies({}, tokens, sandbox=True)
    with pytest.raises(Disconnected):
        here.revoke(tokens, PLUMBER, sandbox=True)


def test_an_access_token_that_ended_is_renewed_to_let_go(here: SignIn, vendor: SimControl) -> None:
    tokens = replace(signed_in(here), access_expires_at=machine_now())

    here.revoke(tokens, PLUMBER, sandbox=True)

    with pytest.raises(Disconnected):
        here.refresh(tokens, sandbox=True)


def test_a_token_request_is_never_repeated_by_itself(here: SignIn, vendor: SimControl) -> None:
    tokens = signed_in(here)
    vendor.fault("drop-answer", path="oauth/token", times=1)
    vendor.forget_requests()

    with pytest.raises(Unavailable):
        here.refresh(tokens, sandbox=True)

    assert len([one for one in vendor.requests() if "oauth/token" in one["path"]]) == 1


def test_the_owner_ends_it_at_jobber(vendor: SimControl) -> None:
    ledger = opened(vendor, PLUMBER, patience=0.3)
    vendor.disconnect(PLUMBER)

    with pytest.raises(Disconnected) as ended:
        ledger.organisation()

    assert ended.value.problem == "reconnect_needed"


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ({"access_token": JWT, "refresh_token": "r"}, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ({"access_token": JWT, "refresh_token": "r", "expires_in": 5}, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ({"access_token": "opaque", "refresh_token": "r", "expires_in": 1800}, NOW + timedelta(minutes=30)),
        ({"access_token": "a.b.c", "refresh_token": "r"}, NOW + timedelta(hours=1)),
        ({"access_token": "a.eyJleHAiOiJzb29uIn0.c", "refresh_token": "r"}, NOW + timedelta(hours=1)),
    ],
)
def test_when_a_token_ends(answer: Any, ends: datetime) -> None:
    assert oauth.tokens_in(answer, now=NOW).access_expires_at == ends


@pytest.mark.parametrize("answer", [None, [], {}, {"access_token": JWT}, {"refresh_token": "r"}, {"access_token": 1}])
def test_without_both_tokens_there_are_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        oauth.tokens_in(answer, now=NOW)


def test_an_installation_without_a_key_says_so(settings: Any) -> None:
    settings.JOBBER_CLIENT_ID, settings.JOBBER_CLIENT_SECRET = "", ""

    assert oauth.is_set_up() is False
