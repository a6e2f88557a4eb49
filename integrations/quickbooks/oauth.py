"""Signing in to their books: the address to send the owner to, and tokens for the code he comes back with.

Authlib writes the protocol's requests (RFC 6749); we send them, because a token request wants our time limits, our two
worlds and our errors, and is never repeated blindly.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.errors import Refused, Unavailable
from integrations.fields import Json
from integrations.ledger import Home, Organisation
from integrations.quickbooks import answers
from integrations.quickbooks.client import Client
from integrations.quickbooks.places import places
from integrations.sign_in import Company, Start, Tokens
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

SCOPE = "com.intuit.quickbooks.accounting"
# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class _App:
    client_id: str
    client_secret: str = field(repr=False)


def is_set_up() -> bool:
    return bool(settings.QUICKBOOKS_CLIENT_ID and settings.QUICKBOOKS_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in and chooses the company. They document no PKCE for apps with a secret."""
    address = prepare_grant_uri(
        places(sandbox=sandbox).authorize,
        settings.QUICKBOOKS_CLIENT_ID,
        "code",
        redirect_uri=redirect_uri,
        scope=SCOPE,
        state=state,
    )
    return Start(address)


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, which works once. Raises Disconnected when it is spent or too old."""
    wanted = prepare_token_request("authorization_code", code=said["code"], redirect_uri=redirect_uri)
    return _ask_for_tokens(wanted, sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The one the owner chose on their page. Its id came through the browser: ``organisation`` proves it."""
    account = said.get("realmId", "")
    return [Company(account, "")] if account.isascii() and account.isalnum() and len(account) <= 64 else []


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new pair: whatever refresh token comes back replaces the old one. Raises Disconnected when it was revoked."""
    return _ask_for_tokens(prepare_token_request("refresh_token", refresh_token=tokens.refresh), sandbox)


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """End our access. A token they no longer know counts as ended."""
    answer = _send(places(sandbox=sandbox).revoke, sandbox=sandbox, json={"token": tokens.refresh})
    error = answers.error_in(answer.content, status=answer.status_code, headers=answer.headers, now=machine_now())
    if answer.is_success or isinstance(error, Refused):
        return
    if error is not None:
        raise error


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books this token opens under this id."""
    from integrations.quickbooks.ledger import QuickBooksLedger

    client = Client(
        api=places(sandbox=sandbox).api,
        account=company.account,
        access=lambda *, stale=None: tokens.access,
        sandbox=sandbox,
        patience=SECONDS,
    )
    with closing(QuickBooksLedger(client, company.account, Home())) as ledger:
        return ledger.organisation()


def tokens_in(answer: Json, *, now: datetime) -> Tokens:
    """The tokens of an answer. Raises Unavailable when there are none."""
    access, renewed = answer.get("access_token"), answer.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("QuickBooks sent no tokens."), problem="answer_garbled")
    ends = [
        now + timedelta(seconds=seconds)
        for name in ("x_refresh_token_expires_in", "x_refresh_token_hard_expires_in")
        if (seconds := _seconds(answer, name)) is not None
    ]
    return Tokens(
        access, renewed, now + timedelta(seconds=_seconds(answer, "expires_in") or 3600), min(ends, default=None)
    )


def _ask_for_tokens(body: str, sandbox: bool) -> Tokens:
    asked_at = machine_now()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "x-include-refresh-token-hard-expires-in": "true"}
    answer = _send(places(sandbox=sandbox).token, sandbox=sandbox, content=body, headers=headers)
    said = answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())
    return tokens_in(said, now=asked_at)


def _send(
    address: str,
    *,
    sandbox: bool,
    content: str | None = None,
    json: Json | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    app = _App(settings.QUICKBOOKS_CLIENT_ID, settings.QUICKBOOKS_CLIENT_SECRET)
    _uri, signed, _body = encode_client_secret_basic(app, "POST", address, dict(headers or {}), content)
    try:
        answer = httpx2.post(
            address,
            content=content,
            json=json,
            headers={"Accept": "application/json", **signed},
            timeout=SECONDS,
            trust_env=not sandbox,
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("QuickBooks is not available right now.")) from None
    log.info("books_sign_in", status=answer.status_code, intuit_tid=answer.headers.get("intuit_tid", ""))
    return answer


def _seconds(answer: Json, name: str) -> int | None:
    try:
        found = int(answer[name])
    except (KeyError, TypeError, ValueError):
        return None
    return found if 0 < found < 10**9 else None
