"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
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
    LedgerPayment,
    Unusable,
)
from integrations.quickbooks import people, refs

ENTITIES = {"Customer": "customer", "Invoice": "invoice", "CreditMemo": "credit_memo", "Payment": "payment"}
"""What we read of their books, in the order in which one stands on the other, and what we call it."""

_ZERO = Decimal(0)
_NET = re.compile(r"net (\d{1,3})(?: days)?", re.IGNORECASE | re.ASCII)


def item(entity: str, raw: Any, home: Home) -> Item:
    """One object of theirs as ours; Gone when it is deleted, Unusable when it cannot be read."""
    kind = ENTITIES[entity]
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", entity)
    label = fields.text(raw, "DocNumber", most=60) or fields.text(raw, "DisplayName", most=200)
    try:
        external_id = fields.identifier(raw.get("Id"), "Id")
        if not external_id:
            raise Bad("no_id", entity)
        if raw.get("status") == "Deleted":
            return Gone(kind, external_id, refs.changed_at(raw))
        return _READ[entity](raw, home)
    except Bad as bad:
        return Unusable(kind, fields.clean(raw.get("Id"))[:64], label, bad.reason, bad.detail[:300])


def listed(answer: Json, entity: str, home: Home) -> list[Item]:
    """The objects of one kind in a query's answer; an absent key is an empty list. Raises Bad for no such answer."""
    found = fields.inner(answer, "QueryResponse").get(entity, [])
    if not isinstance(found, list):
        raise Bad("field_wrong", f"QueryResponse.{entity}: a list was expected")
    return [item(entity, raw, home) for raw in found]


def changed(answer: Json, home: Home) -> list[Item]:
    """What changed, in the order in which one stands on the other. Raises Bad when it is no such answer."""
    groups = [
        group for response in fields.items(answer, "CDCResponse") for group in fields.items(response, "QueryResponse")
    ]
    if "CDCResponse" not in answer:
        raise Bad("field_missing", "CDCResponse")
    return [item(entity, raw, home) for entity in ENTITIES for group in groups for raw in _group(group, entity)]


def _group(group: Json, entity: str) -> list[Any]:
    found = group.get(entity, [])
    if not isinstance(found, list):
        raise Bad("field_wrong", f"CDCResponse.{entity}: a list was expected")
    return found


def _invoice(raw: Json, home: Home) -> LedgerInvoice:
    currency = refs.currency(raw, home.currency)
    total, balance = fields.amount(raw, "TotalAmt", currency), fields.amount(raw, "Balance", currency)
    if balance < 0:
        raise Bad("amount_negative", f"Balance: {balance}")
    external_id = fields.identifier(raw.get("Id"), "Id")
    status, vendor_status = _status(raw, total, balance)
    link = fields.text(raw, "InvoiceLink", most=501)
    return LedgerInvoice(
        external_id=external_id,
        number=fields.text(raw, "DocNumber", most=60) or external_id[:60],
        customer=_customer(raw),
        status=status,
        vendor_status=vendor_status,
        currency=currency,
        total=total,
        balance=balance,
        issued_on=fields.day(raw, "TxnDate"),
        due_on=fields.day(raw, "DueDate") or _by_terms(raw),
        lines=tuple(_lines(raw, currency)),
        memo=_memo(raw),
        sent=_sent(raw),
        payments=tuple(sorted(_linked(raw, "Payment"))),
        pay_url=link if link.startswith(("https://", "http://")) and len(link) <= 500 else None,
        updated_at=refs.changed_at(raw),
        served_on=_served_on(raw),
    )


def _served_on(raw: Json) -> date | None:
    """Each line may have a day of its own; only one that holds for all of them is the day of the work."""
    details = [fields.inner(line, "SalesItemLineDetail") for line in fields.items(raw, "Line")]
    days = {fields.day_if_any(detail, "ServiceDate") for detail in details if detail.get("ItemRef")}
    return days.pop() if len(days) == 1 else None


def _memo(raw: Json) -> str:
    """What stands on it for the customer and, below, what the firm noted for itself: the words looked for are in either."""
    said = fields.text(fields.inner(raw, "CustomerMemo"), "value", most=4000)
    return "\n".join(filter(None, (said, fields.text(raw, "PrivateNote", most=4000))))[:4000]


def _by_terms(raw: Json) -> date | None:
    """By the invoice's own terms, where their name says the days. Else the owner's default terms decide, never the date."""
    named = _NET.fullmatch(fields.text(fields.inner(raw, "SalesTermRef"), "name"))
    issued_on = fields.day(raw, "TxnDate")
    try:
        return issued_on + timedelta(days=int(named.group(1))) if named and issued_on else None
    except OverflowError:
        return None


def _status(raw: Json, total: Decimal, balance: Decimal) -> tuple[str, str]:
    """They have no status field: it follows from total, balance and the note a void leaves."""
    if total == 0 and balance == 0 and _voided(raw):
        return "void", "voided"
    if balance == 0:
        return "paid", "settled" if total > 0 else "zero"
    return "open", "partly paid" if balance < total else "open"


