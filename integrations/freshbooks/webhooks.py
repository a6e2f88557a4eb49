"""Their webhooks: is it really from them, and what changed where; and how an address is registered with them.

Each registration (callback) is for one kind of object and has a code of its own, which they send to the address once, want
back, and sign with from then on. A delivery holds ids only. Registering asks over HTTP; everything else here is pure.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import parse_qsl

from integrations import fields, hooks
from integrations.errors import Refused
from integrations.fields import Json
from integrations.freshbooks import refs
from integrations.freshbooks.client import Client, garbled
from integrations.hooks import Event, Incoming, Key, NotAWebhook
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

PER_CONNECTION = True
REFUSED = 401
SIGNATURE = "x-freshbooks-hmac-sha256"
EVENTS = ("invoice", "payment", "client", "credit_note")
"""What we ask to be told of; each name covers all that can happen to such an object."""

_OBJECTS = {"invoice": "invoice", "payment": "payment", "client": "customer", "credit_note": "credit_memo"}
_ACTIONS = {"create": "created", "update": "updated", "delete": "deleted", "sendbyemail": "emailed"}
_ONE_DELIVERY_SECONDS = 60
_MOST_PAGES = 50


class _Bound(Protocol):
    """Something that holds the client of one business: its ledger."""

    @property
    def client(self) -> Client: ...


def app_key() -> str:
    """There is none: every callback has its own."""
    return ""


def is_signed(incoming: Incoming, key: Key) -> bool:
    """Whether exactly this was signed with this callback's code. In constant time; False without one."""
    # What they sign is no part of what they send: the form's fields, in their order, as Python writes a flat dict.
    text = json.dumps(_form(incoming.body))
    return hooks.is_hmac(text.encode(), key, incoming.headers.get(SIGNATURE, ""))


def events_in(incoming: Incoming) -> Sequence[Event]:
    """The one event of a delivery; none for a handshake. Raises NotAWebhook."""
    form = _form(incoming.body)
    if "verifier" in form:
        return []
    noun, _dot, verb = form.get("name", "").casefold().partition(".")
    external_id = fields.clean(form.get("object_id"))
    if not noun or not external_id:
        raise NotAWebhook("no form with a name and an object_id")
    if len(external_id) > fields.LONGEST_ID:
        raise NotAWebhook("the object_id is too long")
    account = fields.clean(form.get("account_id"))[: fields.LONGEST_ID]
    # They number no delivery: one that comes twice at once is one event, the same change an hour later is another.
    moment = str(int(machine_now().timestamp()) // _ONE_DELIVERY_SECONDS)
    return [
        Event(
            event_id=hooks.event_id(account, noun, verb, external_id, moment),
            account=account,
            object=_OBJECTS.get(noun, ""),
            external_id=external_id,
            action=_ACTIONS.get(verb, fields.clean(verb)[:20]),
            occurred_at=None,
        )
    ]


def handshake_in(incoming: Incoming) -> tuple[str, str] | None:
    """The callback and its code, where this is how they ask whether an address is ours; None for anything else."""
    form = _form(incoming.body)
    callback, verifier = fields.clean(form.get("object_id")), form.get("verifier", "")
    if not verifier or len(verifier) > 500 or not callback.isascii() or not callback.isdigit() or len(callback) > 64:
        return None
    return callback, verifier


def register(books: Client | _Bound, uri: str) -> dict[str, str]:
    """Have them ring there for all we read: the id of the callback of each event. Safe to repeat with the same address.

    An event they do not know is left out: what it would tell is found by reading. Raises Refused when they know none.
    """
    client = _client(books)
    found = {event: callback for event, address, callback in _registered(client) if address == uri}
    refused: Refused | None = None
    for event in (each for each in EVENTS if each not in found):
        try:
            answer = client.callbacks("POST", body={"callback": {"event": event, "uri": uri}})
        except Refused as error:
            log.warning("webhook_not_registered", vendor="FreshBooks", webhook=event, vendor_code=error.vendor_code)
            refused = error
            continue
        found[event] = _id_in(answer)
    if not found and refused is not None:
        raise refused
    return {event: found[event] for event in EVENTS if event in found}


def addresses(books: Client | _Bound) -> set[str]:
    """Where they ring, or will once it is verified: addresses of ours and of whoever else registered some."""
    return {address for _event, address, _callback in _registered(_client(books))}


def verify(books: Client | _Bound, callback: str, verifier: str) -> None:
    """Give the code back that came in the handshake: from now on they ring. Raises Refused for a wrong one."""
    wanted = {"callback": {"callback_id": int(callback), "verifier": verifier}}
    _client(books).callbacks("PUT", callback, body=wanted)


def resend(books: Client | _Bound, callback: str) -> None:
    """Have them send the handshake of this callback once more."""
    _client(books).callbacks("PUT", callback, body={"callback": {"callback_id": int(callback), "resend": True}})


def _client(books: Client | _Bound) -> Client:
    return books if isinstance(books, Client) else books.client


def _registered(client: Client) -> Iterator[tuple[str, str, str]]:
    """What is registered: event, address and id."""
    for page in range(1, _MOST_PAGES + 1):
        answer = client.callbacks("GET", "", ("page", str(page)), ("per_page", "100"))
        rows = answer.get("callbacks")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        for row in rows:
            yield fields.text(row, "event"), fields.text(row, "uri"), _id_of(row)
        if len(rows) < 100:
            return


def _id_in(answer: Json) -> str:
    callback = answer.get("callback")
    found = _id_of(callback) if isinstance(callback, dict) else ""
    if not found:
        raise garbled("callback: an object with a callbackid was expected")
    return found


def _id_of(row: Mapping[str, object]) -> str:
    return refs.identifier(dict(row), "callbackid", "callback_id", "id")


def _form(body: bytes) -> dict[str, str]:
    """The fields in the order in which they came; empty for what is no form."""
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    except ValueError:
        return {}
