"""A number of its own for a live business: found by area code, rented into its account, or moved there by the operator."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from accounts import timeline
from accounts.models import Business
from calls import numbers
from integrations.errors import Refused, Throttled, Unavailable
from integrations.models import NumberOrder, PhoneLine
from integrations.twilio.client import NumberShop, Offered, number_shop
from integrations.twilio.keys import keys_of
from integrations.twilio.owner import Owner
from syntharra import clock

MOST_SHOWN = 10
ASK_AGAIN_AFTER = timedelta(minutes=2)
NOT_AVAILABLE = ("21422", "21421")
_AREA = re.compile(r"[2-9]\d{2}")
_NUMBER = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
Status = NumberOrder.Status


@dataclass(frozen=True, slots=True)
class Rented:
    """The number as a line of the business. ``is_new`` is False where it had been rented before."""

    line: PhoneLine
    is_new: bool


def available(business: Business, area_code: str) -> list[Offered]:
    """Local numbers of this area code that can be rented now, ten at most. Raises Refused for no area code, VendorError."""
    if not _AREA.fullmatch(area_code):
        raise Refused(f"{area_code!r} is no area code: three digits, such as 614", code="area_code")
    return number_shop(business).available(area_code, limit=MOST_SHOWN)


def rent(business: Business, number: str, *, by: str) -> Rented:
    """Rent this number into the business's own account, from when on its calls come to us. Safe to repeat: it costs once.

    The order is a row first. Without an answer the account is asked whether it has the number before anything is asked for
    again. Raises Refused (a sandbox; a number that is gone), Disconnected without an account, Unavailable where nobody knows.
    """
    if business.sandbox:
        raise Refused("the number of a sandbox is part of it", code="sandbox")
    if not _NUMBER.fullmatch(number):
        raise Refused(f"{number!r} is no number of this country, such as +16145550100", code="number")
    keys_of(business)
    line = PhoneLine.objects.filter(number=number, released_at=None).first()
    if line is not None:
        return Rented(line, is_new=False)
    order, shop = _order(business, number, by=by), number_shop(business)
    if order.asked_at is None or not shop.has(number):
        _ask(shop, order)
    NumberOrder.objects.filter(pk=order.pk).update(status=Status.RENTED)
    numbers.fetch(business, by=by)
    return Rented(PhoneLine.objects.get(number=number, released_at=None), is_new=True)


@transaction.atomic
def _order(business: Business, number: str, *, by: str) -> NumberOrder:
    waiting = NumberOrder.objects.filter(number=number, status=Status.WANTED)
    try:
        with transaction.atomic():
            order, made = waiting.get_or_create(
                number=number, status=Status.WANTED, defaults={"wanted_at": clock.now(), "by": by}
            )
    except IntegrityError:  # somebody else was faster by a moment
        order, made = waiting.get(), False
    if made:
        timeline.record(business, "number_wanted", by=by, number=number)
    return order


def _ask(shop: NumberShop, order: NumberOrder) -> None:
    moment = clock.machine_now()
    if order.asked_at is not None and moment - order.asked_at < ASK_AGAIN_AFTER:
        raise Unavailable("the carrier has not said whether the number is rented; look again in two minutes")
    if NumberOrder.objects.filter(pk=order.pk, asked_at=order.asked_at).update(asked_at=moment) != 1:
        raise Unavailable("somebody else is asking the carrier for this number")
    try:
        shop.rent(
            order.number,
            voice_url=numbers.address("twilio_inbound"),
            fallback_url=numbers.address("twilio_inbound_fallback"),
            status_url=numbers.address("twilio_inbound_status"),
            text_url=numbers.address("twilio_text"),
        )
    except Throttled:
        NumberOrder.objects.filter(pk=order.pk).update(asked_at=None)
        raise
    except Refused as refused:
        NumberOrder.objects.filter(pk=order.pk).update(status=Status.REFUSED, problem=str(refused.vendor_code)[:20])
        if refused.vendor_code in NOT_AVAILABLE:
            raise Refused("somebody else has that number by now: choose another", code=refused.vendor_code) from refused
        raise


def assign(business: Business, number: str, *, by: str) -> bool:
    """Move a number the operator owns (bought or ported by him) into the business's account. False when he has none such."""
    account = keys_of(business).account
    if not Owner().give_number(number, to=account):
        return False
    numbers.fetch(business, by=by)
    return True
