"""Books that grow faster than the database server looks: their tables are counted while they are read in."""

from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from invoices.counting import count_what_grew
from invoices.models import Invoice, InvoiceLine
from invoices.sync import sync
from syntharra import bulk
from tests.cast import Firm, make_invoice
from tests.integrations.quickbooks.avas_books import Books

pytestmark = pytest.mark.django_db
TABLE = InvoiceLine._meta.db_table
FOUR_A_PAGE = "as told on the telephone; " * 73  # a row of which the server keeps whole, and four of them on a page


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [TABLE])
        return cursor.fetchone()


def pages_and_rows_counted() -> tuple[int, float]:
    """As of the server's last count of the table."""
    found: tuple[int, float] = asked("SELECT relpages, reltuples FROM pg_class WHERE oid = %s::regclass")
    return found


def grow(invoice: Invoice, *, to_pages: int) -> int:
    """How many lines this invoice has now."""
    lines = invoice.lines.count() + 1  # they are numbered from one
    while asked("SELECT pg_relation_size(%s::regclass)")[0] <= to_pages * 8192:
        line = {"invoice_id": invoice.pk, "amount": "1.00", "description": FOUR_A_PAGE}
        bulk.insert(InvoiceLine, [{**line, "position": lines + n} for n in range(100)])
        lines += 100
    return lines


@pytest.fixture
def counted(plumber: Firm) -> Invoice:
    """A bill in tables that are not large enough to be counted anew. What tests before left on their pages was counted, too."""
    count_what_grew()
    return make_invoice(plumber, number="2232")


def test_a_table_more_than_three_times_as_large_as_when_it_was_counted_is_counted_once(counted: Invoice) -> None:
    grow(counted, to_pages=100)
    count_what_grew()
    pages = pages_and_rows_counted()[0]

    grow(counted, to_pages=2 * pages)
    assert TABLE not in count_what_grew()

    lines = grow(counted, to_pages=4 * pages)
    assert TABLE in count_what_grew()

    pages_now, rows_now = pages_and_rows_counted()
    assert (pages_now > 4 * pages, rows_now == pytest.approx(lines, rel=0.5)) == (True, True)
    assert TABLE not in count_what_grew()


def test_a_table_somebody_else_is_counting_is_passed_over_and_counted_the_next_time(counted: Invoice) -> None:
    grow(counted, to_pages=8 * max(pages_and_rows_counted()[0], 1))
    another = connection.get_connection_params()
    with psycopg.connect(**{key: another[key] for key in ("host", "port", "dbname", "user", "password")}) as line:
        line.execute(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE")  # as ANALYZE and VACUUM do
        assert TABLE not in count_what_grew()

    assert TABLE in count_what_grew()


def test_a_first_load_counts_before_every_page(books: Books) -> None:
    with CaptureQueriesContext(connection) as asked:
        sync(books.connection.pk)

    said = [one["sql"] for one in asked.captured_queries]
    counts = [place for place, sql in enumerate(said) if "count_what_grew" in sql]
    assert counts == [place - 1 for place, sql in enumerate(said) if sql == "DISCARD PLANS"]
    assert len(counts) >= 3


def test_what_cannot_be_counted_is_read_all_the_same(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    def refuses(execute: Any, sql: str, *rest: Any) -> Any:
        if "count_what_grew" in sql:
            raise OperationalError("canceling statement due to statement timeout")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuses):
        run = sync(books.connection.pk)

    assert run is not None
    assert (run.status, run.seen) == ("done", 91)
    assert "books_not_counted" in caplog.text
