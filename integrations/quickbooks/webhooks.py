"""Their webhooks: is it really from them, and what changed where. Pure.

A webhook is only a hint: it says which company to look at and is never believed about amounts. One delivery may name
several companies, in the CloudEvents form or the older one.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json

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


class NotAWebhook(ValueError):
    """The body is none of the forms they send; the message says what was found."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change they tell of. ``object`` is "" for what is not ours to read."""

    event_id: str
    account: str
    object: str
    external_id: str
    action: str
    occurred_at: datetime | None

    @property
    def payload(self) -> Json:
        """What is stored: ids and words, nothing of a customer."""
        return {
            "object": self.object,
            "external_id": self.external_id,
            "action": self.action,
            "occurred_at": self.occurred_at.isoformat() if self.occurred_at else None,
        }


def is_signed(body: bytes, signature: str, key: str) -> bool:
    """Whether exactly these bytes were signed with the app's verifier token. In constant time; False without a key."""
    if not key:
        return False
    expected = base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256))
    return hmac.compare_digest(expected, signature.encode())


def events_in(body: bytes) -> list[Event]:
    """The events of one delivery, in their order. Raises NotAWebhook."""
    try:
        said = fields.loads(body)
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
        same = "|".join((event_id, account, entity, external_id, word, occurred_at))
        event_id = hashlib.sha256(same.encode()).hexdigest()
    return Event(
        event_id=event_id,
        account=account,
        object=_OBJECTS.get(entity.casefold(), ""),
        external_id=external_id,
        action=known,
        occurred_at=fields.moment(occurred_at),
    )
