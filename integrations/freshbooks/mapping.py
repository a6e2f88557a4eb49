"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json
from integrations.freshbooks import people, refs
from integrations.ledger import (
    Gone,
    Home,
    Item,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerInvoice,
    LedgerLine,
    LedgerPayment,
    Unusable,
)

ENTITIES = {"client": "customer", "invoice": "invoice", "credit_note": "credit_memo", "payment": "payment"}
"""What we read of their books, in the order in which one stands on the other, and what we call it."""

_IDS = {
    "client": ("id", "userid"),
    "invoice": ("id", "invoiceid"),
    "credit_note": ("id", "creditid"),
    "payment": ("id", "logid"),
}
_ZERO = Decimal(0)
_WRITTEN_OFF = re.compile(r"\bwr(ite|itten|iting)[ -]?off\b|\bbad debts?\b|\buncollect", re.IGNORECASE)
_LONGEST_TERM = 3650


def item(entity: str, raw: Any, home: Home) -> Item:
    """One object of theirs as ours; Gone when it is deleted, Unusable when it cannot be read."""
    kind = ENTITIES[entity]
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", entity)
    try:
        external_id = refs.identifier(raw, *_IDS[entity])
        if not external_id:
            raise Bad("no_id", entity)
        if refs.is_deleted(raw):
            return Gone(kind, external_id, refs.moment(raw.get("updated")))
        return _READ[entity](raw, home)
    except Bad as bad:
        shown = next((fields.clean(raw.get(name)) for name in _IDS[entity] if fields.clean(raw.get(name))), "")
        return Unusable(kind, shown[:64], _label(raw), bad.reason, bad.detail[:300])


def single(result: Json, entity: str) -> Any:
    """The one object in an answer. Of credit notes some of their programs name it in the plural."""
    found = result.get(entity)
    if found is None:
        found = result.get(f"{entity}s")
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _label(raw: Json) -> str:
    """What the owner knows it by."""
    for name in ("invoice_number", "credit_number", "organization"):
        if fields.text(raw, name):
            return fields.text(raw, name, most=200)
    return " ".join(filter(None, (fields.text(raw, "fname"), fields.text(raw, "lname"))))[:200]


def _invoice(raw: Json, home: Home) -> LedgerInvoice:
    currency = refs.currency(raw, home.currency)
    outstanding = refs.amount(raw, "outstanding", currency)
    external_id = refs.identifier(raw, *_IDS["invoice"])
    disputed = _is_disputed(raw)
    issued_on = fields.day(raw, "create_date")
    return LedgerInvoice(
        external_id=external_id,
        number=fields.text(raw, "invoice_number", most=60) or external_id[:60],
        customer=_named(raw, "customerid"),
        status=_status(raw, outstanding, disputed=disputed),
        vendor_status=_vendor_status(raw),
        currency=currency,
        total=refs.amount(raw, "amount", currency),
        balance=max(_ZERO, outstanding),  # below zero it was overpaid: nothing is owed, and the rest is his credit
        issued_on=issued_on,
        due_on=fields.day(raw, "due_date") or _due_on(raw, issued_on),
        lines=tuple(_lines(raw, currency)),
        memo=fields.text(raw, "notes", most=4000),
        sent=_sent(raw),
        payments=None,
        pay_url=None,
        updated_at=refs.moment(raw.get("updated")),
        disputed=disputed,
        in_flight=_is_in_flight(raw),
        estimate=_told(raw, "estimateid"),
    )


def _status(raw: Json, outstanding: Decimal, *, disputed: bool) -> str:
    """Ours by their table. There is no void; a dispute is a mark of its own beside being open."""
    if not disputed and (refs.is_marked(raw, "v3_status", "draft", "created") or _number(raw) == "1"):
        return "draft"
    paid = outstanding <= 0 or (not disputed and refs.is_marked(raw, "v3_status", "paid", "autopaid", "success"))
    return "paid" if paid else "open"


def _is_disputed(raw: Json) -> bool:
    marked = refs.is_marked(raw, "v3_status", "disputed") or refs.is_marked(raw, "dispute_status", "disputed")
    return marked or _number(raw) == "0"


def _is_in_flight(raw: Json) -> bool:
    """A card is being charged, now or once more; "failed" is over and done."""
    if refs.is_marked(raw, "v3_status", "retry", "pending") or refs.is_marked(raw, "autobill_status", "retry"):
        return True
    return _number(raw) == "6" and not fields.text(raw, "v3_status")


def _number(raw: Json) -> str:
    """Their older status, a number: 0 disputed, 1 draft, 2 sent, 3 viewed, 4 paid … 8 partial."""
    return fields.clean(raw.get("status"))


def _vendor_status(raw: Json) -> str:
    named = (fields.text(raw, name, most=60) for name in ("v3_status", "display_status", "payment_status"))
    return next(filter(None, named), "") or _number(raw)[:60]


def _sent(raw: Json) -> bool | None:
    """Whether the customer was sent it. The newer status hides that under "overdue"; another field keeps it."""
    for name in ("display_status", "v3_status"):
        if refs.is_marked(raw, name, "sent", "viewed"):
            return True
        if refs.is_marked(raw, name, "draft", "created"):
            return False
    return {"1": False, "2": True, "3": True}.get(_number(raw))


