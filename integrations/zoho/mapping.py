"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json
from integrations.ledger import (
    Home,
    Item,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerInvoice,
    LedgerLine,
    LedgerPaid,
    LedgerPayment,
    Unusable,
)
from integrations.zoho import people, refs

ENTITIES = {"contact": "customer", "invoice": "invoice", "creditnote": "credit_memo", "customerpayment": "payment"}
"""What we read of their books, in the order in which one stands on the other, and what we call it."""

IDS = {
    "contact": "contact_id",
    "invoice": "invoice_id",
    "creditnote": "creditnote_id",
    "customerpayment": "payment_id",
}
_ZERO = Decimal(0)
_NOT_YET = ("draft", "pending_approval", "approved", "rejected")


def left_out(entity: str, raw: Any) -> str:
    """Why an object is not ours to read, in a word; "" for one that is."""
    if entity == "contact" and isinstance(raw, dict):
        kind = fields.text(raw, "contact_type").casefold()
        return f"a {kind}" if kind and kind != "customer" else ""
    return ""


def item(entity: str, raw: Any, home: Home) -> Item:
    """One object of theirs as ours; Unusable when it cannot be read."""
    kind, name = ENTITIES[entity], IDS[entity]
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", entity)
    try:
        if not fields.identifier(raw.get(name), name):
            raise Bad("no_id", entity)
        return _READ[entity](refs.plain(raw), home)
    except Bad as bad:
        return Unusable(kind, fields.clean(raw.get(name))[:64], _label(raw), bad.reason, bad.detail[:300])


def paid_by(rows: Sequence[Any], invoice: LedgerInvoice) -> LedgerInvoice:
    """The invoice with the payments that touch it, from the list of them. Raises Bad."""
    found = {}
    for row in rows:
        if not isinstance(row, dict):
            raise Bad("not_an_object", "payments")
        external_id = fields.identifier(row.get("payment_id"), "payment_id")
        if external_id:
            amount = refs.amount(refs.plain(row), "amount", invoice.currency, refs.precision(row), default=_ZERO)
            found[external_id] = LedgerPaid(external_id, amount, fields.day(refs.plain(row), "date"))
    return replace(invoice, payments=tuple(sorted(found)), paid=tuple(found[key] for key in sorted(found)))


def _label(raw: Json) -> str:
    """What the owner knows it by."""
    for name in ("invoice_number", "creditnote_number", "payment_number", "contact_name"):
        if fields.text(raw, name):
            return fields.text(raw, name, most=200)
    return ""


def _invoice(raw: Json, home: Home) -> LedgerInvoice:
    currency, places = refs.currency(raw, home.currency), refs.precision(raw)
    balance = refs.amount(raw, "balance", currency, places)
    written_off = refs.amount(raw, "write_off_amount", currency, places, default=_ZERO)
    external_id, status = fields.identifier(raw.get("invoice_id"), "invoice_id"), _status(raw, balance, written_off)
    link = fields.text(raw, "invoice_url", most=501)
    reminders = raw.get("payment_reminder_enabled")
    return LedgerInvoice(
        external_id=external_id,
        number=fields.text(raw, "invoice_number", most=60) or external_id[:60],
        customer=_named(raw, "customer_id"),
        status=status,
        vendor_status=fields.text(raw, "status", most=60),
        currency=currency,
        total=refs.amount(raw, "total", currency, places),
        # Below zero it was overpaid: nothing is owed, and the rest is his credit.
        balance=_ZERO if status == "void" else max(_ZERO, balance),
        issued_on=fields.day(raw, "date"),
        due_on=fields.day(raw, "due_date"),  # missing stays missing: the owner's default terms decide, never the date
        lines=tuple(_lines(raw, currency, places)),
        memo=fields.text(raw, "notes", most=4000),
        sent=_sent(raw),
        payments=_no_payments(raw),
        pay_url=link if link.startswith(("https://", "http://")) and len(link) <= 500 else None,
        updated_at=refs.changed_at(raw),
        disputed="disput" in fields.text(raw, "current_sub_status").casefold(),  # a state the owner made himself
        estimate=fields.text(raw, "estimate_id", most=60),
        reminders_on=reminders if isinstance(reminders, bool) else None,
    )


