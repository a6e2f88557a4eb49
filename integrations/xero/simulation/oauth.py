"""The authorization server over HTTP: consent, tokens, revocation, and the connections an app has."""

import base64
import binascii
import hmac
import time
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit
from uuid import uuid4

from integrations.simulation import consent
from integrations.simulation.call import FORM_TYPE, Answer, Call, Json, VendorRefusal, html_answer, redirect
from integrations.simulation.tokens import Grant, TokenError
from integrations.xero.simulation import answers
from integrations.xero.simulation.config import BROAD_SCOPES, SCOPES
from integrations.xero.simulation.forms import guid, is_guid
from integrations.xero.simulation.gate import grant_of
from integrations.xero.simulation.world import XeroWorld, signed_token

KNOWN_PARAMS = frozenset(
    (
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "prompt",
    )
)


class OAuthError(Exception):
    """A refusal of the token endpoint: its code, and words for the journal."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(why)
        self.error = error


def authorize(world: XeroWorld, call: Call) -> Answer:
    """The page where the owner chooses one or more organisations."""
    if problem := _problem(world, call):
        return html_answer(consent.refused_page(world.vendor, problem), 400)
    scopes = set(call.param("scope").split())
    if call.method != "POST":
        return html_answer(consent.page(world.vendor, world.companies.names(), several=True, scopes=sorted(scopes)))
    target, state = call.param("redirect_uri"), call.param("state")
    form = call.form_items()
    if dict(form).get("decision") != "connect":
        return _back(target, {"error": "access_denied", "state": state})
    chosen = [value for name, value in form if name == "account"]
    if not chosen or any(one not in world.companies for one in chosen):
        problem = "Choose one of your organisations first."
        names = world.companies.names()
        return html_answer(consent.page(world.vendor, names, several=True, scopes=sorted(scopes), problem=problem), 400)
    code = world.tokens.issue_code(
        _together(world, chosen),
        redirect_uri=target,
        scopes=scopes | _held(world),
        challenge=call.param("code_challenge") or None,
        refreshable="offline_access" in scopes,
        extra={"chosen": chosen, "consent": True, "auth_event": str(uuid4())},
    )
    return _back(target, {"code": code, "scope": call.param("scope"), "state": state})


def _living(world: XeroWorld) -> list[Grant]:
    return [grant for grant in world.tokens.grants if grant.extra.get("consent") and not grant.ended]


def _held(world: XeroWorld) -> set[str]:
    """Scopes add up over consents."""
    found: set[str] = set()
    return found.union(*(grant.scopes for grant in _living(world)))


def _together(world: XeroWorld, chosen: list[str]) -> list[str]:
    """What is chosen now and what was connected before: one token reaches them all."""
    before = [account for grant in _living(world) for account in grant.accounts]
    return list(dict.fromkeys([*chosen, *before]))


def _problem(world: XeroWorld, call: Call) -> str:
    """What is wrong with an authorization request; such a request is never sent back to the app."""
    settings = world.settings
    asked = set(call.param("scope").split())
    allowed = SCOPES | (BROAD_SCOPES if settings.older_app else frozenset())
    if call.param("client_id") != settings.client_id:
        return "Error: unauthorized_client. Unknown client or client not enabled."
    if call.param("redirect_uri") not in settings.redirect_uris:
        return "Error: unauthorized_client. Invalid redirect_uri."
    if call.param("response_type") != "code":
        return "Error: unsupported_response_type."
    if not asked or asked - allowed:
        return f"Error: invalid_scope. {' '.join(sorted(asked - allowed)) or 'No scope was asked for.'}"
    if call.param("code_challenge") and call.param("code_challenge_method") != "S256":
        return "Error: invalid_request. Transform algorithm not supported: code_challenge_method must be S256."
    if unknown := {name for name, _ in call.params} - KNOWN_PARAMS:
        return f"Error: invalid_request. Unknown parameter {min(unknown)}."
    return ""


def token(world: XeroWorld, call: Call) -> Answer:
    """Codes for tokens, refresh tokens for newer ones."""
    try:
        form = _form(world, call)
        match form.get("grant_type"):
            case "authorization_code":
                grant = _redeemed(world, form)
            case "refresh_token":
                grant = world.tokens.refresh(form.get("refresh_token", ""))
            case _:
                raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
    except TokenError as error:
        call.notes.append(f"invalid_grant: {error.reason}")
        return answers.as_json({"error": "invalid_grant"}, 400)
    except OAuthError as error:
        call.notes.append(f"{error.error}: {error}")
        return answers.as_json({"error": error.error}, 400)
    found = answers.as_json(_tokens(world, grant))
    found.headers |= {"Cache-Control": "no-store, no-cache, max-age=0", "Pragma": "no-cache"}
    return found


def _redeemed(world: XeroWorld, form: dict[str, str]) -> Grant:
    try:
        grant = world.tokens.redeem(
            form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier"),
        )
    except TokenError as error:
        if error.reason == "spent_code" and error.grant is not None:
            error.grant.accounts.clear()  # ended for good
        raise
    for older in _living(world):
        older.accounts[:] = dict.fromkeys([*older.accounts, *grant.accounts])
    return grant


def _tokens(world: XeroWorld, grant: Grant) -> Json:
    found: Json = {}
    if "openid" in grant.scopes:
        now = int(time.time())
        claims = {"iss": "https://identity.xero.com", "aud": world.settings.client_id, "sub": guid("user", grant.user)}
        lifetimes = {"iat": now, "exp": now + 300, "xero_userid": guid("user", grant.user)}
        found["id_token"] = signed_token(claims | lifetimes, world.settings.client_secret)
    found |= {
        "access_token": grant.access_token,
        "expires_in": int(world.settings.access_seconds),
        "token_type": "Bearer",
    }
    if grant.refresh_token:
        found["refresh_token"] = grant.refresh_token
    return found | {"scope": " ".join(sorted(grant.scopes))}


def revoke(world: XeroWorld, call: Call) -> Answer:
    """The user's consent ends, and with it every connection."""
    try:
        given = _form(world, call).get("token", "")
        if not given:
            raise OAuthError("invalid_request", "token is missing")
    except OAuthError as error:
        call.notes.append(f"{error.error}: {error}")
        return answers.as_json({"error": error.error}, 400)
    grant = world.tokens.find(given)
    if grant is not None and not grant.ended:
        tenants = {account for one in world.tokens.grants if one.user == grant.user for account in one.accounts}
        for one in world.tokens.grants:
            if one.user == grant.user:
                world.tokens.revoke(one.access_token)
                one.accounts.clear()
        for tenant in tenants:
            world.own.get("connections", {}).pop(tenant, None)
    return Answer(200)


