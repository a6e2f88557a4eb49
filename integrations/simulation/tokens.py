"""Codes, access tokens and refresh tokens under the rules a vendor sets. All on machine time, never the world's."""

import base64
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

type Maker = Callable[["Grant"], str]
"""Makes the text of a token for a grant; the vendor's looks go here."""


class TokenError(Exception):
    """Why a code or token is not good; `grant` is the one it belonged to, where there is one."""

    def __init__(self, reason: str, grant: "Grant | None" = None) -> None:
        super().__init__(reason)
        self.reason, self.grant = reason, grant


@dataclass(frozen=True, kw_only=True)
class TokenRules:
    """How long things live and what a refresh does. `refresh_seconds` None: a refresh token never runs out."""

    code_seconds: float = 300
    access_seconds: float
    refresh_seconds: float | None
    rotate: bool
    grace_seconds: float = 0
    """An old refresh token still works that long after it was replaced."""
    most_access: int | None = None
    """Live access tokens a grant; one more kills the oldest."""
    refreshes_per_window: tuple[int, float] | None = None
    most_refresh_per_user: int | None = None
    """Live grants a user; one more ends the oldest."""


@dataclass(eq=False)
class Grant:
    """One consent: for these accounts, in these scopes. Lives until it is revoked or its refresh token runs out."""

    id: str
    accounts: list[str]
    scopes: set[str]
    user: str
    access_token: str = ""
    refresh_token: str = ""
    access_expires_at: float = 0.0
    refresh_expires_at: float | None = None
    issued_at: float = 0.0
    ended: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    """The vendor's own facts, JSON only; `pkce` is True where the code came with a challenge."""


@dataclass
class _Code:
    accounts: list[str]
    redirect_uri: str
    scopes: set[str]
    user: str
    challenge: str | None
    method: str
    refreshable: bool
    extra: dict[str, Any]
    issued_at: float
    grant: Grant | None = None


