"""What signing in at a vendor gives, and where each vendor's own way of it is found."""

from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from integrations.ledger import Organisation


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens and when they end, on the machine's clock. Never shown."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime | None


class SignIn(Protocol):
    """A vendor's module ``oauth``. Its functions raise the errors of ``integrations.errors``."""

    ACCOUNT: str
    """The name under which the company's id comes back with the code."""

    def is_set_up(self) -> bool: ...

    def authorize_url(self, *, sandbox: bool, state: str, redirect_uri: str) -> str: ...

    def exchange(self, code: str, *, sandbox: bool, redirect_uri: str) -> Tokens: ...

    def refresh(self, refresh_token: str, *, sandbox: bool) -> Tokens: ...

    def revoke(self, token: str, *, sandbox: bool) -> None: ...

    def organisation(self, account: str, access: str, *, sandbox: bool) -> Organisation:
        """Whose books this token opens under this id. Raises Disconnected when it does not open them."""


def at(provider: str) -> SignIn:
    """How to sign in at this vendor."""
    return cast("SignIn", import_module(f"integrations.{provider}.oauth"))
