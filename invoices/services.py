"""The lock every act about a customer takes, and what a member may do to an invoice."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import User
from invoices.models import Customer, Hold, Invoice
from syntharra.clock import now


class NotTogether(Exception):
    """Invoices that are not there, or that belong to several customers, cannot be acted on together."""


def hold_customer(customer_id: UUID) -> Customer:
    """This customer, locked until the transaction ends: what else is about him waits."""
    return Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer_id)


def hold(*invoice_ids: UUID) -> list[Invoice]:
    """These invoices of one customer, read fresh after the customer was locked until the transaction ends."""
    owners = set(Invoice.objects.filter(pk__in=invoice_ids).values_list("customer_id", flat=True))
    if len(owners) != 1:
        raise NotTogether(f"{len(invoice_ids)} invoices belong to {len(owners)} customers, not to one")
    customer = hold_customer(owners.pop())
    invoices = list(customer.invoices.filter(pk__in=invoice_ids).order_by("pk").select_related("customer"))
    if len(invoices) != len(set(invoice_ids)):
        raise NotTogether(f"{len(set(invoice_ids)) - len(invoices)} of the invoices were not found")
    return invoices


@transaction.atomic
def put_on_hold(invoice_id: UUID, *, reason: str, by: User, until: datetime | None = None) -> Hold:
    """No collecting on this invoice until then (or until lifted)."""
    (invoice,) = hold(invoice_id)
    put = Hold.objects.create(
        customer=invoice.customer, invoice=invoice, reason=reason, by=by.email, since=now(), until=until
    )
    timeline.record(invoice, "put_on_hold", by=by.email, reason=reason, until=until)
    return put


@transaction.atomic
def lift_hold(hold_id: UUID, *, by: User) -> Hold:
    """The hold ends now. Lifting it twice is once."""
    found = Hold.objects.get(pk=hold_id)
    if Hold.objects.filter(pk=hold_id, lifted_at=None).update(lifted_at=now(), lifted_by=by.email):
        timeline.record(found, "lifted_hold", by=by.email)
    found.refresh_from_db()
    return found
