"""The card processor over HTTP, through Stripe's own library: payments on the firm's own account, never on ours.

Every request names the account it is about. What may not happen twice carries a key of ours, so that asking again gives
the first answer; the library's own repeats are off. It is imported when first used: it takes a fifth of a second.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

from accounts.models import Business
from integrations import worlds
from integrations.errors import Disconnected, Refused, Throttled, Unanswered, Unavailable, VendorError
from integrations.hooks import Event
from integrations.stripe.keys import HOSTS, Keys, keys_for
from integrations.stripe.minor import from_minor, to_minor
from integrations.stripe.webhooks import event_of

if TYPE_CHECKING:
    from stripe import StripeClient

CONNECT_SECONDS, READ_SECONDS = 3.0, 15.0
VERSION = "2026-10-28.endive"
MOST_PAGES = 1_000  # of a hundred events: more than an account has in 30 days


@dataclass(frozen=True, slots=True)
class Item:
    """One line of what is paid: a name for the customer and its exact amount."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A page to pay on, as it is to be made. ``key`` names it for good: the same key is the same page."""

    key: str
    currency: str
    items: Sequence[Item]
    success_url: str
    cancel_url: str
    expires_at: datetime  # machine time, 30 minutes to 24 hours ahead
    email: str = ""
    language: str = "en"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A page to pay on, as the processor has it."""

    id: str
    url: str  # "" when it is over
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    payment_intent: str
    amount: Decimal
    currency: str
    reference: str  # our own id of it


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment under way or made."""

    id: str
    status: str
    charge: str
    amount: Decimal
    currency: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken from a card or an account, and what went back of it."""

    id: str
    payment_intent: str
    amount: Decimal
    refunded: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CardDispute:
    """A payment the customer's bank questions. ``withdrawn``: what is out of the firm's account because of it now."""

    id: str
    charge: str
    payment_intent: str
    amount: Decimal
    currency: str
    reason: str
    status: str
    due_by: datetime | None
    withdrawn: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """The firm's own account there."""

    id: str
    name: str
    country: str
    currency: str
    charges_enabled: bool
    details_submitted: bool


