"""Whose line an address of ours names, and which keys of the carrier open it. Asked before anything else is believed."""

from uuid import UUID

from accounts.models import Business
from calls.models import Call, CallDoor
from integrations.twilio.doors import Door, keys_for


def door_of(line_id: UUID) -> Door:
    """The door of this line."""
    found = CallDoor.objects.filter(attempt_id=line_id).values_list("business_id", flat=True).first()
    business = Business.objects.filter(pk=found).first() if found else None
    return Door(business, keys_for(business))


def call_at(line_id: UUID, sid: str = "") -> Call | None:
    """The call on this line: the attempt's, or the one a customer made. With ``sid`` only if the carrier knows it so."""
    calls = Call.objects.select_related("customer", "business", "attempt")
    calls = calls.filter(sid=sid) if sid else calls
    return calls.filter(attempt_id=line_id).first() or calls.filter(pk=line_id, attempt=None).first()
