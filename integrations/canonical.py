"""What we make of a vendor's objects, as JSON for people and programs: the same fields for every vendor.

Amounts are decimal strings in major units, dates and moments ISO, moments in UTC.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.errors import Throttled, VendorError
from integrations.hooks import Event
from integrations.ledger import (
    Gone,
    Item,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerPayment,
    Unusable,
)
from syntharra import money

type Json = dict[str, Any]


def of_item(item: Item, *, provider: str) -> Json:
    """One object. Raises ValueError for an unusable one, which has no such form."""
    match item:
        case LedgerInvoice():
            return _invoice(item, provider)
        case LedgerCustomer():
            return _customer(item)
        case LedgerPayment():
            return _payment(item)
        case LedgerCreditMemo():
            return _credit_memo(item)
        case Gone():
            return _gone(item, provider)
        case Unusable():
            raise ValueError(f"{item.reason}: {item.detail}")


def of_error(error: VendorError) -> Json:
    said = f"{error.words} ({error.vendor_words})" if error.vendor_words else error.words
    return {
        "class": error.kind,
        "vendor_code": error.vendor_code,
        "message": said,
        "retry_after": _number(error.retry_after) if isinstance(error, Throttled) else None,
    }


def of_event(event: Event) -> Json:
    """One event of a webhook; what the vendor does not say is null."""
    return {
        "external_id": event.external_id or None,
        "account": event.account or None,
        "object": event.object,
        "action": event.action,
        "occurred_at": _iso(event.occurred_at),
    }


def _invoice(item: LedgerInvoice, provider: str) -> Json:
    return {
        "provider": provider,
        "external_id": item.external_id,
        "number": item.number,
        "customer_external_id": item.customer,
        "status": item.status,
        "vendor_status": item.vendor_status,
        "currency": item.currency,
        "total": _amount(item.total, item.currency),
        "balance": _amount(item.balance, item.currency),
        "issued_on": _iso(item.issued_on),
        "due_on": _iso(item.due_on),
        "lines": [
            {
                "item": line.item,
                "description": line.description,
                "quantity": format(line.quantity, "f") if line.quantity is not None else None,
                "amount": _amount(line.amount, item.currency),
            }
            for line in item.lines
        ],
        "payments": [
            {
                "external_id": one.external_id,
                "amount": _amount(one.amount, item.currency),
                "paid_on": _iso(one.paid_on),
            }
            for one in item.paid
        ],
        "disputed_at_vendor": item.disputed,
        "updated_at": _iso(item.updated_at),
    }


def _customer(item: LedgerCustomer) -> Json:
    where = item.address
    return {
        "external_id": item.external_id,
        "name": item.name,
        "company": item.company,
        "contact_name": item.contact_name,
        "phones": [
            {"e164": phone.number or None, "raw": phone.raw, "kind": phone.place, "problem": phone.problem or None}
            for phone in item.phones
        ],
        "emails": list(item.emails),
        "address": {"street": where.street, "city": where.city, "state": where.state, "zip": where.zip},
        "active": item.active,
    }


def _payment(item: LedgerPayment) -> Json:
    return {
        "external_id": item.external_id,
        "amount": _amount(item.amount, item.currency),
        "currency": item.currency,
        "paid_on": _iso(item.paid_on),
        "allocations": _allocations(item.allocations, item.currency),
        "reversed": item.reversed,
    }


def _credit_memo(item: LedgerCreditMemo) -> Json:
    return {
        "external_id": item.external_id,
        "number": item.number,
        "total": _amount(item.total, item.currency),
        "balance": _amount(item.balance, item.currency),
        "currency": item.currency,
        "applied": _allocations(item.applied, item.currency),
    }


def _gone(item: Gone, provider: str) -> Json:
    """Deleted: the vendor says little else, and what it does not say is null."""
    empty: Mapping[str, Json] = {
        "invoice": {"provider": provider, "status": "deleted", "updated_at": _iso(item.updated_at)},
        "customer": {"active": False},
        "payment": {"reversed": True, "allocations": []},
        "credit_memo": {"balance": "0.00", "applied": []},
    }
    return {**_BLANK[item.of], "external_id": item.external_id, **empty[item.of]}


def _allocations(entries: tuple[LedgerAllocation, ...], currency: str) -> list[Json]:
    """One entry an invoice, whether it was settled with cash, credit or both."""
    total: dict[str, Decimal] = {}
    for entry in entries:
        total[entry.invoice] = total.get(entry.invoice, Decimal(0)) + entry.amount
    return [{"invoice_external_id": invoice, "amount": _amount(amount, currency)} for invoice, amount in total.items()]


def _amount(value: Decimal, currency: str) -> str:
    """With as many decimals as its currency has: five dollars are 5.00, five yen 5."""
    return format(money.of(value, currency).amount + 0, "f")  # + 0: there is no minus before a zero


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _number(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


_BLANK: dict[str, Json] = {
    "invoice": dict.fromkeys(
        (
            *("provider", "external_id", "number", "customer_external_id", "status", "vendor_status", "currency"),
            *("total", "balance", "issued_on", "due_on", "lines", "payments", "disputed_at_vendor", "updated_at"),
        )
    )
    | {"vendor_status": "deleted", "lines": [], "payments": [], "disputed_at_vendor": False},
    "customer": dict.fromkeys(
        ("external_id", "name", "company", "contact_name", "phones", "emails", "address", "active")
    )
    | {"phones": [], "emails": []},
    "payment": dict.fromkeys(("external_id", "amount", "currency", "paid_on", "allocations", "reversed")),
    "credit_memo": dict.fromkeys(("external_id", "number", "total", "balance", "currency", "applied")),
}
