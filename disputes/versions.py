"""A disputed invoice as it stood: taken when the dispute opens, whenever the books change it, and when it ends."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from disputes.models import Dispute, InvoiceVersion
from disputes.proof import sha256_of
from invoices.models import Allocation, Invoice, InvoiceLine
from syntharra import bulk, clock
from syntharra.reading import Given, Reading


def lines_and_money(chosen: Callable[[], Any]) -> tuple[Reading[InvoiceLine], Reading[Allocation]]:
    """Questions for what some invoices are made of, and what was set against them, each with its payment.

    ``chosen`` gives the keys of the invoices, as ``__among`` takes them.
    """

    def against() -> QuerySet[Allocation]:
        return Allocation.objects.filter(invoice_id__among=chosen()).select_related("payment")

    return (
        Reading(lambda: InvoiceLine.objects.filter(invoice_id__among=chosen()).order_by("position")),
        Reading(lambda: against().order_by("payment__paid_on", "pk")),
    )


_LINES, _AGAINST = lines_and_money(lambda: Given("invoices"))


def facts_of(
    invoice: Invoice, lines: Iterable[InvoiceLine] | None = None, against: Iterable[Allocation] | None = None
) -> dict[str, Any]:
    """What the books say of this invoice now, with its lines and what was set against it. Amounts as text, major units.

    ``lines`` and ``against``: those that were read already, of this invoice and of others beside it.
    """
    lines = _LINES(invoices=[invoice.pk]) if lines is None else lines
    against = _AGAINST(invoices=[invoice.pk]) if against is None else against
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
