"""Consent for one or more organisations, tokens that roll over, and what ends them."""

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest

from integrations.xero.simulator import AGENCY, LAW_FIRM
from tests.integrations.xero.simulator import BASIC, REDIRECT_URI, SCOPE, App, good, sent_back, simulated


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture
def app(base_url: str) -> App:
    app = App(base_url)
    app.sim.reset()
    return app


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_the_page_lets_an_owner_choose_among_organisations(app: App) -> None:
    page = app.http.get("/identity/connect/authorize", params={**_asked(), "state": "s"})

    assert page.status_code == 200
    assert page.text.count('type="checkbox"') == 2
    assert "Sandbox: simulated Xero" in page.text
    assert "Whitfield &amp; Lowe LLP" in page.text


def _asked() -> dict[str, str]:
    return {"response_type": "code", "client_id": "sandbox-client", "redirect_uri": REDIRECT_URI, "scope": SCOPE}


def test_one_consent_may_connect_several_organisations(app: App) -> None:
    back = sent_back(app.consent(LAW_FIRM, AGENCY))

    tokens = good(app.token_answer(grant_type="authorization_code", code=back["code"], redirect_uri=REDIRECT_URI))
    app.token = tokens["access_token"]

    assert back["state"] == "state-1"
    assert [one["tenantId"] for one in app.connections()] == [LAW_FIRM, AGENCY]
    assert tokens["expires_in"] == 1800
    assert tokens["token_type"] == "Bearer"
    assert set(tokens) == {"id_token", "access_token", "expires_in", "token_type", "refresh_token", "scope"}
    assert set(tokens["scope"].split()) == set(SCOPE.split())


def test_a_connection_has_seven_digits_of_a_second_and_the_id_of_its_consent(app: App) -> None:
    app.redeemed(AGENCY)
    app.redeemed(LAW_FIRM)

    event = str(claims(app.token)["authentication_event_id"])
    [new] = app.connections(authEventId=event)

    assert new["tenantName"] == "Whitfield & Lowe LLP"
    assert new["tenantType"] == "ORGANISATION"
    assert new["authEventId"] == event
    assert len(new["createdDateUtc"].partition(".")[2]) == 7
    assert {one["tenantId"] for one in app.connections()} == {LAW_FIRM, AGENCY}


def test_scopes_add_up_over_consents(app: App) -> None:
    app.redeemed(LAW_FIRM, scope="offline_access accounting.settings.read")
    second = app.redeemed(LAW_FIRM, scope="offline_access accounting.contacts.read")

    assert second["scope"] == "accounting.contacts.read accounting.settings.read offline_access"


def test_without_offline_access_there_is_no_refresh_token_and_without_openid_no_identity(app: App) -> None:
    tokens = app.redeemed(LAW_FIRM, scope="accounting.invoices")

    assert set(tokens) == {"access_token", "expires_in", "token_type", "scope"}


def test_an_owner_who_cancels_is_sent_back_without_a_code(app: App) -> None:
    back = sent_back(app.consent(LAW_FIRM, decision="cancel"))

    assert back == {"error": "access_denied", "state": "state-1"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"client_id": "another"}, "unauthorized_client"),
        ({"redirect_uri": "http://evil.example/"}, "unauthorized_client"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "accounting.transactions"}, "invalid_scope. accounting.transactions"),
        ({"scope": "accounting.nonsense offline_access"}, "invalid_scope. accounting.nonsense"),
        ({"scope": ""}, "No scope was asked for"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "S256"),
        ({"tenant": "x"}, "Unknown parameter tenant"),
    ],
)
def test_a_wrong_authorization_request_never_comes_back_to_the_app(app: App, changes: dict[str, str], why: str) -> None:
    answer = app.consent(LAW_FIRM, **changes)

    assert answer.status_code == 400
    assert why in answer.text


def test_an_older_app_may_still_ask_for_broad_scopes(app: App) -> None:
    app.sim.settings(older_app=True)

    tokens = app.redeemed(LAW_FIRM, scope="offline_access accounting.transactions")

    assert "accounting.transactions" in tokens["scope"]
    assert app.call("GET", "Invoices", params={"page": 1}).status_code == 200


def test_a_code_works_once_soon_and_for_its_own_address(app: App) -> None:
    code, other = app.code(), app.code()
    redeem = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}

    first = good(app.token_answer(code=code, **redeem))
    again = app.token_answer(code=code, **redeem)
    elsewhere = app.token_answer(code=other, **{**redeem, "redirect_uri": "http://127.0.0.1:9/other"})
    app.sim.settings(code_seconds=0)
    late = app.token_answer(code=app.code(), **redeem)

    for refused in (again, elsewhere, late):
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    app.token = first["access_token"]
    assert app.call("GET", "Organisation").status_code == 401


