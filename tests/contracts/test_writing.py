"""What we write into the books: exactly once, exactly that much, confirmed by reading back; or said to be the owner's task."""

from collections.abc import Iterator
from contextlib import closing, suppress
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import NotAble, Refused, Unanswered
from integrations.ledger import Ledger, ledger_for
from tests.contracts.rigs import Rig, money
from tests.contracts.test_reading import read, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(books: Rig) -> Iterator[Ledger]:
    assert books.connection is not None
    with closing(ledger_for(books.connection, patience=5.0)) as found:
        yield found


def owed(books: Rig, invoice: str) -> Decimal:
    return money(books.truth()[invoice]["balance"])


def can(books: Rig, act: Act) -> bool:
    return not abilities_of(books.provider).of(act).by_hand


def test_every_act_is_declared_with_words_and_steps_for_what_is_done_by_hand(vendor: Rig) -> None:
    able = abilities_of(vendor.provider)

    assert set(able.acts) == set(Act)
    for ability in able.acts.values():
        assert str(ability.words)
        assert bool(ability.steps) or ability.way is not Way.TASK


def test_what_these_books_cannot_do_is_refused_as_that_and_changes_nothing(books: Rig, ledger: Ledger) -> None:
    invoice = books.an_invoice(books.a_customer(), "796.00")
    key = str(uuid4())
    asked: dict[Act, Any] = {
        Act.LOWER: lambda: ledger.lower(invoice, Decimal("96.00"), key=key, reason="Adjustment"),
        Act.WRITE_OFF: lambda: ledger.write_off(invoice, key=key, reason="Bad debt"),
        Act.NOTE: lambda: ledger.note(invoice, "Spoke with Ana", key=key),
        Act.REMINDERS: lambda: ledger.remind(invoice, on=False, key=key),
    }
    for act, attempt in asked.items():
        if not can(books, act):
            with pytest.raises(NotAble):
                attempt()

    assert owed(books, invoice) == Decimal("796.00")


def test_lowered_by_exactly_that_much_and_once_however_often_asked(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.LOWER):
        pytest.skip(f"{books.provider} declares that the owner lowers an invoice by hand")
    invoice = books.an_invoice(books.a_customer(), "796.00")
    key = str(uuid4())

    written = ledger.lower(invoice, Decimal("196.37"), key=key, reason="Adjustment")
    again = ledger.lower(invoice, Decimal("196.37"), key=key, reason="Adjustment")

    assert (written.invoice.balance, again.invoice.balance) == (Decimal("599.63"), Decimal("599.63"))
    assert again.external_id == written.external_id
    if written.invoice.external_id == invoice:  # else it was replaced by another one
        assert owed(books, invoice) == Decimal("599.63")
    else:
        assert owed(books, invoice) == Decimal(0)
        assert owed(books, written.invoice.external_id) == Decimal("599.63")
    other = ledger.lower(written.invoice.external_id, Decimal("0.63"), key=str(uuid4()), reason="Adjustment")
    assert other.invoice.balance == Decimal("599.00")


def test_lowered_once_also_when_the_answer_was_lost(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.LOWER):
        pytest.skip(f"{books.provider} declares that the owner lowers an invoice by hand")
    invoice = books.an_invoice(books.a_customer(), "796.00")
    key = str(uuid4())
    method = "PUT" if books.provider == "xero" else "POST"
    match = {"body": "mutation"} if books.provider == "jobber" else {"method": method}
    books.strike({"kind": "drop-answer"}, after=True, times=1, **match)

    with suppress(Unanswered):
        ledger.lower(invoice, Decimal("96.00"), key=key, reason="Adjustment")
    books.sim.clear_faults()
    written = ledger.lower(invoice, Decimal("96.00"), key=key, reason="Adjustment")

    assert written.invoice.balance == Decimal("700.00")
    total = sum(
        (money(one["balance"]) for one in books.truth().values() if one["customer"] == customer_of(books, invoice)),
        Decimal(0),
    )
    assert total == Decimal("700.00")


def customer_of(books: Rig, invoice: str) -> str:
    return str(books.truth()[invoice]["customer"])


def test_more_than_is_owed_is_refused_and_nothing_is_written(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.LOWER):
        pytest.skip(f"{books.provider} declares that the owner lowers an invoice by hand")
    invoice = books.an_invoice(books.a_customer(), "100.00")

    with pytest.raises(Refused):
        ledger.lower(invoice, Decimal("100.01"), key=str(uuid4()), reason="Adjustment")

    assert owed(books, invoice) == Decimal("100.00")


def test_written_off_is_owed_no_more_and_never_cash(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.WRITE_OFF):
        pytest.skip(f"{books.provider} declares that the owner writes off by hand")
    customer = books.a_customer()
    invoice = books.an_invoice(customer, "796.00")
    books.act("pay", customer=customer, amount="96.00", applied={invoice: "96.00"})
    read(books)
    key = str(uuid4())

    written = ledger.write_off(invoice, key=key, reason="Bad debt")
    again = ledger.write_off(invoice, key=key, reason="Bad debt")
    read(books)

    assert (written.invoice.balance, again.invoice.balance) == (Decimal("0.00"), Decimal("0.00"))
    assert (row(invoice).balance, row(invoice).books_status) == (Decimal("0.00"), books.manners.write_off_status)
    cash = sum(row(invoice).allocations.filter(kind="cash").values_list("amount", flat=True))
    assert cash == Decimal("96.00")


def test_a_note_is_left_once_and_the_customers_copy_does_not_hold_it(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.NOTE):
        pytest.skip(f"{books.provider} declares that the owner leaves notes by hand")
    invoice = books.an_invoice(books.a_customer(), "796.00")
    key = str(uuid4())

    first = ledger.note(invoice, "Spoke with Ana on Tuesday", key=key)
    second = ledger.note(invoice, "Spoke with Ana on Tuesday", key=key)

    assert (first.repeated, second.repeated) == (False, True)
    assert "Spoke" not in second.invoice.memo
    assert owed(books, invoice) == Decimal("796.00")


def test_the_vendors_reminders_go_off_and_on_again(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.REMINDERS):
        pytest.skip(f"{books.provider} declares that the owner sets reminders by hand")
    invoice = books.an_invoice(books.a_customer(), "796.00")

    off = ledger.remind(invoice, on=False, key=str(uuid4()))
    on = ledger.remind(invoice, on=True, key=str(uuid4()))

    assert (off.invoice.balance, on.invoice.balance) == (Decimal("796.00"), Decimal("796.00"))
    assert off.invoice.reminders_on in (False, None)
    assert on.invoice.reminders_on in (True, None)


def test_an_invoice_that_is_not_there_cannot_be_lowered(books: Rig, ledger: Ledger) -> None:
    if not can(books, Act.LOWER):
        pytest.skip(f"{books.provider} declares that the owner lowers an invoice by hand")

    with pytest.raises(Refused):
        ledger.lower(MISSING.get(books.provider, "999999999"), Decimal("1.00"), key=str(uuid4()), reason="Adjustment")


MISSING = {
    "xero": "00000000-0000-4000-8000-000000000000",
    "square": "inv:0-ChMISSING",
    "jobber": "Z2lkOi8vSm9iYmVyL0ludm9pY2UvOTk5OTk5OTk=",
}
