"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone.

Money comes in as payments on an invoice, as overpayments and as prepayments: three kinds of object there, payments here.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json
from integrations.ledger import (
    Gone,
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
from integrations.xero import people, shapes

ENTITIES = {
    "Contacts": "customer",
    "Invoices": "invoice",
    "CreditNotes": "credit_memo",
    "Payments": "payment",
    "Overpayments": "payment",
    "Prepayments": "payment",
}
"""What we read of their books, in the order in which one stands on the other, and what we call it."""

IDS = {
    "Contacts": "ContactID",
    "Invoices": "InvoiceID",
    "CreditNotes": "CreditNoteID",
    "Payments": "PaymentID",
    "Overpayments": "OverpaymentID",
    "Prepayments": "PrepaymentID",
}

_OURS = {
    "Invoices": ("Type", {"ACCREC"}),
    "CreditNotes": ("Type", {"ACCRECCREDIT"}),
    "Payments": ("PaymentType", {"ACCRECPAYMENT"}),
    "Overpayments": ("Type", {"RECEIVE-OVERPAYMENT", "AROVERPAYMENT"}),
    "Prepayments": ("Type", {"RECEIVE-PREPAYMENT", "ARPREPAYMENT"}),
}
_NOT_YET = {"DRAFT", "SUBMITTED"}
_OVER = {"VOIDED": "void", "DELETED": "deleted"}
_LABELS = ("InvoiceNumber", "CreditNoteNumber", "Name", "Reference")
_ZERO = Decimal(0)


def item(entity: str, raw: Any, home: Home) -> Item:
    """One object of theirs as ours; Unusable when it cannot be read. Ask ``left_out`` first."""
    kind = ENTITIES[entity]
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", entity)
    label = next((found for name in _LABELS if (found := fields.text(raw, name, most=60))), "")
    try:
        external_id = fields.identifier(raw.get(IDS[entity]), IDS[entity])
        if not external_id:
            raise Bad("no_id", entity)
        return _READ[entity](raw, home)
    except Bad as bad:
        return Unusable(kind, fields.clean(raw.get(IDS[entity]))[:64], label, bad.reason, bad.detail[:300])


def left_out(entity: str, raw: Any) -> str:
    """Why an object is not ours to collect, "" for one that is: bills, what is paid to suppliers, refunds, drafts."""
    if not isinstance(raw, dict):
        return ""
    if entity == "Contacts":
        return "a supplier" if raw.get("IsSupplier") is True and raw.get("IsCustomer") is False else ""
    name, ours = _OURS[entity]
    kind = fields.text(raw, name, most=60)
    if kind and kind not in ours:
        return kind
    if entity == "CreditNotes" and (status := fields.text(raw, "Status", most=60)) in _NOT_YET:
        return f"{status} credit note"
    return ""


def listed(answer: Any, entity: str, home: Home) -> list[Item]:
    """What is ours in a list of theirs; an absent key is an empty list. Raises Bad for no such answer."""
    return [item(entity, raw, home) for raw in rows(answer, entity) if not left_out(entity, raw)]


def rows(answer: Any, entity: str) -> list[Any]:
    """The objects in an answer as they came. Raises Bad when it is no such answer."""
    if not isinstance(answer, dict):
        raise Bad("not_an_object", entity)
    found = answer.get(entity, [])
    if not isinstance(found, list):
        raise Bad("field_wrong", f"{entity}: a list was expected, {fields.kind_of(found)} came")
    return found


def _invoice(raw: Json, home: Home) -> LedgerInvoice:
    currency = shapes.currency(raw, home.currency)
    total, due = fields.amount(raw, "Total", currency), _due(raw, currency)
    external_id = fields.identifier(raw.get("InvoiceID"), "InvoiceID")
    status, vendor_status = _status(raw, due)
    sent = raw.get("SentToContact")
    return LedgerInvoice(
        external_id=external_id,
        number=fields.text(raw, "InvoiceNumber", most=60) or external_id[:60],
        customer=shapes.contact(raw),
        status=status,
        vendor_status=vendor_status,
        currency=currency,
        total=total,
        balance=_ZERO if status in _OVER.values() else due,
        issued_on=shapes.day(raw, "Date"),
        due_on=shapes.day(raw, "DueDate"),
        lines=tuple(_lines(raw, currency)),
        memo=fields.text(raw, "Reference", most=4000),
        sent=sent if isinstance(sent, bool) else None,
        payments=_payments(raw),
        pay_url=None,
        updated_at=shapes.moment(raw, "UpdatedDateUTC"),
        paid=tuple(_paid(raw, currency)),
    )


def _due(raw: Json, currency: str) -> Decimal:
    due = fields.amount(raw, "AmountDue", currency)
    if due < 0:
        raise Bad("amount_negative", f"AmountDue: {due}")
    return due


def _status(raw: Json, due: Decimal) -> tuple[str, str]:
    """A word of theirs that nobody knows yet counts as a draft: nobody is called about it."""
    status = fields.text(raw, "Status", most=40)
    if status in _OVER:
        return _OVER[status], status
    if status == "AUTHORISED":
        return "open" if due > 0 else "paid", status
    if status == "PAID":
        return "paid", status
    return "draft", status


def _lines(raw: Json, currency: str) -> Iterator[LedgerLine]:
    for line in fields.items(raw, "LineItems"):
        yield LedgerLine(
            item=fields.text(line, "ItemCode", most=200),
            description=fields.text(line, "Description", most=4000),
            quantity=fields.quantity(line, "Quantity"),
            amount=fields.amount(line, "LineAmount", currency, default=_ZERO),
        )


_MONEY = (("Payments", "PaymentID", "Amount"), ("Overpayments", "OverpaymentID", "AppliedAmount"),
          ("Prepayments", "PrepaymentID", "AppliedAmount"))  # fmt: skip


def _payments(raw: Json) -> tuple[str, ...] | None:
    """Ids of what paid it; None where a list without details leaves them out."""
    if not any(name in raw for name, _key, _amount in _MONEY):
        return None
    found = {fields.identifier(entry.get(key), key) for key, _amount, entry in _laid_in(raw)}
    return tuple(sorted(found - {""}))


def _laid_in(raw: Json) -> Iterator[tuple[str, str, Json]]:
    """What paid it as it stands inside, with the names of its id and amount; what was taken back is none."""
    for name, key, amount in _MONEY:
        for entry in fields.items(raw, name):
            if fields.text(entry, "Status") not in _OVER:
                yield key, amount, entry


def _paid(raw: Json, currency: str) -> Iterator[LedgerPaid]:
    """The money laid in; credit notes are none."""
    for key, amount, entry in _laid_in(raw):
        external_id = fields.identifier(entry.get(key), key)
        held = amount if entry.get(amount) is not None else "Amount"
        if external_id and entry.get(held) is not None:
            yield LedgerPaid(external_id, fields.amount(entry, held, currency), shapes.day(entry, "Date"))


def _payment(raw: Json, home: Home) -> LedgerPayment | Gone:
    """Money received on one invoice. A deleted one comes back with its status, at times with nothing else."""
    external_id = fields.identifier(raw.get("PaymentID"), "PaymentID")
    reversed_ = fields.text(raw, "Status") == "DELETED"
    invoice = fields.inner(raw, "Invoice")
    customer = shapes.inner_id(invoice, "Contact", "ContactID")
    if reversed_ and not customer:
        return Gone("payment", external_id, shapes.moment(raw, "UpdatedDateUTC"))
    if not customer:
        raise Bad("field_missing", "Invoice.Contact")
    currency = shapes.currency(invoice, home.currency)
    amount = fields.amount(raw, "Amount", currency)
    paid = fields.identifier(invoice.get("InvoiceID"), "InvoiceID")
    return LedgerPayment(
        external_id=external_id,
        customer=customer,
        amount=amount,
        unapplied=_ZERO,
        currency=currency,
        paid_on=_paid_on(raw),
        method="",
        reference=fields.text(raw, "Reference", most=60),
        allocations=() if reversed_ or not paid or not amount else (LedgerAllocation(paid, "cash", amount),),
        reversed=reversed_,
        created_at=None,
        updated_at=shapes.moment(raw, "UpdatedDateUTC"),
    )


def _on_account(raw: Json, home: Home, *, key: str, method: str) -> LedgerPayment:
    """An overpayment or a prepayment: money of the customer, spread over invoices by allocations, the rest unused."""
    currency = shapes.currency(raw, home.currency)
    reversed_ = fields.text(raw, "Status") in _OVER
    total = fields.amount(raw, "Total", currency)
    applied = () if reversed_ else _allocations(raw, currency, "cash")
    left = total - sum((entry.amount for entry in applied), _ZERO)
    return LedgerPayment(
        external_id=fields.identifier(raw.get(key), key),
        customer=shapes.contact(raw),
        amount=total,
        unapplied=_ZERO if reversed_ else fields.amount(raw, "RemainingCredit", currency, default=left),
        currency=currency,
        paid_on=_paid_on(raw),
        method=method,
        reference=fields.text(raw, "Reference", most=60),
        allocations=applied,
        reversed=reversed_,
        created_at=None,
        updated_at=shapes.moment(raw, "UpdatedDateUTC"),
    )


def _overpayment(raw: Json, home: Home) -> LedgerPayment:
    return _on_account(raw, home, key="OverpaymentID", method="Overpayment")


def _prepayment(raw: Json, home: Home) -> LedgerPayment:
    return _on_account(raw, home, key="PrepaymentID", method="Prepayment")


def _paid_on(raw: Json) -> date:
    found = shapes.day(raw, "Date")
    if found is None:
        raise Bad("field_missing", "Date")
    return found


def _credit_memo(raw: Json, home: Home) -> LedgerCreditMemo:
    currency = shapes.currency(raw, home.currency)
    void = fields.text(raw, "Status") in _OVER
    return LedgerCreditMemo(
        external_id=fields.identifier(raw.get("CreditNoteID"), "CreditNoteID"),
        number=fields.text(raw, "CreditNoteNumber", most=60),
        customer=shapes.contact(raw),
        total=fields.amount(raw, "Total", currency),
        balance=_ZERO if void else fields.amount(raw, "RemainingCredit", currency),
        currency=currency,
        issued_on=shapes.day(raw, "Date"),
        applied=() if void else _allocations(raw, currency, "credit"),
        void=void,
        updated_at=shapes.moment(raw, "UpdatedDateUTC"),
    )


def _allocations(raw: Json, currency: str, type: str) -> tuple[LedgerAllocation, ...]:
    """One entry an invoice; an allocation taken back is none."""
    applied: dict[str, Decimal] = {}
    for entry in fields.items(raw, "Allocations"):
        invoice = shapes.inner_id(entry, "Invoice", "InvoiceID")
        amount = fields.amount(entry, "Amount", currency, default=_ZERO)
        if amount < 0:
            raise Bad("amount_negative", f"Allocations.Amount: {amount}")
        if invoice and amount and entry.get("IsDeleted") is not True:
            applied[invoice] = applied.get(invoice, _ZERO) + amount
    return tuple(LedgerAllocation(invoice, type, amount) for invoice, amount in applied.items())


_READ: dict[str, Callable[[Json, Home], Item]] = {
    "Contacts": people.customer,
    "Invoices": _invoice,
    "CreditNotes": _credit_memo,
    "Payments": _payment,
    "Overpayments": _overpayment,
    "Prepayments": _prepayment,
}