def _due_on(raw: Json, issued_on: date | None) -> date | None:
    """Old invoices have days from their date instead. Without these, too, it stays missing: the owner's terms decide."""
    days = fields.quantity(raw, "due_offset_days")
    if issued_on is None or days is None or not 0 <= days <= _LONGEST_TERM or days != int(days):
        return None
    try:
        return issued_on + timedelta(days=int(days))
    except OverflowError:
        return None


def _lines(raw: Json, currency: str) -> Iterator[LedgerLine]:
    for line in fields.items(raw, "lines"):
        yield LedgerLine(
            item=fields.text(line, "name", most=200),
            description=fields.text(line, "description", most=4000),
            quantity=fields.quantity(line, "qty"),
            amount=refs.amount(line, "amount", currency, default=_ZERO),
        )


def _payment(raw: Json, home: Home) -> LedgerPayment:
    currency = refs.currency(raw, home.currency)
    amount = refs.amount(raw, "amount", currency)
    if amount < 0:
        raise Bad("amount_negative", f"amount: {amount}")
    paid_on = fields.day(raw, "date")
    if paid_on is None:
        raise Bad("field_missing", "date")
    invoice = refs.identifier(raw, "invoiceid")
    kind = "credit" if is_credit(raw) else "cash"
    return LedgerPayment(
        external_id=refs.identifier(raw, *_IDS["payment"]),
        customer=_named(raw, "clientid"),
        amount=amount,
        unapplied=_ZERO if invoice else amount,
        currency=currency,
        paid_on=paid_on,
        method=fields.text(raw, "type", most=60),
        reference=_told(raw, "transactionid") or fields.text(raw, "note", most=60),
        allocations=(LedgerAllocation(invoice, kind, amount),) if invoice else (),
        reversed=False,
        created_at=refs.moment(raw.get("created_at")),
        updated_at=refs.moment(raw.get("updated")),
    )


def overpaid(raw: Any, home: Home) -> tuple[str, Decimal] | None:
    """The invoice and by how much more was paid on it than it asked for; None for any other."""
    try:
        currency = refs.currency(raw, home.currency)
        outstanding = refs.amount(raw, "outstanding", currency, default=_ZERO)
        return (refs.identifier(raw, *_IDS["invoice"]), -outstanding) if outstanding < 0 else None
    except (Bad, AttributeError):
        return None


def beyond(payment: LedgerPayment, excess: Decimal) -> LedgerPayment:
    """The payment with so much of its money not on the invoice but lying unapplied: an invoice takes what it asked for."""
    (entry,) = payment.allocations
    kept = (replace(entry, amount=entry.amount - excess),) if excess < entry.amount else ()
    return replace(payment, allocations=kept, unapplied=payment.unapplied + excess)


def is_credit(raw: Json) -> bool:
    """Whether this payment is a credit used up, or a write-off in a payment's clothes: not money that came in.

    They know no write-off: owners record a payment that never came and say so in its note.
    """
    return (
        refs.is_marked(raw, "type", "credit")
        or bool(refs.identifier(raw, "creditid"))
        or raw.get("from_credit") is True
        or (refs.is_marked(raw, "type", "other") and _WRITTEN_OFF.search(fields.text(raw, "note")) is not None)
    )


def _credit_note(raw: Json, home: Home) -> LedgerCreditMemo:
    """All three of their kinds: given as goodwill, paid in advance, paid too much."""
    currency = refs.currency(raw, home.currency)
    total = refs.amount(raw, "amount", currency)
    return LedgerCreditMemo(
        external_id=refs.identifier(raw, *_IDS["credit_note"]),
        number=fields.text(raw, "credit_number", most=60),
        customer=_named(raw, "clientid"),
        total=total,
        balance=_left(raw, total, currency),
        currency=currency,
        issued_on=fields.day(raw, "create_date"),
        applied=(),  # stands on the payment that applies it
        void=False,
        updated_at=refs.moment(raw.get("updated")),
    )


def _left(raw: Json, total: Decimal, currency: str) -> Decimal:
    """What is not used yet: "paid" is what was. Without that amount their word for all or nothing will do."""
    if raw.get("paid") is not None:
        return max(_ZERO, total - refs.amount(raw, "paid", currency))
    if refs.is_marked(raw, "payment_status", "paid"):
        return _ZERO
    if refs.is_marked(raw, "payment_status", "unpaid"):
        return total
    raise Bad("field_missing", "paid")


def _told(raw: Json, name: str) -> str:
    """A number nothing hangs on, "" for none. They write 0 for none."""
    found = fields.text(raw, name, most=60)
    return "" if found == "0" else found


def _named(raw: Json, name: str) -> str:
    found = refs.identifier(raw, name)
    if not found:
        raise Bad("field_missing", name)
    return found


_READ: dict[str, Callable[[Json, Home], Item]] = {
    "client": people.client,
    "invoice": _invoice,
    "payment": _payment,
    "credit_note": _credit_note,
}
