"""A disputed invoice as it stood: taken when the dispute opens, whenever the books change it, and when it ends."""

from typing import Any

from disputes.models import Dispute, InvoiceVersion
from disputes.proof import sha256_of
from invoices.models import Invoice
from syntharra import bulk, clock


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """What the books say of this invoice now, with its lines and what was set against it. Amounts as text, major units."""
    lines = invoice.lines.order_by("position").values_list("position", "item", "description", "quantity", "amount")
    against = invoice.allocations.select_related("payment").order_by("payment__paid_on", "pk")
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
                "position": position,
                "item": item,
                "description": description,
                "quantity": None if quantity is None else str(quantity),
                "amount": str(amount),
            }
            for position, item, description, quantity, amount in lines
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
            if allocation.amount
        ],
    }


def first(dispute: Dispute, invoice: Invoice) -> None:
    """The invoice as it is while the dispute is made: nothing can have been kept for it before."""
    facts = facts_of(invoice)
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
