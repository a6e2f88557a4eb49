"""The connection follows the business being acted for: everywhere code runs, and back again when work is undone."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from celery import Task
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.models import Sum
from django.http import StreamingHttpResponse

from invoices.models import Customer, Invoice, InvoiceLine
from syntharra.celery import app as celery
from syntharra.tenancy import NoBusiness, acting_for, acting_for_none
from tests.cast import Firm, make_customer, make_invoice


def raw_names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM invoices_customer ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def two(plumber: Firm, rival: Firm) -> tuple[Firm, Firm]:
    """Each firm with one customer; the plumber's is acted for."""
    make_customer(plumber, "Harbor Cafe")
    with acting_for(rival.business.pk):
        make_customer(rival, "Oak & Sons")
    return plumber, rival


def test_each_sees_only_its_own_rows(two: tuple[Firm, Firm]) -> None:
    _, rival = two

    mine = raw_names()
    with acting_for(rival.business.pk):
        theirs = raw_names()

    assert (mine, theirs, raw_names()) == (["Harbor Cafe"], ["Oak & Sons"], ["Harbor Cafe"])


def test_a_row_cannot_be_written_into_another_business(two: tuple[Firm, Firm]) -> None:
    plumber, rival = two

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Customer.objects.create(business=rival.business, connection=plumber.connection, external_id="x", name="x")
    moved = Customer.objects.filter(name="Oak & Sons").update(name="stolen")

    assert moved == 0
    with acting_for(rival.business.pk):
        assert raw_names() == ["Oak & Sons"]


def test_a_row_cannot_point_into_another_business(two: tuple[Firm, Firm]) -> None:
    _, rival = two
    with acting_for(rival.business.pk):
        theirs = make_invoice(rival, Customer.objects.get())

    with pytest.raises(IntegrityError, match="same_business"), transaction.atomic():
        InvoiceLine.objects.create(invoice_id=theirs.pk, position=9, amount=Decimal(1), currency="USD")

    assert not InvoiceLine.objects.exists()


def test_after_a_rollback_to_a_savepoint_the_business_is_still_right(two: tuple[Firm, Firm]) -> None:
    _, rival = two

    with pytest.raises(ZeroDivisionError), transaction.atomic(), acting_for(rival.business.pk):
        assert raw_names() == ["Oak & Sons"]
        raise ZeroDivisionError

    assert raw_names() == ["Harbor Cafe"]


def test_after_a_failed_statement_the_business_is_still_right(two: tuple[Firm, Firm]) -> None:
    _, rival = two

    with acting_for(rival.business.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        theirs = raw_names()

    assert (theirs, raw_names()) == (["Oak & Sons"], ["Harbor Cafe"])


@pytest.mark.django_db(transaction=True)
def test_in_autocommit_and_after_a_whole_rollback(two: tuple[Firm, Firm]) -> None:
    _, rival = two

    assert raw_names() == ["Harbor Cafe"]
    with acting_for(rival.business.pk), pytest.raises(ZeroDivisionError), transaction.atomic():
        assert raw_names() == ["Oak & Sons"]
        raise ZeroDivisionError
    with acting_for_none():
        assert raw_names() == []

    assert raw_names() == ["Harbor Cafe"]


@pytest.mark.django_db(transaction=True)
def test_on_a_connection_that_was_closed_and_opened_again(two: tuple[Firm, Firm]) -> None:
    assert raw_names() == ["Harbor Cafe"]

    connection.close()

    assert raw_names() == ["Harbor Cafe"]


@pytest.mark.django_db(transaction=True)
def test_on_a_pooled_connection_another_had_before(two: tuple[Firm, Firm]) -> None:
    plumber, rival = two
    pooled = connections["default"].copy("pooled")
    pooled.settings_dict = {
        **pooled.settings_dict,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**pooled.settings_dict["OPTIONS"], "pool": {"min_size": 1, "max_size": 1}},
    }
    try:
        seen = []
        for firm in (plumber, rival, plumber):
            with acting_for(firm.business.pk), pooled.cursor() as cursor:
                cursor.execute("SELECT name FROM invoices_customer")
                seen += cursor.fetchall()
            pooled.close()
    finally:
        pooled.close_pool()  # type: ignore[attr-defined]

    assert seen == [("Harbor Cafe",), ("Oak & Sons",), ("Harbor Cafe",)]


@pytest.mark.django_db(transaction=True)
def test_in_threads_of_the_event_loop(two: tuple[Firm, Firm]) -> None:
    plumber, rival = two

    def names_then_close() -> list[str]:
        try:
            return raw_names()
        finally:
            connection.close()

    async def one(firm: Firm) -> list[str]:
        with acting_for(firm.business.pk):
            return await sync_to_async(names_then_close, thread_sensitive=False)()

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(*(one(firm) for firm in (plumber, rival) * 4))

    assert asyncio.run(all_of_them()) == [["Harbor Cafe"], ["Oak & Sons"]] * 4


@pytest.mark.django_db(transaction=True)
def test_in_threads_of_a_worker(two: tuple[Firm, Firm]) -> None:
    plumber, rival = two

    @celery.task(name="tests.names")  # type: ignore[untyped-decorator]
    def names(business_id: str) -> list[str]:
        from uuid import UUID

        try:
            with acting_for(UUID(business_id)):
                return raw_names()
        finally:
            connection.close()

    assert isinstance(names, Task)
    with ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(names.apply, args=[str(firm.business.pk)]) for firm in (plumber, rival) * 3]
        found = [job.result().get() for job in jobs]

    assert found == [["Harbor Cafe"], ["Oak & Sons"]] * 3


def test_in_an_answer_that_is_streamed_after_the_view_returned(two: tuple[Firm, Firm]) -> None:
    plumber, _ = two

    def rows() -> Iterator[bytes]:
        with acting_for(plumber.business.pk):
            for customer in Customer.objects.order_by("name"):
                yield customer.name.encode()

    with acting_for_none():
        answer = StreamingHttpResponse(rows())
        body = copy_context().run(lambda: b"".join(answer.streaming_content))  # type: ignore[arg-type]

    assert body == b"Harbor Cafe"


def test_reading_page_by_page_stays_with_the_business(two: tuple[Firm, Firm]) -> None:
    plumber, rival = two
    for number in range(3):
        make_customer(plumber, f"Customer {number}")

    names = []
    for customer in Customer.objects.order_by("name").iterator(chunk_size=1):
        names.append(customer.name)
        with acting_for(rival.business.pk):
            assert raw_names() == ["Oak & Sons"]

    assert names == ["Customer 0", "Customer 1", "Customer 2", "Harbor Cafe"]


@pytest.mark.parametrize(
    "act",
    [
        lambda: list(Invoice.objects.all()),
        lambda: Invoice.objects.count(),
        lambda: Invoice.objects.exists(),
        lambda: Invoice.objects.update(number="x"),
        lambda: Invoice.objects.all().delete(),
        lambda: Invoice.objects.bulk_create([]),
        lambda: Invoice.objects.collectable(on=date(2026, 1, 1)).first(),
        lambda: Invoice.objects.aggregate(owed=Sum("balance")),
        lambda: Invoice(number="x"),
    ],
)
def test_without_a_business_every_verb_says_so(db: None, act: object) -> None:
    with pytest.raises(NoBusiness):
        act()  # type: ignore[operator]
