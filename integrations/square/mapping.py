"""Their JSON in our words. Pure: the same object always reads the same; what cannot be read says why, alone.

An invoice of theirs is a schedule of payment requests over an order: the order has the lines and what was paid, the
requests have what is due and when.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations import fields
from integrations.fields import Bad, Json
from integrations.ledger import Home, Item, LedgerAllocation, LedgerInvoice, LedgerLine, LedgerPayment, Unusable
from integrations.square import people, values

_STATUSES = {
    "DRAFT": "draft",
    "SCHEDULED": "draft",  # not sent yet
    "UNPAID": "open",
    "PARTIALLY_PAID": "open",
    "PAYMENT_PENDING": "open",  # and in flight
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "REFUNDED": "paid",
    "CANCELED": "void",
    "FAILED": "void",
}
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Billed:
    """The invoice whose order a payment paid."""

    invoice: str
    customer: str
    zone: str


def invoice(raw: Any, home: Home, *, order: Json | None = None, on: date | None = None) -> LedgerInvoice | Unusable:
    """An invoice, with its lines where its order is at hand. ``on``: the day for which a charge to come is judged."""
    return _guarded("invoice", raw, lambda: _invoice(raw, home, order, on))


def customer(raw: Any, home: Home) -> Item:
    return _guarded("customer", raw, lambda: people.customer(raw, home))


def payment(raw: Any, home: Home, *, billed: Billed | None = None) -> LedgerPayment | Unusable:
    """A payment, tied to the invoice it paid where that is known."""
    return _guarded("payment", raw, lambda: _payment(raw, home, billed))


def billed_by(raw: Any, home: Home) -> tuple[str, Billed] | None:
    """An invoice's order, and whom and where it bills; None for one that cannot be read."""
    if not isinstance(raw, dict):
        return None
    try:
        order = fields.identifier(raw.get("order_id"), "order_id")
        found = Billed(_id(raw), _recipient(raw), values.zone_of(raw, home.zone))
    except Bad:
        return None
    return (order, found) if order and found.invoice else None


def tenders(order: Json) -> list[Json]:
    """How an order was paid; a list that cannot be read is none."""
    try:
        return fields.items(order, "tenders")
    except Bad:
        return []


def payment_of(tender: Json) -> str:
    """The id of the payment a tender stands for; the two are one for most kinds."""
    try:
        return fields.identifier(tender.get("payment_id") or tender.get("id"), "payment_id")
    except Bad:
        return ""


def _guarded[T](kind: str, raw: Any, read: Callable[[], T]) -> T | Unusable:
    if not isinstance(raw, dict):
        return Unusable(kind, "", "", "not_an_object", kind)
    label = fields.text(raw, "invoice_number", most=60) or fields.text(raw, "receipt_number", most=60)
    try:
        if not _id(raw):
            raise Bad("no_id", kind)
        return read()
    except Bad as bad:
        return Unusable(kind, fields.clean(raw.get("id"))[:64], label, bad.reason, bad.detail[:300])


def _id(raw: Json) -> str:
    return fields.identifier(raw.get("id"), "id")


def _recipient(raw: Json) -> str:
    found = fields.identifier(fields.inner(raw, "primary_recipient").get("customer_id"), "customer_id")
    if not found:
        raise Bad("field_missing", "primary_recipient")
    return found


@dataclass(frozen=True, slots=True)
class _Request:
    """One payment request: what it is for, what came in, when it is due."""

    amount: Decimal
    open: Decimal
    due_on: date | None
    is_automatic: bool
    reminds: bool


def _invoice(raw: Json, home: Home, order: Json | None, on: date | None) -> LedgerInvoice:
    currency, requests = _requests(raw, home)
    vendor_status = fields.text(raw, "status", most=40)
    status = _STATUSES.get(vendor_status, "draft")  # a word nobody knows yet: nobody is called about it
    owed = sum((one.open for one in requests), _ZERO)
    if status == "open" and owed == 0:
        status = "paid"
    zone = values.zone_of(raw, home.zone)
    unpaid = [one for one in requests if one.open > 0]
    link = fields.text(raw, "public_url", most=501)
    return LedgerInvoice(
        external_id=_id(raw),
        number=fields.text(raw, "invoice_number", most=60) or _id(raw)[:60],
        customer=_recipient(raw),
        status=status,
        vendor_status=vendor_status,
        currency=currency,
        total=sum((one.amount for one in requests), _ZERO),
        balance=owed if status in ("open", "draft") else _ZERO,
        issued_on=values.local_day(raw, "created_at", zone),
        due_on=_due_on(unpaid, requests),
        lines=tuple(_lines(order, currency)) if order is not None else (),
        memo="\n".join(filter(None, (fields.text(raw, "title"), fields.text(raw, "description"))))[:4000],
        sent=_sent(raw, vendor_status),
        payments=tuple(sorted({payment_of(one) for one in tenders(order)} - {""})) if order is not None else None,
        pay_url=link if link.startswith(("https://", "http://")) and len(link) <= 500 else None,
        updated_at=values.moment(raw, "updated_at"),
        in_flight=status == "open" and (vendor_status == "PAYMENT_PENDING" or _will_be_charged(unpaid, on)),
        reminders_on=any(one.reminds for one in unpaid) if requests else None,
        served_on=fields.day_if_any(raw, "sale_or_service_date"),
    )


