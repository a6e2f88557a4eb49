"""Webhooks as the owner set them up by hand: one request an object, signed over query, form fields and raw body."""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from integrations.simulation.call import FORM_TYPE, JSON_TYPE, Json, dump
from integrations.simulation.hooks import Delivery, Event
from integrations.zoho.simulation import render_contacts, render_invoices, render_money
from integrations.zoho.simulation.answers import with_whole_ids

if TYPE_CHECKING:
    from integrations.zoho.simulation.world import ZohoWorld

HEADER = "X-Zoho-Webhook-Signature"
NAMES = {"invoice": "invoice", "customer": "contact", "payment": "payment", "credit": "creditnote"}


def signing_string(query: str, fields: list[tuple[str, str]], body: bytes) -> bytes:
    """Parameters and form fields sorted by name, names and values without separators, then a body that is no form."""
    pairs = sorted([*parse_qsl(query, keep_blank_values=True), *fields])
    return "".join(name + value for name, value in pairs).encode() + body


def sign(secret: str, signed: bytes, *, encoding: str = "hex") -> str:
    """HMAC-SHA256 of the signing string, in lower-case hex or base64."""
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def deliveries(world: "ZohoWorld", events: list[Event]) -> list[Delivery]:
    """One POST an object that changed, where the owner made a rule for its module; none for what was deleted."""
    settings = world.settings
    if not settings.webhook_url:
        return []
    latest = {(one.account, one.kind, one.id): one for one in events}
    return [
        _delivery(world, settings.webhook_url, one)
        for one in latest.values()
        if one.kind in settings.webhook_modules and one.action != "deleted"
    ]


def _delivery(world: "ZohoWorld", url: str, event: Event) -> Delivery:
    settings = world.settings
    name = NAMES[event.kind]
    parts = urlsplit(url)
    query = "&".join(one for one in (parts.query, settings.webhook_query) if one)
    address = urlunsplit(parts._replace(query=query))
    fields: list[tuple[str, str]] = []
    if settings.webhook_format == "form":
        fields = [(f"{name}_id", event.id), ("event_type", f"{name}_{event.action}")]
        body, content_type = urlencode(fields).encode(), FORM_TYPE
    else:
        found = {f"{name}_id": event.id} if settings.webhook_format == "raw" else {name: _whole(world, event)}
        body, content_type = dump(with_whole_ids(found) if settings.ids_as_integers else found), JSON_TYPE
    headers = {"Content-Type": content_type, "User-Agent": "ZohoBooks"}
    if settings.webhook_key:
        signed = signing_string(query, fields, b"" if fields else body)
        headers[HEADER] = sign(settings.webhook_key, signed, encoding=settings.webhook_encoding)
    note = {"organization_id": event.account, "module": name, "id": event.id, "action": event.action}
    return Delivery(address, headers, body, note, signature=HEADER)


def _whole(world: "ZohoWorld", event: Event) -> Json:
    view = world.view(event.account)
    match event.kind:
        case "customer":
            return render_contacts.whole(view, view.customer(event.id))
        case "payment":
            return render_money.payment_whole(view, view.books.payment(event.id))
        case "credit":
            return render_money.credit_whole(view, view.credit(event.id))
    return render_invoices.whole(view, view.invoice(event.id))
