"""Signed links: the only way somebody without an account reaches a page. One module makes, opens and ends them all.

The token is 160 random bits in the path; the database keeps its SHA-256 in an open table, so a leaked database opens
nothing. GET only shows, POST acts; a link that acts is used once.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from syntharra.clock import machine_now
from syntharra.models import Link, LinkDoor
from syntharra.tenancy import acting_for, current_business

_BITS = 160


class DeadLink(Exception):
    """The link is unknown, expired, revoked or already used; ``reason`` is one of those words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def make(purpose: str, subject: UUID, *, lasts: timedelta, scope: dict[str, Any] | None = None) -> str:
    """A new token for this subject of the current business. It is shown here once and stored nowhere."""
    token = secrets.token_urlsafe(_BITS // 8)
    now = machine_now()
    link = Link.objects.create(
        purpose=purpose, subject=subject, scope=scope or {}, created_at=now, expires_at=now + lasts
    )
    LinkDoor.objects.create(token_hash=_hash(token), business_id=current_business(), link_id=link.pk)
    return token


@contextmanager
def opened(token: str, *, purpose: str) -> Iterator[Link]:
    """The live link of this token, acting for its business while inside. Raises DeadLink."""
    door = LinkDoor.objects.filter(token_hash=_hash(token)).first()
    if door is None:
        raise DeadLink("unknown")
    with acting_for(door.business_id):
        link = Link.objects.filter(pk=door.link_id, purpose=purpose).first()
        if link is None:
            raise DeadLink("unknown")
        if link.revoked_at:
            raise DeadLink("revoked")
        if link.used_at:
            raise DeadLink("used")
        if link.expires_at <= machine_now():
            raise DeadLink("expired")
        yield link


def use(link: Link) -> None:
    """Spend a single-use link, exactly once. Raises DeadLink when somebody was faster."""
    if Link.objects.filter(pk=link.pk, used_at=None, revoked_at=None).update(used_at=machine_now()) != 1:
        raise DeadLink("used")


def revoke(purpose: str, subject: UUID) -> int:
    """End every live link of this purpose to this subject; how many there were."""
    live = Link.objects.filter(purpose=purpose, subject=subject, revoked_at=None, used_at=None)
    return live.update(revoked_at=machine_now())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