class Cards:
    """Stripe, or the simulator that answers as it does, asked in the name of one account."""

    def __init__(self, keys: Keys, account: str, *, sandbox: bool) -> None:
        self._keys, self._account, self._sandbox = keys, account, sandbox

    def begin(self, order: Order) -> Session:
        """Make this page, or give the one made before under its key. Raises Unanswered when nobody knows."""
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.currency.lower(),
                        "unit_amount": to_minor(item.amount, order.currency),
                        "product_data": {"name": item.name[:250]},
                    },
                }
                for item in order.items
            ],
            "client_reference_id": order.metadata.get("checkout", order.key),
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "locale": order.language,
            "submit_type": "pay",
            "metadata": dict(order.metadata),
            "payment_intent_data": {"metadata": dict(order.metadata)},
        }
        if order.email:
            params["customer_email"] = order.email
        asked = self._asked(order.key)
        return self._ask(
            lambda: self._session(self._client.v1.checkout.sessions.create(cast("Any", params), asked)), writes=True
        )

    def session(self, session: str) -> Session:
        found = self._client.v1.checkout.sessions.retrieve
        return self._ask(lambda: self._session(found(session, options=self._asked())))

    def end(self, session: str) -> Session:
        """Nobody can pay on this page any more; one that is complete or expired is given back as it is."""
        try:
            expire = self._client.v1.checkout.sessions.expire
            return self._ask(lambda: self._session(expire(session, options=self._asked())))
        except Refused:
            now = self.session(session)
            if now.status == "open":
                raise
            return now

    def intent(self, intent: str) -> Intent:
        found = self._client.v1.payment_intents.retrieve
        return self._ask(lambda: _intent(found(intent, options=self._asked())))

    def charge(self, charge: str) -> Charge:
        found = self._client.v1.charges.retrieve
        return self._ask(lambda: _charge(found(charge, options=self._asked())))

    def refund_charge(self, refund: str) -> str:
        """The charge a refund is of."""
        found = self._client.v1.refunds.retrieve
        return self._ask(lambda: _id(found(refund, options=self._asked()).to_dict().get("charge")))

    def dispute(self, dispute: str) -> CardDispute:
        found = self._client.v1.disputes.retrieve
        return self._ask(lambda: _dispute(found(dispute, options=self._asked())))

    def events(self, *, since: datetime, types: Sequence[str]) -> Iterator[Sequence[Event]]:
        """What happened on this account since then (machine time; the processor keeps 30 days), newest first, by pages."""
        asked: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "types": list(types), "limit": 100}
        for _ in range(MOST_PAGES):
            found, more = self._ask(partial(self._listed, asked))
            yield found
            if not more:
                return
            asked = {**asked, "starting_after": found[-1].event_id}
        raise Unavailable("the card processor's list does not end", problem="answer_garbled")

    def _listed(self, asked: dict[str, Any]) -> tuple[Sequence[Event], bool]:
        raw = self._client.v1.events.list(cast("Any", asked), self._asked()).to_dict()
        found = [event_of(one, self._account) for one in raw["data"]]
        return found, bool(raw["has_more"]) and bool(found)

    def account(self) -> Account:
        return self._ask(lambda: _account(self._client.v1.accounts.retrieve(self._account)))

    def let_go(self) -> None:
        """Give the permission back. One that is gone already is gone."""
        gone = {"client_id": self._keys.client_id, "stripe_user_id": self._account}
        try:
            self._ask(lambda: self._client.oauth.deauthorize(gone))  # type: ignore[arg-type]
        except (Disconnected, Refused):
            return

    @property
    def _client(self) -> "StripeClient":
        return _client(self._keys)

    def _asked(self, key: str = "") -> Any:
        asked = {"stripe_account": self._account, "stripe_version": VERSION}
        return asked | ({"idempotency_key": key} if key else {})

    def _session(self, answer: Any) -> Session:
        raw = answer.to_dict()
        url = str(raw.get("url") or "")
        if url:
            worlds.check(url, sandbox=self._sandbox, hosts=HOSTS)
        currency = str(raw["currency"]).upper()
        return Session(
            id=_id(raw["id"]),
            url=url,
            status=str(raw["status"]),
            payment_status=str(raw["payment_status"]),
            payment_intent=_id(raw.get("payment_intent")),
            amount=from_minor(int(raw["amount_total"]), currency),
            currency=currency,
            reference=str(raw.get("client_reference_id") or ""),
        )

    def _ask[T](self, request: Callable[[], T], *, writes: bool = False) -> T:
        import stripe

        trouble = (stripe.StripeError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
        try:
            return request()
        except VendorError:
            raise
        except trouble as error:
            ours = _error(error)
            raise (Unanswered.after(ours) if writes and isinstance(ours, Unavailable) else ours) from None


def cards_for(business: Business, account: str) -> Cards:
    """The card processor in the name of this account. Raises Disconnected where the installation has no keys."""
    return Cards(keys_for(sandbox=business.sandbox), account, sandbox=business.sandbox)


def exchange(code: str, *, sandbox: bool) -> str:
    """Which account the owner's sign-in opened; the code works once. What else comes with it is not kept."""
    keys = keys_for(sandbox=sandbox)
    cards = Cards(keys, "", sandbox=sandbox)
    given = {"grant_type": "authorization_code", "code": code}
    return cards._ask(lambda: _id(_client(keys).oauth.token(given).to_dict()["stripe_user_id"]))  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _client(keys: Keys) -> "StripeClient":
    import stripe

    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    addresses: Any = {"api": keys.api, "connect": keys.connect}
    return stripe.StripeClient(
        keys.secret,
        base_addresses=addresses,
        client_id=keys.client_id,
        max_network_retries=0,
        http_client=http,
        stripe_version=VERSION,
    )


def _id(found: Any) -> str:
    """An id, also of an object that was laid in whole; "" for none."""
    return str((found.get("id") if isinstance(found, dict) else found) or "")


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _intent(answer: Any) -> Intent:
    raw = answer.to_dict()
    currency = str(raw["currency"]).upper()
    metadata = {str(name): str(value) for name, value in (raw.get("metadata") or {}).items()}
    amount = from_minor(int(raw["amount"]), currency)
    return Intent(_id(raw["id"]), str(raw["status"]), _id(raw.get("latest_charge")), amount, currency, metadata)


def _charge(answer: Any) -> Charge:
    raw = answer.to_dict()
    currency = str(raw["currency"]).upper()
    amount, back = from_minor(int(raw["amount"]), currency), from_minor(int(raw["amount_refunded"]), currency)
    return Charge(_id(raw["id"]), _id(raw.get("payment_intent")), amount, back, currency)


def _dispute(answer: Any) -> CardDispute:
    raw = answer.to_dict()
    currency = str(raw["currency"]).upper()
    # Money taken out and money given back stand there as entries of the account: what they come to is what is out.
    out = -sum(int(entry["amount"]) for entry in raw.get("balance_transactions") or [])
    return CardDispute(
        id=_id(raw["id"]),
        charge=_id(raw["charge"]),
        payment_intent=_id(raw.get("payment_intent")),
        amount=from_minor(int(raw["amount"]), currency),
        currency=currency,
        reason=str(raw.get("reason") or ""),
        status=str(raw["status"]),
        due_by=_moment((raw.get("evidence_details") or {}).get("due_by")),
        withdrawn=from_minor(max(0, out), currency),
        created_at=datetime.fromtimestamp(int(raw["created"]), UTC),
    )


def _account(answer: Any) -> Account:
    raw = answer.to_dict()
    dashboard = (raw.get("settings") or {}).get("dashboard") or {}
    business = (raw.get("business_profile") or {}).get("name")
    return Account(
        id=_id(raw["id"]),
        name=str(business or dashboard.get("display_name") or raw.get("email") or "")[:200],
        country=str(raw.get("country") or ""),
        currency=str(raw.get("default_currency") or "").upper(),
        charges_enabled=bool(raw.get("charges_enabled")),
        details_submitted=bool(raw.get("details_submitted")),
    )


def _error(error: Exception) -> VendorError:
    """What an error says about the one thing that matters. Nothing of a customer's is kept of it."""
    import stripe

    if not isinstance(error, stripe.StripeError):
        return Unavailable("the card processor sent something we cannot read", problem="answer_garbled")
    status, code, trace = error.http_status or 0, str(error.code or "") or None, error.request_id or ""
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError) or code == "account_invalid":
        return Disconnected("the card processor no longer lets us ask for this account", code=code, trace=trace)
    if status == 429:
        return Throttled("the card processor asks us to slow down", code=code, trace=trace)
    if status == 409:  # the same key is being worked on at this moment
        return Unavailable("the card processor is still busy with this", code=code, trace=trace)
    if 400 <= status < 500:
        said = str(error.user_message or "")[:200]
        return Refused("the card processor refused", code=code, said=said, trace=trace)
    return Unavailable("the card processor did not answer", code=code, trace=trace)
