"""Webhooks of one connection, where a vendor keeps an address and a key for each: asked for, verified, ended.

The address holds a random token, of which we keep the hash; the keys are sealed to their rows. What is missing is made by
``bring_up``, safe to repeat, owed in ``due`` until it is done. Polling goes on all the while: a webhook is a hint. What
was broken off is gone on with at the same address, by one worker at a time.
"""

import secrets as randomness
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from integrations import bells, health, hooks, secrets
from integrations.errors import Disconnected, Refused, VendorError
from integrations.hooks import Key
from integrations.ledger import Ledger, ledger_for
from integrations.models import Connection, HookDoor, Registration
from syntharra import clock, due, logs

log = logs.get(__name__)

TABLE = "integrations_registration"
TRY_AGAIN = timedelta(minutes=30)
SOON = timedelta(minutes=1)
LONGEST_ASKING = 300  # seconds; a worker that died in the middle holds up the next for so long
MOST_CALLBACKS = 40
"""More than any vendor registers for one company: whoever knows the address fills no table with codes of his own."""
BY_HAND = ("zoho",)
"""Vendors whose webhooks the owner makes himself; the others are asked through their API."""


def is_wanted(connection: Connection) -> bool:
    """Whether this vendor rings at an address of this connection's own."""
    try:
        return hooks.of(connection.provider).PER_CONNECTION
    except ModuleNotFoundError:
        return False


def owe(connection: Connection) -> None:
    """These books were connected: have the vendor ring for them, where it takes an address for each."""
    if is_wanted(connection) and connection.provider not in BY_HAND:
        bells.ask_to_register(connection.pk)


def end(connection: Connection) -> None:
    """From the commit on nobody rings for these books: the address opens nothing any more."""
    HookDoor.objects.filter(provider=connection.provider, connection_id=connection.pk).delete()
    connection.hooks.all().delete()
    due.settle(bells.REGISTER, connection.pk)


@transaction.atomic
def by_hand(connection_id: UUID) -> tuple[str, str]:
    """An address and a secret for the owner to enter at the vendor, made anew: the ones before end."""
    connection = health.held(connection_id)
    end(connection)
    secret = randomness.token_hex(20)  # alphanumeric, 12 to 50 characters: what Zoho takes
    row = keep(connection, "", secret)
    Registration.objects.filter(pk=row.pk).update(verified_at=clock.now())
    return _new_address(connection), secret


def keep(connection: Connection, name: str, secret: str, *, event: str = "") -> Registration:
    """Store the key of a registration; one that is there keeps its row."""
    row = connection.hooks.filter(name=name).first()
    row = row or Registration(connection=connection, name=name, event=event, created_at=clock.now())
    if secret:
        row.secrets = secrets.encrypt(TABLE, row.pk, {"key": secret})
    row.save()
    return row


def keys_of(connection: Connection) -> list[Key]:
    """The keys a delivery to this connection may be signed with: those the vendor has confirmed to us, no others.

    Whoever knows the address may send us a code for it; the vendor confirms its own only. One that cannot be opened
    counts as none.
    """
    found = []
    for row in connection.hooks.exclude(verified_at=None).exclude(secrets=b""):
        try:
            found.append(Key(secrets.decrypt(TABLE, row.pk, bytes(row.secrets))["key"], row.name))
        except secrets.Unreadable as error:
            log.error("secrets_unreadable", registration=str(row.pk), error=str(error))
    return found


@transaction.atomic
def heard(connection_id: UUID, callback: str, verifier: str) -> None:
    """The vendor sent the code that proves the address is ours: kept, and given back to it soon.

    A registration the vendor has confirmed keeps its key: whoever knows the address could send another.
    """
    connection = health.held(connection_id)
    if connection.hooks.filter(name=callback).exclude(verified_at=None).exists():
        return
    if not connection.hooks.filter(name=callback).exists() and connection.hooks.count() >= MOST_CALLBACKS:
        log.warning("webhook_codes_too_many", connection=str(connection_id))
        return
    keep(connection, callback, verifier)
    bells.ask_to_register(connection_id)


