"""A disputed invoice as it stood: taken when the dispute opens, whenever the books change it, and when it ends."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from disputes.models import Dispute, InvoiceVersion
from disputes.proof import sha256_of
from invoices.models import Allocation, Invoice, InvoiceLine
from syntharra import bulk, clock


def lines_of(invoice_ids: Collection[UUID]) -> QuerySet[InvoiceLine]:
    """What these invoices are made of."""
    return InvoiceLine.objects.filter(invoice__in=invoice_ids).order_by("position")


def allocations_of(invoice_ids: Collection[UUID]) -> QuerySet[Allocation]:
    """What was set against them, with its payment."""
    about = Allocation.objects.filter(invoice__in=invoice_ids)
    return about.select_related("payment").order_by("payment__paid_on", "pk")


def facts_of(
    invoice: Invoice, lines: Iterable[InvoiceLine] | None = None, against: Iterable[Allocation] | None = None
) -> dict[str, Any]:
    """What the books say of this invoice now, with its lines and what was set against it. Amounts as text, major units.

    ``lines`` and ``against``: those that were read already, of this invoice and of others beside it.
    """
    lines = lines_of([invoice.pk]) if lines is None else lines
    against = allocations_of([invoice.pk]) if against is None else against
    return {
        "number": invoice.number,
        "external_id": invoice.external_id,
        "status": invoice.books_status,
        "vendor_status": invoice.vendor_status,
        "currency": invoice.currency,
        "total": str(invoice.total),
        "balance": str(invoice.balance),
        "issued_on": invoice.issued_on and invoice.issued_on.isoformat(),
        "due_on": invoice.due_on and invoice.due_on.isoformat(),
        "memo": invoice.memo,
        "lines": [
            {
                "position": line.position,
                "item": line.item,
                "description": line.description,
                "quantity": None if line.quantity is None else str(line.quantity),
                "amount": str(line.amount),
            }
            for line in lines
            if line.invoice_id == invoice.pk
        ],
        "against": [
            {
                "kind": allocation.kind,
                "amount": str(allocation.amount),
                "paid_on": allocation.payment.paid_on.isoformat(),
                "reference": allocation.payment.reference,
                "taken_back": allocation.payment.reversed_at is not None,
            }
            for allocation in against
            if allocation.amount and allocation.invoice_id == invoice.pk
        ],
    }


def first(dispute: Dispute, invoice: Invoice, lines: Iterable[InvoiceLine], against: Iterable[Allocation]) -> None:
    """The invoice as it is while the dispute is made: nothing can have been kept for it before."""
    facts = facts_of(invoice, lines, against)
    version = {"dispute_id": dispute.pk, "invoice_id": invoice.pk, "because": "opened", "taken_at": clock.now()}
    bulk.insert(InvoiceVersion, [{**version, "facts": facts, "sha256": sha256_of(facts)}])


def take(dispute: Dispute, invoice: Invoice, *, because: str) -> InvoiceVersion:
    """Keep the invoice as it is now; the same again is the version that is there already."""
    facts = facts_of(invoice)
    version, _made = InvoiceVersion.objects.get_or_create(
        dispute=dispute,
        sha256=sha256_of(facts),
        defaults={"invoice": invoice, "because": because, "facts": facts, "taken_at": clock.now()},
    )
    return version
