"""Signing in at Jobber: one sign-in opens one account, and a refresh token dies the moment it is used.

Authlib writes the protocol's requests (RFC 6749); we send them, because a token request wants our time limits, our two
worlds and our errors, and is never repeated blindly. What we may do is set on the app at Jobber, not asked for here.
"""

import base64
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from django.conf import settings
from django.utils.translation import gettext as _

from integrations import asking, fields
from integrations.errors import Refused, Unavailable
from integrations.fields import Json
from integrations.jobber import answers, documents
from integrations.jobber.client import Client, base
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company, Start, Tokens
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0
USUAL_SECONDS = 3600
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def is_set_up() -> bool:
    return bool(settings.JOBBER_CLIENT_ID and settings.JOBBER_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in. They document neither PKCE nor scopes in the address."""
    address = f"{base(sandbox=sandbox)}/api/oauth/authorize"
    return Start(prepare_grant_uri(address, settings.JOBBER_CLIENT_ID, "code", redirect_uri=redirect_uri, state=state))


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, which works once. Raises Disconnected when it is spent or too old."""
    return _ask_for_tokens({"code": said["code"], "redirect_uri": redirect_uri}, "authorization_code", sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The one account of the person who signed in."""
    from integrations.jobber.ledger import account_in

    with closing(_client("", tokens, sandbox)) as client:
        found = account_in(client)
    return [Company(fields.identifier(found.get("id"), "id"), fields.text(found, "name", most=200))]


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books this token opens under this id."""
    from integrations.jobber.ledger import JobberLedger

    with closing(JobberLedger(_client(company.account, tokens, sandbox), company.account, Home())) as ledger:
        return ledger.organisation()


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new pair: the old refresh token is dead from here on (unless rotation is off: then it comes back)."""
    renewed = _ask_for_tokens({"refresh_token": tokens.refresh}, "refresh_token", sandbox, before=tokens.refresh)
    return Tokens(renewed.access, renewed.refresh, renewed.access_expires_at, None, dict(tokens.details))


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """Take the app out of this account. They know no other way to end a sign-in."""
    if tokens.access_expires_at <= machine_now() + timedelta(seconds=30):
        tokens = refresh(tokens, sandbox=sandbox)
    with closing(_client(account, tokens, sandbox)) as client:
        try:
            client.run(documents.DISCONNECT)
        except Refused as error:
            log.info("connection_was_gone", vendor="Jobber", vendor_code=error.vendor_code)


def tokens_in(answer: Any, *, now: datetime, before: str = "") -> Tokens:
    """The tokens of an answer; ``before``: the refresh token that stays when none came. Raises Unavailable."""
    said = answer if isinstance(answer, dict) else {}
    access, renewed = said.get("access_token"), said.get("refresh_token") or before
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("Jobber sent no tokens."), problem="answer_garbled")
    return Tokens(access, renewed, _ends(access, said, now), None)


def claims(access: str) -> Json:
    """What stands in a token. It came from Jobber itself just now, so its signature is not looked at: for the clock."""
    try:
        middle = access.split(".")[1]
        found = fields.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _ends(access: str, said: Json, now: datetime) -> datetime:
    """When a token ends: their answer need not say, the token itself does."""
    try:
        ends = datetime.fromtimestamp(int(claims(access)["exp"]), tz=now.tzinfo)
    except (KeyError, TypeError, ValueError, ArithmeticError, OSError):
        return now + timedelta(seconds=_seconds(said.get("expires_in")))
    return ends


def _seconds(value: Any) -> int:
    try:
        found = int(value)
    except (TypeError, ValueError, ArithmeticError):
        return USUAL_SECONDS
    return found if 0 < found < 10**9 else USUAL_SECONDS


def _client(account: str, tokens: Tokens, sandbox: bool) -> Client:
    return Client(account=account, access=lambda *, stale=None: tokens.access, sandbox=sandbox, patience=SECONDS)


def _ask_for_tokens(wanted: Mapping[str, str], grant: str, sandbox: bool, *, before: str = "") -> Tokens:
    asked_at = machine_now()
    app = {"client_id": settings.JOBBER_CLIENT_ID, "client_secret": settings.JOBBER_CLIENT_SECRET}
    body = prepare_token_request(grant, **app, **wanted)
    try:
        answer = httpx2.post(
            f"{base(sandbox=sandbox)}/api/oauth/token",
            content=body,
            headers=_FORM,
            timeout=SECONDS,
            trust_env=not sandbox,
            verify=asking.trust(),
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", vendor="Jobber", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("Jobber is not available right now.")) from None
    log.info("books_sign_in", vendor="Jobber", status=answer.status_code)
    said = answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())
    if said.get("warning"):
        log.warning("refresh_token_not_rotated", vendor="Jobber", said=fields.clean(said["warning"])[:300])
    return tokens_in(said, now=asked_at, before=before)