def test_a_code_with_a_challenge_needs_its_verifier(app: App) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    wanted = {"code_challenge": challenge, "code_challenge_method": "S256"}
    redeem = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}

    without = app.token_answer(code=app.code(**wanted), **redeem)
    good(app.token_answer(code=app.code(**wanted), code_verifier=verifier, **redeem))

    assert without.json() == {"error": "invalid_grant"}


def test_the_app_proves_itself_by_header_or_in_the_body(app: App) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
    body = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}

    good(app.token_answer(code=app.code(), basic=BASIC, **form))
    good(app.token_answer(code=app.code(), basic=None, **body, **form))
    wrong = app.token_answer(code=app.code(), basic=None, **{**body, "client_secret": "guess"}, **form)

    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})


def test_what_is_no_form_or_no_known_grant_is_refused(app: App) -> None:
    as_json = app.http.post("/connect/token", json={}, headers={"Authorization": BASIC})
    password = app.token_answer(grant_type="password")

    assert as_json.json() == {"error": "invalid_request"}
    assert password.json() == {"error": "unsupported_grant_type"}


def test_each_refresh_replaces_the_token_and_the_old_one_works_for_half_an_hour_more(app: App) -> None:
    app.connected()

    lost = good(app.refreshed(app.refresh_token))["refresh_token"]
    second = good(app.refreshed(app.refresh_token))["refresh_token"]
    app.sim.settings(grace_seconds=0)
    third = good(app.refreshed(second))["refresh_token"]
    too_late = app.refreshed(second)

    assert len({app.refresh_token, lost, second, third}) == 4
    assert (too_late.status_code, too_late.json()) == (400, {"error": "invalid_grant"})


def test_a_refresh_token_nobody_used_for_sixty_days_is_dead(app: App) -> None:
    app.connected()
    app.sim.expire(access=False, refresh=True)

    assert app.refreshed(app.refresh_token).json() == {"error": "invalid_grant"}
    assert app.sim.settings()["refresh_seconds"] == 60 * 86400


def test_a_revoked_consent_ends_every_connection_of_the_user(app: App) -> None:
    app.redeemed(LAW_FIRM, AGENCY)

    ended = app.http.post("/connect/revocation", data={"token": app.refresh_token}, headers={"Authorization": BASIC})

    assert (ended.status_code, ended.content) == (200, b"")
    assert app.call("GET", "Organisation").status_code == 401
    assert app.refreshed(app.refresh_token).json() == {"error": "invalid_grant"}


def test_revoking_needs_the_secret_and_a_token(app: App) -> None:
    app.connected()

    stranger = app.http.post("/connect/revocation", data={"token": app.refresh_token})
    empty = app.http.post("/connect/revocation", data={}, headers={"Authorization": BASIC})

    assert stranger.json() == {"error": "invalid_client"}
    assert empty.status_code == 400
    assert app.call("GET", "Organisation").status_code == 200


def test_one_connection_is_ended_by_its_own_id_and_the_others_live_on(app: App) -> None:
    app.redeemed(LAW_FIRM, AGENCY)
    mine = {one["tenantId"]: one["id"] for one in app.connections()}
    headers = {"Authorization": f"Bearer {app.token}"}

    by_tenant = app.http.delete(f"/connections/{LAW_FIRM}", headers=headers)
    ended = app.http.delete(f"/Connections/{mine[LAW_FIRM]}", headers=headers)

    assert by_tenant.status_code == 404
    assert (ended.status_code, ended.content) == (204, b"")
    assert [one["tenantId"] for one in app.connections()] == [AGENCY]
    assert app.call("GET", "Organisation").status_code == 403
    app.tenant = AGENCY
    assert app.get("Organisation")["Organisations"][0]["Name"] == "Kowhai Studio"


def test_an_owner_who_disconnects_in_xero_leaves_a_token_that_reaches_nothing(app: App) -> None:
    app.connected()

    app.sim.disconnect(LAW_FIRM)

    refused = app.call("GET", "Organisation")
    assert refused.status_code == 403
    assert {name: refused.json()[name] for name in ("title", "status", "detail")} == {
        "title": "Forbidden",
        "status": 403,
        "detail": "AuthenticationUnsuccessful",
    }
    app.token = good(app.refreshed(app.refresh_token))["access_token"]
    assert app.connections() == []


def test_connections_need_a_token_and_no_other_parameters(app: App) -> None:
    app.connected()
    headers = {"Authorization": f"Bearer {app.token}"}

    assert app.http.get("/connections").status_code == 401
    assert app.http.get("/connections", params={"tenant": "x"}, headers=headers).status_code == 400
    assert app.http.get("/connections", params={"authEventId": "x"}, headers=headers).status_code == 400
