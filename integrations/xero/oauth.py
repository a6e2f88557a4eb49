"""Signing in at Xero with PKCE: one sign-in may open several organisations, each of which is disconnected by itself.

Authlib writes the protocol's requests (RFC 6749, RFC 7636); we send them, because a token request wants our time
limits, our two worlds and our errors, and is never repeated blindly.
"""

import base64
import secrets as randomness
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.utils.translation import gettext as _

from integrations import asking, fields
from integrations.errors import Refused, Unavailable
from integrations.fields import Bad, Json
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company, Start, Tokens
from integrations.xero import answers
from integrations.xero.client import Client, base
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0
USUAL_SECONDS = 1800
UNUSED_DAYS = 60  # a refresh token that is not used for so long is dead
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class _App:
    client_id: str
    client_secret: str = field(repr=False)


def is_set_up() -> bool:
    return bool(settings.XERO_CLIENT_ID and settings.XERO_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in and ticks his organisations."""
    verifier = randomness.token_urlsafe(48)
    address = prepare_grant_uri(
        base("login", sandbox=sandbox) + "/identity/connect/authorize",
        settings.XERO_CLIENT_ID,
        "code",
        redirect_uri=redirect_uri,
        scope=settings.XERO_SCOPES,
        state=state,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return Start(address, verifier)


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, which works once. Raises Disconnected when it is spent or too old."""
    more = {"code_verifier": verifier} if verifier else {}
    wanted = prepare_token_request("authorization_code", code=said["code"], redirect_uri=redirect_uri, **more)
    return _ask_for_tokens(wanted, sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The organisations ticked at this sign-in; all that are connected where Xero does not tell them apart."""
    event = _claim(tokens.access, "authentication_event_id")
    found = _connections(tokens.access, sandbox, (("authEventId", event),)) if event else []
    return found or _connections(tokens.access, sandbox)


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books this token opens under this id."""
    from integrations.xero.ledger import XeroLedger

    client = Client(
        account=company.account, access=lambda *, stale=None: tokens.access, sandbox=sandbox, patience=SECONDS
    )
    with closing(XeroLedger(client, company.account, Home())) as ledger:
        return ledger.organisation()


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new pair: a refresh token works once (and a little longer, should its answer be lost)."""
    renewed = _ask_for_tokens(prepare_token_request("refresh_token", refresh_token=tokens.refresh), sandbox)
    return Tokens(
        renewed.access, renewed.refresh, renewed.access_expires_at, renewed.refresh_expires_at, dict(tokens.details)
    )


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """Disconnect this organisation. The sign-in itself is given back with the last one: it may open others."""
    if tokens.access_expires_at <= machine_now() + timedelta(seconds=30):
        tokens = refresh(tokens, sandbox=sandbox)
    connected = _connections(tokens.access, sandbox)
    for company in connected:
        if company.account == account:
            _disconnect(company.details["connection"], tokens.access, sandbox)
    if all(company.account == account for company in connected):
        body = urlencode({"token": tokens.refresh})
        _tell(base("identity", sandbox=sandbox) + "/connect/revocation", sandbox, content=body)


def tokens_in(answer: Any, *, now: datetime) -> Tokens:
    """The tokens of an answer. Raises Unavailable when there are none."""
    said = answer if isinstance(answer, dict) else {}
    access, renewed = said.get("access_token"), said.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("Xero sent no tokens."), problem="answer_garbled")
    ends = now + timedelta(seconds=_seconds(said.get("expires_in")))
    return Tokens(access, renewed, ends, now + timedelta(days=UNUSED_DAYS))


def _connections(access: str, sandbox: bool, parameters: tuple[tuple[str, str], ...] = ()) -> list[Company]:
    said = _tell(base("api", sandbox=sandbox) + "/connections", sandbox, method="GET", bearer=access, query=parameters)
    try:
        return [company for raw in fields.items({"it": said}, "it") if (company := _company(raw)) is not None]
    except Bad as bad:
        raise Unavailable(_("Xero sent something we cannot read."), said=str(bad), problem="answer_garbled") from None


def _company(raw: Json) -> Company | None:
    """An organisation; practices and other kinds of tenant keep no books of invoices."""
    account, connection = (fields.identifier(raw.get(name), name) for name in ("tenantId", "id"))
    if not account or not connection or fields.text(raw, "tenantType") not in ("", "ORGANISATION"):
        return None
    return Company(account, fields.text(raw, "tenantName", most=200), {"connection": connection})


def _disconnect(connection: str, access: str, sandbox: bool) -> None:
    try:
        address = f"{base('api', sandbox=sandbox)}/connections/{connection}"
        _tell(address, sandbox, method="DELETE", bearer=access)
    except Refused as error:
        log.info("connection_was_gone", vendor="Xero", vendor_code=error.vendor_code)


def _claim(access: str, name: str) -> str:
    """A claim of the token, which came from Xero itself just now: a hint, so its signature is not looked at."""
    try:
        middle = access.split(".")[1]
        found = fields.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return ""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) and value.replace("-", "").isalnum() and len(value) <= 64 else ""


def _ask_for_tokens(body: str, sandbox: bool) -> Tokens:
    asked_at = machine_now()
    return tokens_in(_tell(base("identity", sandbox=sandbox) + "/connect/token", sandbox, content=body), now=asked_at)


def _tell(
    address: str,
    sandbox: bool,
    *,
    method: str = "POST",
    content: str | None = None,
    bearer: str = "",
    query: tuple[tuple[str, str], ...] = (),
) -> Any:
    """One request, signed as the app or for a bearer; what Xero says. Raises our errors."""
    if bearer:
        headers = {"Authorization": f"Bearer {bearer}"}
    else:
        app = _App(settings.XERO_CLIENT_ID, settings.XERO_CLIENT_SECRET)
        _uri, headers, _body = encode_client_secret_basic(app, method, address, dict(_FORM), content)
    try:
        answer = httpx2.request(
            method,
            address,
            content=content,
            params=list(query) or None,
            headers={"Accept": "application/json", **headers},
            timeout=SECONDS,
            trust_env=not sandbox,
            verify=asking.trust(),
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", vendor="Xero", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("Xero is not available right now.")) from None
    trace = answer.headers.get("xero-correlation-id", "")
    log.info("books_sign_in", vendor="Xero", status=answer.status_code, trace=trace)
    if answer.is_success and not answer.content.strip():
        return {}
    return answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())


def _seconds(value: Any) -> int:
    try:
        found = int(value)
    except (TypeError, ValueError, ArithmeticError):
        return USUAL_SECONDS
    return found if 0 < found < 10**9 else USUAL_SECONDS
