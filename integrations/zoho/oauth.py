"""Signing in to their books: the address to send the owner to, and tokens for the code he comes back with.

Every way starts at one data centre and ends at the company's own; our secret goes to the addresses of ``centres`` only. A
refresh token stays the same for good, and errors come under HTTP 200. They document no PKCE: ``state`` guards the way.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.errors import Disconnected, Throttled, Unavailable
from integrations.fields import Bad, Json
from integrations.ledger import Home, Organisation
from integrations.sign_in import Company, Start, Tokens
from integrations.zoho import answers, centres, identity
from integrations.zoho.centres import Centre
from integrations.zoho.client import garbled
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

SCOPES = (
    *("ZohoBooks.settings.READ", "ZohoBooks.invoices.READ", "ZohoBooks.contacts.READ"),
    *("ZohoBooks.customerpayments.READ", "ZohoBooks.creditnotes.READ"),
    *("ZohoBooks.creditnotes.CREATE", "ZohoBooks.invoices.CREATE"),
)
# Shorter than the lock time-out: whoever waits for this refresh must not give up before it ends.
SECONDS = 8.0


def is_set_up() -> bool:
    return bool(settings.ZOHO_CLIENT_ID and settings.ZOHO_CLIENT_SECRET)


def begin(*, sandbox: bool, state: str, redirect_uri: str) -> Start:
    """Where the owner signs in. Without both of the last two no refresh token would come."""
    address = prepare_grant_uri(
        f"{centres.home(sandbox=sandbox).accounts}/oauth/v2/auth",
        settings.ZOHO_CLIENT_ID,
        "code",
        redirect_uri=redirect_uri,
        scope=",".join(SCOPES),
        state=state,
        access_type="offline",
        prompt="consent",
    )
    return Start(address)


def exchange(said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
    """Tokens for a code, from the company's own data centre. Raises WrongWorld for a server that is not theirs."""
    centre = centres.signed_in_at(said, sandbox=sandbox)
    wanted = prepare_token_request("authorization_code", code=said["code"], redirect_uri=redirect_uri, **_app())
    return _ask_for_tokens(wanted, centre, sandbox=sandbox)


def companies(said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
    """The organizations the sign-in opens, by their word."""
    try:
        return identity.companies(_organizations(tokens, sandbox))
    except Bad as bad:
        raise garbled(str(bad)) from None


def organisation(company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
    """Whose books these are. Raises Disconnected when the sign-in does not open them."""
    try:
        found = identity.organisation(_organizations(tokens, sandbox), company.account, Home())
    except Bad as bad:
        raise garbled(str(bad)) from None
    if found is None:
        raise Disconnected(_("Zoho Books says we may not read this organization."), problem="access_removed")
    return found


def refresh(tokens: Tokens, *, sandbox: bool) -> Tokens:
    """A new access token beside the old refresh token. Raises Disconnected when that was revoked."""
    centre = _centre_of(tokens, sandbox=sandbox)
    wanted = prepare_token_request("refresh_token", refresh_token=tokens.refresh, **_app())
    return _ask_for_tokens(wanted, centre, sandbox=sandbox, kept=tokens.refresh)


def revoke(tokens: Tokens, account: str, *, sandbox: bool) -> None:
    """End our access, the access tokens included. A token they no longer know counts as ended."""
    place = f"{_centre_of(tokens, sandbox=sandbox).accounts}/oauth/v2/token/revoke"
    answer = _send("POST", place, sandbox=sandbox, parameters={"token": tokens.refresh})
    error = answers.error_in(answer.content, status=answer.status_code, headers=answer.headers, now=machine_now())
    if isinstance(error, Throttled) or (isinstance(error, Unavailable) and not answer.is_success):
        raise error


def tokens_in(answer: Json, *, now: datetime, kept: str = "") -> Tokens:
    """The tokens of an answer; ``kept`` is the refresh token we have, since a renewal names none.

    Raises Unavailable when there are none.
    """
    access, renewed = answer.get("access_token"), answer.get("refresh_token") or kept
    if not (isinstance(access, str) and access and isinstance(renewed, str) and renewed):
        raise Unavailable(_("Zoho Books sent no tokens."), problem="answer_garbled")
    return Tokens(access, renewed, now + timedelta(seconds=_seconds(answer)), None)


def _ask_for_tokens(body: str, centre: Centre, *, sandbox: bool, kept: str = "") -> Tokens:
    asked_at = machine_now()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = _send("POST", f"{centre.accounts}/oauth/v2/token", sandbox=sandbox, content=body, headers=headers)
    said = answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())
    found = tokens_in(said, now=asked_at, kept=kept)
    named = said.get("api_domain")
    api = centres.api_at(named, sandbox=sandbox).api if isinstance(named, str) and named else centre.api
    details = {"dc": centre.name, "accounts_server": centre.accounts, "api_domain": api}
    return Tokens(found.access, found.refresh, found.access_expires_at, None, details)


def _centre_of(tokens: Tokens, *, sandbox: bool) -> Centre:
    """Where these tokens are from; looked up again, whatever is stored. Raises WrongWorld."""
    said = tokens.details.get("accounts_server", "")
    return centres.accounts_at(said, sandbox=sandbox) if said else centres.home(sandbox=sandbox)


def _organizations(tokens: Tokens, sandbox: bool) -> Json:
    said = tokens.details.get("api_domain", "")
    api = (centres.api_at(said, sandbox=sandbox) if said else centres.home(sandbox=sandbox)).api
    headers = {"Authorization": f"Zoho-oauthtoken {tokens.access}"}
    answer = _send("GET", f"{api}/books/v3/organizations", sandbox=sandbox, headers=headers)
    return answers.read(answer.status_code, answer.headers, answer.content, now=machine_now())


def _app() -> dict[str, str]:
    return {"client_id": settings.ZOHO_CLIENT_ID, "client_secret": settings.ZOHO_CLIENT_SECRET}


def _send(
    method: str,
    address: str,
    *,
    sandbox: bool,
    content: str | None = None,
    parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    try:
        answer = httpx2.request(
            method,
            address,
            content=content,
            params=dict(parameters) if parameters else None,
            headers={"Accept": "application/json", **(headers or {})},
            timeout=SECONDS,
            trust_env=not sandbox,
        )
    except httpx2.HTTPError as error:
        log.warning("books_sign_in_unanswered", vendor="Zoho Books", error=type(error).__name__, sandbox=sandbox)
        raise Unavailable(_("Zoho Books is not available right now.")) from None
    log.info("books_sign_in", vendor="Zoho Books", status=answer.status_code)
    return answer


def _seconds(answer: Json) -> int:
    try:
        found = int(answer["expires_in"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return 3600
    return found if 0 < found < 10**9 else 3600
