"""The firms' books: exact in number, the same every time, and with everything in them a vendor must be able to show."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from integrations.simulation.books import Books
from integrations.simulation.clock import WorldClock
from integrations.simulation.firms import FIRMS, plant

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


def planted(firm: str, *, invoices: int = 3000, **more: Any) -> Books:
    books = Books("acme-1", "Acme", clock=WorldClock(), ids=lambda kind, number: f"{kind}-{number}")
    plant(books, firm, invoices=invoices, **more)
    return books


def days_late(books: Books) -> list[int]:
    """Of everything open; due in the future counts below zero."""
    late = []
    for id, facts in books.truth().items():
        due = books.invoice(id).due_on
        if facts["status"] == "open" and due is not None:
            late.append((books.today() - due).days)
    return late


@pytest.mark.parametrize("firm", FIRMS)
@time_machine.travel(NOW, tick=False)
def test_a_firm_has_a_believable_history(firm: str) -> None:
    books = planted(firm)

    truth = books.truth()
    statuses = Counter(one["status"] for one in truth.values())
    assert len(truth) == 3000
    assert 0.7 < statuses["paid"] / 3000 < 0.9
    assert {"open", "paid", "void", "draft", "written_off"} == set(statuses)
    assert min(Decimal(one["balance"]) for one in truth.values()) == 0
    late = days_late(books)
    for low, high in ((-60, 0), (1, 30), (31, 60), (61, 90), (91, 400)):
        assert sum(low <= days <= high for days in late) > 10, (low, high)


@pytest.mark.parametrize("firm", FIRMS)
@time_machine.travel(NOW, tick=False)
def test_even_few_invoices_show_everything_that_can_become_of_one(firm: str) -> None:
    books = planted(firm, invoices=30)

    truth = books.truth()
    late = days_late(books)
    alike = Counter((one.customer, one.issued_on, one.total) for one in books.invoices.values() if one.status == "open")
    assert len(truth) == 30
    assert {one["status"] for one in truth.values()} == {"open", "paid", "void", "draft", "written_off"}
    assert {one.status for one in books.payments.values()} == {"received", "pending", "failed", "reversed"}
    assert [any(low <= days <= high for days in late) for low, high in ((-60, 0), (1, 30), (31, 60), (61, 90))] == [
        True
    ] * 4
    assert max(late) > 90
    assert max(alike.values()) == 2
    assert [one for one in books.invoices.values() if one.reference.startswith("Replaces INV-")]
    assert [one for one in books.invoices.values() if one.total == 0]
    assert [one for one in books.payments.values() if one.unapplied > 0]
    assert [one for one in books.payments.values() if one.refunded > 0]
    assert {bool(one.left) for one in books.credits.values()} == {True, False}
    assert [one for one in truth.values() if Decimal(one["paid"]) > 0 and one["status"] == "open"]


@time_machine.travel(NOW, tick=False)
def test_the_same_seed_writes_the_same_books() -> None:
    first, second, other = planted("plumber", invoices=300), planted("plumber", invoices=300), planted("saas")

    assert second.truth() == first.truth()
    assert [vars(one) for one in second.customers.values() if not one.people] == [
        vars(one) for one in first.customers.values() if not one.people
    ]
    assert planted("plumber", invoices=300, seed=2).truth() != first.truth()
    assert other.truth() != first.truth()


@time_machine.travel(NOW, tick=False)
def test_numbers_ascend_with_time_and_nothing_lies_in_the_future() -> None:
    books = planted("landscaper", invoices=500)

    created = [one.created_at for one in books.invoices.values()]
    assert created == sorted(created)
    assert max(one.updated_at for one in books.invoices.values()) <= NOW
    assert min(created) > NOW - timedelta(days=440)
    assert max(one.paid_on for one in books.payments.values()) <= books.today()
    assert books.clock.now() == NOW
    assert [one.number for one in books.invoices.values()][:2] == ["INV-0001", "INV-0002"]


@time_machine.travel(NOW, tick=False)
def test_customers_are_people_and_companies_as_a_firm_writes_them() -> None:
    books = planted("plumber")

    customers = list(books.customers.values())
    assert len({one.name for one in customers}) == len(customers)
    assert len({one.state for one in customers}) == 6
    assert 0.25 < sum(bool(one.company) for one in customers) / len(customers) < 0.65
    assert 0.02 < sum(not one.phones for one in customers) / len(customers) < 0.15
    assert {one.role for customer in customers for one in customer.people} == {
        *("accounts payable", "site super", "property manager", "tenant", "landlord", "spouse"),
    }
    unusual = [one.name for one in customers if not one.name.isascii()]
    assert 0 < len(unusual) < len(customers) / 20
    for one in customers:
        if one.parent:
            assert books.customer(one.parent).company == one.company


@time_machine.travel(NOW, tick=False)
def test_nobody_is_told_of_planting_and_a_later_fill_counts_as_changed_now() -> None:
    told: list[str] = []
    books = Books(
        "acme-1",
        "Acme",
        clock=WorldClock(),
        ids=lambda kind, number: f"{kind}-{number}",
        tell=lambda account, kind, id, action: told.append(id),
    )
    plant(books, "agency", invoices=50)
    before = dict(books.invoices)

    plant(books, "agency", invoices=25, seed=2, customers=0, saved_now=True)

    added = [one for id, one in books.invoices.items() if id not in before]
    assert (told, books.quiet, len(added)) == ([], False, 25)
    assert {one.updated_at for one in added} == {NOW}
    assert max(one.updated_at for one in before.values()) < NOW
