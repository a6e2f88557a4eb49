"""The lock every act about a customer takes."""

from uuid import UUID

from invoices.models import Customer, Invoice


class NotTogether(Exception):
    """Invoices that are not there, or that belong to several customers, cannot be acted on together."""


def hold_customer(customer_id: UUID) -> Customer:
    """This customer, locked until the transaction ends: what else is about him waits."""
    return Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer_id)


def hold(*invoice_ids: UUID) -> list[Invoice]:
    """These invoices of one customer, read fresh after the customer was locked until the transaction ends."""
    theirs = Invoice.objects.filter(pk__in=invoice_ids).values("customer_id")
    owners = list(Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=theirs).order_by("pk"))
    if len(owners) != 1:
        raise NotTogether(f"{len(invoice_ids)} invoices belong to {len(owners)} customers, not to one")
    customer = owners[0]
    invoices = list(
        customer.invoices.filter(pk__in=invoice_ids).order_by("pk").select_related("business", "connection")
    )
    if len(invoices) != len(set(invoice_ids)):
        raise NotTogether(f"{len(set(invoice_ids)) - len(invoices)} of the invoices were not found")
    return invoices
