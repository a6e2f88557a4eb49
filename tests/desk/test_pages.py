"""Every page opens, empty and full, and says what it has to say."""

from datetime import date

import pytest
from django.test import Client

from disputes.services import NewClaim, open_dispute
from tests.cast import Firm, make_customer, make_invoice

EMPTY_PAGES = (
    "/",
    "/invoices/",
    "/customers/",
    "/calls/",
    "/disputes/",
    "/money/",
    "/activity/",
    "/connections/",
    "/sandbox/",
    "/calls-switch/",
    "/businesses/new/",
)


@pytest.mark.parametrize("address", EMPTY_PAGES)
def test_an_empty_page_opens(ava: Client, address: str) -> None:
    answer = ava.get(address)

    assert answer.status_code == 200


def test_an_invoice_says_where_it_stands(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="2207", due_on=date(2026, 11, 20))
    open_dispute(
        invoice.pk, claim=NewClaim(source="member", source_key="1", words="It still leaks.", reason="quality", by="Ana Reyes")
    )

    page = ava.get("/invoices/2207/").content.decode()

    assert "Ana Reyes says: “It still leaks.” We will not ask Harbor Cafe for money about it while this is open." in page
