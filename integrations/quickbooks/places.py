"""Where QuickBooks is: at Intuit for a live business, at our simulator for a sandbox one; never the other way round."""

import threading
import time
from dataclasses import dataclass

import httpx2
from django.conf import settings
from django.utils.translation import gettext as _

from integrations import worlds
from integrations.errors import Unavailable
from syntharra import logs

log = logs.get(__name__)

LIVE_DISCOVERY = "https://developer.intuit.com/.well-known/openid_configuration/"
LIVE_API = "https://quickbooks.api.intuit.com/v3"
HOSTS = ("intuit.com",)
_REREAD_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Places:
    authorize: str
    token: str
    revoke: str
    api: str


# As documented, for when the discovery document itself cannot be read.
LIVE = Places(
    authorize="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106  (an address)
    revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    api=LIVE_API,
)

_known: dict[str, tuple[float, Places]] = {}
_lock = threading.Lock()


def places(*, sandbox: bool) -> Places:
    """Where to ask, from the discovery document, read once an hour. Raises Unavailable or WrongWorld."""
    discovery, api = _addresses(sandbox)
    with _lock:
        read_at, found = _known.get(discovery, (float("-inf"), None))
    if found is not None and time.monotonic() - read_at < _REREAD_SECONDS:
        return found
    try:
        found = _discover(discovery, api, sandbox=sandbox)
    except Unavailable:
        found = found or (None if sandbox else LIVE)
        if found is None:
            raise
    with _lock:
        _known[discovery] = (time.monotonic(), found)
    return found


def check(address: str, *, sandbox: bool) -> str:
    """The address itself when it lies in the right world. Raises WrongWorld."""
    return worlds.check(address, sandbox=sandbox, hosts=HOSTS)


def _addresses(sandbox: bool) -> tuple[str, str]:
    if sandbox:
        base = f"{settings.SIMULATORS_URL}/quickbooks"
        return f"{base}/.well-known/openid_configuration/", f"{base}/v3"
    return settings.QUICKBOOKS_DISCOVERY_URL or LIVE_DISCOVERY, settings.QUICKBOOKS_API_URL or LIVE_API


def _discover(discovery: str, api: str, *, sandbox: bool) -> Places:
    check(discovery, sandbox=sandbox)
    try:
        answer = httpx2.get(discovery, timeout=5.0, headers={"Accept": "application/json"}, trust_env=not sandbox)
        said = answer.json() if answer.status_code == httpx2.codes.OK else None
    except (httpx2.HTTPError, ValueError) as error:
        log.warning("books_discovery_failed", error=type(error).__name__, sandbox=sandbox)
        said = None
    if not isinstance(said, dict):
        raise Unavailable(_("QuickBooks does not say where to sign in."))
    names = ("authorization_endpoint", "token_endpoint", "revocation_endpoint")
    authorize, token, revoke = (check(str(said.get(name, "")), sandbox=sandbox) for name in names)
    return Places(authorize, token, revoke, check(api, sandbox=sandbox))