class Tokens:
    """The authorization server of one registered app."""

    def __init__(
        self,
        rules: TokenRules | Callable[[Grant | None], TokenRules],
        *,
        make_access: Maker | None = None,
        make_refresh: Maker | None = None,
        make_code: Callable[[], str] | None = None,
        born: Callable[[Grant], None] | None = None,
    ) -> None:
        self._rules = rules if callable(rules) else lambda grant: rules
        self._make_access = make_access or (lambda grant: f"at-{secrets.token_urlsafe(32)}")
        self._make_refresh = make_refresh or (lambda grant: f"rt-{secrets.token_urlsafe(32)}")
        self._make_code = make_code or (lambda: secrets.token_urlsafe(24))
        self._born = born or (lambda grant: None)
        self.grants: list[Grant] = []
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[Grant, float]] = {}
        self._refresh: dict[str, tuple[Grant, float | None]] = {}  # until when it works; None: as long as its grant
        self._refreshed: dict[str, deque[float]] = {}

    def issue_code(
        self,
        accounts: Iterable[str],
        *,
        redirect_uri: str,
        scopes: Iterable[str],
        user: str = "owner",
        challenge: str | None = None,
        method: Literal["S256", "plain"] = "S256",
        refreshable: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> str:
        """A code that can be redeemed once, soon, for the same redirect address."""
        code = self._make_code()
        self._codes[code] = _Code(
            list(accounts), redirect_uri, set(scopes), user, challenge, method, refreshable, extra or {}, time.time()
        )
        return code

    def redeem(self, code: str, *, redirect_uri: str, verifier: str | None = None) -> Grant:
        """The first tokens of a new grant. Raises TokenError: unknown_code, spent_code (which ends the grant it made),
        expired_code, wrong_redirect, wrong_verifier."""
        found = self._codes.get(code)
        if found is None:
            raise TokenError("unknown_code")
        if found.grant is not None:
            self._end(found.grant)
            raise TokenError("spent_code", found.grant)
        if time.time() >= found.issued_at + self._rules(None).code_seconds:
            raise TokenError("expired_code")
        if redirect_uri != found.redirect_uri:
            raise TokenError("wrong_redirect")
        if found.challenge is not None and not _verified(found.challenge, found.method, verifier):
            raise TokenError("wrong_verifier")
        extra = {**found.extra, **({"pkce": True} if found.challenge is not None else {})}
        found.grant = self.grant(
            found.accounts, found.scopes, user=found.user, refreshable=found.refreshable, extra=extra
        )
        return found.grant

    def grant(
        self,
        accounts: Iterable[str],
        scopes: Iterable[str],
        *,
        user: str = "owner",
        refreshable: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> Grant:
        """A grant without a consent page."""
        made = Grant(secrets.token_hex(8), list(accounts), set(scopes), user, extra=extra or {})
        made.issued_at = time.time()
        self._born(made)
        self.grants.append(made)
        self._new_access(made)
        if refreshable:
            self._new_refresh(made)
        self._crowd_out(made)
        return made

    def refresh(self, refresh_token: str) -> Grant:
        """New tokens on a grant by its rules. Raises TokenError: unknown, revoked (or replaced), expired, too_often."""
        grant, until = self._refresh.get(refresh_token, (None, None))
        if grant is None:
            raise TokenError("unknown")
        if grant.ended:
            raise TokenError("revoked", grant)
        if until is not None and time.time() >= until:
            raise TokenError("revoked", grant)
        if grant.refresh_expires_at is not None and time.time() >= grant.refresh_expires_at:
            raise TokenError("expired", grant)
        self._count_refresh(grant)
        if self._rules(grant).rotate:
            replaced_at = time.time() + self._rules(grant).grace_seconds
            for old in {refresh_token, grant.refresh_token}:
                if self._refresh[old][1] is None:
                    self._refresh[old] = (grant, replaced_at)
            self._new_refresh(grant)
        else:
            self._live_on(grant)
        self._new_access(grant)
        return grant

    def grant_of(self, access_token: str) -> Grant:
        """The grant an access token is good for now. Raises TokenError: unknown, expired, revoked."""
        grant, expires = self._access.get(access_token, (None, 0.0))
        if grant is None:
            raise TokenError("unknown")
        if grant.ended:
            raise TokenError("revoked", grant)
        if time.time() >= expires:
            raise TokenError("expired", grant)
        return grant

    def find(self, token: str) -> Grant | None:
        """The grant an access or refresh token belongs or belonged to, ended or not."""
        found = self._access.get(token) or self._refresh.get(token)
        return found[0] if found else None

    def revoke(self, token: str) -> bool:
        """End the grant an access or refresh token belongs to; False where there is none alive."""
        grant = self.find(token)
        if grant is None or grant.ended:
            return False
        self._end(grant)
        return True

    def revoke_account(self, account: str) -> int:
        """The owner disconnects the app: every grant loses the account, and ends when it was the last. How many."""
        touched = [grant for grant in self.grants if account in grant.accounts and not grant.ended]
        for grant in touched:
            if len(grant.accounts) == 1:
                self._end(grant)  # keeps its account, so that a vendor can say whose it was
            else:
                grant.accounts.remove(account)
        return len(touched)

    def expire(self, account: str = "", *, access: bool = True, refresh: bool = False) -> int:
        """Let tokens run out now, of one account or of all. How many grants."""
        meant = [one for one in self.grants if not one.ended and (not account or account in one.accounts)]
        for grant in meant:
            if access:
                grant.access_expires_at = 0.0
                self._access |= {token: (one, 0.0) for token, (one, _) in self._access.items() if one is grant}
            if refresh:
                grant.refresh_expires_at = 0.0
        return len(meant)

    def living_access(self, grant: Grant) -> list[str]:
        """Access tokens of a grant that are good now, oldest first."""
        now = time.time()
        return [token for token, (one, until) in self._access.items() if one is grant and until > now and not one.ended]

    def state(self) -> list[dict[str, Any]]:
        """The grants without their secrets."""
        return [
            {
                "id": one.id,
                "accounts": one.accounts,
                "scopes": sorted(one.scopes),
                "user": one.user,
                "ended": one.ended,
                "access_token": mask(one.access_token),
                "refresh_token": mask(one.refresh_token),
            }
            for one in self.grants
        ]

    def kept(self) -> dict[str, Any]:
        """Everything alive, to be written down. Codes are not: they are too short-lived."""
        now = time.time()
        return {
            "grants": [{**vars(one), "scopes": sorted(one.scopes)} for one in self.grants],
            "access": [[token, one.id, until] for token, (one, until) in self._access.items() if until > now],
            "refresh": [[token, one.id, until] for token, (one, until) in self._refresh.items()],
        }

    def bring_back(self, kept: dict[str, Any]) -> None:
        """What was kept, instead of what is here."""
        self.grants = [Grant(**{**one, "scopes": set(one["scopes"])}) for one in kept["grants"]]
        by_id = {one.id: one for one in self.grants}
        self._access = {token: (by_id[id], until) for token, id, until in kept["access"]}
        self._refresh = {token: (by_id[id], until) for token, id, until in kept["refresh"]}

    def _end(self, grant: Grant) -> None:
        grant.ended = True

    def _new_access(self, grant: Grant) -> None:
        rules = self._rules(grant)
        grant.access_token = self._make_access(grant)
        grant.access_expires_at = time.time() + rules.access_seconds
        self._access[grant.access_token] = (grant, grant.access_expires_at)
        if rules.most_access is not None:
            for oldest in self.living_access(grant)[: -rules.most_access]:
                self._access[oldest] = (grant, 0.0)

    def _new_refresh(self, grant: Grant) -> None:
        grant.refresh_token = self._make_refresh(grant)
        self._refresh[grant.refresh_token] = (grant, None)
        self._live_on(grant)

    def _live_on(self, grant: Grant) -> None:
        seconds = self._rules(grant).refresh_seconds
        grant.refresh_expires_at = None if seconds is None else time.time() + seconds

    def _count_refresh(self, grant: Grant) -> None:
        window = self._rules(grant).refreshes_per_window
        if window is None:
            return
        times, now = self._refreshed.setdefault(grant.id, deque()), time.time()
        while times and times[0] <= now - window[1]:
            times.popleft()
        if len(times) >= window[0]:
            raise TokenError("too_often", grant)
        times.append(now)

    def _crowd_out(self, grant: Grant) -> None:
        most = self._rules(grant).most_refresh_per_user
        if most is None or not grant.refresh_token:
            return
        living = [one for one in self.grants if one.user == grant.user and one.refresh_token and not one.ended]
        for oldest in living[:-most]:
            self._end(oldest)


def mask(secret: str) -> str:
    """A secret as it may be shown: its first and last characters."""
    return f"{secret[:4]}…{secret[-4:]}" if len(secret) > 16 else "…"


def _verified(challenge: str, method: str, verifier: str | None) -> bool:
    if not verifier:
        return False
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(verifier.encode(), challenge.encode())
