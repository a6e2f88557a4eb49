"""The authorization server: consent of an identity (not of one business), single-use refresh tokens, revocation."""

import hmac
from urllib.parse import urlencode, urlsplit

from integrations.freshbooks.simulation.config import FreshBooksSimConfig
from integrations.freshbooks.simulation.errors import authorization, invalid_client, invalid_grant
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.call import (
    FORM_TYPE,
    JSON_TYPE,
    Answer,
    Call,
    VendorRefusal,
    html_answer,
    json_answer,
    redirect,
)
from integrations.simulation.consent import frame, refused_page
from integrations.simulation.tokens import Grant, TokenError

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
CONSENT = """<p>The app would like to use your FreshBooks account, with every business in it.</p>
<p class="faint">It asks for:</p><ul class="faint">{scopes}</ul>
<form method="post"><button class="act" name="decision" value="connect">Authorize</button>
<button name="decision" value="cancel">Cancel</button></form>"""


def consent(world: FreshBooksWorld, call: Call) -> Answer:
    """The page, and what follows from the choice. A request that is wrong never leaves the vendor's page."""
    if problem := _problem(world.settings, call):
        return html_answer(refused_page(world.vendor, problem), 400)
    scopes = _scopes(call)
    if call.method != "POST":
        listed = "".join(f"<li>{scope}</li>" for scope in sorted(scopes))
        return html_answer(frame(world.vendor, "Authorize the app", CONSENT.format(scopes=listed)))
    target, state = call.param("redirect_uri"), call.param("state")
    echoed = {"state": state} if state else {}
    if call.form().get("decision") != "connect":
        refused = {"error": "access_denied", "error_description": "The resource owner denied the request."}
        return redirect(f"{target}?{urlencode({**refused, **echoed})}")
    extra = {"identity": True, "redirect_uri": target}
    code = world.tokens.issue_code(list(world.companies), redirect_uri=target, scopes=scopes, extra=extra)
    return redirect(f"{target}?{urlencode({'code': code, **echoed})}")


def token(world: FreshBooksWorld, call: Call) -> Answer:
    """A code or a refresh token for new tokens; the body is a form or JSON."""
    given = _given(call)
    _check_client(world.settings, given)
    kind = given.get("grant_type", "")
    if kind not in ("authorization_code", "refresh_token"):
        raise VendorRefusal(authorization("unsupported_grant_type", f"The grant type {kind} is not supported.", 400))
    field = "code" if kind == "authorization_code" else "refresh_token"
    for name in (field, "redirect_uri"):
        if not given.get(name):
            raise VendorRefusal(authorization("invalid_request", f"Missing required parameter: {name}.", 400))
    if not registered(world.settings, given["redirect_uri"]):
        raise _bad_grant(call, "the redirect_uri is not registered")
    try:
        if kind == "authorization_code":
            grant = world.tokens.redeem(given["code"], redirect_uri=given["redirect_uri"])
        else:
            grant = _refreshed(world, given)
    except TokenError as error:
        raise _bad_grant(call, error.reason) from None
    return json_answer(_tokens(world, grant), headers={"Cache-Control": "no-store"})


def revoke(world: FreshBooksWorld, call: Call) -> Answer:
    """200 for any token, known or not: whoever asks wants it gone."""
    given = _given(call)
    _check_client(world.settings, given)
    if not given.get("token"):
        raise VendorRefusal(authorization("invalid_request", "Missing required parameter: token.", 400))
    world.tokens.revoke(given["token"])
    return json_answer({})


def registered(settings: FreshBooksSimConfig, address: str) -> bool:
    """Letter by letter one of the app's, over https (or on this machine), without a query string."""
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    return address in settings.redirect_uris and secure and not parts.query and not parts.fragment


def _scopes(call: Call) -> set[str]:
    """`user:profile:read` is on every app, asked for or not."""
    return {*call.param("scope").split(), "user:profile:read"}


def _problem(settings: FreshBooksSimConfig, call: Call) -> str:
    """What is wrong with an authorization request, in words; "" where nothing is."""
    if call.param("client_id") != settings.client_id:
        return "Client authentication failed due to unknown client."
    if not registered(settings, call.param("redirect_uri")):
        return "The redirect URI included is not valid."
    if call.param("response_type") != "code":
        return "The response type is not supported by the authorization server."
    if unknown := sorted(_scopes(call) - {*settings.scopes, "user:profile:read"}):
        return f"The requested scope is invalid, unknown, or malformed: {unknown[0]}"
    return ""


def _refreshed(world: FreshBooksWorld, given: dict[str, str]) -> Grant:
    """A wrong redirect address uses nothing up. Raises TokenError."""
    grant = world.tokens.find(given["refresh_token"])
    if grant is not None and grant.extra.get("redirect_uri", given["redirect_uri"]) != given["redirect_uri"]:
        raise TokenError("wrong_redirect", grant)
    return world.tokens.refresh(given["refresh_token"])


def _given(call: Call) -> dict[str, str]:
    if call.content_type == FORM_TYPE:
        return call.form()
    if call.content_type == JSON_TYPE:
        try:
            found = call.json()
        except ValueError:
            found = None
        if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
            return found
    raise VendorRefusal(
        authorization("invalid_request", "The request must be a form or a JSON object of strings.", 400)
    )


def _check_client(settings: FreshBooksSimConfig, given: dict[str, str]) -> None:
    same = hmac.compare_digest(given.get("client_secret", "").encode(), settings.client_secret.encode())
    if given.get("client_id") != settings.client_id or not same:
        raise VendorRefusal(invalid_client())


def _bad_grant(call: Call, reason: str) -> VendorRefusal:
    call.notes.append(reason)
    return VendorRefusal(invalid_grant(), reason)


def _tokens(world: FreshBooksWorld, grant: Grant) -> dict[str, object]:
    expires_in = round(world.settings.access_token_seconds)
    return {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": expires_in,
        "refresh_token": grant.refresh_token,
        "scope": " ".join(sorted(grant.scopes)),
        "created_at": round(grant.access_expires_at) - expires_in,
        "direct_buy_tokens": {},
    }
