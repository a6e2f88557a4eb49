"""The keys under which numbers are hashed in the open tables, and which of them the database was written with.

A stop nobody can compare any more stops nobody: a key that was used stays among the settings for good, behind a newer one
if need be, and where one is missing no live call or text leaves until it is back.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from compliance.number_key_models import NumberKey
from syntharra import clock
from syntharra.acting import business_or_none

LIVE, SANDBOX = b"number:", b"sandbox number:"

REMEDY = _(
    "Put the earlier key behind the present one: NUMBER_KEYS=present,earlier. Where NUMBER_KEYS was not set, the earlier key is the SECRET_KEY of then."
)


def keys() -> list[str]:
    """The present one first. Without a key of their own, numbers are hashed under ``SECRET_KEY``."""
    return settings.NUMBER_KEYS or [settings.SECRET_KEY]


def number_hash(number: str, *, here: bool = False) -> bytes:
    """A keyed hash of an E.164 number for the open tables: comparable here, readable nowhere.

    ``here``: of something that happened with the business acted for, which is nothing real where that is a sandbox.
    """
    return _hash(keys()[0], number, SANDBOX if here and _in_sandbox() else LIVE)


def number_hashes(number: str) -> list[bytes]:
    """What this number may stand under for the business acted for, the present key first.

    What was written under an earlier key still counts. What happened in sandboxes counts in sandboxes alone, and there besides
    what is real.
    """
    spaces = (LIVE, SANDBOX) if _in_sandbox() else (LIVE,)
    return [_hash(key, number, space) for space in spaces for key in keys()]


def contact_hash(source: str) -> bytes:
    """The same for what a contact is counted once by."""
    return hmac.digest(keys()[0].encode(), b"contact:" + source.encode(), hashlib.sha256)


def _hash(key: str, number: str, space: bytes) -> bytes:
    return hmac.digest(key.encode(), space + number.encode(), hashlib.sha256)


def _in_sandbox() -> bool:
    business = business_or_none()
    return business is not None and _is_sandbox(business)


@lru_cache(maxsize=4096)
def _is_sandbox(business: UUID) -> bool:
    """Decided at birth and never changed."""
    return Business.objects.filter(pk=business, sandbox=True).exists()


def fingerprint(key: str) -> str:
    """Tells one key from another and nothing about it."""
    return hmac.digest(key.encode(), b"fingerprint of a number key", hashlib.sha256).hex()[:16]


def note_key() -> None:
    """A stop is being written under the present key: from this commit on it may never be missing. Safe to call twice."""
    NumberKey.objects.get_or_create(fingerprint=fingerprint(keys()[0]), defaults={"since": clock.now()})


def missing() -> list[NumberKey]:
    """Keys that stops were written under and that the settings do not name, oldest first. One query."""
    known = [fingerprint(key) for key in keys()]
    return list(NumberKey.objects.exclude(fingerprint__in=known).order_by("since"))


@register(Tags.database)
def stops_can_be_read(*, databases: Any = None, **_options: Any) -> list[CheckMessage]:
    """At start-up: no stop is lifted silently because a key changed."""
    for alias in databases or ():
        if NumberKey._meta.db_table not in connections[alias].introspection.table_names():
            continue
        if lost := NumberKey.objects.using(alias).exclude(fingerprint__in=[fingerprint(key) for key in keys()]):
            words = f"{len(lost)} earlier key of phone numbers is not among the settings: stops written under it bind nobody, and no live call or text leaves."
            return [Warning(words, hint=str(REMEDY), id="compliance.W001")]
    return []
