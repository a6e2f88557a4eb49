"""Opening and closing the account of a live business at the carrier.

The row comes first, under a name nobody else uses; then the carrier is asked, once. Where no answer came the account is
looked for by that name, and asked for again only after the carrier has said for a good while that there is none.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import timeline
from accounts.models import Business
from integrations.errors import Disconnected, Refused, Throttled, Unavailable
from integrations.models import CarrierAccount, NumberDoor, PhoneLine
from integrations.twilio.keys import seal, take_door
from integrations.twilio.owner import Owner, Subaccount
from syntharra import clock, logs

log = logs.get(__name__)

# No request of ours lasts longer than seconds; by then a made account is listed.
ASK_AGAIN_AFTER = timedelta(minutes=10)


def open_for(business: Business, *, by: str) -> CarrierAccount:
    """This live business's own account; opened at the carrier where it has none. While acting for it; safe to repeat.

    Raises Refused for a sandbox, Disconnected without an account of the operator's, and Unavailable where the carrier
    does not say: then it is opened or found by asking again later.
    """
    if business.sandbox:
        raise Refused("a sandbox business has no carrier account of its own", code="sandbox")
    owner = Owner()
    account = _row(business, by=by)
    if account.sid:
        return account
    if account.asked_at is not None and (found := owner.find(account.label)):
        if len(found) > 1:
            log.error("carrier_account_twice", label=account.label, accounts=len(found))
        return _keep(business, account, found[0], by=by)
    if account.asked_at is not None and clock.machine_now() - account.asked_at < ASK_AGAIN_AFTER:
        raise Unavailable("the carrier has not said whether it opened the account; look again in ten minutes")
    return _keep(business, account, _ask(owner, account), by=by)


@transaction.atomic
def _row(business: Business, *, by: str) -> CarrierAccount:
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    account = CarrierAccount.objects.filter(closed_at=None).first()
    if account is None:
        account = CarrierAccount(sid="", opened_at=clock.now())
        account.label = f"syntharra {account.pk.hex}"
        account.calls_per_second = settings.CALLS_PER_SECOND
        account.save()
        timeline.record(business, "carrier_account_wanted", by=by, label=account.label)
    if account.closing_at is not None:
        raise Refused("the account of this business is being closed", code="closing")
    return account


def _ask(owner: Owner, account: CarrierAccount) -> Subaccount:
    """Once, by whoever marks it first. A plain no leaves the row as if nobody had asked."""
    mine = CarrierAccount.objects.filter(pk=account.pk, sid="", asked_at=account.asked_at)
    if mine.update(asked_at=clock.machine_now()) != 1:
        raise Unavailable("somebody else is asking the carrier for this account")
    try:
        return owner.open(account.label)
    except (Refused, Throttled, Disconnected):
        CarrierAccount.objects.filter(pk=account.pk, sid="").update(asked_at=None)
        raise


@transaction.atomic
def _keep(business: Business, account: CarrierAccount, opened: Subaccount, *, by: str) -> CarrierAccount:
    held = CarrierAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if held.sid:
        return held
    take_door(business, opened.sid)
    held.sid, held.opened_at = opened.sid, clock.now()
    seal(held, token=opened.token)
    held.save()
    timeline.record(business, "carrier_account_set", by=by, account=opened.sid)
    return held


def close_for(business: Business, *, by: str) -> bool:
    """Close this business's account at the carrier, for good, with its numbers. False when it has none. Safe to repeat.

    Raises Refused while the business calls: stop all its calls first. A number it wants to keep is ported away before.
    """
    account = CarrierAccount.objects.filter(closed_at=None).first()
    if account is None:
        return False
    if not Business.objects.filter(pk=business.pk).exclude(stopped_at=None).exists():
        raise Refused(f"{business.name} still makes calls: stop them first", code="calls_on")
    CarrierAccount.objects.filter(pk=account.pk, closing_at=None).update(closing_at=clock.machine_now())
    owner = Owner()
    sids = [account.sid] if account.sid else [one.sid for one in owner.find(account.label)]
    for sid in sids:
        owner.close(sid)
    _closed(business, account, by=by)
    return True


@transaction.atomic
def _closed(business: Business, account: CarrierAccount, *, by: str) -> None:
    if CarrierAccount.objects.filter(pk=account.pk, closed_at=None).update(closed_at=clock.now(), secrets=b"") != 1:
        return
    lines = PhoneLine.objects.filter(released_at=None, sandbox=False)
    NumberDoor.objects.filter(line_id__in=lines.values("pk")).delete()
    released = list(lines.values_list("number", flat=True))
    lines.update(released_at=clock.now(), is_main=False)
    timeline.record(business, "carrier_account_closed", by=by, account=account.sid, numbers=released)
