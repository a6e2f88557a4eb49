"""While a page of the books is written the next one is asked for; what that must not change."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from integrations.errors import Unavailable
from integrations.ledger import Gone, Item, Page
from invoices.sync import sync
from invoices.sync_ahead import Ahead
from syntharra.tenancy import acting_for, current_business
from tests.integrations.quickbooks.avas_books import Books, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor

FIRM = UUID("01a2149c-0000-7000-8000-000000000001")


class Told:
    """Books that say when and for whom they were asked; ``asked[n]`` is set when page n is asked for."""

    def __init__(self, pages: int, *, broken: bool = False) -> None:
        self.asked = [threading.Event() for _ in range(pages + 2)]
        self.for_whom: list[UUID] = []
        self.beside: list[bool] = []
        self._pages, self._broken, self._busy = pages, broken, False

    def pages(self) -> Iterator[Page]:
        for number in range(1, self._pages + 1):
            self._busy = True
            self.asked[number].set()
            self.for_whom.append(current_business())
            time.sleep(0.05)
            self._busy = False
            if self._broken and number == self._pages:
                raise Unavailable("down")
            yield Page((), {"page": number}, done=number == self._pages)
        self.asked[self._pages + 1].set()

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        self.beside.append(self._busy)
        return [Gone(kind, external_id) for external_id in external_ids]


@pytest.mark.django_db(transaction=True)
def test_the_next_page_is_asked_for_while_this_one_is_written_and_none_after_the_last() -> None:
    books = Told(3)
    seen = []

    with acting_for(FIRM):
        for page, _asked_at in Ahead(books).pages(books.pages()):
            if not page.done:
                assert books.asked[page.cursor["page"] + 1].wait(5)
            seen.append(page.cursor["page"])

    assert seen == [1, 2, 3]
    assert books.for_whom == [FIRM] * 3
    assert not books.asked[4].is_set()


@pytest.mark.django_db(transaction=True)
def test_what_went_wrong_with_a_page_is_heard_after_the_pages_before_it() -> None:
    books = Told(3, broken=True)
    seen = []

    with acting_for(FIRM), pytest.raises(Unavailable):
        for page, _asked_at in Ahead(books).pages(books.pages()):
            seen.append(page.cursor["page"])

    assert seen == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_single_objects_are_asked_for_between_pages_and_never_beside_one() -> None:
    books = Told(3)
    ahead = Ahead(books)

    with acting_for(FIRM):
        for page, _asked_at in ahead.pages(books.pages()):
            if not page.done:
                assert books.asked[page.cursor["page"] + 1].wait(5)
            ahead.some("customer", ["58"])

    assert books.beside == [False, False, False]


def test_inside_a_transaction_pages_come_in_turn(plumber: Any) -> None:
    books = Told(2)
    pages = Ahead(books).pages(books.pages())

    next(pages)
    time.sleep(0.02)

    assert not books.asked[2].is_set()


@pytest.fixture
def books(transactional_db: None, vendor: Vendor) -> Iterator[Books]:
    """Connected books with real commits, which the reader's own connection sees."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        yield Books(firm, connect(firm), vendor)


def test_a_load_put_down_between_pages_goes_on_where_it_stood(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.quickbooks import ledger
    from invoices.models import Invoice, Payment

    monkeypatch.setattr(ledger, "PAGE", 10)
    turns = 0

    while (run := sync(books.connection.pk, seconds=0)) is not None and run.status == "running":
        turns += 1

    assert run is not None
    assert (run.status, run.seen, run.set_aside) == ("done", 91, 3)
    assert turns == 12
    assert Invoice.objects.count() == 42
    assert Payment.objects.count() == 19
