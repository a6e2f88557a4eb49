"""Many rows in one statement arrive exactly as they were said, or not at all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from invoices.counting import count_what_grew
from invoices.models import Customer, Invoice
from invoices.sync_rows import _look, find, put
from syntharra.identifiers import uuid7
from syntharra.tenancy import NoBusiness, acting_for, acting_for_none
from tests.cast import make_customer

ONCE = ["business", "connection", "external_id"]


def invoice(customer: Customer, **fields: Any) -> Invoice:
    usual = {
        "connection_id": customer.connection_id,
        "customer_id": customer.pk,
        "external_id": "901",
        "number": "1042",
        "books_status": "open",
        "currency": "USD",
        "total": Decimal("1240.50"),
        "balance": Decimal("0.10"),
        "read_at": datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC),
    }
    return Invoice(**usual | fields)


def test_every_value_arrives_as_it_was_said(plumber: Any) -> None:
    said = {
        "memo": 'Tank "B" \\ O\'Brien: 50 % off, größer 水\nnext line',
        "issued_on": date(2026, 2, 28),
        "sent": None,
        "in_flight": True,
        "books_updated_at": datetime(2026, 2, 28, 23, 59, 59, 1, tzinfo=UTC),
    }
    row = invoice(make_customer(plumber), **said)

    put([row], once=ONCE, changing=["memo"])

    kept = Invoice.objects.get(pk=row.pk)
    names = [field.attname for field in Invoice._meta.concrete_fields]
    assert {name: getattr(kept, name) for name in names} == {name: getattr(row, name) for name in names}


def test_a_row_that_is_there_keeps_its_key_and_whatever_is_not_to_change(plumber: Any) -> None:
    customer = make_customer(plumber)
    first = invoice(customer, memo="before")
    put([first], once=ONCE, changing=["memo"])

    put([invoice(customer, id=uuid7(), memo="after", number="2000")], once=ONCE, changing=["memo"])

    kept = Invoice.objects.get()
    assert (kept.pk, kept.memo, kept.number) == (first.pk, "after", "1042")


def test_a_text_that_is_too_long_is_refused_rather_than_cut(plumber: Any) -> None:
    row = invoice(make_customer(plumber), number="9" * 61)

    with pytest.raises(DataError), transaction.atomic():
        put([row], once=ONCE, changing=["memo"])

    assert not Invoice.objects.exists()


def test_nothing_is_written_for_nobody(plumber: Any) -> None:
    row = invoice(make_customer(plumber))

    with acting_for_none(), pytest.raises(NoBusiness):
        put([row], once=ONCE, changing=["memo"])

    put([], once=ONCE, changing=["memo"])
    assert not Invoice.objects.exists()


def test_rows_are_found_by_their_ids_in_these_books_and_no_others(plumber: Any, rival: Any) -> None:
    ours = make_customer(plumber)
    with acting_for(rival.business.pk):
        theirs = make_customer(rival, external_id=ours.external_id)

    found = find(Customer, plumber.connection.pk, [ours.external_id, "unknown", ours.external_id], "digest")

    assert found == {ours.external_id: ours}
    assert found[ours.external_id].get_deferred_fields() >= {"name", "kind"}
    assert find(Customer, rival.connection.pk, [theirs.external_id]) == {}
    assert find(Customer, plumber.connection.pk, []) == {}


def test_a_look_goes_by_the_index_of_ids_once_what_grew_was_counted(plumber: Any) -> None:
    """A list of ids would be looked for among all rows of a business of which the server knows nothing yet."""
    customer, said, written = make_customer(plumber), "as told on the telephone; " * 70, 0
    while written < 2000 or "invoices_invoice" not in count_what_grew():
        more = [invoice(customer, external_id=str(written + n), memo=said) for n in range(1000)]
        put(more, once=ONCE, changing=["memo"])
        written += 1000

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {_look(Invoice, ('digest',))}", [["17", "18"], plumber.connection.pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using invoice_once" in plan, plan
