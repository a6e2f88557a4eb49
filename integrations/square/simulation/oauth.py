"""The authorization server: consent, tokens in JSON, revocation with the application's secret, token status."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from integrations.simulation import consent
from integrations.simulation.call import Answer, Call, VendorRefusal, html_answer, json_answer, redirect
from integrations.simulation.tokens import Grant, TokenError
from integrations.square.simulation.config import SCOPES
from integrations.square.simulation.errors import AUTHENTICATION, INVALID, MADE_ON_DEMAND, errors_answer, refusal
from integrations.square.simulation.values import Json, whole_stamp
from integrations.square.simulation.world import SquareWorld

REASONS = {
    "unknown_code": (401, "Authorization code not found for app"),
    "spent_code": (401, "Authorization code is already claimed"),
    "expired_code": (401, "Authorization code is expired"),
    "wrong_redirect": (401, "The redirect_uri does not match the one of the authorization request"),
    "wrong_verifier": (401, "The code_verifier does not match the code_challenge"),
    "unknown": (401, "Refresh token not found"),
    "revoked": (401, "Refresh token is revoked"),
    "expired": (401, "Refresh token is expired"),
}
TOKEN_FIELDS = {
    *("client_id", "client_secret", "code", "redirect_uri", "grant_type", "refresh_token", "migration_token"),
    *("scopes", "short_lived", "code_verifier"),
}


def authorize(world: SquareWorld, call: Call) -> Answer:
    """The consent page, and the owner's decision."""
    client, back = call.param("client_id"), call.param("redirect_uri")
    if client != world.settings.client_id:
        return _lost("The application is not known.")
    registered = world.settings.redirect_uris
    back = back or (registered[0] if registered else "")
    if back not in registered or not _allowed(world, back):
        return _lost("The redirect URL is not the registered one.")
    scopes = set(call.param("scope").replace("+", " ").split())
    if not scopes or scopes - SCOPES:
        return _lost("The scopes are not valid.")
    if world.settings.production and call.param("session") != "false":
        return _lost("In production session must be false.")
    if call.method == "GET":
        return html_answer(consent.page(world.vendor, world.companies.names(), scopes=sorted(scopes)))
    return _decided(world, call, back, scopes)


def _decided(world: SquareWorld, call: Call, back: str, scopes: set[str]) -> Answer:
    form = call.form()
    state = {"state": call.param("state")} if call.param("state") else {}
    if form.get("decision") != "connect":
        return redirect(_with(back, {"error": "access_denied", "error_description": "user_denied", **state}))
    if form.get("account") not in world.companies:
        return html_answer(
            consent.page(world.vendor, world.companies.names(), scopes=sorted(scopes), problem="Choose a company."), 400
        )
    challenge = call.param("code_challenge") or None
    code = world.tokens.issue_code([form["account"]], redirect_uri=back, scopes=scopes, challenge=challenge)
    return redirect(_with(back, {"code": code, "response_type": "code", **state}))


def token(world: SquareWorld, call: Call) -> Answer:
    """POST /oauth2/token, in JSON."""
    body = _body(world, call, TOKEN_FIELDS)
    if body.get("client_id") != world.settings.client_id:
        raise _denied(world, 401, "Not Authorized")
    if "client_secret" in body and not _same(body["client_secret"], world.settings.client_secret):
        raise _denied(world, 401, "Not Authorized")
    match body.get("grant_type"):
        case "authorization_code":
            return _redeemed(world, body)
        case "refresh_token":
            return _refreshed(world, body)
        case None:
            raise _denied(world, 400, "Missing required parameter 'grant_type'")
    raise _denied(world, 400, "The grant_type is not supported")


def _redeemed(world: SquareWorld, body: Json) -> Answer:
    _required(world, body, "code")
    verifier = body.get("code_verifier")
    if not verifier:
        _required(world, body, "client_secret")
    registered = world.settings.redirect_uris
    back = body.get("redirect_uri") or (registered[0] if registered else "")
    with _said(world), _lifetime(world, body):
        grant = world.tokens.redeem(body["code"], redirect_uri=back, verifier=verifier)
    if verifier and not grant.extra.get("pkce"):
        world.tokens.revoke(grant.access_token)
        raise _denied(world, 401, "The authorization request had no code_challenge")
    return _tokens(world, grant, body)


def _refreshed(world: SquareWorld, body: Json) -> Answer:
    _required(world, body, "refresh_token")
    known = world.tokens.find(body["refresh_token"])
    if not (known is not None and known.extra.get("pkce")):
        _required(world, body, "client_secret")
    with _said(world), _lifetime(world, body):
        grant = world.tokens.refresh(body["refresh_token"])
    return _tokens(world, grant, body)


