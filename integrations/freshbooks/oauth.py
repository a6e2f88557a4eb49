"""Signing in to their books: the address to send the owner to, and tokens for the code he comes back with.

A refresh token is spent by its first use, and a refresh wants the address of the sign-in again: it is kept beside the
tokens. They document no PKCE: ``state`` guards the way. Authlib writes the requests; we send them, once.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from django.conf import settings
from django.utils.translation import gettext as _

from integrations import worlds
from integrations.errors import Disconnected, Refused, Unavailable
from integrations.fields import Bad, Json
from integrations.freshbooks import answers, identity
from integrations.freshbooks.client import HOSTS, address, garbled
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company, Start, Tokens
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

SCOPES = (
    *("user:profile:read", "user:invoices:read", "user:clients:read", "user:payments:read", "user:credit_notes:read"),
    *("user:credit_notes:write", "user:payments:write", "user:clients:write"),
)
"""To read, and for what we write: credits, their application, the note for the staff. No invoice is ever changed."""

# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0
_SIGN_IN = "https://auth.freshbooks.com"
_CLOCKS_DIFFER = timedelta(hours=1)


def is_set_up() -> bool:
    return bool(settings.FRESHBOOKS_CLIENT_ID and settings.FRESHBOOKS_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in. Which of his businesses he means is asked afterwards."""
    place = worlds.base("freshbooks", sandbox=sandbox, live=_SIGN_IN, hosts=HOSTS)
    wanted = prepare_grant_uri(
        f"{place}/oauth/authorize",
        settings.FRESHBOOKS_CLIENT_ID,
        "code",
        redirect_uri=redirect_uri,
        scope=" ".join(SCOPES),
        state=state,
    )
    return Start(wanted)


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, which works once. Raises Disconnected when it is spent or too old."""
    wanted = prepare_token_request("authorization_code", code=said["code"], redirect_uri=redirect_uri, **_app())
    return _ask_for_tokens(wanted, redirect_uri, sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The businesses the sign-in owns or administers, by their word."""
    try:
        return identity.companies(_me(tokens, sandbox))
    except Bad as bad:
        raise garbled(str(bad)) from None


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books these are. Raises Disconnected when the sign-in does not open them."""
    try:
        found = identity.organisation(_me(tokens, sandbox), company.account, Home())
    except Bad as bad:
        raise garbled(str(bad)) from None
    if found is None:
        raise Disconnected(_("FreshBooks says we may not read this business."), problem="access_removed")
    return found


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new pair; the refresh token before is spent. Raises Disconnected when it was revoked or used before."""
    redirect_uri = tokens.details.get("redirect_uri", "")
    wanted = prepare_token_request("refresh_token", refresh_token=tokens.refresh, redirect_uri=redirect_uri, **_app())
    return _ask_for_tokens(wanted, redirect_uri, sandbox)


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """End our access. A token they no longer know counts as ended."""
    body = str(httpx2.QueryParams({**_app(), "token": tokens.refresh}))
    answer = _send("POST", "/auth/oauth/revoke", sandbox=sandbox, content=body)
    error = answers.error_in(answer.content, status=answer.status_code, headers=answer.headers, now=machine_now())
    if answer.is_success or error is None or isinstance(error, Refused):
        return
    if isinstance(error, Disconnected) and error.problem != "app_refused":
        return
    raise error


def tokens_in(answer: Json, *, now: datetime) -> Tokens:
    """The tokens of an answer. Raises Unavailable when there are none."""
    access, renewed = answer.get("access_token"), answer.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("FreshBooks sent no tokens."), problem="answer_garbled")
    seconds = _whole(answer.get("expires_in"))
    ends = _issued(answer, now) + timedelta(seconds=seconds if 0 < seconds < 10**9 else 3600)
    return Tokens(access, renewed, ends, None)


def issued_at(answer: Json) -> datetime | None:
    """When the pair was made, by their clock; None where they do not say."""
    seconds = _whole(answer.get("created_at"))
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 10**11 else None


def _issued(answer: Json, now: datetime) -> datetime:
    """By their clock, as long as it agrees with ours."""
    said = issued_at(answer)
    return said if said is not None and now - _CLOCKS_DIFFER <= said <= now else now


def _ask_for_tokens(body: str, redirect_uri: str, sandbox: bool) -> Tokens:
    asked_at = machine_now()
    answer = _send("POST", "/auth/oauth/token", sandbox=sandbox, content=body)
    said = answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())
    found = tokens_in(said, now=asked_at)
    details = {"redirect_uri": redirect_uri} if redirect_uri else {}
    return Tokens(found.access, found.refresh, found.access_expires_at, None, details)


def _me(tokens: Tokens, sandbox: bool) -> Json:
    headers = {"Authorization": f"Bearer {tokens.access}"}
    answer = _send("GET", "/auth/api/v1/users/me", sandbox=sandbox, headers=headers)
    return answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())


def _app() -> dict[str, str]:
    return {"client_id": settings.FRESHBOOKS_CLIENT_ID, "client_secret": settings.FRESHBOOKS_CLIENT_SECRET}


def _send(
    method: str, path: str, *, sandbox: bool, content: str | None = None, headers: Mapping[str, str] | None = None
) -> httpx2.Response:
    place = address(sandbox=sandbox)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if content is not None else {}
    try:
        answer = httpx2.request(
            method,
            place + path,
            content=content,
            headers={"Accept": "application/json", **form, **(headers or {})},
            timeout=SECONDS,
            trust_env=not sandbox,
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", vendor="FreshBooks", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("FreshBooks is not available right now.")) from None
    log.info("books_sign_in", vendor="FreshBooks", status=answer.status_code)
    return answer


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, ArithmeticError):
        return 0
