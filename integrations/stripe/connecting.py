"""Connecting the firm's own account at the card processor, and letting it go again.

As with books: the state that travels there and back is used once, kept hashed in the session that began, and bound to the
person and the business; machine time ends it. The same account is never connected to two businesses.
"""

from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business, User
from integrations import sign_in_state
from integrations.errors import Disconnected, Refused, VendorError
from integrations.models import CardAccount, CardDoor
from integrations.sign_in_state import NotConnected, SignIns
from integrations.stripe import keys
from integrations.stripe.client import Account, cards_for, exchange
from syntharra import clock

# Who has no account there yet makes one on the way.
SIGN_INS = SignIns("card_sign_ins", timedelta(minutes=30))


def redirect_uri() -> str:
    """Where the owner is sent back to; registered there letter by letter."""
    return str(settings.PUBLIC_URL) + reverse("card_callback")


def begin(*, session: MutableMapping[str, Any], business: Business, user: User) -> str:
    """Where to send the owner, remembering in his session that he was sent. Raises NotConnected."""
    try:
        there = keys.keys_for(sandbox=business.sandbox)
    except VendorError:
        raise NotConnected("connect_not_set_up") from None
    state = sign_in_state.new()
    SIGN_INS.begin(session, state, _bound(business, user))
    asked = {
        "response_type": "code",
        "client_id": there.client_id,
        "scope": "read_write",
        "redirect_uri": redirect_uri(),
        "state": state,
    }
    return f"{there.connect}/oauth/authorize?{urlencode(asked)}"


def finish(
    *, session: MutableMapping[str, Any], business: Business, user: User, said: Mapping[str, str]
) -> CardAccount:
    """The owner is back with what the processor ``said`` in the address. Raises NotConnected."""
    SIGN_INS.spend(session, said.get("state", ""), _bound(business, user))
    if said.get("error") or not said.get("code"):
        raise NotConnected("connect_denied")
    try:
        account = exchange(said["code"], sandbox=business.sandbox)
        found = cards_for(business, account).account()
    except (Disconnected, Refused):
        raise NotConnected("connect_code") from None
    except VendorError:
        raise NotConnected("connect_unreachable") from None
    return _keep(business, user, found)


@transaction.atomic(durable=True)
def _keep(business: Business, user: User, found: Account) -> CardAccount:
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    live = CardAccount.objects.filter(state=CardAccount.State.CONNECTED).first()
    if live is not None and live.account != found.id:
        raise NotConnected("connect_another_company")
    _open_door(found.id, business)
    moment = clock.now()
    row = live or CardAccount(account=found.id, sandbox=business.sandbox, connected_at=moment)
    row.connected_by = user.email
    _standing(row, found)
    row.save()
    verb = "connected_cards" if live is None else "reconnected_cards"
    timeline.record(business, verb, by=user.email, account=found.id, name=found.name)
    return row


def _standing(row: CardAccount, found: Account) -> None:
    row.name, row.country, row.currency = found.name, found.country[:2], found.currency[:3]
    row.charges_enabled, row.details_submitted = found.charges_enabled, found.details_submitted
    row.checked_at = clock.now()


def _open_door(account: str, business: Business) -> None:
    try:
        with transaction.atomic():
            CardDoor.objects.get_or_create(account=account, defaults={"business_id": business.pk})
    except IntegrityError:  # somebody else was faster; whose it is, is read below
        pass
    if business_of(account) != business.pk:
        raise NotConnected("connect_elsewhere")


def business_of(account: str) -> UUID | None:
    """Whose account this is; None for a stranger's."""
    return CardDoor.objects.filter(account=account).values_list("business_id", flat=True).first()


def connected() -> CardAccount | None:
    """The account on which the current business's customers pay; None where there is none."""
    return CardAccount.objects.filter(state=CardAccount.State.CONNECTED).first()


def taking() -> CardAccount | None:
    """The same, where the processor lets it take payments."""
    return CardAccount.objects.filter(state=CardAccount.State.CONNECTED, charges_enabled=True).first()


def look(account: CardAccount) -> CardAccount:
    """How the account stands at the processor now. Raises the errors of ``integrations.errors``."""
    found = cards_for(account.business, account.account).account()
    _standing(account, found)
    account.save(update_fields=["name", "country", "currency", "charges_enabled", "details_submitted", "checked_at"])
    return account


@transaction.atomic
def end(account: CardAccount, *, by: str, gone_there: bool = False) -> bool:
    """From this commit nobody pays on it through us. False when it had ended. ``gone_there``: the firm ended it there."""
    moment = clock.now()
    live = CardAccount.objects.filter(pk=account.pk, state=CardAccount.State.CONNECTED)
    ended = live.update(
        state=CardAccount.State.DISCONNECTED,
        disconnected_at=moment,
        disconnected_by=by,
        charges_enabled=False,
        let_go_at=moment if gone_there else None,
    )
    if not ended:
        return False
    # What happened on it may still be told of, and is still ours to know: the door stays. Its firm may connect it again.
    timeline.record(account.business, "disconnected_cards", by=by, account=account.account)
    return True


def let_go(account: CardAccount) -> bool:
    """Give the permission back at the processor; False when it was done or the account is connected again."""
    if (
        account.let_go_at is not None
        or CardAccount.objects.filter(account=account.account, state=CardAccount.State.CONNECTED).exists()
    ):
        return False
    cards_for(account.business, account.account).let_go()
    CardAccount.objects.filter(pk=account.pk).update(let_go_at=clock.now())
    return True


def _bound(business: Business, user: User) -> dict[str, Any]:
    return {"business": str(business.pk), "user": user.pk}