def _voided(raw: Json) -> bool:
    return fields.text(raw, "PrivateNote").casefold().startswith("voided")


def _sent(raw: Json) -> bool | None:
    mail, paper = fields.text(raw, "EmailStatus"), fields.text(raw, "PrintStatus")
    if mail == "EmailSent" or paper == "PrintComplete" or fields.inner(raw, "DeliveryInfo").get("DeliveryTime"):
        return True
    return False if mail or paper else None


def _lines(raw: Json, currency: str) -> Iterator[LedgerLine]:
    """What was sold and what was taken off; not the sums, which the invoice has itself."""
    for line in fields.items(raw, "Line"):
        detail_type = fields.text(line, "DetailType")
        detail = fields.inner(line, detail_type) if detail_type else {}
        if detail_type == "SubTotalLineDetail":
            continue
        if detail_type == "GroupLineDetail":
            yield from _lines(detail, currency)
            continue
        money = fields.amount(line, "Amount", currency, default=_ZERO)
        yield LedgerLine(
            item=fields.text(fields.inner(detail, "ItemRef"), "name", most=200),
            description=fields.text(line, "Description", most=4000),
            quantity=fields.quantity(detail, "Qty"),
            # A discount is written without a sign, though it is taken off.
            amount=-money if detail_type == "DiscountLineDetail" else money,
        )


def _payment(raw: Json, home: Home) -> LedgerPayment:
    currency = refs.currency(raw, home.currency)
    total = fields.amount(raw, "TotalAmt", currency)
    unapplied = fields.amount(raw, "UnappliedAmt", currency, default=_ZERO)
    paid_on = fields.day(raw, "TxnDate")
    if paid_on is None:
        raise Bad("field_missing", "TxnDate")
    void = total == 0 and _voided(raw)
    return LedgerPayment(
        external_id=fields.identifier(raw.get("Id"), "Id"),
        customer=_customer(raw),
        amount=total,
        unapplied=unapplied,
        currency=currency,
        paid_on=paid_on,
        method=fields.text(fields.inner(raw, "PaymentMethodRef"), "name", most=60),
        reference=fields.text(raw, "PaymentRefNum", most=60),
        allocations=() if void else tuple(_allocations(raw, currency, cash=total - unapplied)),
        reversed=void,
        created_at=refs.created_at(raw),
        updated_at=refs.changed_at(raw),
    )


def _allocations(raw: Json, currency: str, *, cash: Decimal) -> Iterator[LedgerAllocation]:
    """What went to each invoice: the LINE amounts. What they exceed the money that came in by, was credit.

    Where one payment mixes both, the books do not say which credit went where: it is used up in the order of lines.
    """
    paid: dict[str, Decimal] = {}
    for line in fields.items(raw, "Line"):
        linked = _linked(line, "Invoice")
        if len(linked) > 1:
            raise Bad("allocation_unclear", ", ".join(sorted(linked))[:200])
        for invoice in linked:
            paid[invoice] = paid.get(invoice, _ZERO) + fields.amount(line, "Amount", currency)
    credit = max(_ZERO, sum(paid.values(), _ZERO) - max(_ZERO, cash))
    for invoice, amount in paid.items():
        if amount < 0:
            raise Bad("amount_negative", f"Line.Amount: {amount}")
        from_credit = min(amount, credit)
        credit -= from_credit
        if from_credit:
            yield LedgerAllocation(invoice, "credit", from_credit)
        if amount - from_credit:
            yield LedgerAllocation(invoice, "cash", amount - from_credit)


def _credit_memo(raw: Json, home: Home) -> LedgerCreditMemo:
    currency = refs.currency(raw, home.currency)
    total = fields.amount(raw, "TotalAmt", currency)
    left = "RemainingCredit" if raw.get("RemainingCredit") is not None else "Balance"
    return LedgerCreditMemo(
        external_id=fields.identifier(raw.get("Id"), "Id"),
        number=fields.text(raw, "DocNumber", most=60),
        customer=_customer(raw),
        total=total,
        balance=fields.amount(raw, left, currency),
        currency=currency,
        issued_on=fields.day(raw, "TxnDate"),
        applied=(),  # stands on the payment that applies it
        void=total == 0 and _voided(raw),
        updated_at=refs.changed_at(raw),
    )


def _customer(raw: Json) -> str:
    found = refs.reference(raw, "CustomerRef")
    if not found:
        raise Bad("field_missing", "CustomerRef")
    return found


def _linked(raw: Json, kind: str) -> set[str]:
    links = [link for link in fields.items(raw, "LinkedTxn") if fields.text(link, "TxnType") == kind]
    return {fields.identifier(link.get("TxnId"), "TxnId") for link in links} - {""}


_READ: dict[str, Callable[[Json, Home], Item]] = {
    "Customer": people.customer,
    "Invoice": _invoice,
    "Payment": _payment,
    "CreditMemo": _credit_memo,
}
