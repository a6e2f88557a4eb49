"""Webhooks of the card processor that never came: once a day each account's own list of events is looked through.

What is new there goes into the inbox that the webhook's door fills, by the processor's event id, so that nothing is read
twice. How far an account was read is noted when its list came to the end; until then the next day begins where this one did.
"""

from datetime import timedelta

from integrations import bells, inbox
from integrations.inbox import Delivered
from integrations.models import CardAccount, CardDoor
from integrations.stripe.client import cards_for
from syntharra import logs
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for

log = logs.get(__name__)

LISTED_FOR = timedelta(days=30)  # the processor keeps no more
OVERLAP = timedelta(days=1)  # an event may show in the list later than it was created
TYPES = (
    "checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "charge.refunded", "charge.refund.updated", "refund.updated", "refund.failed",
    "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
)  # fmt: skip


def make_up() -> int:
    """Look through the list of every connected account; how many events were new. One that fails stops no other."""
    new = 0
    for account, business_id in list(CardDoor.objects.order_by("account").values_list("account", "business_id")):
        with acting_for(business_id):
            try:
                new += _of_account(account)
            except Exception:
                log.exception("card_events_not_listed", account=account)
    if new:
        bells.ask_to_read_inbox()
    return new


def _of_account(name: str) -> int:
    account = CardAccount.objects.filter(account=name, state=CardAccount.State.CONNECTED).select_related("business")
    row = account.first()
    if row is None:
        return 0
    begun = machine_now()
    since = max((row.events_read_to or min(row.connected_at, begun)) - OVERLAP, begun - LISTED_FOR)
    new = 0
    for page in cards_for(row.business, name).events(since=since, types=TYPES):
        new += inbox.keep_all("stripe", [Delivered(one.event_id, one.payload, name) for one in page if one.object])
    CardAccount.objects.filter(pk=row.pk).update(events_read_to=begun)
    if new:
        log.warning("card_events_made_up", account=name, new=new)
    return new
