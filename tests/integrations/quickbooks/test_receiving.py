"""A payment made by card is entered in QuickBooks: once for its key, for exactly the amount, found again when an answer was lost."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.errors import Refused, Unanswered
from integrations.ledger import Ledger, Receiving, ledger_for
from integrations.quickbooks.writing import mark_of
from tests.integrations.quickbooks.avas_books import Books

HARBOR, HARBOR_OWES = "412", Decimal("796.00")
KEY = "0199c0de-7b1e-7c55-9d21-0a6f5d2b8e12"
ON = date(2026, 11, 24)


@pytest.fixture
def ledger(books: Books) -> Iterator[Ledger]:
    with closing(ledger_for(books.connection, patience=1.0)) as found:
        yield found


def payments(books: Books) -> list[Any]:
    return [one for one in books.objects("Payment") if one.get("PrivateNote") == mark_of(KEY)]


def receive(ledger: Ledger, amount: Decimal = HARBOR_OWES) -> Any:
    assert isinstance(ledger, Receiving)
    return ledger.receive(HARBOR, amount, on=ON, key=KEY)


def test_it_is_set_against_the_invoice_for_exactly_the_amount(books: Books, ledger: Ledger) -> None:
    written = receive(ledger, Decimal("200.00"))

    [payment] = payments(books)
    assert (written.external_id, written.repeated, written.invoice.balance) == (
        payment["Id"], False, HARBOR_OWES - Decimal("200.00"),
    )  # fmt: skip
    assert (payment["TotalAmt"], payment["TxnDate"]) == (Decimal("200.00"), "2026-11-24")


def test_asked_again_it_is_the_same_payment(books: Books, ledger: Ledger) -> None:
    first, second = receive(ledger), receive(ledger)

    assert (second.external_id, second.repeated) == (first.external_id, True)
    assert len(payments(books)) == 1


def test_more_than_is_owed_is_refused_and_nothing_is_written(books: Books, ledger: Ledger) -> None:
    with pytest.raises(Refused, match="Less is owed"):
        receive(ledger, Decimal("796.01"))

    assert payments(books) == []


def test_a_lost_answer_is_looked_up_before_it_is_written_again(books: Books, ledger: Ledger) -> None:
    books.strike("cut-connection", match={"path": "/payment", "method": "POST"})
    try:
        receive(ledger)
    except Unanswered:
        receive(ledger)

    assert len(payments(books)) == 1
