"""Authorization: the consent page, and the token endpoint with its strict rotation."""

import hmac
from urllib.parse import urlencode

from integrations.jobber.simulation.config import JobberSimConfig
from integrations.jobber.simulation.world import JobberWorld
from integrations.simulation.call import FORM_TYPE, Answer, Call, Json, html_answer, json_answer, redirect
from integrations.simulation.consent import page, refused_page
from integrations.simulation.tokens import Grant, TokenError

WARNING = (
    "Refresh token rotation is off for this app: the refresh token stays the same. Published apps must turn it on."
)
KNOWN = {"response_type", "client_id", "redirect_uri", "state"}


def authorize(world: JobberWorld, call: Call) -> Answer:
    """The page on which an admin lets the app in, and where it sends the browser afterwards."""
    settings = world.settings
    if call.param("client_id") != settings.client_id:
        return html_answer(refused_page(world.vendor, "Client authentication failed due to unknown client."), 401)
    if call.param("redirect_uri") not in settings.redirect_uris:
        return html_answer(refused_page(world.vendor, "The redirect uri included is not valid."), 400)
    if call.param("response_type") != "code":
        return _back(call, error="unsupported_response_type")
    if unknown := sorted({name for name, _ in call.params} - KNOWN):
        call.notes.append(f"ignored: {', '.join(unknown)}; scopes are set on the app")
    if call.method != "POST":
        return html_answer(page(world.vendor, world.companies.names(), scopes=settings.scopes))
    form = call.form()
    if form.get("decision") != "connect":
        return _back(call, error="access_denied", error_description="The resource owner denied the request.")
    if form.get("account") not in world.companies:
        names = world.companies.names()
        return html_answer(page(world.vendor, names, scopes=settings.scopes, problem="Choose a company."), 422)
    code = world.tokens.issue_code([form["account"]], redirect_uri=call.param("redirect_uri"), scopes=settings.scopes)
    return _back(call, code=code)


def _back(call: Call, **facts: str) -> Answer:
    address = call.param("redirect_uri")
    facts |= {"state": call.param("state")} if call.param("state") else {}
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(facts)}")


def token(world: JobberWorld, call: Call) -> Answer:
    """A code or a refresh token for new tokens."""
    if call.content_type != FORM_TYPE:
        return _error("invalid_request", f"The body must be {FORM_TYPE}", 400)
    form, settings = call.form(), world.settings
    if not _is_the_app(settings, form):
        return _error("invalid_client", "Client authentication failed", 401)
    try:
        match form.get("grant_type"):
            case "authorization_code":
                if not form.get("code") or not form.get("redirect_uri"):
                    return _error("invalid_request", "Missing required parameter: code or redirect_uri", 400)
                return _tokens(world, world.tokens.redeem(form["code"], redirect_uri=form["redirect_uri"]))
            case "refresh_token":
                if not form.get("refresh_token"):
                    return _error("invalid_request", "Missing required parameter: refresh_token", 400)
                return _tokens(world, world.tokens.refresh(form["refresh_token"]), refreshed=True)
            case None | "":
                return _error("invalid_request", "Missing required parameter: grant_type", 400)
    except TokenError as problem:
        call.notes.append(problem.reason)
        return _error("invalid_grant", "The provided authorization grant is invalid, expired or revoked", 401)
    return _error("unsupported_grant_type", "The authorization grant type is not supported", 400)


def _tokens(world: JobberWorld, grant: Grant, *, refreshed: bool = False) -> Answer:
    answer: Json = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    if world.settings.tell_expires_in:
        answer["expires_in"] = int(world.settings.access_token_seconds)
    if refreshed and not world.settings.refresh_token_rotation:
        answer["warning"] = WARNING
    return json_answer(answer, headers={"Cache-Control": "no-store"})


def _is_the_app(settings: JobberSimConfig, form: dict[str, str]) -> bool:
    """The id and secret are fields of the form; a Basic header is not looked at."""
    right_id = form.get("client_id", "") == settings.client_id
    return hmac.compare_digest(form.get("client_secret", "").encode(), settings.client_secret.encode()) and right_id


def _error(error: str, description: str, status: int) -> Answer:
    return json_answer({"error": error, "error_description": description}, status)
