"""Signing in at Square over HTTP: one seller, a refresh token that stays, renewed every week."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations import sign_in
from integrations.errors import Disconnected, Refused, Unavailable
from integrations.sign_in import Company, SignIn, Tokens
from integrations.square import oauth
from integrations.worlds import WrongWorld
from syntharra.clock import machine_now
from tests.integrations.square.books import CALLBACK, FIRST, SECOND, Square, begin_again, square

NOW = machine_now()


@pytest.fixture(scope="module")
def running() -> Iterator[Square]:
    with square(invoices=10, second_invoices=5) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Square, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Square:
    begin_again(running, settings, monkeypatch)
    return running


@pytest.fixture
def here(vendor: Square) -> SignIn:
    return sign_in.at("square")


def came_back(address: str, account: str = FIRST) -> dict[str, str]:
    page = httpx2.get(address, trust_env=False).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    answer = httpx2.post(address, data={**hidden, "account": account, "decision": "connect"}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def signed_in(here: SignIn, account: str = FIRST) -> tuple[dict[str, str], Tokens]:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)
    said = came_back(start.address, account)
    return said, here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier=start.verifier)


def test_the_owner_is_sent_there_with_what_we_need(here: SignIn) -> None:
    start = here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(start.address).query).items()}
    assert urlsplit(start.address).path == "/square/oauth2/authorize"
    assert asked["scope"].split() == list(oauth.SCOPES)
    assert (asked["state"], asked["session"], asked["redirect_uri"]) == ("st", "false", CALLBACK)
    assert "code_challenge" not in asked
    assert start.verifier == ""


def test_a_live_business_is_sent_to_square_itself(here: SignIn) -> None:
    start = here.begin(sandbox=False, state="st", redirect_uri=CALLBACK)

    assert start.address.startswith("https://connect.squareup.com/oauth2/authorize?")


def test_a_simulator_named_like_square_is_refused(here: SignIn, settings: Any) -> None:
    settings.SIMULATORS_URL = "https://connect.squareupsandbox.com"

    with pytest.raises(WrongWorld):
        here.begin(sandbox=True, state="st", redirect_uri=CALLBACK)


def test_a_code_becomes_a_pair_of_tokens_once(here: SignIn) -> None:
    said, tokens = signed_in(here)

    assert dict(tokens.details) == {"merchant": FIRST}
    assert tokens.refresh_expires_at is None
    with pytest.raises((Disconnected, Refused)):
        here.exchange(said, sandbox=True, redirect_uri=CALLBACK, verifier="")


def test_a_token_of_a_month_is_renewed_after_a_week(here: SignIn) -> None:
    _said, tokens = signed_in(here)

    assert timedelta(days=6, hours=23) < tokens.access_expires_at - machine_now() < timedelta(days=7, minutes=5)


def test_a_sign_in_opens_the_books_of_the_seller_who_signed_in(here: SignIn, vendor: Square) -> None:
    said, tokens = signed_in(here)

    [company] = here.companies(said, tokens, sandbox=True)
    found = here.organisation(company, tokens, sandbox=True)

    assert (company.account, found.account) == (FIRST, FIRST)
    assert (found.name, found.currency, found.country) == (vendor.control.companies()[FIRST], "USD", "US")
    assert found.time_zone == "America/Chicago"


def test_another_sellers_books_are_not_opened(here: SignIn) -> None:
    _said, tokens = signed_in(here)

    with pytest.raises(Disconnected):
        here.organisation(Company(SECOND, ""), tokens, sandbox=True)


def test_a_refresh_keeps_the_refresh_token_and_what_belongs_to_it(here: SignIn) -> None:
    _said, tokens = signed_in(here)

    renewed = here.refresh(tokens, sandbox=True)

    assert renewed.refresh == tokens.refresh
    assert dict(renewed.details) == {"merchant": FIRST}
    assert here.refresh(tokens, sandbox=True).refresh == tokens.refresh


def test_access_taken_back_by_the_seller_means_reconnecting(here: SignIn, vendor: Square) -> None:
    _said, tokens = signed_in(here)
    vendor.control.disconnect(FIRST)

    with pytest.raises(Disconnected) as refused:
        here.refresh(tokens, sandbox=True)

    assert refused.value.problem == "reconnect_needed"


def test_a_wrong_secret_is_told_from_a_lost_connection_or_means_reconnecting(here: SignIn, settings: Any) -> None:
    _said, tokens = signed_in(here)
    settings.SQUARE_CLIENT_SECRET = "wrong"

    with pytest.raises(Disconnected) as refused:
        here.refresh(tokens, sandbox=True)

    assert refused.value.problem in ("app_refused", "reconnect_needed")


def test_disconnecting_ends_every_token_of_this_seller_only(here: SignIn) -> None:
    said, tokens = signed_in(here)
    _said, others = signed_in(here, SECOND)
    [company] = here.companies(said, tokens, sandbox=True)

    here.revoke(tokens, FIRST, sandbox=True)
    here.revoke(tokens, FIRST, sandbox=True)  # what they no longer know counts as ended

    with pytest.raises(Disconnected):
        here.organisation(company, tokens, sandbox=True)
    assert here.organisation(Company(SECOND, ""), others, sandbox=True).account == SECOND


def test_a_vendor_that_does_not_answer_is_not_available(here: SignIn, settings: Any) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:1"

    with pytest.raises(Unavailable):
        here.refresh(Tokens("a", "r", NOW, None), sandbox=True)


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"access_token": "a"}, {"access_token": 1, "refresh_token": "r"}, {"refresh_token": "r"}]
)
def test_an_answer_without_tokens_is_none(answer: Any) -> None:
    with pytest.raises(Unavailable):
        oauth.tokens_in(answer, now=NOW)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2026-12-02T09:15:00Z", datetime(2026, 12, 2, 9, 15, tzinfo=UTC)),
        ("2026-12-02T09:15:00.123Z", datetime(2026, 12, 2, 9, 15, 0, 123000, tzinfo=UTC)),
        (None, NOW + timedelta(days=30)),
        ("soon", NOW + timedelta(days=30)),
    ],
)
def test_when_a_token_ends(said: Any, ends: datetime) -> None:
    tokens = oauth.tokens_in({"access_token": "a", "refresh_token": "r", "expires_at": said}, now=NOW)

    assert tokens.access_expires_at == ends


def test_tokens_are_never_shown() -> None:
    assert "secret" not in repr(oauth.tokens_in({"access_token": "secret-a", "refresh_token": "secret-r"}, now=NOW))


@pytest.mark.parametrize(("client_id", "secret", "is_set_up"), [("a", "b", True), ("", "b", False), ("a", "", False)])
def test_an_installation_without_a_key_is_not_set_up(
    settings: Any, client_id: str, secret: str, is_set_up: bool
) -> None:
    settings.SQUARE_CLIENT_ID, settings.SQUARE_CLIENT_SECRET = client_id, secret

    assert oauth.is_set_up() is is_set_up
