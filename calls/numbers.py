"""The numbers of a business at the carrier: fetched from its account, pointed at us, one of them the main one."""

from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business
from integrations.errors import Refused
from integrations.models import NumberDoor, PhoneLine
from integrations.twilio.client import CarrierNumber, carrier_for
from syntharra import clock


def address(name: str) -> str:
    """One of the addresses a number at the carrier is set to."""
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def fetch(business: Business, *, by: str) -> list[PhoneLine]:
    """The numbers of the business's own carrier account become its own here, and their calls and texts come to us.

    Gives back those that are new. A number the account gave up is released. Raises Disconnected without an account,
    Refused for a sandbox (its number is part of it) and for a number another business has.
    """
    if business.sandbox:
        raise Refused("the number of a sandbox is part of it", code="sandbox")
    carrier = carrier_for(business)
    found = carrier.numbers()
    new = _keep(business, found, by=by)
    for one in found:
        if one.voice_url != address("twilio_inbound") or one.text_url != address("twilio_text"):
            carrier.point(
                one.sid,
                voice_url=address("twilio_inbound"),
                fallback_url=address("twilio_inbound_fallback"),
                status_url=address("twilio_inbound_status"),
                text_url=address("twilio_text"),
            )
    return new


@transaction.atomic
def _keep(business: Business, found: Sequence[CarrierNumber], *, by: str) -> list[PhoneLine]:
    rented = {one.number: one for one in found}
    ours = {line.number: line for line in PhoneLine.objects.filter(released_at=None)}
    gone = [line for number, line in ours.items() if number not in rented]
    PhoneLine.objects.filter(pk__in=[line.pk for line in gone]).update(released_at=clock.now(), is_main=False)
    NumberDoor.objects.filter(line_id__in=[line.pk for line in gone]).delete()
    new = [_take(business, one) for number, one in rented.items() if number not in ours]
    for line in gone:
        timeline.record(line, "number_released", by=by, number=line.number)
    for line in new:
        timeline.record(line, "number_added", by=by, number=line.number)
    return new


def _take(business: Business, one: CarrierNumber) -> PhoneLine:
    line = PhoneLine.objects.create(number=one.number, carrier_sid=one.sid, sandbox=False, created_at=clock.now())
    try:
        with transaction.atomic():
            NumberDoor.objects.create(number=one.number, business_id=business.pk, line_id=line.pk)
    except IntegrityError:
        raise Refused(f"{one.number} belongs to another business of this installation", code="taken") from None
    return line


@transaction.atomic
def set_person(business: Business, number: str, *, by: str) -> None:
    """Whose telephone rings when a customer asks for a person; empty: nobody's."""
    Business.objects.filter(pk=business.pk).update(person_phone=number)
    timeline.record(business, "person_phone_set", by=by, number=number)


@transaction.atomic
def make_main(line: PhoneLine, *, by: str) -> None:
    """Customers who were never called see this number from now on; the others go on seeing the one they know."""
    PhoneLine.objects.filter(is_main=True).update(is_main=False)
    PhoneLine.objects.filter(pk=line.pk).update(is_main=True)
    timeline.record(line, "main_number_set", by=by, number=line.number)
