"""Whose a carrier account and a number are, and which keys open their doors. Asked before anything else is believed."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import Business
from integrations.errors import Disconnected
from integrations.models import NumberDoor
from integrations.secrets import Unreadable
from integrations.twilio.keys import Keys, business_of, installation_keys, keys_of
from integrations.twilio.webhooks import is_signed
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """``business`` is None where the address names nobody of ours; the installation's own carrier may still knock."""

    business: Business | None
    keys: Keys | None


def door_of_account(account: str) -> Door:
    """The door of a carrier account: the live business that owns it, else the installation's own."""
    found = business_of(account)
    business = Business.objects.filter(pk=found).first() if found else None
    return Door(business, keys_for(business))


def keys_for(business: Business | None) -> Keys | None:
    """What signs the webhooks of this business (None: of the installation); None where nothing can."""
    try:
        if business is None:
            return installation_keys()
        with acting_for(business.pk):
            return keys_of(business)
    except (Disconnected, Unreadable) as error:
        log.warning("no_carrier_keys", business=str(business.pk) if business else "", problem=str(error))
        return None


def may_come_in(request: HttpRequest, door: Door) -> bool:
    """Signed by the account whose door it is, and by no other."""
    keys = door.keys
    return keys is not None and is_signed(request, keys) and request.POST.get("AccountSid") == keys.account


def business_at(number: str, door: Door) -> Business | None:
    """The business this number of ours belongs to, if this door is its own.

    The installation's own account serves the sandbox; a live business is reached by its own account alone.
    """
    found = NumberDoor.objects.filter(number=number).values_list("business_id", flat=True).first()
    business = Business.objects.filter(pk=found).first() if found else None
    if business is None or (business.pk != door.business.pk if door.business else not business.sandbox):
        return None
    return business
