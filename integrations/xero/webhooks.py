"""Their webhooks: is it really from them, and what changed where. Pure.

A webhook is only a hint: it says which organisation to look at. They have no events for payments; a payment shows as a
change of its invoice. The address in an event is never asked: it could be anybody's.
"""

from typing import Any

from django.conf import settings

from integrations import fields, hooks
from integrations.fields import Bad
from integrations.hooks import Event, Incoming, Key, NotAWebhook, event_id

PER_CONNECTION = False
REFUSED = 401

SIGNATURE = "x-xero-signature"
_OBJECTS = {"INVOICE": "invoice", "CONTACT": "customer", "CREDITNOTE": "credit_memo"}
_ACTIONS = {"CREATE": "created", "UPDATE": "updated", "DELETE": "deleted"}


def app_key() -> str:
    return str(settings.XERO_WEBHOOK_KEY)


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly these bytes were signed with the app's key (its text: it is not decoded)."""
    return hooks.is_hmac(incoming.body, key, incoming.headers.get(SIGNATURE, ""))


def events_in(incoming: Incoming) -> list[Event]:
    """The events of one delivery, in their order; none for an intent to receive. Raises NotAWebhook."""
    try:
        said = fields.loads(incoming.body)
    except ValueError:
        raise NotAWebhook("the body is no JSON") from None
    if not isinstance(said, dict) or "events" not in said:
        raise NotAWebhook("a list of events was expected")
    try:
        return [_event(raw) for raw in fields.items(said, "events")]
    except Bad as bad:
        raise NotAWebhook(str(bad)) from None


def _event(raw: dict[str, Any]) -> Event:
    category, action = fields.text(raw, "eventCategory").upper(), fields.text(raw, "eventType").upper()
    account = fields.identifier(raw.get("tenantId"), "tenantId")
    external_id = fields.identifier(raw.get("resourceId"), "resourceId")
    at = fields.text(raw, "eventDateUtc", most=60)
    suppliers = fields.text(fields.inner(raw, "data"), "Type").upper().startswith("ACCPAY")
    return Event(
        event_id=event_id(account, external_id, category, action, at),
        account=account,
        object="" if suppliers else _OBJECTS.get(category, ""),
        external_id=external_id,
        action=_ACTIONS.get(action, action.casefold()[:20]),
        occurred_at=fields.moment(at),
    )
