"""What webhooks named is looked at some at a time: no flood and no odd id keeps the books from being read."""

from typing import Any

import pytest

from integrations.errors import Refused
from integrations.ledger import Gone, Item
from integrations.models import Hint
from invoices import sync_hints
from invoices.sync import sync
from syntharra.clock import machine_now
from tests.integrations.quickbooks.avas_books import Books

pytestmark = pytest.mark.django_db


def named(books: Books, *external_ids: str) -> None:
    for external_id in external_ids:
        Hint.objects.create(
            connection=books.connection, kind="invoice", external_id=external_id, noted_at=machine_now()
        )


class Vendor:
    """Looks up what it is asked for, but for one id."""

    def __init__(self, odd: str = "") -> None:
        self.odd = odd

    def some(self, kind: str, external_ids: list[str]) -> list[Item]:
        if self.odd in external_ids:
            raise Refused("this is no id of ours")
        return [Gone(kind, external_id) for external_id in external_ids]


def test_one_id_the_vendor_will_not_look_up_is_passed_over() -> None:
    vendor: Any = Vendor(odd="b")

    (found,) = sync_hints.look_up(vendor, {"invoice": ["a", "b", "c"]})

    assert [item.external_id for item in found] == ["a", "c"]


def test_what_is_said_of_the_whole_installation_is_not_passed_over() -> None:
    class Stranger(Vendor):
        def some(self, kind: str, external_ids: list[str]) -> list[Item]:
            raise Refused("this app is not known here", problem="app_refused")

    vendor: Any = Stranger()
    with pytest.raises(Refused):
        list(sync_hints.look_up(vendor, {"invoice": ["a", "b"]}))


def test_a_flood_is_looked_at_in_parts_and_what_changed_is_read_in_between(books: Books) -> None:
    sync(books.connection.pk)
    named(books, *(str(900_000 + number) for number in range(250)))

    left: list[int] = []
    while not left or left[-1]:
        run = sync(books.again().pk)
        assert run is not None
        assert run.status == "done"
        left.append(Hint.objects.count())

    assert left == [150, 50, 0]
