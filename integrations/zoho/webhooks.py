"""Their webhooks: is it really from them, and what to look at. Pure.

The owner makes them by hand, so anything may come: raw JSON with an id, their default body, a form. Nothing in it counts but
the ids. How the signature is written, their own page does not say: both usual ways are taken.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from integrations import fields, hooks
from integrations.fields import Bad, Json
from integrations.hooks import Event, Incoming, Key, NotAWebhook
from syntharra.clock import machine_now

PER_CONNECTION = True
REFUSED = 401
SIGNATURE = "x-zoho-webhook-signature"

# What an id is of, and the object they lay it in; in this order the first counts, a customer's only where it is alone.
_IDS = (
    ("invoice_id", "invoice", ("invoice",)),
    ("creditnote_id", "credit_memo", ("creditnote", "credit_note")),
    ("payment_id", "payment", ("payment", "customer_payment", "customerpayment")),
    ("contact_id", "customer", ("contact", "customer")),
    ("customer_id", "customer", ()),
)
_ONE_DELIVERY_SECONDS = 60


def app_key() -> str:
    """There is none: every organization's owner has his own."""
    return ""


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly this was signed with this secret. In constant time; False without one."""
    said = incoming.headers.get(SIGNATURE, "").strip()
    if not key.secret or not said:
        return False
    pairs = _pairs(incoming.query)
    pairs += _pairs(incoming.body.decode(errors="replace")) if _is_form(incoming) else []
    text = "".join(name + value for name, value in sorted(pairs, key=lambda pair: pair[0]))
    message = text.encode(errors="replace") + (b"" if _is_form(incoming) else incoming.body)
    digest = hmac.digest(key.secret.encode(), message, hashlib.sha256)
    as_hex = hmac.compare_digest(digest.hex().encode(), said.lower().encode(errors="replace"))
    return hmac.compare_digest(base64.b64encode(digest), said.encode(errors="replace")) or as_hex


def events_in(incoming: Incoming) -> Sequence[Event]:
    """What one delivery names. Raises NotAWebhook."""
    try:
        said = _said(incoming)
        account = fields.identifier(said.get("organization_id"), "organization_id")
        found = list(_named(said))
    except Bad as bad:
        raise NotAWebhook(str(bad)) from None
    if not found:
        raise NotAWebhook("no id of an invoice, credit note, payment or contact is in it")
    # They number no delivery: one that comes twice at once is one event, the same change an hour later is another.
    moment = str(int(machine_now().timestamp()) // _ONE_DELIVERY_SECONDS)
    return [
        Event(
            event_id=hooks.event_id(account, kind, external_id, moment),
            account=account,
            object=kind,
            external_id=external_id,
            action="updated",
            occurred_at=None,
        )
        for kind, external_id in found
    ]


def _named(said: Json) -> Iterator[tuple[str, str]]:
    """Kind and id of what is named, laid bare or in an object of its name."""
    for name, kind, around in _IDS:
        places = [said, *(said[word] for word in around if isinstance(said.get(word), dict))]
        for place in places:
            external_id = fields.identifier(place.get(name), name)
            if external_id:
                yield kind, external_id
                return


def _said(incoming: Incoming) -> Json:
    """The body, of whichever form, with what stands in the address beside it."""
    asked = dict(_pairs(incoming.query))
    if _is_form(incoming):
        form = dict(_pairs(incoming.body.decode(errors="replace")))
        return asked | form | (_parsed(form["JSONString"].encode()) if "JSONString" in form else {})
    return asked | (_parsed(incoming.body) if incoming.body.strip() else {})


def _parsed(body: bytes) -> Json:
    try:
        found: Any = fields.loads(body)
    except ValueError:
        raise Bad("not_an_object", "the body is no JSON") from None
    if not isinstance(found, dict):
        raise Bad("not_an_object", "the body is no object")
    return found


def _is_form(incoming: Incoming) -> bool:
    """By its type; where none is said, by how it begins."""
    said = incoming.headers.get("content-type", "").casefold()
    if said:
        return said.startswith("application/x-www-form-urlencoded")
    return incoming.body.lstrip()[:1] not in (b"{", b"[", b"")


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True)
    except ValueError:
        return []
