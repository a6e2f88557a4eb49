"""The lock every act about a customer takes."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery

from invoices.models import Customer, Invoice
from syntharra.reading import Given, Reading, found_together


class NotTogether(Exception):
    """Invoices that are not there, or that belong to several customers, cannot be acted on together."""


class Moved(NotTogether):
    """The books moved one to another customer while theirs was waited for; asked once more, it is held with whose it has become."""


def locking(chosen: Callable[[], Any]) -> tuple[Reading[Customer], Reading[Invoice]]:
    """Two questions to be asked in this order, in a transaction: lock the customers of some invoices, and read those behind the lock.

    ``chosen`` gives the keys of the invoices, as ``__among`` takes them. :func:`held` judges what was found.
    """

    def owners() -> Any:
        theirs = Invoice.objects.filter(pk__among=chosen()).values("customer_id")
        return Customer.objects.filter(pk__among=ArraySubquery(theirs)).order_by("pk")

    return (
        Reading(lambda: owners().select_for_update(of=("self",), no_key=True)),
        Reading(
            lambda: Invoice.objects.filter(pk__among=chosen()).order_by("pk").select_related("business", "connection")
        ),
    )


def held(locked: Sequence[Customer], invoices: Sequence[Invoice], wanted: Collection[UUID]) -> list[Invoice]:
    """Of these invoices the wanted ones, with their one customer, who is locked. Raises NotTogether."""
    owners = {invoice.customer_id for invoice in invoices if invoice.pk in wanted}
    if len(owners) != 1:
        raise NotTogether(f"{len(set(wanted))} invoices belong to {len(owners)} customers, not to one")
    return each_held(locked, invoices, wanted)


def each_held(locked: Sequence[Customer], invoices: Sequence[Invoice], wanted: Collection[UUID]) -> list[Invoice]:
    """The same where they may be of several customers, each with his own. Raises NotTogether, or Moved."""
    mine = [invoice for invoice in invoices if invoice.pk in wanted]
    if len(mine) != len(set(wanted)):
        raise NotTogether(f"{len(set(wanted)) - len(mine)} of the invoices were not found")
    owners = {one.pk: one for one in locked}
    # Between the two questions the books may have moved one to another customer, who is not locked.
    if any(invoice.customer_id not in owners for invoice in mine):
        raise Moved("the books moved the invoices to another customer while theirs was waited for")
    for invoice in mine:
        invoice.customer = owners[invoice.customer_id]
    return mine


_NAMED = locking(lambda: Given("invoices"))


def hold_customer(customer_id: UUID) -> Customer:
    """This customer, locked until the transaction ends: what else is about him waits."""
    return Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer_id)


def hold(*invoice_ids: UUID) -> list[Invoice]:
    """These invoices of one customer, read fresh after the customer was locked until the transaction ends."""
    locked, invoices = found_together(*(question.of(invoices=invoice_ids) for question in _NAMED))
    return held(locked, invoices, invoice_ids)


def hold_each(*invoice_ids: UUID) -> list[Invoice]:
    """The same where the books may have given some of them to another customer since: each with his own, all locked."""
    locked, invoices = found_together(*(question.of(invoices=invoice_ids) for question in _NAMED))
    return each_held(locked, invoices, invoice_ids)
