"""Whose line an address of ours names, and which keys of the carrier open it. Asked before anything else is believed."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Business
from calls.models import Call, CallDoor
from integrations.errors import Disconnected
from integrations.secrets import Unreadable
from integrations.twilio.keys import Keys, business_of, installation_keys, keys_of
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """``business`` is None where the address names nobody of ours; the installation's own carrier may still knock."""

    business: Business | None
    keys: Keys | None


def door_of(line_id: UUID) -> Door:
    """The door of this line."""
    found = CallDoor.objects.filter(attempt_id=line_id).values_list("business_id", flat=True).first()
    business = Business.objects.filter(pk=found).first() if found else None
    return Door(business, _keys(business))


def door_of_account(account: str) -> Door:
    """The door of a carrier account: the live business that owns it, else the installation's own."""
    found = business_of(account)
    business = Business.objects.filter(pk=found).first() if found else None
    return Door(business, _keys(business))


def _keys(business: Business | None) -> Keys | None:
    try:
        if business is None:
            return installation_keys()
        with acting_for(business.pk):
            return keys_of(business)
    except (Disconnected, Unreadable) as error:
        log.warning("no_carrier_keys", business=str(business.pk) if business else "", problem=str(error))
        return None


def call_at(line_id: UUID, sid: str = "") -> Call | None:
    """The call on this line: the attempt's, or the one a customer made. With ``sid`` only if the carrier knows it so."""
    calls = Call.objects.select_related("customer", "business", "attempt")
    calls = calls.filter(sid=sid) if sid else calls
    return calls.filter(attempt_id=line_id).first() or calls.filter(pk=line_id, attempt=None).first()
