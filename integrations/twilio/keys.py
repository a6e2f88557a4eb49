"""The carrier account a business calls through, with what signs its webhooks.

A live business has one of its own (a subaccount: its numbers, its rate and its keys are nobody else's). A sandbox business
uses the installation's, at the simulator.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import timeline
from accounts.models import Business
from integrations.errors import Disconnected, Refused
from integrations.models import CarrierAccount, CarrierDoor
from integrations.secrets import decrypt, encrypt
from syntharra import clock

TABLE = "integrations_carrieraccount"


@dataclass(frozen=True, slots=True)
class Keys:
    """An account's id, its token, the other token while one is rotated, its shared keys by id, its calls a second."""

    account: str
    token: str = field(repr=False)
    secondary: str = field(default="", repr=False)
    shared: Mapping[str, str] = field(default_factory=dict, repr=False)
    calls_per_second: float = 1.0

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(token for token in (self.token, self.secondary) if token)


def installation_keys() -> Keys:
    """The operator's own account. Raises Disconnected where none is set."""
    if not settings.TWILIO_ACCOUNT_SID or not settings.TWILIO_AUTH_TOKEN:
        raise Disconnected("no carrier account: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
    return Keys(
        account=settings.TWILIO_ACCOUNT_SID,
        token=settings.TWILIO_AUTH_TOKEN,
        secondary=settings.TWILIO_SECONDARY_TOKEN,
        shared=settings.TWILIO_SHARED_KEYS,
        calls_per_second=settings.CALLS_PER_SECOND,
    )


def keys_of(business: Business) -> Keys:
    """The account this business calls through. Raises Disconnected where it has none.

    For a live business: while acting for it.
    """
    if business.sandbox:
        return installation_keys()
    open_ones = CarrierAccount.objects.filter(business=business, closed_at=None, closing_at=None)
    account = open_ones.exclude(sid="").first()
    if account is None:
        raise Disconnected(f"{business.name} has no carrier account yet: run manage.py carrier_account {business.pk}")
    sealed = decrypt(TABLE, account.pk, bytes(account.secrets))
    return Keys(
        account=account.sid,
        token=sealed["token"],
        secondary=sealed.get("secondary", ""),
        shared=json.loads(sealed.get("shared", "{}")),
        calls_per_second=float(account.calls_per_second),
    )


def business_of(account: str) -> UUID | None:
    """Whose account at the carrier this is; None for the installation's own and for strangers'."""
    return CarrierDoor.objects.filter(sid=account).values_list("business_id", flat=True).first()


@transaction.atomic
def keep_account(
    business: Business,
    sid: str,
    *,
    token: str,
    by: str,
    secondary: str = "",
    shared: Mapping[str, str] | None = None,
    calls_per_second: float = 1.0,
) -> CarrierAccount:
    """This live business calls through this account from now on; an earlier one of its own is closed.

    The same account again takes the new keys. Raises Refused for a sandbox, and for an account another business has.
    """
    if business.sandbox:
        raise Refused("a sandbox business has no carrier account of its own", code="sandbox")
    take_door(business, sid)
    account = CarrierAccount.objects.filter(closed_at=None).first()
    if account is not None and account.sid != sid:
        CarrierAccount.objects.filter(pk=account.pk).update(closed_at=clock.now())
        account = None
    account = account or CarrierAccount(sid=sid, opened_at=clock.now())
    seal(account, token=token, secondary=secondary, shared=shared)
    account.calls_per_second = calls_per_second
    account.save()
    timeline.record(business, "carrier_account_set", by=by, account=sid)
    return account


def seal(account: CarrierAccount, *, token: str, secondary: str = "", shared: Mapping[str, str] | None = None) -> None:
    """Put the account's keys into its row, encrypted; the caller saves it."""
    sealed: dict[str, Any] = {"token": token, "secondary": secondary, "shared": json.dumps(dict(shared or {}))}
    account.secrets = encrypt(TABLE, account.pk, sealed)


def take_door(business: Business, sid: str) -> None:
    """One account, one business: its signature opens the doors of that business and of no other."""
    if sid == settings.TWILIO_ACCOUNT_SID:
        raise Refused("that is the installation's own account: a live business needs one of its own", code="shared")
    try:
        with transaction.atomic():
            CarrierDoor.objects.get_or_create(sid=sid, defaults={"business_id": business.pk})
    except IntegrityError:  # somebody else was faster; whose it is, is read below
        pass
    if business_of(sid) != business.pk:
        raise Refused("this carrier account belongs to another business of this installation", code="taken")
