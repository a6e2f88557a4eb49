"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json
from integrations.jobber import payments, people, refs
from integrations.ledger import Home, Item, LedgerInvoice, LedgerLine, LedgerPayment, Unusable

ENTITIES = {"client": "customer", "invoice": "invoice", "payment": "payment"}
"""What we read of their books, in the order in which one stands on the other, and what we call it."""

_OPEN = ("awaiting_payment", "sent_not_due", "past_due")
_OVER = {"bad_debt": "written_off", "paid": "paid"}
_ZERO = Decimal(0)
_LONGEST_TERMS = 3650


def item(entity: str, raw: Any, home: Home) -> Item:
    """One object of theirs as ours; Unusable when it cannot be read. Ask ``left_out`` first."""
    kind = ENTITIES[entity]
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", entity)
    label = fields.text(raw, "invoiceNumber", most=60) or fields.text(raw, "name", most=200)
    try:
        if not refs.identifier(raw):
            raise Bad("no_id", entity)
        return _READ[entity](raw, home)
    except Bad as bad:
        return Unusable(kind, fields.clean(raw.get("id"))[:64], label, bad.reason, bad.detail[:300])


def left_out(entity: str, raw: Any) -> str:
    """Why an object is not ours to collect, "" for one that is: their sample data, and records that are no payments."""
    if not isinstance(raw, dict):
        return ""
    owner = raw if entity == "client" else raw.get("client")
    if isinstance(owner, dict) and owner.get("sampleData") is True:
        return "sample data of Jobber"
    return payments.left_out(raw) if entity == "payment" else ""


def laid_in(raw: Any, home: Home) -> list[LedgerPayment | Unusable]:
    """The payments that came with an invoice."""
    if not isinstance(raw, dict):
        return []
    try:
        return payments.of_invoice(raw, home)
    except Bad:
        return []  # the invoice itself says what is wrong


def _invoice(raw: Json, home: Home) -> LedgerInvoice:
    amounts = fields.inner(raw, "amounts")
    if not amounts:
        raise Bad("field_missing", "amounts")
    total = refs.money(amounts, "total", home.currency)
    balance = refs.money(amounts, "invoiceBalance", home.currency)
    status, vendor_status = _status(raw, balance)
    customer = refs.identifier(fields.inner(raw, "client"))
    if not customer:
        raise Bad("field_missing", "client")
    external_id, issued_on = refs.identifier(raw), refs.day(raw, "issuedDate", home.zone)
    link = fields.text(raw, "clientHubUri", most=501)
    words = (fields.text(raw, "subject", most=1000), fields.text(raw, "message", most=2900))
    return LedgerInvoice(
        external_id=external_id,
        number=fields.text(raw, "invoiceNumber", most=60) or external_id[:60],
        customer=customer,
        status=status,
        vendor_status=vendor_status,
        currency=home.currency,  # an account has one, and no invoice says it
        total=total,
        # Paid too much, or written off: nothing is owed on it.
        balance=_ZERO if status in ("paid", "written_off") else max(_ZERO, balance),
        issued_on=issued_on,
        due_on=refs.day(raw, "dueDate", home.zone) or _by_terms(raw, issued_on),
        lines=tuple(_lines(raw, home.currency)),
        memo="\n".join(filter(None, words)),
        sent=_sent(raw, status),
        payments=payments.ids(raw),
        pay_url=link if link.startswith(("https://", "http://")) and len(link) <= 500 else None,
        updated_at=refs.moment(raw.get("updatedAt")),
        paid=tuple(payments.shown(raw, home)),
        disputed=payments.is_disputed(raw),
        in_flight=raw.get("waitingForFinancedPayment") is True or payments.is_coming(raw),
    )


def _status(raw: Json, balance: Decimal) -> tuple[str, str]:
    """A word of theirs that nobody knows yet counts as a draft: nobody is called about it."""
    theirs = fields.text(raw, "invoiceStatus", most=40)
    word = theirs.casefold()
    if word == "draft":
        return "draft", theirs
    if word in _OVER:
        return _OVER[word], theirs
    if balance <= 0:
        return "paid", theirs
    return ("open" if word in _OPEN else "draft"), theirs


def _by_terms(raw: Json, issued_on: date | None) -> date | None:
    days = fields.quantity(raw, "invoiceNet")
    if issued_on is None or days is None or days != int(days) or not 0 <= days <= _LONGEST_TERMS:
        return None
    try:
        return issued_on + timedelta(days=int(days))
    except OverflowError:
        return None


def _sent(raw: Json, status: str) -> bool | None:
    """They say who has looked at it and who cannot have got it; not what was sent."""
    if fields.text(raw, "dateViewedInClientHub"):
        return True
    return False if status == "draft" else None


def _lines(raw: Json, currency: str) -> Iterator[LedgerLine]:
    for line in people.nodes(raw, "lineItems"):
        yield LedgerLine(
            item=fields.text(line, "name", most=200),
            description=fields.text(line, "description", most=4000),
            quantity=fields.quantity(line, "quantity"),
            amount=refs.money(line, "totalPrice", currency) if line.get("totalPrice") is not None else _ZERO,
        )


_READ: dict[str, Callable[[Json, Home], Item]] = {
    "client": people.client,
    "invoice": _invoice,
    "payment": payments.of_client,
}
