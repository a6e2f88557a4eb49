"""What the card processor rings about: each event becomes one duty, and the object it names is read again before acting.

So a repeated, late or reordered event says nothing new, and one that cannot be looked at now is looked at later.
"""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import Business
from disputes import chargebacks
from integrations import inbox
from integrations.errors import Disconnected, Refused, Throttled, Unavailable
from integrations.models import CardAccount, InboxEvent
from integrations.stripe import connecting
from integrations.stripe.client import Cards, cards_for
from invoices import card_money, paying
from invoices.models import CardPayment, Checkout
from notifications import outbox
from notifications.models import Duty
from notifications.outbox import Later
from syntharra import logs
from syntharra.tenancy import acting_for, current_business

log = logs.get(__name__)

SOURCE, KIND = "stripe", "card_event"
FAILED = "checkout.session.async_payment_failed"
GONE = "account.application.deauthorized"


def register() -> None:
    """Say who reads what the processor sends."""
    inbox.reads(SOURCE, _route)
    outbox.carries_out(KIND, carry_out)
    outbox.carries_out("let_go_of_cards", _let_go)


def _route(events: Sequence[InboxEvent]) -> str:
    """To the business whose account it is; what is nobody's here is nobody's."""
    routed = 0
    for event in events:
        business = connecting.business_of(event.account)
        if business is None:
            log.info("card_event_of_a_stranger", event_id=event.event_id)
            continue
        with acting_for(business):
            facts = {**event.payload, "account": event.account}
            outbox.owe(outbox.Act(kind="card_event", key=event.event_id[:120], facts=facts))
            routed += 1
    return f"{routed} of {len(events)} are ours"


def carry_out(duty: Duty) -> str:
    """Look at what this event names, as it is now. Raises Later where the processor cannot be asked."""
    account = CardAccount.objects.filter(account=duty.facts["account"]).order_by("-connected_at").first()
    if account is None:
        return "no account of ours"
    kind, name, event = duty.facts["object"], duty.facts["external_id"], duty.facts["action"]
    if event == GONE:
        return _gone(account)
    business = Business.objects.get(pk=current_business())
    try:
        return _look(cards_for(business, account.account), account, kind, name, event)
    except Throttled as error:
        raise Later(error.retry_after or 30.0, error.problem) from None
    except Unavailable as error:
        raise Later(outbox.backoff(duty.tries), error.problem) from None
    except Disconnected as error:
        if account.state == CardAccount.State.DISCONNECTED:
            return "the account was let go"
        raise Later(outbox.backoff(duty.tries), error.problem) from None
    except Refused as error:
        return f"refused: {error.vendor_code or error.problem}"


def _look(cards: Cards, account: CardAccount, kind: str, name: str, event: str) -> str:
    match kind:
        case "checkout":
            return _checkout(cards, name, event)
        case "charge" | "refund":
            found = cards.charge(cards.refund_charge(name) if kind == "refund" else name)
            payment = _payment(cards, found.payment_intent, found.id)
            if payment is None:
                return "not paid through us"
            card_money.money_back(payment.pk, charge=found.id, refunded=found.refunded)
            return "charge looked at"
        case "dispute":
            dispute = cards.dispute(name)
            payment = _payment(cards, dispute.payment_intent, dispute.charge)
            if payment is None:
                return "not paid through us"
            chargebacks.take_note(payment.pk, dispute)
            return f"dispute is {dispute.status}"
        case "account":
            connecting.look(account)
            return "account looked at"
    return "nothing to look at"


def _checkout(cards: Cards, name: str, event: str) -> str:
    session = cards.session(name)
    checkout = _ours(session.reference, name)
    if checkout is None:
        return "no page of ours"
    if event == FAILED and session.payment_status == "unpaid":
        card_money.settle(checkout.pk, session)
        card_money.did_not_arrive(checkout.pk)
        return "did not arrive"
    payment = card_money.settle(checkout.pk, session)
    return f"payment {payment.status}" if payment is not None else f"page is {session.status}"


def _ours(reference: str, session: str) -> Checkout | None:
    """Our row of a page: by the id we gave it there, which must be of this very business."""
    try:
        mine = UUID(reference)
    except ValueError:
        return Checkout.objects.filter(session=session).first() if session else None
    return Checkout.objects.filter(pk=mine).first()


def _payment(cards: Cards, intent: str, charge: str) -> CardPayment | None:
    """The payment this is about. The event that it was made may still be on its way: then the page is looked at first."""
    mine = CardPayment.objects.all()
    found = (mine.filter(intent=intent).first() if intent else None) or mine.filter(charge=charge).first()
    if found is not None or not intent:
        return found
    checkout = _ours(cards.intent(intent).metadata.get("checkout", ""), "")
    if checkout is None or not checkout.session:
        return None
    card_money.settle(checkout.pk, cards.session(checkout.session))
    return mine.filter(intent=intent).first()


def _gone(account: CardAccount) -> str:
    """The firm took the permission away at the processor itself."""
    if connecting.end(account, by="Stripe", gone_there=True):
        paying.stop_all(account, why="the account was let go")
    return "account let go"


def _let_go(duty: Duty) -> str:
    """Give the permission back, once every page on it is ended."""
    account = CardAccount.objects.select_related("business").get(pk=UUID(duty.key.partition(":")[0]))
    if Checkout.objects.filter(account=account, status=Checkout.Status.ENDING).exclude(session="").exists():
        raise Later(30.0, "pages are still to be ended")
    try:
        return "given back" if connecting.let_go(account) else "nothing to give back"
    except (Unavailable, Throttled) as error:
        raise Later(outbox.backoff(duty.tries), error.problem) from None
