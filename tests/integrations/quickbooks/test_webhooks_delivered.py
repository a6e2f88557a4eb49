"""The simulator rings at our door over HTTP: a change in the books is heard, and read."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations import bells, tasks
from integrations.models import InboxEvent
from invoices.models import Invoice
from invoices.sync import sync
from syntharra import due
from syntharra.tenancy import acting_for
from tests.integrations.quickbooks.avas_books import Books, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor, wait_until


@pytest.fixture
def books(transactional_db: None, vendor: Vendor, live_server: Any) -> Iterator[Books]:
    """Connected and read books whose vendor rings at this installation's real door."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        connection = connect(firm)
        sync(connection.pk)
        due.settle(bells.SYNC, connection.pk)
        yield Books(firm, connection, vendor)


@pytest.mark.parametrize("form", ["cloudevents", "old"])
def test_a_payment_rings_is_stored_and_leads_to_one_reading(books: Books, live_server: Any, form: str) -> None:
    books.vendor.control(
        "settings", webhook_url=f"{live_server.url}/webhooks/quickbooks", webhook_format=form, webhook_repeat=2
    )

    books.control("pay", doc_number="2231")

    wait_until(lambda: InboxEvent.objects.filter(payload__object="payment").exists(), seconds=30)
    wait_until(lambda: not books.vendor.look("webhooks").get("waiting"), seconds=30)
    told = set(InboxEvent.objects.values_list("payload__object", flat=True))
    assert {"invoice", "payment"} <= told <= {"invoice", "payment", "customer"}
    assert {event.account for event in InboxEvent.objects.all()} == {books.connection.account}
    tasks.sweep_inbox()
    assert due.rows(bells.SYNC) == [books.connection.pk]
    sync(books.connection.pk)
    assert Invoice.objects.get(number="2231").books_status == "paid"