def _requests(raw: Json, home: Home) -> tuple[str, list[_Request]]:
    found, currencies = [], set()
    for request in fields.items(raw, "payment_requests"):
        wanted, currency = values.amount(request, "computed_amount_money", home.currency)
        paid, other = values.amount(request, "total_completed_amount_money", currency, default=_ZERO)
        currencies |= {currency, other}
        if len(currencies) > 1:
            raise Bad("field_wrong", f"payment_requests: {' and '.join(sorted(currencies))} on one invoice")
        if wanted < 0:
            raise Bad("amount_negative", f"computed_amount_money: {wanted}")
        reminders = [fields.text(one, "status") for one in fields.items(request, "reminders")]
        found.append(
            _Request(
                amount=wanted,
                open=max(_ZERO, wanted - paid),  # cash is rounded in some countries: a cent too much is no credit
                due_on=fields.day(request, "due_date"),
                is_automatic=fields.text(request, "automatic_payment_source") not in ("", "NONE"),
                reminds="PENDING" in reminders,
            )
        )
    if not found and fields.text(raw, "status") not in ("DRAFT", "CANCELED"):
        raise Bad("field_missing", "payment_requests")
    return next(iter(currencies), home.currency), found


def _due_on(unpaid: list[_Request], requests: list[_Request]) -> date | None:
    """When the first part not yet paid is due; of a paid one when its last part was."""
    open_dates = [one.due_on for one in unpaid if one.due_on]
    return min(open_dates) if open_dates else max((one.due_on for one in requests if one.due_on), default=None)


def _will_be_charged(unpaid: list[_Request], on: date | None) -> bool:
    """Square takes it from a card or account on file on the day it is due; after that day the charge has failed."""
    return any(one.is_automatic and (on is None or one.due_on is None or one.due_on >= on) for one in unpaid)


def _sent(raw: Json, vendor_status: str) -> bool | None:
    if vendor_status in ("DRAFT", "SCHEDULED"):
        return False
    return True if fields.text(raw, "delivery_method") in ("EMAIL", "SMS") else None


def _lines(order: Json, currency: str) -> Iterator[LedgerLine]:
    """What was sold, before tax, and what was taken off."""
    for line in fields.items(order, "line_items"):
        held = "gross_sales_money" if line.get("gross_sales_money") is not None else "total_money"
        name, variation = fields.text(line, "name", most=200), fields.text(line, "variation_name", most=200)
        yield LedgerLine(
            item=name,
            description=fields.text(line, "note", most=4000) or variation or name,
            quantity=fields.quantity(line, "quantity"),
            amount=values.amount(line, held, currency, default=_ZERO)[0],
        )
    off = values.amount(order, "total_discount_money", currency, default=_ZERO)[0]
    if off > 0:
        yield LedgerLine(item="", description="Discount", quantity=None, amount=-off)


def _payment(raw: Json, home: Home, billed: Billed | None) -> LedgerPayment:
    """Without the tip, which is not owed, and without what was refunded."""
    given, currency = values.amount(raw, "amount_money", home.currency)
    back, _currency = values.amount(raw, "refunded_money", currency, default=_ZERO)
    status = fields.text(raw, "status")
    over = status in ("CANCELED", "FAILED") or (back >= given > 0)
    kept = given if over else max(_ZERO, given - back)
    paid_on = values.local_day(raw, "created_at", billed.zone if billed else home.zone)
    if paid_on is None:
        raise Bad("field_missing" if raw.get("created_at") is None else "date_unreadable", "created_at")
    return LedgerPayment(
        external_id=_id(raw),
        customer=billed.customer if billed else fields.identifier(raw.get("customer_id"), "customer_id"),
        amount=kept,
        unapplied=_ZERO,
        currency=currency,
        paid_on=paid_on,
        method=_method(raw),
        reference=fields.text(raw, "receipt_number", most=60),
        allocations=(LedgerAllocation(billed.invoice, "cash", kept),) if billed and kept and not over else (),
        reversed=over,
        created_at=values.moment(raw, "created_at"),
        updated_at=values.moment(raw, "updated_at"),
        pending=not over and status != "COMPLETED",
    )


def _method(raw: Json) -> str:
    """Recorded by hand in the Dashboard, it is cash or something the seller named."""
    source = fields.text(raw, "source_type", most=60)
    other = fields.text(fields.inner(raw, "external_details"), "type", most=60)
    return (other if source == "EXTERNAL" and other else source).replace("_", " ").capitalize()