def _status(raw: Json, balance: Decimal, written_off: Decimal) -> str:
    """Ours by their table; "partially_paid" hides lateness, so that is counted from the due date elsewhere."""
    said = fields.text(raw, "status").casefold()
    if said == "void":
        return "void"
    if said in _NOT_YET:
        return "draft"
    if balance <= 0 and written_off > 0:
        return "written_off"
    return "paid" if said == "paid" or balance <= 0 else "open"


def _sent(raw: Json) -> bool | None:
    status = fields.text(raw, "status").casefold()
    if raw.get("is_emailed") is True or raw.get("is_viewed_by_client") is True or status in ("sent", "viewed"):
        return True
    return False if status in _NOT_YET else None


def _no_payments(raw: Json) -> tuple[str, ...] | None:
    """A single invoice says how much was paid: of nothing, there are no payments. More is told by a list of its own."""
    made = raw.get("payment_made")
    return () if isinstance(made, Decimal) and made == 0 else None


def _lines(raw: Json, currency: str, places: int) -> Iterator[LedgerLine]:
    for line in refs.items(raw, "line_items"):
        yield LedgerLine(
            item=fields.text(line, "name", most=200),
            description=fields.text(line, "description", most=4000),
            quantity=fields.quantity(line, "quantity"),
            amount=refs.amount(line, "item_total", currency, places, default=_ZERO),
        )


def _payment(raw: Json, home: Home) -> LedgerPayment:
    currency, places = refs.currency(raw, home.currency), refs.precision(raw)
    paid_on = fields.day(raw, "date")
    if paid_on is None:
        raise Bad("field_missing", "date")
    amount = refs.amount(raw, "amount", currency, places)
    unapplied = refs.amount(raw, "unused_amount", currency, places, default=_ZERO)
    allocations = tuple(_applied(raw, "invoices", currency, places, kind="cash"))
    return LedgerPayment(
        external_id=fields.identifier(raw.get("payment_id"), "payment_id"),
        customer=_named(raw, "customer_id"),
        amount=amount,
        unapplied=unapplied,
        currency=currency,
        paid_on=paid_on,
        method=fields.text(raw, "payment_mode", most=60),
        reference=fields.text(raw, "reference_number", most=60),
        allocations=allocations,
        # Paid back, it is on no invoice any more and not left over either. Rows of a list do not say where it went.
        reversed=raw.get("invoices") == [] and unapplied == 0 and amount > 0,
        created_at=refs.created_at(raw),
        updated_at=refs.changed_at(raw),
    )


def _credit_note(raw: Json, home: Home) -> LedgerCreditMemo:
    currency, places = refs.currency(raw, home.currency), refs.precision(raw)
    status = fields.text(raw, "status").casefold()
    balance = refs.amount(raw, "balance", currency, places)
    return LedgerCreditMemo(
        external_id=fields.identifier(raw.get("creditnote_id"), "creditnote_id"),
        number=fields.text(raw, "creditnote_number", most=60),
        customer=_named(raw, "customer_id"),
        total=refs.amount(raw, "total", currency, places),
        balance=_ZERO if status == "void" or status in _NOT_YET else balance,  # a draft can pay for nothing yet
        currency=currency,
        issued_on=fields.day(raw, "date"),
        applied=tuple(_applied(raw, "invoices_credited", currency, places, kind="credit")),
        void=status == "void",
        updated_at=refs.changed_at(raw),
    )


def _applied(raw: Json, name: str, currency: str, places: int, *, kind: str) -> Iterator[LedgerAllocation]:
    """How much went to each invoice; one that is named twice got both."""
    found: dict[str, Decimal] = {}
    for entry in refs.items(raw, name):
        invoice = _named(entry, "invoice_id")
        found[invoice] = found.get(invoice, _ZERO) + refs.amount(entry, "amount_applied", currency, places)
    for invoice, amount in found.items():
        if amount < 0:
            raise Bad("amount_negative", f"amount_applied: {amount}")
        if amount:
            yield LedgerAllocation(invoice, kind, amount)


def _named(raw: Json, name: str) -> str:
    found = fields.identifier(raw.get(name), name)
    if not found:
        raise Bad("field_missing", name)
    return found


_READ: dict[str, Callable[[Json, Home], Item]] = {
    "contact": people.contact,
    "invoice": _invoice,
    "creditnote": _credit_note,
    "customerpayment": _payment,
}