def bring_up(connection_id: UUID) -> bool:
    """Ask the vendor for what is not registered, give back the codes it sent. False when something is still owed.

    Call it outside any transaction. ``integrations.<vendor>.webhooks`` has ``EVENTS``, ``register(ledger, uri)`` answering
    the id of each event's callback, ``addresses(ledger)``, ``verify(ledger, callback, verifier)`` and
    ``resend(ledger, callback)``.
    """
    connection = Connection.objects.get(pk=connection_id)
    if connection.state != Connection.State.CONNECTED or not is_wanted(connection):
        due.settle(bells.REGISTER, connection_id)
        return True
    vendor = import_module(f"integrations.{connection.provider}.webhooks")
    try:
        with closing(ledger_for(connection)) as ledger:
            asked = _ask_for_missing(connection, vendor, ledger)
            for row in connection.hooks.filter(verified_at=None):
                _bring_on(vendor, ledger, row)
    except Disconnected as error:
        health.trouble(connection_id, error)
        due.settle(bells.REGISTER, connection_id)
        return False
    except (VendorError, secrets.Unreadable) as error:
        log.warning("not_registered_yet", connection=str(connection_id), error=type(error).__name__)
        due.note(bells.REGISTER, connection_id, at=clock.now() + TRY_AGAIN)
        return False
    if not asked:
        due.note(bells.REGISTER, connection_id, at=clock.now() + SOON)  # should the other worker die, it is still owed
        return False
    if connection.hooks.filter(verified_at=None).exists():
        due.note(bells.REGISTER, connection_id, at=clock.now() + TRY_AGAIN)  # their code is on its way, or was lost
        return False
    due.settle(bells.REGISTER, connection_id)
    return True


def _ask_for_missing(connection: Connection, vendor: Any, ledger: Ledger) -> bool:
    """Register the events that lack a row. False where another worker is at it: two would register each of them twice."""
    if not _missing(connection, vendor):
        return True
    place = f"registering:{connection.pk}"
    if not cache.add(place, "", timeout=LONGEST_ASKING):
        return False
    try:
        if _missing(connection, vendor):  # else the other worker has just done it
            _register(connection, vendor.register(ledger, _address(connection, vendor.addresses(ledger))))
    finally:
        cache.delete(place)
    return True


def _missing(connection: Connection, vendor: Any) -> set[str]:
    """An event whose code came before we learnt which callback is for it has a row without its name."""
    return set(vendor.EVENTS) - set(connection.hooks.values_list("event", flat=True))


def _bring_on(vendor: Any, ledger: Ledger, row: Registration) -> None:
    """Give its code back, where it has come; where it should have come by now, have it sent once more."""
    if bytes(row.secrets):
        _verify(vendor, ledger, row)
    elif clock.now() - row.created_at >= TRY_AGAIN:
        vendor.resend(ledger, row.name)


def _verify(vendor: Any, ledger: Ledger, row: Registration) -> None:
    """Give its code back to the vendor. One it does not know is no registration of ours: it is forgotten."""
    try:
        vendor.verify(ledger, row.name, secrets.decrypt(TABLE, row.pk, bytes(row.secrets))["key"])
    except Refused as error:
        log.warning("registration_refused", registration=str(row.pk), vendor_code=error.vendor_code)
        row.delete()
    else:
        Registration.objects.filter(pk=row.pk).update(verified_at=clock.now())


@transaction.atomic
def _register(connection: Connection, callbacks: dict[str, str]) -> None:
    """``callbacks`` by event. A verifier may have come in while we were still asking: its row keeps its key."""
    if health.held(connection.pk).state == Connection.State.DISCONNECTED:
        return  # meanwhile; rows of it would pass for registrations when it is connected again
    for event, name in callbacks.items():
        row = keep(connection, name, "", event=event)
        Registration.objects.filter(pk=row.pk).update(event=event)


def _address(connection: Connection, registered: Iterable[str]) -> str:
    """The address that is open and known to the vendor; a new one where there is none. We keep only the hash of it."""
    doors = HookDoor.objects.filter(provider=connection.provider, connection_id=connection.pk)
    hashes = set(doors.values_list("token_hash", flat=True))
    for uri in registered:
        token = uri.rpartition("/")[2]
        if hooks.hash_of(token) in hashes and uri == _at(connection, token):
            return uri
    return _opened(connection)


@transaction.atomic
def _opened(connection: Connection) -> str:
    """An address that works before the vendor hears of it; those of attempts before are closed, with their keys."""
    HookDoor.objects.filter(provider=connection.provider, connection_id=connection.pk).delete()
    connection.hooks.all().delete()
    return _new_address(connection)


def _new_address(connection: Connection) -> str:
    token = randomness.token_urlsafe(24)
    HookDoor.objects.create(
        token_hash=hooks.hash_of(token),
        provider=connection.provider,
        business_id=connection.business.pk,
        connection_id=connection.pk,
    )
    return _at(connection, token)


def _at(connection: Connection, token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('books_webhook_of', args=[connection.provider, token])}"
