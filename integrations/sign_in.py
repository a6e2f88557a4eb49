"""What signing in at a vendor gives, and where each vendor's own way of it is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from integrations.ledger import Organisation

type Details = Mapping[str, str]
"""What else belongs to a sign-in and is no secret: a data centre, an address for the API, an id of the connection."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens and when they end, on the machine's clock. Never shown."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime | None
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Start:
    """Where to send the owner; ``verifier`` is our half of PKCE, kept in his session, "" where the vendor has none."""

    address: str
    verifier: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Company:
    """One company a sign-in opens."""

    account: str
    name: str
    details: Details = field(default_factory=dict)


class SignIn(Protocol):
    """A vendor's module ``oauth``. Its functions raise the errors of ``integrations.errors``."""

    def is_set_up(self) -> bool:
        """Whether this installation has a key of this vendor."""

    def begin(self, *, sandbox: bool, state: str, redirect_uri: str) -> Start: ...

    def exchange(self, said: Mapping[str, str], *, sandbox: bool, redirect_uri: str, verifier: str) -> Tokens:
        """Tokens for what came back in the address (``code`` and what else the vendor sends with it), which works once."""

    def companies(self, said: Mapping[str, str], tokens: Tokens, *, sandbox: bool) -> list[Company]:
        """Which books this sign-in opens, by the vendor's own word. One: no question; several: the owner chooses."""

    def organisation(self, company: Company, tokens: Tokens, *, sandbox: bool) -> Organisation:
        """Whose books these are. Raises Disconnected when the sign-in does not open them."""

    def refresh(self, tokens: Tokens, *, sandbox: bool) -> Tokens:
        """A new pair. Where a vendor sends no new refresh token, the old one again; details are carried over."""

    def revoke(self, tokens: Tokens, account: str, *, sandbox: bool) -> None:
        """End our access to this company. What the vendor no longer knows counts as ended."""


def at(provider: str) -> SignIn:
    """How to sign in at this vendor."""
    return cast("SignIn", import_module(f"integrations.{provider}.oauth"))
