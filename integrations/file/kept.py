"""Customers and invoices of a file as JSON, and back: what the owner confirmed is stored, and nothing is read a second time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.ledger import LedgerAddress, LedgerCustomer, LedgerInvoice, LedgerLine, LedgerPhone

type Json = dict[str, Any]


def of_customer(customer: LedgerCustomer) -> Json:
    where = customer.address
    return {
        "id": customer.external_id,
        "name": customer.name,
        "contact": customer.contact_name,
        "company": customer.is_business,
        "phones": [[phone.raw, phone.place, phone.number, phone.problem] for phone in customer.phones],
        "emails": list(customer.emails),
        "address": [where.street, where.city, where.state, where.zip],
    }


def customer(kept: Json) -> LedgerCustomer:
    return LedgerCustomer(
        external_id=kept["id"],
        name=kept["name"],
        company=kept["name"] if kept["company"] else "",
        contact_name=kept["contact"],
        is_business=kept["company"],
        phones=tuple(LedgerPhone(*phone) for phone in kept["phones"]),
        emails=tuple(kept["emails"]),
        address=LedgerAddress(*kept["address"]),
        active=True,
        parent="",
        updated_at=None,
    )


def of_invoice(invoice: LedgerInvoice) -> Json:
    return {
        "id": invoice.external_id,
        "number": invoice.number,
        "customer": invoice.customer,
        "status": invoice.status,
        "said": invoice.vendor_status,
        "currency": invoice.currency,
        "total": str(invoice.total),
        "balance": str(invoice.balance),
        "issued": invoice.issued_on.isoformat() if invoice.issued_on else None,
        "due": invoice.due_on.isoformat() if invoice.due_on else None,
        "lines": [[line.description, str(line.amount)] for line in invoice.lines],
        "memo": invoice.memo,
        "sent": invoice.sent,
    }


def invoice(kept: Json, confirmed_at: datetime) -> LedgerInvoice:
    """As of the moment the owner confirmed it: that is how new it is."""
    return LedgerInvoice(
        external_id=kept["id"],
        number=kept["number"],
        customer=kept["customer"],
        status=kept["status"],
        vendor_status=kept["said"],
        currency=kept["currency"],
        total=Decimal(kept["total"]),
        balance=Decimal(kept["balance"]),
        issued_on=date.fromisoformat(kept["issued"]) if kept["issued"] else None,
        due_on=date.fromisoformat(kept["due"]) if kept["due"] else None,
        lines=tuple(LedgerLine("", description, None, Decimal(amount)) for description, amount in kept["lines"]),
        memo=kept["memo"],
        sent=kept["sent"],
        payments=None,
        pay_url=None,
        updated_at=confirmed_at,
    )
