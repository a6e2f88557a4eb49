"""What happened in the books as signed deliveries: only names and ids, one for each callback that wants it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from integrations.freshbooks.simulation import payments
from integrations.freshbooks.simulation.callback_store import Json
from integrations.freshbooks.simulation.credit_notes import left_over, overpayment_id
from integrations.freshbooks.simulation.memberships import IDENTITY_ID, business_of
from integrations.freshbooks.simulation.signing import SIGNATURE, body_of, signature
from integrations.simulation.books import NotThere
from integrations.simulation.call import FORM_TYPE
from integrations.simulation.hooks import Delivery, Event

if TYPE_CHECKING:
    from integrations.freshbooks.simulation.world import FreshBooksWorld

NOUNS = {"customer": "client", "credit": "credit_note"}
VERBS = {"created": "create", "updated": "update", "deleted": "delete", "voided": "delete"}


def deliveries(world: "FreshBooksWorld", events: list[Event]) -> list[Delivery]:
    """In the order in which it happened."""
    found = []
    for event in events:
        for name, id in _names(world, event):
            found += [_delivery(event.account, name, id, one) for one in world.callbacks.wanting(event.account, name)]
            if url := world.settings.webhook_url:
                everything = {"id": 0, "uri": url, "verifier": world.settings.webhook_key}
                found.append(_delivery(event.account, name, id, everything))
    return found


def verification(account: str, callback: Json) -> Delivery:
    """Asks whether the address is the app's own: the verifier has to come back."""
    fields = {"name": "callback.verify", **_fields(account, str(callback["id"])), "verifier": callback["verifier"]}
    return _signed(fields, callback)


def _delivery(account: str, name: str, id: str, callback: Json) -> Delivery:
    return _signed({"name": name, **_fields(account, id)}, callback)


def _fields(account: str, id: str) -> dict[str, str]:
    return {
        "object_id": id,
        "account_id": account,
        "business_id": str(business_of(account)),
        "identity_id": str(IDENTITY_ID),
        "user_id": "1",
    }


def _signed(fields: dict[str, str], callback: Json) -> Delivery:
    body = body_of(fields)
    headers = {"Content-Type": FORM_TYPE, SIGNATURE: signature(callback["verifier"], body)}
    note = {"callback": callback["id"], "name": fields["name"], "object_id": fields["object_id"]}
    return Delivery(callback["uri"], headers, body, note, SIGNATURE)


def _names(world: "FreshBooksWorld", event: Event) -> Iterator[tuple[str, str]]:
    """Name and id of what the vendor calls it; credit that was put to use is a payment too."""
    if event.kind == "payment":
        yield from _payment(world, event)
        return
    yield f"{NOUNS.get(event.kind, event.kind)}.{VERBS.get(event.action, event.action)}", event.id
    if event.kind == "credit":
        yield from _applications(world, event)


def _payment(world: "FreshBooksWorld", event: Event) -> Iterator[tuple[str, str]]:
    """A row an invoice it paid, and the credit it left over; nothing while no money has come."""
    try:
        payment = world.books(event.account).payment(event.id)
    except NotThere:
        return
    rows = list(payments.rows_of_payment(payment))
    if not payment.counts and not rows:
        payment.extra["untold"] = True
        return
    verb = "create" if payment.extra.pop("untold", False) else VERBS[event.action]
    for row in rows:
        yield f"payment.{'delete' if row.gone else verb}", row.id
    if left_over(payment):
        yield f"credit_note.{verb if payment.counts else 'delete'}", overpayment_id(payment)


def _applications(world: "FreshBooksWorld", event: Event) -> Iterator[tuple[str, str]]:
    """Rows of the payment list that came or went with a change of a credit note."""
    try:
        credit = world.books(event.account).credit(event.id)
    except NotThere:
        return
    told = credit.extra.setdefault("told", [])
    for row in payments.rows_of_credit(credit):
        if row.gone and row.id in told:
            told.remove(row.id)
            yield "payment.delete", row.id
        elif not row.gone and row.id not in told:
            told.append(row.id)
            yield "payment.create", row.id
