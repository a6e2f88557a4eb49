"""The lock every act about a customer takes."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from invoices.models import Customer, Invoice
from syntharra.postgres.questions import found_together


class NotTogether(Exception):
    """Invoices that are not there, or that belong to several customers, cannot be acted on together."""


def hold_customer(customer_id: UUID) -> Customer:
    """This customer, locked until the transaction ends: what else is about him waits."""
    return Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer_id)


def hold(*invoice_ids: UUID) -> list[Invoice]:
    """These invoices of one customer, read fresh after the customer was locked until the transaction ends."""
    return hold_and_ask(invoice_ids)[0]


def hold_and_ask(
    invoice_ids: Collection[UUID], *questions: QuerySet[Any, Any]
) -> tuple[list[Invoice], *tuple[Any, ...]]:
    """The same, and what these find behind the lock: all of it waits for the server once."""
    about = Invoice.objects.filter(pk__in=invoice_ids)
    theirs = Customer.objects.filter(pk__in=about.values("customer_id")).order_by("pk")
    owners, invoices, *found = found_together(
        theirs.select_for_update(of=("self",), no_key=True),
        about.order_by("pk").select_related("business", "connection"),
        *questions,
    )
    if len(owners) != 1:
        raise NotTogether(f"{len(invoice_ids)} invoices belong to {len(owners)} customers, not to one")
    customer = owners[0]
    # Between the two questions the books may have moved one to another customer: it is not locked.
    invoices = [invoice for invoice in invoices if invoice.customer_id == customer.pk]
    if len(invoices) != len(set(invoice_ids)):
        raise NotTogether(f"{len(set(invoice_ids)) - len(invoices)} of the invoices were not found")
    for invoice in invoices:
        invoice.customer = customer
    return invoices, *found
