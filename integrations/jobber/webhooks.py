"""Their webhooks: is it really from them, and what changed where. Pure.

Each delivery is one event and holds ids only. It is signed with the app's own secret over the bytes as they came: their
example serializes the body anew, which is the same for compact JSON alone.
"""

from django.conf import settings

from integrations import fields, hooks
from integrations.fields import Bad, Json
from integrations.hooks import Event, Incoming, Key, NotAWebhook

PER_CONNECTION = False
REFUSED = 401

SIGNATURE = "x-jobber-hmac-sha256"
_OBJECTS = {"INVOICE": "invoice", "PAYMENT": "payment", "CLIENT": "customer", "APP": "connection"}
_ACTIONS = {
    "CREATE": "created",
    "UPDATE": "updated",
    "DESTROY": "deleted",
    "CONNECT": "connected",
    "DISCONNECT": "disconnected",
}


def app_key() -> str:
    """The app's secret: they have no key of its own for webhooks."""
    return str(settings.JOBBER_CLIENT_SECRET)


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly these bytes were signed with the app's secret. In constant time; False without a key."""
    return hooks.is_hmac(incoming.body, key, incoming.headers.get(SIGNATURE, ""))


def events_in(incoming: Incoming) -> list[Event]:
    """The event of one delivery. Raises NotAWebhook."""
    try:
        said = fields.loads(incoming.body)
    except ValueError:
        raise NotAWebhook("the body is no JSON") from None
    try:
        event = fields.inner(fields.inner(said, "data"), "webHookEvent") if isinstance(said, dict) else {}
        if not event:
            raise NotAWebhook("data.webHookEvent was expected")
        return [_event(event)]
    except Bad as bad:
        raise NotAWebhook(str(bad)) from None


def _event(raw: Json) -> Event:
    topic = fields.text(raw, "topic", most=60).upper()
    kind, _underscore, verb = topic.rpartition("_")
    account = fields.identifier(raw.get("accountId"), "accountId")
    external_id = fields.identifier(raw.get("itemId"), "itemId")
    # Apps made before December 2023 get it misspelt.
    at = fields.text(raw, "occurredAt", most=60) or fields.text(raw, "occuredAt", most=60)
    return Event(
        event_id=hooks.event_id(topic, account, external_id, at),
        account=account,
        object=_OBJECTS.get(kind, ""),
        external_id=external_id,
        action=_ACTIONS.get(verb, verb.casefold()[:20]),
        occurred_at=fields.moment(at),
    )
