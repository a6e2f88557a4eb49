"""The authorization server over HTTP: discovery, consent page, token, revoke."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from integrations.quickbooks.simulation import pages
from integrations.quickbooks.simulation.answers import HTML_TYPE, Answer, ApiFault, Json, json_answer
from integrations.quickbooks.simulation.bodies import read_json
from integrations.quickbooks.simulation.config import SCOPE
from integrations.quickbooks.simulation.oauth import OAuthError
from integrations.quickbooks.simulation.traffic import Call
from integrations.quickbooks.simulation.world import World

HARD_LIMIT_HEADER = "x-include-refresh-token-hard-expires-in"


def discovery(world: World, call: Call) -> Answer:
    """The endpoints, at the address the simulator is reached by."""
    base = (world.settings.public_url or call.base_url).rstrip("/")
    return json_answer(
        {
            "issuer": f"{base}/op/v1",
            "authorization_endpoint": f"{base}/connect/oauth2",
            "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{base}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": [SCOPE],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
    )


def signing_keys(_world: World, _call: Call) -> Answer:
    """No identity tokens are issued for the accounting scope, so there are no keys."""
    return json_answer({"keys": []})


def user_info(_world: World, _call: Call) -> Answer:
    """The accounting scope holds no personal data."""
    return json_answer({"error": "insufficient_scope", "error_description": "openid scope was not granted"}, 403)


def consent(world: World, call: Call) -> Answer:
    """The page where an owner chooses the company, and what follows from the choice."""
    if problem := _problem(world, call):
        return Answer(400, pages.refused_page(problem).encode(), HTML_TYPE)
    if call.method != "POST":
        return Answer(200, pages.consent_page(world.companies.values()).encode(), HTML_TYPE)
    form = call.form()
    state, target = call.params["state"], call.params["redirect_uri"]
    if form.get("decision") != "connect":
        return _back(target, {"error": "access_denied", "state": state})
    realm = form.get("realm", "")
    if realm not in world.companies:
        return Answer(400, pages.refused_page("Choose one of your companies first.").encode(), HTML_TYPE)
    code = world.oauth.issue_code(realm, target)
    return _back(target, {"code": code, "state": state, "realmId": realm})


def token(world: World, call: Call) -> Answer:
    """Codes for tokens, refresh tokens for newer ones."""
    return _oauth(call, lambda: _tokens(world, call))


def revoke(world: World, call: Call) -> Answer:
    """Ends the connection a token belongs to: 200 and nothing else."""

    def end() -> Answer:
        world.oauth.check_client(call.headers.get("authorization"))
        _need_type(call, "application/json")
        try:
            given = read_json(call.body).get("token")
        except ApiFault as fault:
            raise OAuthError("invalid_request", fault.detail) from None
        if not isinstance(given, str):
            raise OAuthError("invalid_request", "token is missing")
        world.oauth.revoke(given)
        return Answer(200, b"")

    return _oauth(call, end)


def _tokens(world: World, call: Call) -> Answer:
    world.oauth.check_client(call.headers.get("authorization"))
    _need_type(call, "application/x-www-form-urlencoded")
    if not call.wants_json:
        raise OAuthError("invalid_request", "Accept must be application/json")
    form = call.form()
    match form.get("grant_type"):
        case "authorization_code":
            found = world.oauth.redeem(form.get("code", ""), form.get("redirect_uri", ""))
        case "refresh_token":
            hard_limit = call.headers.get(HARD_LIMIT_HEADER, "").lower() == "true"
            found = world.oauth.refresh(form.get("refresh_token", ""), hard_limit=hard_limit)
        case _:
            raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
    return json_answer(found, headers={"Cache-Control": "no-store"})


def _oauth(call: Call, work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except OAuthError as error:
        call.notes.append(str(error))
        body: Json = {"error": error.error}
        if error.error != "invalid_client":
            body["error_description"] = error.description
        return json_answer(body, error.status)


def _need_type(call: Call, wanted: str) -> None:
    if call.content_type != wanted:
        raise OAuthError("invalid_request", f"Content-Type must be {wanted}")


def _problem(world: World, call: Call) -> str | None:
    """What is wrong with an authorization request, in words; the vendor never redirects such a request."""
    settings, given = world.settings, call.params
    if given.get("client_id") != settings.client_id:
        return "The client_id is not that of a registered app."
    if given.get("redirect_uri") not in settings.redirect_uris:
        return "The redirect_uri query parameter value is invalid: it is not registered for this app."
    if given.get("response_type") != "code":
        return "The response_type query parameter must be code."
    if given.get("scope") != SCOPE:
        return f"The scope query parameter value is invalid: this app may ask for {SCOPE}."
    if not given.get("state"):
        return "The state query parameter is missing from the authorization request."
    return None


def _back(target: str, values: dict[str, str]) -> Answer:
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return Answer(302, b"", HTML_TYPE, {"Location": urlunsplit(parts._replace(query=query))})
