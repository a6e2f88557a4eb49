"""How many questions a page asks the database: the same for one row and for many."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Firm
from tests.desk.scene import Maker, Scene, a_day

#: Six come with every page: session, person, membership with business, and three for the frame. The page of an invoice
#: asks the gate afresh, which alone takes thirty; what is to be looked at first takes nine, there and on Today.
PAGES = {
    "/": 46,
    "/invoices/": 21,
    "/invoices/2207/": 69,
    "/customers/": 12,
    "/calls/": 12,
    "/calls/?show=planned": 11,
    "/disputes/?view=board": 7,
    "/money/": 13,
    "/activity/": 9,
    "/connections/": 18,
    "/numbers/": 10,
    "/check-first/": 18,
    "/book-entries/": 8,
    "/tomorrow/?day=2026-11-24": 18,
    "/holds/": 13,
    "/backlog/": 12,
    "/your-decision/": 11,
}


@pytest.fixture
def scene(live: None, ava: Client, plumber: Firm) -> Scene:
    return a_day(plumber)


def test_a_page_asks_a_fixed_number_of_questions_however_many_rows(
    ava: Client, scene: Scene, plumber: Firm, django_assert_num_queries: Any
) -> None:
    for address, count in PAGES.items():
        ava.get(address)
        with django_assert_num_queries(count, info=address):
            ava.get(address)

    make = Maker(plumber)
    for index in range(10):
        customer = make.customer(f"Customer {index}", "Pat Lane", f"02{index:02d}")
        invoice = make.invoice(customer, f"9{index:03d}", "120.00", 5 + index)
        make.call([invoice], make.at(1, 10, index), "no_answer")
        make.attempt([invoice], make.at(0, 15, index), number=2)

    for address, count in PAGES.items():
        with django_assert_num_queries(count, info=f"{address} with more rows"):
            ava.get(address)
