"""When the books told something new by which an invoice may be called about: its call waits for an evening's list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from integrations.ledger import LedgerInvoice
from integrations.models import Connection
from invoices.models import Invoice
from invoices.sync_invoices import apply
from invoices.sync_reading import Reading
from syntharra import clock
from tests.cast import Firm, make_customer

pytestmark = pytest.mark.django_db

BILL = LedgerInvoice(
    external_id="77",
    number="2207",
    customer="c1",
    status="open",
    vendor_status="",
    currency="USD",
    total=Decimal(796),
    balance=Decimal(796),
    issued_on=date(2026, 9, 3),
    due_on=date(2026, 10, 3),
    lines=(),
    memo="",
    sent=True,
    payments=None,
    pay_url=None,
    updated_at=None,
)


def read(books: Connection, customer: UUID, bill: LedgerInvoice, *, after: timedelta = timedelta(0)) -> Invoice:
    apply(Reading(connection=books, at=clock.now() + after), [bill], {"c1": customer})
    return Invoice.objects.get(connection=books, external_id="77")


@pytest.mark.parametrize(
    ("read_before", "other_books", "turned_up"),
    [(False, False, False), (False, True, True), (True, False, True)],
    ids=["the first books are connected", "further books are connected", "a day like any other"],
)
def test_only_what_was_there_when_the_first_books_were_connected_did_not_turn_up(
    plumber: Firm, read_before: bool, other_books: bool, turned_up: bool
) -> None:
    books = plumber.connection
    Connection.objects.filter(pk=books.pk).update(synced_at=clock.now() if read_before else None)
    books.refresh_from_db()
    if other_books:
        Connection.objects.create(
            provider="jobber", account="j1", sandbox=True, connected_at=clock.now(), connected_by="x",
            synced_at=clock.now(),
        )  # fmt: skip

    found = read(books, make_customer(plumber).pk, BILL)

    assert found.turned_up_at == (found.read_at if turned_up else None)


@pytest.mark.parametrize(
    ("before", "now", "turned_up"),
    [
        ({}, {"memo": "second floor"}, False),
        ({}, {"balance": Decimal(500)}, False),
        ({}, {"due_on": date(2026, 11, 3)}, False),
        ({}, {"status": "paid", "balance": Decimal(0)}, False),
        ({}, {"due_on": date(2026, 9, 20)}, True),
        ({"due_on": date(2026, 12, 1)}, {}, True),
        ({"status": "draft"}, {}, True),
        ({"status": "paid", "balance": Decimal(0)}, {}, True),
        ({"sent": False}, {}, True),
    ],
)
def test_what_makes_it_callable_or_callable_sooner_is_news_and_the_rest_is_not(
    plumber: Firm, before: dict[str, Any], now: dict[str, Any], turned_up: bool
) -> None:
    customer = make_customer(plumber).pk
    read(plumber.connection, customer, replace(BILL, **before))
    Invoice.objects.update(turned_up_at=None)

    found = read(plumber.connection, customer, replace(BILL, **now), after=timedelta(hours=1))

    assert found.turned_up_at == (found.read_at if turned_up else None)
