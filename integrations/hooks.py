"""Webhooks of every vendor in the same words. A webhook is only a hint: it says what to look at, never what is there."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

type Json = dict[str, Any]

ACTIONS = ("created", "updated", "deleted", "voided", "merged", "emailed", "connected", "disconnected")


class NotAWebhook(ValueError):
    """The body is none of the forms the vendor sends; the message says what was found."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One delivery as it came in. ``url`` is the address as the vendor has it registered, never as the request says."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str]  # names in lower case
    url: str = ""
    query: str = ""  # the raw query string


@dataclass(frozen=True, slots=True)
class Key:
    """What a delivery is checked against: the app's key, or the one of this connection's webhook."""

    secret: str = field(repr=False)
    name: str = ""  # what the vendor calls the registration (a callback's id), "" for the app's own


@dataclass(frozen=True, slots=True)
class Event:
    """One change a vendor tells of. ``object`` is "" for what is not ours to read."""

    event_id: str
    account: str
    object: str  # invoice, payment, credit_memo, customer, connection, or ""
    external_id: str
    action: str
    occurred_at: datetime | None

    @property
    def payload(self) -> Json:
        """What is stored: ids and words, nothing of a customer."""
        return {
            "object": self.object,
            "external_id": self.external_id,
            "action": self.action,
            "occurred_at": self.occurred_at.isoformat() if self.occurred_at else None,
        }


def event_id(*parts: str) -> str:
    """An id for a change whose vendor gives it none: the same change said again comes out as the same event."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def is_hmac(message: bytes, key: Key, said: str) -> bool:
    """Whether ``said`` is the base64 HMAC-SHA256 of this message. In constant time; False without a key."""
    if not key.secret:
        return False
    expected = base64.b64encode(hmac.digest(key.secret.encode(), message, hashlib.sha256))
    return hmac.compare_digest(expected, said.encode(errors="replace"))


def hash_of(token: str) -> str:
    """What we keep of the token in an address of a connection's own."""
    return hashlib.sha256(token.encode()).hexdigest()


class Webhooks(Protocol):
    """A vendor's module ``webhooks``: pure."""

    PER_CONNECTION: bool
    """True: each connection has its own address (with a token) and its own key. False: one address and key an app."""

    REFUSED: int
    """What the vendor wants to hear for a wrong signature (401, 403)."""

    def app_key(self) -> str:
        """The key of the app, from the settings; "" when it is not set up or there is none."""

    def is_signed(self, incoming: Incoming, key: Key) -> bool:
        """Whether exactly this was signed with this key. In constant time; False without a key."""

    def events_in(self, incoming: Incoming) -> Sequence[Event]:
        """The events of one delivery, in their order; none for a handshake. Raises NotAWebhook."""


def of(provider: str) -> Webhooks:
    """How this vendor's webhooks are read. Raises ModuleNotFoundError for one that has none."""
    return cast("Webhooks", import_module(f"integrations.{provider}.webhooks"))
