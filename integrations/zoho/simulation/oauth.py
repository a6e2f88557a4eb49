"""The accounts server of a data center: consent, codes for tokens, refreshing, revoking. Look at bodies, not at statuses."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from integrations.simulation import consent
from integrations.simulation.call import FORM_TYPE, Answer, Call, Json, html_answer, json_answer, redirect
from integrations.simulation.tokens import Grant, TokenError
from integrations.zoho.simulation.config import STRANGER
from integrations.zoho.simulation.organizations import BY_ID, ORGANIZATIONS, of_user
from integrations.zoho.simulation.world import ACCESS_DENIED, ZohoWorld

MODULES = (
    *("settings", "contacts", "invoices", "customerpayments", "creditnotes", "estimates", "bills", "expenses"),
    *("salesorders", "purchaseorders", "vendorpayments", "debitnotes", "projects", "banking", "accountants"),
)
SCOPE = re.compile(rf"ZohoBooks\.(({'|'.join(MODULES)})\.(CREATE|READ|UPDATE|DELETE|ALL)|fullaccess\.all)")


def authorize(world: ZohoWorld, call: Call) -> Answer:
    """The page where somebody signs in and lets the app in. A wrong request is refused here and never sent back."""
    if problem := _problem(world, call):
        return html_answer(consent.refused_page(world.vendor, problem), 400)
    scopes = call.param("scope").split(",")
    if call.method != "POST":
        return html_answer(consent.page(world.vendor, _sign_ins(), scopes=scopes))
    form = call.form()
    back = {"state": call.param("state")} if call.param("state") else {}
    if form.get("decision") != "connect":
        return _back(call, {"error": "access_denied", **back})
    organization = BY_ID.get(form.get("account", ""))
    if organization is None:
        page = consent.page(world.vendor, _sign_ins(), scopes=scopes, problem="Choose who signs in first.")
        return html_answer(page, 400)
    if world.codes.take() is not None:
        words = "You have made too many requests continuously. Please try again after some time."
        return html_answer(consent.refused_page(world.vendor, words), 400)
    code = world.tokens.issue_code(
        [organization.id],
        redirect_uri=call.param("redirect_uri"),
        scopes=scopes,
        user=organization.user,
        refreshable=_refreshable(world, call, organization.user),
    )
    home = organization.data_center
    world.code_homes[code] = home
    server = _forged(world, call, world.settings.forged_accounts_server) or f"{world.base_url(call)}/{home}"
    return _back(call, {**back, "code": code, "location": home, "accounts-server": f"{server}/accounts"})


def token(world: ZohoWorld, call: Call) -> Answer:
    """Parameters from the query or a form; JSON is not read, so that whoever sends it has sent nothing."""
    form = dict(call.form_items()) if call.content_type == FORM_TYPE else {}
    given = {**dict(call.params), **form}
    try:
        return json_answer(_tokens(world, call, given), headers={"Cache-Control": "no-store"})
    except TokenError as problem:
        call.notes.append(problem.reason)
        return _error(world, problem.reason)


def revoke(world: ZohoWorld, call: Call) -> Answer:
    """Ends the refresh token and with it its access tokens."""
    given = call.param("token") or (call.form().get("token", "") if call.content_type == FORM_TYPE else "")
    grant = world.tokens.find(given)
    if grant is None or grant.extra["data_center"] != call.path_params["data_center"] or not world.tokens.revoke(given):
        return json_answer({"status": "error", "error": "invalid_token"}, world.settings.token_error_status)
    return json_answer({"status": "success"})


def _tokens(world: ZohoWorld, call: Call, given: dict[str, str]) -> Json:
    if given.get("client_id") != world.settings.client_id:
        raise TokenError("invalid_client")
    if given.get("client_secret") != world.settings.client_secret:
        raise TokenError("invalid_client_secret")
    here = call.path_params["data_center"]
    match given.get("grant_type"):
        case "authorization_code":
            code = given.get("code", "")
            if world.code_homes.get(code, here) != here:
                raise TokenError("wrong_data_center")
            grant = world.tokens.redeem(code, redirect_uri=given.get("redirect_uri", ""))
            refresh = {"refresh_token": grant.refresh_token} if grant.refresh_token else {}
        case "refresh_token":
            known = world.tokens.find(given.get("refresh_token", ""))
            if known is not None and known.extra["data_center"] != here:
                raise TokenError("wrong_data_center")
            grant, refresh = world.tokens.refresh(given.get("refresh_token", "")), {}
        case _:
            raise TokenError("general_error")
    return {
        "access_token": grant.access_token,
        **refresh,
        "api_domain": _api_domain(world, call, grant),
        "token_type": "Bearer",
        "expires_in": int(world.settings.access_token_seconds),
    }


def _error(world: ZohoWorld, reason: str) -> Answer:
    body: Json = {"error": "invalid_code"}  # of a code and of a refresh token alike, whatever is wrong with it
    match reason:
        case "invalid_client" | "invalid_client_secret" | "general_error":
            body = {"error": reason}
        case "wrong_redirect":
            body = {"error": "invalid_redirect_uri"}
        case "wrong_data_center":
            body = {"error": world.settings.wrong_data_center_error}
        case "too_often":
            body = ACCESS_DENIED
    return json_answer(body, world.settings.token_error_status, headers={"Cache-Control": "no-store"})


def _problem(world: ZohoWorld, call: Call) -> str | None:
    settings = world.settings
    if call.param("client_id") != settings.client_id:
        return "Invalid Client: the client_id is not that of a registered client."
    if call.param("redirect_uri") not in settings.redirect_uris:
        return "Invalid Redirect Uri: it is not registered for this client."
    if call.param("response_type") != "code":
        return "Invalid response_type: it must be code."
    if not all(SCOPE.fullmatch(one) for one in call.param("scope").split(",")):
        return "Invalid OAuth Scope: scopes are separated by commas, and one of them does not exist."
    if call.param("access_type", "online") not in ("online", "offline"):
        return "Invalid access_type: it must be online or offline."
    return None


def _refreshable(world: ZohoWorld, call: Call, user: str) -> bool:
    """A refresh token comes only offline; without prompt=consent only the first time."""
    if call.param("access_type") != "offline":
        return False
    if call.param("prompt").lower() == "consent":
        return True
    return not any(one.user == user and one.refresh_token and not one.ended for one in world.tokens.grants)


def _sign_ins() -> list[tuple[str, str]]:
    """Who may sign in, under the organization that is theirs by default; consent covers all they have."""
    return [
        (one.id, f"{one.contact}: {', '.join(other.name for other in of_user(one.user))}")
        for one in ORGANIZATIONS
        if one.is_default
    ]


def _api_domain(world: ZohoWorld, call: Call, grant: Grant) -> str:
    server = _forged(world, call, world.settings.forged_api_domain)
    return f"{server or world.base_url(call) + '/' + grant.extra['data_center']}/api"


def _forged(world: ZohoWorld, call: Call, wanted: str) -> str:
    return f"{world.base_url(call)}/{STRANGER}" if wanted == STRANGER else wanted


def _back(call: Call, values: dict[str, str]) -> Answer:
    parts = urlsplit(call.param("redirect_uri"))
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return redirect(urlunsplit(parts._replace(query=query)))
