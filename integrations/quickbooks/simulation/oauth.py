"""Who may read which company: codes, access tokens, refresh tokens that roll over. All on machine time."""

import base64
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.config import QuickBooksSimConfig


class OAuthError(Exception):
    """An error of the token or revoke endpoint, as RFC 6749 writes it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status


@dataclass
class Grant:
    """One consent of one company; lives until revoked, or until its refresh token or the hard limit runs out."""

    number: int
    realm: str
    created: float
    refresh_token: str
    refresh_issued: float
    previous_token: str | None = None
    previous_until: float = 0.0
    ended: bool = False


@dataclass(frozen=True)
class _Code:
    realm: str
    redirect_uri: str
    expires: float


class OAuth:
    """The authorization server of one registered app."""

    def __init__(self, settings: Callable[[], QuickBooksSimConfig]) -> None:
        self._settings = settings
        self.grants: list[Grant] = []
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[Grant, float]] = {}
        self._refresh: dict[str, Grant] = {}

    def check_client(self, header: str | None) -> None:
        """Raises invalid_client unless the Basic header holds this app's id and secret."""
        scheme, _, encoded = (header or "").partition(" ")
        settings = self._settings()
        try:
            given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            given = b""
        if not hmac.compare_digest(given, f"{settings.client_id}:{settings.client_secret}".encode()):
            raise OAuthError("invalid_client", "Client authentication failed", 401)

    def issue_code(self, realm: str, redirect_uri: str) -> str:
        """A code that can be redeemed once, soon, for the same redirect address."""
        code = f"AB1{secrets.token_urlsafe(36)}"
        self._codes[code] = _Code(realm, redirect_uri, time.time() + self._settings().code_seconds)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Json:
        """The first tokens of a new grant. Raises invalid_grant for a code that is unknown, used, late or misplaced."""
        found = self._codes.pop(code, None)
        if found is None or found.expires <= time.time():
            raise OAuthError("invalid_grant", "Invalid authorization code")
        if found.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "The redirect_uri does not match the authorization request")
        return self.grant(found.realm)

    def grant(self, realm: str) -> Json:
        """The tokens of a new grant for this company."""
        now = time.time()
        grant = Grant(len(self.grants) + 1, realm, now, _refresh_token(), now)
        self.grants.append(grant)
        self._refresh[grant.refresh_token] = grant
        return self._tokens(grant, hard_limit=False)

    def refresh(self, token: str, *, hard_limit: bool) -> Json:
        """New access token; the refresh token is replaced when it is old enough, and stays good for a short grace."""
        settings, now = self._settings(), time.time()
        grant = self._refresh.get(token)
        if grant is None or not self._usable(grant, token, now):
            raise OAuthError("invalid_grant", "Incorrect or invalid refresh token")
        if token == grant.refresh_token and now - grant.refresh_issued >= settings.rotate_after_seconds:
            grant.previous_token = token
            grant.previous_until = now + settings.previous_token_grace_seconds
            grant.refresh_token, grant.refresh_issued = _refresh_token(), now
            self._refresh[grant.refresh_token] = grant
        return self._tokens(grant, hard_limit=hard_limit)

    def revoke(self, token: str) -> None:
        """End the grant a token belongs to. Raises invalid_request for an unknown one."""
        access = self._access.get(token)
        grant = access[0] if access else self._refresh.get(token)
        if grant is None or grant.ended:
            raise OAuthError("invalid_request", "The token is unknown or already revoked")
        grant.ended = True

    def realm_of(self, access_token: str) -> str | None:
        """The company an access token is good for now."""
        grant, expires = self._access.get(access_token, (None, 0.0))
        if grant is None or grant.ended or expires <= time.time():
            return None
        return grant.realm

    def disconnect(self, realm: str) -> int:
        """The owner disconnects the app inside QuickBooks: every grant of the company ends."""
        ending = [grant for grant in self.grants if grant.realm == realm and not grant.ended]
        for grant in ending:
            grant.ended = True
        return len(ending)

    def expire_access(self, realm: str) -> int:
        """Let every access token of the company run out now; refresh tokens stay good."""
        expiring = [token for token, (grant, _) in self._access.items() if grant.realm == realm]
        for token in expiring:
            del self._access[token]
        return len(expiring)

    def state(self) -> list[Json]:
        """The grants without their secrets."""
        return [
            {
                "number": grant.number,
                "realm": grant.realm,
                "ended": grant.ended,
                "refresh_token": mask(grant.refresh_token),
            }
            for grant in self.grants
        ]

    def living_access_tokens(self) -> list[tuple[str, int, float]]:
        """Access tokens still good, with the number of their grant and when they run out."""
        now = time.time()
        living = {token: one for token, one in self._access.items() if one[1] > now and not one[0].ended}
        return [(token, grant.number, expires) for token, (grant, expires) in living.items()]

    def restore(self, grants: list[Grant], access: list[tuple[str, int, float]]) -> None:
        """The grants and access tokens as they were kept."""
        self.grants = grants
        by_number = {grant.number: grant for grant in grants}
        self._refresh = {grant.refresh_token: grant for grant in grants}
        self._refresh |= {grant.previous_token: grant for grant in grants if grant.previous_token}
        self._access = {token: (by_number[number], float(expires)) for token, number, expires in access}

    def _usable(self, grant: Grant, token: str, now: float) -> bool:
        settings = self._settings()
        if grant.ended or now >= grant.created + settings.hard_limit_seconds:
            return False
        if token == grant.refresh_token:
            return now < grant.refresh_issued + settings.refresh_token_seconds
        return token == grant.previous_token and now < grant.previous_until

    def _tokens(self, grant: Grant, *, hard_limit: bool) -> Json:
        settings, now = self._settings(), time.time()
        access = _access_token()
        self._access[access] = (grant, now + settings.access_token_seconds)
        tokens: Json = {
            "token_type": "bearer",
            "expires_in": int(settings.access_token_seconds),
            "access_token": access,
            "refresh_token": grant.refresh_token,
            "x_refresh_token_expires_in": round(grant.refresh_issued + settings.refresh_token_seconds - now),
        }
        if hard_limit:
            tokens["x_refresh_token_hard_expires_in"] = int(grant.created + settings.hard_limit_seconds - now)
        return tokens


def mask(secret: str) -> str:
    """A secret as it may be shown: its first and last characters."""
    return f"{secret[:4]}…{secret[-4:]}" if len(secret) > 16 else "…"


def _access_token() -> str:
    """As long as the vendor's, which surprises columns that are too short."""
    return f"eyJ{secrets.token_urlsafe(300)}..{secrets.token_urlsafe(400)}"


def _refresh_token() -> str:
    return f"AB11{secrets.token_urlsafe(36)}"
