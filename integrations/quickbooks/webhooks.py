"""Their webhooks: is it really from them, and what changed where. Pure.

A webhook is only a hint: it says which company to look at and is never believed about amounts. One delivery may name
several companies, in the CloudEvents form or the older one.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from integrations import fields, hooks
from integrations.fields import Bad, Json
from integrations.hooks import Event, Incoming, Key, NotAWebhook

SIGNATURE = "intuit-signature"
# What we read of their books; other objects (bills, vendors, estimates) are not ours.
_OBJECTS = {"invoice": "invoice", "payment": "payment", "creditmemo": "credit_memo", "customer": "customer"}
_ACTIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "void": "voided",
    "merge": "merged",
    "emailed": "emailed",
}


PER_CONNECTION = False
REFUSED = 401


def app_key() -> str:
    """The app's verifier token."""
    return str(settings.QUICKBOOKS_WEBHOOK_VERIFIER)


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly these bytes were signed with the app's verifier token. In constant time; False without a key."""
    return hooks.is_hmac(incoming.body, key, incoming.headers.get(SIGNATURE, ""))


def events_in(incoming: Incoming) -> list[Event]:
    """The events of one delivery, in their order. Raises NotAWebhook."""
    try:
        said = fields.loads(incoming.body)
    except ValueError:
        raise NotAWebhook("the body is no JSON") from None
    try:
        if isinstance(said, list):
            return [_cloud_event(event) for event in said]
        if isinstance(said, dict) and "eventNotifications" in said:
            return list(_older(said))
        if isinstance(said, dict) and "specversion" in said:
            return [_cloud_event(said)]
    except Bad as bad:
        raise NotAWebhook(str(bad)) from None
    raise NotAWebhook("neither a list of CloudEvents nor eventNotifications")


def _cloud_event(raw: Any) -> Event:
    if not isinstance(raw, dict):
        raise Bad("not_an_object", "an event was expected")
    # qbo.invoice.updated.v1; only some of these are in print, so the words in the middle are all we rely on.
    words = fields.text(raw, "type").casefold().split(".")
    entity, action = (words[1], words[2]) if len(words) >= 3 else ("", "")
    return _event(
        event_id=fields.text(raw, "id"),
        account=fields.identifier(raw.get("intuitaccountid"), "intuitaccountid"),
        entity=entity,
        external_id=fields.identifier(raw.get("intuitentityid"), "intuitentityid"),
        action=action,
        occurred_at=fields.text(raw, "time"),
    )


def _older(said: Json) -> Iterator[Event]:
    for notification in fields.items(said, "eventNotifications"):
        account = fields.identifier(notification.get("realmId"), "realmId")
        for raw in fields.items(fields.inner(notification, "dataChangeEvent"), "entities"):
            operation, entity = fields.text(raw, "operation"), fields.text(raw, "name")
            occurred_at = fields.text(raw, "lastUpdated")
            for name, action in (("id", operation), ("deletedId", "merge")):
                if name == "deletedId" and not raw.get(name):
                    continue
                external_id = fields.identifier(raw.get(name), name)
                yield _event(
                    event_id="",
                    account=account,
                    entity=entity,
                    external_id=external_id,
                    action=action,
                    occurred_at=occurred_at,
                )


def _event(*, event_id: str, account: str, entity: str, external_id: str, action: str, occurred_at: str) -> Event:
    word = action.casefold()
    known = next((ours for theirs, ours in _ACTIONS.items() if word in (theirs, ours)), word[:20])
    if not event_id or len(event_id) > 150:
        # The older form has no id: the same change said again must come out as the same event.
        event_id = hooks.event_id(event_id, account, entity, external_id, word, occurred_at)
    return Event(
        event_id=event_id,
        account=account,
        object=_OBJECTS.get(entity.casefold(), ""),
        external_id=external_id,
        action=known,
        occurred_at=fields.moment(occurred_at),
    )
