"""How many questions a page asks the database: the same for one row and for many."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Firm
from tests.desk.scene import Maker, Scene, a_day

#: Five come with every page: session, person, memberships with their businesses, and two for the frame. The page of an
#: invoice asks the gate afresh, which alone takes thirty-one; what is to be looked at first takes nine, there and on Today.
PAGES = {
    "/": 50,
    "/invoices/": 14,
    "/invoices/2207/": 65,
    "/paying/": 8,
    "/customers/": 11,
    "/calls/": 11,
    "/calls/?show=planned": 10,
    "/disputes/?view=board": 6,
    "/disputes/D-1001/": 12,
    "/money/": 12,
    "/activity/": 8,
    "/connections/": 17,
    "/numbers/": 9,
    "/check-first/": 17,
    "/book-entries/": 7,
    "/tomorrow/?day=2026-11-24": 11,
    "/holds/": 12,
    "/backlog/": 11,
    "/your-decision/": 10,
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
