"""The sound of a call: how long it may be listened to, how long the carrier keeps it for us, and deleting it after that.

The two terms are apart: a transcript answers most questions, and a voice is heard by as few as possible for as short as
possible; but who records calls about a debt keeps the recording three years (12 CFR 1006.100(b)).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from accounts import timeline
from accounts.models import Business
from calls.models import Call
from disputes.models import Dispute
from integrations.twilio.client import carrier_for
from notifications import outbox
from notifications.models import Duty
from notifications.outbox import carries_out
from syntharra import clock
from syntharra.tenancy import current_business

THREE_YEARS = timedelta(days=3 * 365 + 1)
AT_ONCE = 500
AGENT = "retention"


def register() -> None:
    """Say who deletes a recording."""
    carries_out("forget_recording", forget)


def playable_until(call: Call) -> datetime:
    """Until when anybody may listen; while the customer has an open dispute, there is no end."""
    return call.placed_at + timedelta(days=settings.RECORDING_PLAYBACK_DAYS)


def kept_for() -> timedelta:
    """How long after its call a recording is kept: as set, and never shorter than the law says."""
    return max(timedelta(days=settings.RECORDING_KEPT_DAYS), THREE_YEARS)


def owe_forgetting() -> int:
    """Owe the deletion of this business's recordings that were kept long enough; how many.

    An open dispute and a legal hold keep them.
    """
    old = Call.objects.filter(placed_at__lt=clock.now() - kept_for()).exclude(recording_sid="")
    disputing = Dispute.objects.filter(Q(closed_at=None) | Q(legal_hold=True)).values("customer")
    found = old.exclude(customer__in=disputing).order_by("placed_at").values_list("pk", "recording_sid")[:AT_ONCE]
    month = f"{clock.now():%Y-%m}"  # a deletion given up on is owed anew the month after
    acts = [
        outbox.Act(kind="forget_recording", key=f"recording:{sid}:{month}", facts={"call": str(pk), "recording": sid})
        for pk, sid in found
    ]
    if acts:
        outbox.owe(*acts)
    return len(acts)


def forget(duty: Duty) -> str:
    """Delete one recording at the carrier, and take note that it is gone. Safe to repeat."""
    business = Business.objects.get(pk=current_business())
    there = carrier_for(business).forget_recording(str(duty.facts["recording"]))
    call = Call.objects.filter(pk=UUID(duty.facts["call"]), recording_sid=duty.facts["recording"]).first()
    if call is not None:
        Call.objects.filter(pk=call.pk).update(recording_sid="")
        timeline.record(call, "forgot_recording", by=AGENT, customer=call.customer_id)
    return "deleted" if there else "was gone already"
