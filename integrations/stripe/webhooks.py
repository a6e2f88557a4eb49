"""The Connect webhooks of the card processor: signed? about what, in which account? Only ids are kept.

``t=1700000000,v1=...``: the HMAC-SHA256 of the moment, a dot and the body, with the endpoint's secret as it stands, its
``whsec_`` included. While the secret is rotated there are two signatures, or two secrets here (``,`` between them).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from integrations.hooks import Event, Incoming, Key, NotAWebhook
from syntharra.clock import machine_now

PER_CONNECTION = False
REFUSED = 400
TOLERANCE = 300  # seconds, either way: what is signed for later is as wrong as what is old
# What we look at, by the first word of the event's name; the object is read again before anything is done.
OBJECTS = {"checkout.session": "checkout", "charge.dispute": "dispute", "charge": "charge", "account": "account"}


def app_key() -> str:
    return str(settings.STRIPE_CONNECT_WEBHOOK_SECRET)


def is_signed(incoming: Incoming, key: Key) -> bool:
    at, signatures = _header(incoming.headers.get("stripe-signature", ""))
    if at is None or not signatures or abs(machine_now().timestamp() - at) > TOLERANCE:
        return False
    message = f"{at}.".encode() + incoming.body
    secrets = [secret.strip() for secret in key.secret.split(",") if secret.strip()]
    expected = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    # All are compared, so that how long it takes tells nothing.
    matches = [hmac.compare_digest(one, said) for one in expected for said in signatures]
    return any(matches)


def events_in(incoming: Incoming) -> Sequence[Event]:
    try:
        raw = json.loads(incoming.body)
    except (ValueError, RecursionError):
        raise NotAWebhook("the body is not JSON") from None
    if not isinstance(raw, dict) or raw.get("object") != "event":
        raise NotAWebhook("the body is no event")
    account = raw.get("account")
    event = event_of(raw, account if isinstance(account, str) else "")
    return [event] if event.account else []  # the platform's own events come to another address


def event_of(raw: dict[str, Any], account: str) -> Event:
    """An event of this account, rung about or listed. Raises NotAWebhook."""
    name, inside = raw.get("type"), raw.get("data")
    inner = inside.get("object") if isinstance(inside, dict) else None
    if not isinstance(name, str) or not isinstance(inner, dict) or not isinstance(raw.get("id"), str):
        raise NotAWebhook("the event has no id, no type or no object")
    return Event(raw["id"], account, _object(name, inner), str(inner.get("id", ""))[:200], name, _moment(raw))


def _object(name: str, inner: dict[str, Any]) -> str:
    """What the id is of; "" for what is not ours to read."""
    if name == "charge.refund.updated" or inner.get("object") == "refund":
        return "refund"
    for begin, kind in OBJECTS.items():
        if name.startswith(f"{begin}."):
            return kind
    return ""


def _header(said: str) -> tuple[int | None, list[str]]:
    at: int | None = None
    signatures: list[str] = []
    for part in said.split(","):
        name, _equals, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 13:
            at = int(value)
        elif name == "v1" and value.isascii():
            signatures.append(value)
    return at, signatures[:10]


def _moment(raw: dict[str, Any]) -> datetime | None:
    created = raw.get("created")
    return datetime.fromtimestamp(created, UTC) if isinstance(created, int) and 0 < created < 1 << 33 else None
