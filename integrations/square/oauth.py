"""Signing in at Square: one seller a sign-in, a refresh token that stays, an access token of thirty days.

They take JSON where others take a form, so only the address comes from Authlib; a token request has our time limits,
our two worlds and our errors, and is never repeated blindly.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from django.conf import settings
from django.utils.translation import gettext as _

from integrations import asking, fields
from integrations.errors import Disconnected, Refused, Unavailable
from integrations.fields import Json
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company, Start, Tokens
from integrations.square import answers
from integrations.square.client import VERSION, Client, base
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

SCOPES = (
    "MERCHANT_PROFILE_READ",
    "INVOICES_READ",
    "INVOICES_WRITE",
    "ORDERS_READ",
    "ORDERS_WRITE",
    "CUSTOMERS_READ",
    "PAYMENTS_READ",
)
# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0
# They ask to renew every week, though a token lasts a month: a refresh that fails leaves three weeks to notice.
RENEW_AFTER = timedelta(days=7)
USUAL = timedelta(days=30)


def is_set_up() -> bool:
    return bool(settings.SQUARE_CLIENT_ID and settings.SQUARE_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in. With a secret there is no PKCE: with it, refresh tokens would work once only."""
    address = prepare_grant_uri(
        base(sandbox=sandbox) + "/oauth2/authorize",
        settings.SQUARE_CLIENT_ID,
        "code",
        redirect_uri=redirect_uri,
        scope=" ".join(SCOPES),
        state=state,
        session="false",  # whoever is signed in at Square in this browser is asked again who he is
    )
    return Start(address)


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, which works once. Raises Disconnected or Refused when it is spent or too old."""
    wanted = {"grant_type": "authorization_code", "code": said["code"], "redirect_uri": redirect_uri}
    return _ask_for_tokens(wanted, sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The one seller who signed in, by Square's own word."""
    merchant = tokens.details.get("merchant", "")
    return [Company(merchant, "", {"merchant": merchant})] if merchant else []


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books this token opens."""
    from integrations.square.ledger import SquareLedger

    client = Client(
        account=company.account, access=lambda *, stale=None: tokens.access, sandbox=sandbox, patience=SECONDS
    )
    with closing(SquareLedger(client, company.account, Home())) as ledger:
        return ledger.organisation()


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new access token; the refresh token stays as it is. Whatever they have against it, only the owner can help."""
    wanted = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
    try:
        renewed = _ask_for_tokens(wanted, sandbox, kept=tokens.refresh)
    except Refused as error:
        words = _("Square no longer accepts our access.")
        raise Disconnected(words, code=error.vendor_code, said=error.vendor_words) from None
    return replace(renewed, details={**tokens.details, **renewed.details})


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """End our access to this seller, all of it. What they no longer know counts as ended."""
    body = {"client_id": settings.SQUARE_CLIENT_ID, "merchant_id": account}
    signed = {"Authorization": f"Client {settings.SQUARE_CLIENT_SECRET}"}
    try:
        _tell("/oauth2/revoke", body, sandbox, headers=signed)
    except Refused as error:
        log.info("connection_was_gone", vendor="Square", vendor_code=error.vendor_code)


def tokens_in(answer: Any, *, now: datetime, kept: str = "") -> Tokens:
    """The tokens of an answer, with their real end. Raises Unavailable when there are none."""
    said = answer if isinstance(answer, dict) else {}
    access, renewed = said.get("access_token"), said.get("refresh_token") or kept
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("Square sent no tokens."), problem="answer_garbled")
    ends = fields.moment(said.get("expires_at")) or now + USUAL
    merchant = fields.text(said, "merchant_id", most=64)
    details = {"merchant": merchant} if merchant else {}
    return Tokens(access, renewed, ends, fields.moment(said.get("refresh_token_expires_at")), details)


def _ask_for_tokens(wanted: Mapping[str, str], sandbox: bool, *, kept: str = "") -> Tokens:
    asked_at = machine_now()
    app = {"client_id": settings.SQUARE_CLIENT_ID, "client_secret": settings.SQUARE_CLIENT_SECRET}
    tokens = tokens_in(_tell("/oauth2/token", {**app, **wanted}, sandbox), now=asked_at, kept=kept)
    return replace(tokens, access_expires_at=min(tokens.access_expires_at, asked_at + RENEW_AFTER))


def _tell(path: str, body: Mapping[str, str], sandbox: bool, *, headers: Mapping[str, str] | None = None) -> Json:
    try:
        answer = httpx2.post(
            base(sandbox=sandbox) + path,
            json=dict(body),
            headers={"Accept": "application/json", "Square-Version": VERSION, **(headers or {})},
            timeout=SECONDS,
            trust_env=not sandbox,
            verify=asking.trust(),
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", vendor="Square", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("Square is not available right now.")) from None
    log.info("books_sign_in", vendor="Square", status=answer.status_code)
    return answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())