def _form(world: XeroWorld, call: Call) -> dict[str, str]:
    """The form, from an app that proved who it is: Basic header or credentials in the body."""
    if call.content_type != FORM_TYPE:
        raise OAuthError("invalid_request", f"Content-Type must be {FORM_TYPE}")
    form = call.form()
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise OAuthError("invalid_client", "the Basic header cannot be read") from None
        id, secret = unquote(id), unquote(secret)
    else:
        id, secret = form.get("client_id", ""), form.get("client_secret", "")
    settings = world.settings
    right = hmac.compare_digest(id.encode(), settings.client_id.encode())
    if not right or not hmac.compare_digest(secret.encode(), settings.client_secret.encode()):
        raise OAuthError("invalid_client", "unknown client or wrong secret")
    return form


def connections(world: XeroWorld, call: Call) -> Answer:
    """The organisations this token reaches; with authEventId those of one consent."""
    grant = grant_of(world, call)
    event = call.param("authEventId")
    if {name for name, _ in call.params} - {"authEventId"} or (event and not is_guid(event)):
        raise VendorRefusal(answers.as_json({"Type": None, "Title": "Bad Request", "Status": 400}, 400))
    found = [(tenant, world.connection(tenant, grant)) for tenant in grant.accounts]
    return answers.as_json(
        [
            {
                "id": one["id"],
                "authEventId": one["event"],
                "tenantId": tenant,
                "tenantType": "ORGANISATION",
                "tenantName": world.companies.known[tenant].name,
                "createdDateUtc": _seven(one["created"]),
                "updatedDateUtc": _seven(one["updated"]),
            }
            for tenant, one in found
            if not event or one["event"] == event.lower()
        ]
    )


def end_connection(world: XeroWorld, call: Call) -> Answer:
    """DELETE with the id of the connection, not of the organisation: 204."""
    grant = grant_of(world, call)
    wanted = call.path_params["id"].lower()
    for tenant in list(grant.accounts):
        if world.connection(tenant, grant)["id"] == wanted:
            world.disconnect(tenant)
            return Answer(204)
    return answers.not_found()


def _seven(moment: str) -> str:
    """Seven digits of a second, and no zone."""
    whole, _, fraction = moment.partition("+")[0].partition(".")
    return f"{whole}.{fraction or '0':0<7}"


def _back(target: str, values: dict[str, str]) -> Answer:
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return redirect(urlunsplit(parts._replace(query=query)))
