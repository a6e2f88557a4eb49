"""One page of the books written into our rows, in the order in which one thing stands on the other."""

from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from django.db import transaction

from integrations.ledger import (
    Gone,
    Item,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerPayment,
    Unusable,
    kind_of,
)
from invoices import sync_aside, sync_credits, sync_customers, sync_invoices, sync_payments
from invoices.models import Allocation, Payment
from invoices.sync_ahead import Asks
from invoices.sync_aside import Note
from invoices.sync_reading import Reading, customer_ids


def apply(reading: Reading, ledger: Asks, items: Sequence[Item]) -> list[Note]:
    """Customers, invoices, credit memos, payments. What cannot be used is noted; what is good again loses its note."""
    usable = [item for item in items if not isinstance(item, Unusable)]
    sync_customers.apply(reading, cast("list[LedgerCustomer | Gone]", _of("customer", usable)))
    customers = _customers(reading, ledger, usable)
    notes: list[Note] = [sync_aside.note_of(item) for item in items if isinstance(item, Unusable)]
    notes += sync_invoices.apply(reading, cast("list[LedgerInvoice | Gone]", _of("invoice", usable)), customers)
    notes += sync_credits.apply(reading, cast("list[LedgerCreditMemo | Gone]", _of("credit_memo", usable)), customers)
    notes += sync_payments.apply(reading, cast("list[LedgerPayment | Gone]", _of("payment", usable)), customers)
    if items:
        with transaction.atomic(durable=True):
            reading.guard()
            sync_aside.settle(reading, sync_aside.of_items(items), notes, sync_aside.OBJECTS)
    return notes


def payments_to_look_at(reading: Reading, items: Iterable[Item]) -> list[str]:
    """Payments an invoice here names that we lack, or that we have on it and it no longer names.

    Asked of every invoice of a page, changed or not: news that were lost on the way are found this way.
    """
    named = {
        item.external_id: set(item.payments)
        for item in items
        if isinstance(item, LedgerInvoice) and item.payments is not None
    }
    if not named:
        return []
    paid = Allocation.objects.filter(
        invoice__connection=reading.connection, invoice__external_id__in=named, amount__gt=0, payment__reversed_at=None
    ).values_list("invoice__external_id", "payment__external_id")
    vanished = {payment for invoice, payment in paid if payment not in named[invoice]}
    all_named: set[str] = set().union(*named.values())
    ours = Payment.objects.filter(connection=reading.connection, external_id__in=all_named)
    return sorted(vanished | (all_named - set(ours.values_list("external_id", flat=True))))


def _of(kind: str, items: Iterable[Item]) -> list[Item]:
    """Of one kind, the last version of each: a page may hold an object twice."""
    return list({item.external_id: item for item in items if kind_of(item) == kind}.values())


def _customers(reading: Reading, ledger: Asks, items: Sequence[Item]) -> dict[str, UUID]:
    """The customers these objects name. One we do not have yet is asked for by id."""
    named = {item.customer for item in items if isinstance(item, LedgerInvoice | LedgerPayment | LedgerCreditMemo)}
    known = customer_ids(reading, named)
    missing = sorted(named - known.keys())
    if not missing:
        return known
    found = [item for item in ledger.some("customer", missing) if isinstance(item, LedgerCustomer)]
    sync_customers.apply(reading, found)
    return known | customer_ids(reading, missing)
