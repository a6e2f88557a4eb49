"""Where an answer to one of our letters goes: an address of its own for each letter, and one a business forwards mail to.

What stands before the ``@`` is kept nowhere: of a letter's token (160 random bits) the database has the hash, a
business's is made from its id and the installation's secret. Both are in small letters and digits, because mail servers
fold case. Without ``INBOUND_DOMAIN`` letters carry no such address.
"""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Business
from notifications.models import Message, ReplyAddress
from syntharra.clock import machine_now
from syntharra.tenancy import current_business

LASTS = timedelta(days=2 * 365)  # a dispute or a payment plan may take a year; a reply after that is kept as a stray
_REPLY, _FORWARD = "reply", "forward"
_BYTES, _SIGNED = 20, 16
_ADDRESS = re.compile(rf"\b({_REPLY}|{_FORWARD})\+([a-z2-7]{{20,60}})@([a-z0-9.-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Addressed:
    """Whose mail to one of our addresses is: an answer to a letter, or (without one) something a member forwards."""

    business_id: UUID
    message_id: UUID | None


def make(message: Message) -> str:
    """A new address for answers to this letter; empty while the installation takes no mail. Shown here once."""
    if not settings.INBOUND_DOMAIN:
        return ""
    token = _text(secrets.token_bytes(_BYTES))
    ReplyAddress.objects.create(
        address_hash=_hash(token),
        business_id=current_business(),
        message_id=message.pk,
        until=machine_now() + LASTS,
    )
    return f"{_REPLY}+{token}@{settings.INBOUND_DOMAIN}"


def forwarding_address(business: Business) -> str:
    """Where members of this business forward a customer's complaint; empty while the installation takes no mail."""
    if not settings.INBOUND_DOMAIN:
        return ""
    return f"{_FORWARD}+{_text(business.pk.bytes + _signature(business.pk))}@{settings.INBOUND_DOMAIN}"


def addressed(text: str) -> list[Addressed]:
    """Every address of ours that stands in this text and is alive, each once, in order. Unknown ones are left out."""
    found = []
    for kind, token, domain in _ADDRESS.findall(text):
        if domain.lower().rstrip(".") != settings.INBOUND_DOMAIN.lower():
            continue
        one = _of_letter(token.lower()) if kind.lower() == _REPLY else _of_business(token.lower())
        if one is not None and one not in found:
            found.append(one)
    return found


def _of_letter(token: str) -> Addressed | None:
    door = ReplyAddress.objects.filter(address_hash=_hash(token), until__gt=machine_now()).first()
    return Addressed(door.business_id, door.message_id) if door is not None else None


def _of_business(token: str) -> Addressed | None:
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        business_id = UUID(bytes=raw[:16])
    except ValueError:
        return None
    if not constant_time_compare(raw[16:], _signature(business_id)):
        return None
    return Addressed(business_id, None) if Business.objects.filter(pk=business_id).exists() else None


def _signature(business_id: UUID) -> bytes:
    return salted_hmac("notifications.replies.forward", business_id.bytes, algorithm="sha256").digest()[:_SIGNED]


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
