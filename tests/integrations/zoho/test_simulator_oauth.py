"""The simulated accounts servers: consent, data centers, tokens and their quotas."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.zoho.simulator import (
    AVAS_PLUMBING,
    CLOUDKEEP,
    KITA_TRADING,
    MADURAI_DESIGN,
    ZohoSimConfig,
    create_app,
)
from tests.integrations.zoho.simulator import CALLBACK, CLIENT, Zoho, running, wish
from tests.integrations.zoho.simulator import served as served_app


@pytest.fixture(scope="module")
def served() -> Iterator[Zoho]:
    with running() as zoho:
        yield zoho


@pytest.fixture
def zoho(served: Zoho) -> Zoho:
    served.control("reset")
    return Zoho(served.base_url)


def test_consent_is_a_page_that_names_who_signs_in_and_what_is_asked(zoho: Zoho) -> None:
    page = zoho.http.get("/us/accounts/oauth/v2/auth", params=wish())

    assert page.status_code == 200
    assert "Priya Raman: CloudKeep Software, Ava&#x27;s Plumbing" in page.text
    assert "ZohoBooks.customerpayments.READ" in page.text


def test_the_browser_comes_back_with_a_code_and_the_place_to_redeem_it(zoho: Zoho) -> None:
    back = zoho.callback(account=MADURAI_DESIGN)

    assert back["state"] == "state-1"
    assert back["location"] == "eu"
    assert back["accounts-server"] == f"{zoho.base_url}/eu/accounts"
    assert back["code"].startswith("1000.")


def test_a_code_is_redeemed_in_its_data_center_and_names_the_address_of_the_data(zoho: Zoho) -> None:
    found = zoho.exchange(zoho.callback(account=KITA_TRADING)["code"], "eu")

    assert set(found) == {"access_token", "refresh_token", "api_domain", "token_type", "expires_in"}
    assert found["api_domain"] == f"{zoho.base_url}/eu/api"
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    zoho.data_center, zoho.tokens = "eu", found
    names = [one["name"] for one in zoho.get("organizations", organization_id=None)["organizations"]]
    assert names == ["Madurai Design Studio", "Kita Trading KK"]


@pytest.mark.parametrize("error", ["invalid_code", "invalid_client"])
def test_a_code_is_worth_nothing_in_another_data_center(zoho: Zoho, error: str) -> None:
    zoho.control("settings", wrong_data_center_error=error)
    code = zoho.callback(account=MADURAI_DESIGN)["code"]

    assert zoho.exchange(code, "us") == {"error": error}
    assert "refresh_token" in zoho.exchange(code, "eu")


def test_a_token_of_one_data_center_opens_nothing_in_another(zoho: Zoho) -> None:
    zoho.connect(CLOUDKEEP)
    zoho.data_center = "eu"

    assert zoho.error("GET", "invoices") == (401, 57)
    assert zoho.refresh(zoho.tokens["refresh_token"], "eu") == {"error": "invalid_code"}


def test_who_cancels_sends_the_browser_back_without_a_code(zoho: Zoho) -> None:
    assert zoho.callback(decision="cancel") == {"error": "access_denied", "state": "state-1"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "1000.OTHER"}, "Invalid Client"),
        ({"redirect_uri": CALLBACK + "/"}, "Invalid Redirect Uri"),
        ({"response_type": "token"}, "Invalid response_type"),
        ({"scope": "ZohoBooks.invoices.READ ZohoBooks.contacts.READ"}, "Invalid OAuth Scope"),
        ({"scope": "ZohoBooks.payroll.READ"}, "Invalid OAuth Scope"),
        ({"scope": ""}, "Invalid OAuth Scope"),
        ({"access_type": "forever"}, "Invalid access_type"),
    ],
)
def test_a_wrong_wish_is_refused_on_the_vendors_page_and_never_sent_back(
    zoho: Zoho, changes: dict[str, str], words: str
) -> None:
    answer = zoho.consent(**changes)

    assert answer.status_code == 400
    assert words in answer.text
    assert "location" not in answer.headers


def test_errors_of_the_token_endpoint_come_with_200(zoho: Zoho) -> None:
    url, code = "/us/accounts/oauth/v2/token", zoho.callback()["code"]
    good = {**CLIENT, "grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code}
    wrong = {
        "invalid_client": {"client_id": "1000.OTHER"},
        "invalid_client_secret": {"client_secret": "guessed"},
        "general_error": {"grant_type": "password"},
        "invalid_code": {"code": "1000.made.up"},
        "invalid_redirect_uri": {"redirect_uri": CALLBACK + "/other"},
    }

    answers = {error: zoho.http.post(url, data={**good, **change}) for error, change in wrong.items()}

    assert {error: (one.status_code, one.json()) for error, one in answers.items()} == {
        error: (200, {"error": error}) for error in wrong
    }


def test_parameters_may_be_in_the_query_but_json_is_not_read(zoho: Zoho) -> None:
    url, code = "/us/accounts/oauth/v2/token", zoho.callback()["code"]
    given = {**CLIENT, "grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code}

    assert zoho.http.post(url, json=given).json() == {"error": "invalid_client"}
    assert "access_token" in zoho.http.post(url, params=given).json()


def test_a_code_works_once(zoho: Zoho) -> None:
    code = zoho.callback()["code"]

    assert "access_token" in zoho.exchange(code)
    assert zoho.exchange(code) == {"error": "invalid_code"}


def test_a_code_runs_out(zoho: Zoho) -> None:
    zoho.control("settings", code_seconds=0)

    assert zoho.exchange(zoho.callback()["code"]) == {"error": "invalid_code"}


def test_ten_codes_in_ten_minutes_and_no_eleventh(zoho: Zoho) -> None:
    codes = [zoho.callback()["code"] for _ in range(10)]

    answer = zoho.consent()

    assert len(set(codes)) == 10
    assert answer.status_code == 400
    assert "too many requests" in answer.text


def test_without_offline_there_is_no_refresh_token(zoho: Zoho) -> None:
    assert "refresh_token" not in zoho.exchange(zoho.callback(access_type="")["code"])


def test_without_prompt_a_refresh_token_comes_only_the_first_time(zoho: Zoho) -> None:
    first = zoho.exchange(zoho.callback(prompt="")["code"])
    second = zoho.exchange(zoho.callback(prompt="")["code"])
    asked = zoho.exchange(zoho.callback()["code"])

    assert ["refresh_token" in one for one in (first, second, asked)] == [True, False, True]


def test_a_refresh_brings_no_refresh_token_and_leaves_the_old_access_token_alive(zoho: Zoho) -> None:
    zoho.connect()

    found = zoho.refresh(zoho.tokens["refresh_token"])

    assert set(found) == {"access_token", "api_domain", "token_type", "expires_in"}
    for token in (zoho.tokens["access_token"], found["access_token"]):
        zoho.tokens["access_token"] = token
        assert zoho.get("organizations", organization_id=None)["code"] == 0


def test_the_eleventh_refresh_within_ten_minutes_is_denied(zoho: Zoho) -> None:
    zoho.connect()

    answers = [zoho.refresh(zoho.tokens["refresh_token"]) for _ in range(11)]

    assert all("access_token" in one for one in answers[:10])
    assert answers[10]["error"] == "Access Denied"


def test_the_sixteenth_access_token_kills_the_oldest(zoho: Zoho) -> None:
    zoho.control("settings", refreshes_per_window=100)
    zoho.connect()
    oldest = zoho.tokens["access_token"]

    newer = [zoho.refresh(zoho.tokens["refresh_token"])["access_token"] for _ in range(14)]
    assert zoho.get("invoices")["code"] == 0
    newer.append(zoho.refresh(zoho.tokens["refresh_token"])["access_token"])

    assert zoho.tokens["access_token"] == oldest
    assert zoho.error("GET", "invoices") == (401, 57)
    zoho.tokens["access_token"] = newer[0]
    assert zoho.get("invoices")["code"] == 0


def test_the_twenty_first_connection_of_a_user_silently_kills_the_first(zoho: Zoho) -> None:
    first = zoho.connect().tokens["refresh_token"]
    others = [zoho.connect(AVAS_PLUMBING).tokens["refresh_token"] for _ in range(20)]

    assert zoho.refresh(first) == {"error": "invalid_code"}
    assert "access_token" in zoho.refresh(others[0])


def test_revoking_a_refresh_token_kills_its_access_tokens_too(zoho: Zoho) -> None:
    zoho.connect()
    url = "/us/accounts/oauth/v2/token/revoke"

    answer = zoho.http.post(url, params={"token": zoho.tokens["refresh_token"]})

    assert answer.json() == {"status": "success"}
    assert zoho.error("GET", "invoices") == (401, 57)
    assert zoho.refresh(zoho.tokens["refresh_token"]) == {"error": "invalid_code"}
    assert zoho.http.post(url, params={"token": "1000.made.up"}).json()["error"] == "invalid_token"


def test_an_owner_who_disconnects_one_organization_ends_the_connection_to_all(zoho: Zoho) -> None:
    zoho.connect(CLOUDKEEP)

    zoho.control("disconnect", account=AVAS_PLUMBING)

    assert zoho.error("GET", "invoices") == (401, 57)
    assert zoho.refresh(zoho.tokens["refresh_token"]) == {"error": "invalid_code"}


def test_an_access_token_runs_out_and_the_refresh_token_does_not(zoho: Zoho) -> None:
    zoho.connect()

    zoho.control("expire", access=True)

    assert zoho.error("GET", "invoices") == (401, 57)
    assert "access_token" in zoho.refresh(zoho.tokens["refresh_token"])


def test_a_forged_accounts_server_leads_to_a_stranger_who_tells_what_he_got(zoho: Zoho) -> None:
    zoho.control("settings", forged_accounts_server="stranger")

    back = zoho.callback()

    assert back["accounts-server"] == f"{zoho.base_url}/stranger/accounts"
    assert zoho.look("stranger") == {"received": [], "client_secret_received": False}
    form = {**CLIENT, "grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK}
    answer = zoho.http.post(f"{back['accounts-server']}/oauth/v2/token", data=form)
    assert answer.json()["api_domain"] == f"{zoho.base_url}/stranger/api"
    told = zoho.look("stranger")
    assert told["client_secret_received"] is True
    assert "sandbox-secret" not in str(told)


def test_a_forged_address_of_the_data_is_named_by_the_token_endpoint(zoho: Zoho) -> None:
    zoho.control("settings", forged_api_domain="https://www.zohoapis.evil.example")

    found = zoho.exchange(zoho.callback()["code"])

    assert found["api_domain"] == "https://www.zohoapis.evil.example/api"


def test_mounted_under_a_prefix_every_address_names_it() -> None:
    app = create_app(ZohoSimConfig(redirect_uris=(CALLBACK,), invoices=20))
    with served_app(Starlette(routes=[Mount("/zoho", app)])) as base_url:
        zoho = Zoho(f"{base_url}/zoho")
        back = zoho.callback(account=MADURAI_DESIGN)
        found = zoho.exchange(back["code"], "eu")
        zoho.tokens, zoho.data_center = found, "eu"
        names = [one["name"] for one in zoho.get("organizations", organization_id=None)["organizations"]]

    assert back["accounts-server"] == f"{base_url}/zoho/eu/accounts"
    assert found["api_domain"] == f"{base_url}/zoho/eu/api"
    assert names == ["Madurai Design Studio", "Kita Trading KK"]


def test_a_client_without_a_registered_address_connects_nobody() -> None:
    with running(redirect_uris=()) as zoho:
        answer = zoho.consent()

    assert answer.status_code == 400


def test_codes_and_secrets_are_not_in_the_log(zoho: Zoho) -> None:
    code = zoho.callback()["code"]
    zoho.exchange(code)

    log = str(zoho.look("requests"))

    assert code not in log
    assert "sandbox-secret" not in log