def _tokens(world: SquareWorld, grant: Grant, body: Json) -> Answer:
    if "scopes" in body:
        wanted = set(body["scopes"]) if isinstance(body["scopes"], list) else set()
        if not wanted or wanted - grant.scopes:
            raise _denied(world, 400, "The scopes are not among those that were granted")
        grant.extra.setdefault("limited", {})[grant.access_token] = sorted(wanted)
    answer: Json = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_at": _at(grant.access_expires_at),
        "merchant_id": grant.accounts[0],
        "refresh_token": grant.refresh_token,
        "short_lived": body.get("short_lived") is True,
    }
    if grant.refresh_expires_at is not None:
        answer["refresh_token_expires_at"] = _at(grant.refresh_expires_at)
    return json_answer(answer)


def revoke(world: SquareWorld, call: Call) -> Answer:
    """POST /oauth2/revoke: every token of the seller, unless only the access token is meant."""
    scheme, _, secret = call.headers.get("authorization", "").partition(" ")
    if scheme != "Client" or not _same(secret.strip(), world.settings.client_secret):
        raise _denied(world, 401, "Not Authorized")
    body = _body(world, call, {"client_id", "access_token", "merchant_id", "revoke_only_access_token"})
    if body.get("client_id") != world.settings.client_id:
        raise _denied(world, 401, "Not Authorized")
    if ("access_token" in body) == ("merchant_id" in body):
        raise _denied(world, 400, "Exactly one of access_token and merchant_id is required")
    account = body.get("merchant_id", "")
    if "access_token" in body:
        try:
            grant = world.tokens.grant_of(body["access_token"])
        except TokenError:
            raise _denied(world, 404, "Access token not found") from None
        account = grant.accounts[0]
        if body.get("revoke_only_access_token") is True:
            grant.extra.setdefault("revoked", []).append(body["access_token"])
            return json_answer({"success": True})
    if not world.tokens.revoke_account(account):
        raise _denied(world, 404, "Merchant not found")
    world.tell_of_revocation(account, "APPLICATION")
    return json_answer({"success": True})


def status(world: SquareWorld, call: Call) -> Answer:
    """POST /oauth2/token/status: what the token at hand may do, and until when."""
    try:
        grant = world.tokens.grant_of(call.bearer)
        if call.bearer in grant.extra.get("revoked", []):
            raise TokenError("revoked")
    except TokenError as problem:
        kind = problem.reason if problem.reason in ("expired", "revoked") else "unauthorized"
        http, category, code, words = MADE_ON_DEMAND[kind]
        raise refusal(http, category, code, words) from None
    return json_answer(
        {
            "scopes": sorted(world.scopes_of(grant, call.bearer)),
            "expires_at": _at(grant.access_expires_at),
            "client_id": world.settings.client_id,
            "merchant_id": grant.accounts[0],
        }
    )


@contextmanager
def _said(world: SquareWorld) -> Iterator[None]:
    try:
        yield
    except TokenError as problem:
        status, words = REASONS[problem.reason]
        raise _denied(world, status, words) from None


@contextmanager
def _lifetime(world: SquareWorld, body: Json) -> Iterator[None]:
    world.asked_short_lived = body.get("short_lived") is True
    try:
        yield
    finally:
        world.asked_short_lived = False


def _body(world: SquareWorld, call: Call, allowed: set[str]) -> Json:
    if call.content_type != "application/json":
        raise _denied(world, 400, "Content-Type must be application/json")
    try:
        found = call.json()
    except ValueError:
        raise _denied(world, 400, "The request body is not valid JSON") from None
    if not isinstance(found, dict):
        raise _denied(world, 400, "The request body must be a JSON object")
    if unknown := sorted(set(found) - allowed):
        raise _denied(world, 400, f"Unknown parameter '{unknown[0]}'")
    known = {name: value for name, value in found.items() if value is not None}
    for name, value in known.items():
        if not isinstance(
            value, bool if name in ("short_lived", "revoke_only_access_token") else list if name == "scopes" else str
        ):
            raise _denied(world, 400, f"Parameter '{name}' has the wrong type")
    return known


def _required(world: SquareWorld, body: Json, name: str) -> None:
    if not body.get(name):
        raise _denied(world, 400, f"Missing required parameter '{name}'")


def _denied(world: SquareWorld, status: int, words: str) -> VendorRefusal:
    if world.settings.refusals_of_tokens == "new":
        category, code = (AUTHENTICATION, "UNAUTHORIZED") if status == 401 else (INVALID, "BAD_REQUEST")
        code = "NOT_FOUND" if status == 404 else code
        return VendorRefusal(errors_answer(status, category, code, words), f"{status} {words}")
    kind = {401: "service.not_authorized", 404: "service.not_found"}.get(status, "bad_request")
    return VendorRefusal(json_answer({"message": words, "type": kind}, status), f"{status} {words}")


def _allowed(world: SquareWorld, back: str) -> bool:
    """HTTPS; plain HTTP only to this machine, and only in the sandbox."""
    parts = urlsplit(back)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    return parts.scheme == "https" or (local and not world.settings.production)


def _lost(words: str) -> Answer:
    return html_answer(consent.refused_page("Square", words), 400)


def _with(back: str, more: dict[str, str]) -> str:
    return f"{back}{'&' if '?' in back else '?'}{urlencode(more)}"


def _at(seconds: float) -> str:
    return whole_stamp(datetime.fromtimestamp(seconds, UTC))


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
