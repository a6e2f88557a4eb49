"""Their webhooks: is it really from them, and what changed where. Pure.

A webhook is only a hint. What is signed is the address as it is registered at Square together with the body, so a
delivery to another address does not pass for ours.
"""

from django.conf import settings

from integrations import fields, hooks
from integrations.fields import LONGEST_ID, Bad, Json
from integrations.hooks import Event, Incoming, Key, NotAWebhook, event_id

PER_CONNECTION = False
REFUSED = 403

SIGNATURE = "x-square-hmacsha256-signature"
_OBJECTS = {"invoice": "invoice", "payment": "payment", "refund": "payment", "customer": "customer"}
_ACTIONS = {"created": "created", "deleted": "deleted", "canceled": "voided"}
_REVOKED = "oauth.authorization.revoked"


def app_key() -> str:
    return str(settings.SQUARE_WEBHOOK_KEY)


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly this body was sent to exactly our address, by the subscription's key."""
    message = incoming.url.encode() + incoming.body
    return hooks.is_hmac(message, key, incoming.headers.get(SIGNATURE, ""))


def events_in(incoming: Incoming) -> list[Event]:
    """The one event of a delivery, or those of a page of events that were missed. Raises NotAWebhook."""
    try:
        said = fields.loads(incoming.body)
    except ValueError:
        raise NotAWebhook("the body is no JSON") from None
    several = said.get("events") if isinstance(said, dict) else None
    told = several if isinstance(several, list) else [said]
    if not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in told):
        raise NotAWebhook("an event with a type was expected")
    try:
        return [_event(one) for one in told]
    except Bad as bad:
        raise NotAWebhook(str(bad)) from None


def _event(said: Json) -> Event:
    kind = fields.text(said, "type", most=100).casefold()
    of, _, action = kind.rpartition(".")
    account = fields.identifier(said.get("merchant_id"), "merchant_id")
    at = fields.text(said, "created_at", most=60)
    external_id, given = _named(said, of), fields.text(said, "event_id", most=151)
    return Event(
        # Without an id of theirs the same event said again must come out as the same.
        event_id=given if 0 < len(given) <= 150 else event_id(account, kind, external_id, at),
        account=account,
        object="connection" if kind == _REVOKED else _OBJECTS.get(of, "") if external_id else "",
        external_id=external_id,
        action="disconnected" if kind == _REVOKED else _ACTIONS.get(action, "updated"),
        occurred_at=fields.moment(at),
    )


def _named(said: Json, of: str) -> str:
    """Which object; of a refund the payment it takes back. "" for one too long to be anything of ours."""
    data = fields.inner(said, "data")
    name = fields.clean(data.get("id"))
    if of == "refund":
        refund = fields.inner(fields.inner(data, "object"), "refund")
        # A refund's id begins with its payment's.
        name = fields.clean(refund.get("payment_id")) or name.rpartition("_")[0]
    return name if len(name) <= LONGEST_ID else ""
