"""What we write into QuickBooks: once, for exactly the amount, and found again when an answer was lost."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from integrations.abilities import Act, Way, abilities_of
from integrations.errors import NotAble, Refused, Unanswered, Unavailable
from integrations.ledger import Home, Ledger, LedgerInvoice, ledger_for
from integrations.quickbooks.ledger import QuickBooksLedger
from integrations.quickbooks.writing import mark_of
from tests.integrations.quickbooks.avas_books import Books

HARBOR, HARBOR_OWES = "412", Decimal("796.00")  # Harbor Cafe, taxed; of 1296.00 some is paid
SECOND, FIRST = "438", "437"  # both of customer 62: 700.00 and, older, 1240.00
SUM = Decimal("200.00")
KEY = "0199c0de-7b1e-7c55-9d21-0a6f5d2b8e11"


@pytest.fixture
def ledger(books: Books) -> Iterator[Ledger]:
    with closing(ledger_for(books.connection, patience=1.0)) as found:
        yield found


def balance(books: Books, invoice: str) -> Decimal:
    return Decimal(next(one["Balance"] for one in books.objects("Invoice") if one["Id"] == invoice))


def memos(books: Books) -> list[Any]:
    return [one for one in books.objects("CreditMemo") if one.get("PrivateNote") == mark_of(KEY)]


def lower(ledger: Ledger, invoice: str = HARBOR, amount: Decimal = SUM) -> Any:
    return ledger.lower(invoice, amount, key=KEY, reason="Goodwill")


def strike(books: Books, kind: str, path: str, *, method: str = "POST", **more: Any) -> None:
    """The next write there goes wrong in this way."""
    books.strike(kind, match={"path": path, "method": method}, **more)


def set_against(books: Books) -> list[tuple[Any, list[str]]]:
    """The payments that use our memo: their own total, and the invoices they are on."""
    [memo] = memos(books)
    found: list[tuple[Any, list[str]]] = []
    for payment in books.objects("Payment"):
        links = [link for line in payment["Line"] for link in line["LinkedTxn"]]
        if any(link == {"TxnId": memo["Id"], "TxnType": "CreditMemo"} for link in links):
            found.append((payment["TotalAmt"], [link["TxnId"] for link in links if link["TxnType"] == "Invoice"]))
    return found


def test_a_credit_memo_over_the_amount_is_set_against_the_invoice(books: Books, ledger: Ledger) -> None:
    written = lower(ledger)

    [memo] = memos(books)
    assert (written.external_id, written.number, written.repeated) == (memo["Id"], memo["DocNumber"], False)
    assert written.invoice.balance == balance(books, HARBOR) == HARBOR_OWES - SUM
    assert written.invoice.total == Decimal("1296.00")
    assert (memo["TotalAmt"], memo["RemainingCredit"]) == (SUM, 0)
    assert set_against(books) == [(0, [HARBOR])]


def test_the_customers_copy_shows_the_item_that_was_sold_and_the_reason(books: Books, ledger: Ledger) -> None:
    lower(ledger)

    [memo] = memos(books)
    line = memo["Line"][0]
    sold = books.invoice("2207")["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    assert (line["Description"], line["Amount"]) == ("Goodwill", SUM)
    assert line["SalesItemLineDetail"]["ItemRef"]["value"] == sold
    assert "CustomerMemo" not in memo
    assert "ispute" not in str(memo)


def test_asked_twice_it_is_written_once(books: Books, ledger: Ledger) -> None:
    first, second = lower(ledger), lower(ledger)

    assert (first.external_id, second.repeated) == (second.external_id, True)
    assert balance(books, HARBOR) == HARBOR_OWES - SUM
    assert len(memos(books)) == 1


def test_another_key_lowers_it_again(books: Books, ledger: Ledger) -> None:
    lower(ledger)

    other = ledger.lower(HARBOR, SUM, key="another", reason="")

    assert (other.repeated, other.invoice.balance) == (False, HARBOR_OWES - 2 * SUM)


@pytest.mark.parametrize("path", ["/creditmemo", "/payment"])
@pytest.mark.parametrize("kind", ["503-html", "cut-body", "cut-connection"])
def test_an_answer_lost_after_the_write_is_looked_up(books: Books, ledger: Ledger, kind: str, path: str) -> None:
    strike(books, kind, path, after=True)

    written = lower(ledger)

    assert (written.repeated, written.invoice.balance) == (False, HARBOR_OWES - SUM)
    assert len(memos(books)) == 1
    assert set_against(books) == [(0, [HARBOR])]


@pytest.mark.parametrize("path", ["/creditmemo", "/payment"])
def test_a_write_that_never_got_there_is_made_when_asked_again(books: Books, ledger: Ledger, path: str) -> None:
    strike(books, "503-html", path)

    with pytest.raises(Unanswered):
        lower(ledger)
    assert balance(books, HARBOR) == HARBOR_OWES
    written = lower(ledger)

    assert (written.invoice.balance, len(memos(books))) == (HARBOR_OWES - SUM, 1)
    assert set_against(books) == [(0, [HARBOR])]


def test_what_could_not_be_read_back_is_found_the_next_time(books: Books, ledger: Ledger) -> None:
    strike(books, "503-html", "/creditmemo", after=True)
    strike(books, "503-html", "/creditmemo/", method="GET", times=None)
    with pytest.raises(Unavailable):
        lower(ledger)
    books.vendor.http.delete("/_sim/faults")

    written = lower(ledger)

    assert (written.invoice.balance, len(memos(books))) == (HARBOR_OWES - SUM, 1)


def test_more_than_is_owed_is_refused_and_nothing_is_written(books: Books, ledger: Ledger) -> None:
    for amount in (HARBOR_OWES + Decimal("0.01"), Decimal(0), Decimal(-5)):
        with pytest.raises(Refused):
            lower(ledger, amount=amount)

    assert (balance(books, HARBOR), memos(books)) == (HARBOR_OWES, [])


def test_a_credit_they_spread_by_themselves_ends_on_the_right_invoice(books: Books, ledger: Ledger) -> None:
    books.vendor.control("settings", auto_apply_credit=True)
    before = {one: balance(books, one) for one in (FIRST, SECOND)}

    written = lower(ledger, invoice=SECOND)

    assert written.invoice.balance == before[SECOND] - SUM
    assert balance(books, FIRST) == before[FIRST]
    assert set_against(books) == [(0, [SECOND])]
    assert lower(ledger, invoice=SECOND).repeated is True


def test_a_credit_they_set_against_it_by_themselves_is_left_so(books: Books, ledger: Ledger) -> None:
    books.vendor.control("settings", auto_apply_credit=True)
    before = balance(books, FIRST)

    written = lower(ledger, invoice=FIRST)

    assert written.invoice.balance == before - SUM
    assert set_against(books) == [(0, [FIRST])]


def test_a_credit_they_had_spread_in_part_when_we_were_stopped_is_gathered(books: Books, ledger: Ledger) -> None:
    books.vendor.control("settings", auto_apply_credit=True)
    before = {one: balance(books, one) for one in (FIRST, SECOND)}
    books.control("pay", invoice=FIRST, amount=str(before[FIRST] - 300))
    strike(books, "503-html", "/creditmemo", after=True)
    strike(books, "503-html", "/creditmemo/", method="GET", times=None)
    with pytest.raises(Unavailable):
        lower(ledger, invoice=SECOND, amount=before[SECOND])
    books.vendor.http.delete("/_sim/faults")
    assert (balance(books, FIRST), balance(books, SECOND)) == (Decimal(0), Decimal(300))

    written = lower(ledger, invoice=SECOND, amount=before[SECOND])

    assert (written.invoice.balance, balance(books, FIRST)) == (Decimal(0), Decimal(300))


def test_paid_between_the_memo_and_its_use_it_is_taken_out_again(books: Books, ledger: Ledger) -> None:
    strike(books, "503-html", "/payment")
    with pytest.raises(Unanswered):
        lower(ledger)
    books.control("pay", invoice=HARBOR)

    with pytest.raises(Refused):
        lower(ledger)

    assert (balance(books, HARBOR), memos(books)) == (Decimal(0), [])


def test_a_memo_that_came_out_over_another_sum_is_taken_out_again(books: Books, ledger: Ledger) -> None:
    strike(books, "503-html", "/payment")
    with pytest.raises(Unanswered):
        lower(ledger)
    [memo] = memos(books)
    books.plant("CreditMemo", Id=memo["Id"], TotalAmt=216, Balance=216, RemainingCredit=216)

    with pytest.raises(Refused) as refused:
        lower(ledger)

    assert "another sum" in refused.value.words
    assert (balance(books, HARBOR), memos(books)) == (HARBOR_OWES, [])


def test_after_it_was_taken_out_it_can_be_written_again(books: Books, ledger: Ledger) -> None:
    first = lower(ledger)
    books.control("delete", entity="CreditMemo", id=first.external_id)
    assert balance(books, HARBOR) == HARBOR_OWES

    again = lower(ledger)

    assert again.external_id != first.external_id
    assert (again.repeated, again.invoice.balance) == (False, HARBOR_OWES - SUM)


def test_a_bad_debt_leaves_nothing_owed(books: Books, ledger: Ledger) -> None:
    first = ledger.write_off(HARBOR, key=KEY, reason="not printed")
    again = ledger.write_off(HARBOR, key=KEY, reason="not printed")

    [memo] = memos(books)
    assert memo["Line"][0]["Description"] == "Bad debt"
    assert (first.invoice.status, first.invoice.balance, first.repeated) == ("paid", Decimal(0), False)
    assert (again.external_id, again.repeated) == (first.external_id, True)
    assert memo["TotalAmt"] == HARBOR_OWES


def test_what_is_paid_is_not_written_off(books: Books, ledger: Ledger) -> None:
    books.control("pay", invoice=HARBOR)

    with pytest.raises(Refused):
        ledger.write_off(HARBOR, key=KEY, reason="")

    assert memos(books) == []


def test_what_is_gone_is_not_written_on(books: Books, ledger: Ledger) -> None:
    books.control("delete", entity="Invoice", id=HARBOR)

    with pytest.raises(Refused) as refused:
        lower(ledger)

    assert refused.value.problem == "not_in_books"


def test_notes_and_reminders_are_the_owners_to_do(ledger: Ledger) -> None:
    with pytest.raises(NotAble):
        ledger.note(HARBOR, "Being clarified.", key=KEY)
    with pytest.raises(NotAble):
        ledger.remind(HARBOR, on=False, key=KEY)

    able = abilities_of("quickbooks")
    assert {act: able.of(act).way for act in Act} == {
        Act.LOWER: Way.API,
        Act.WRITE_OFF: Way.NEAREST,
        Act.NOTE: Way.TASK,
        Act.REMINDERS: Way.TASK,
        Act.RECEIVE: Way.API,
    }


def test_a_mark_stands_for_its_key_and_says_nothing() -> None:
    assert mark_of(KEY) == mark_of(KEY) != mark_of("another")
    assert KEY not in mark_of(KEY)


def test_what_was_written_reads_as_credit_not_as_money(ledger: Ledger) -> None:
    written = lower(ledger)
    assert isinstance(written.invoice, LedgerInvoice)

    payments: list[Any] = ledger.some("payment", list(written.invoice.payments or ()))

    kinds = {entry.type: entry.amount for one in payments for entry in one.allocations if one.amount == 0}
    assert kinds == {"credit": SUM}


def test_outside_the_us_a_memo_is_outside_the_tax_as_a_whole(books: Books, ledger: Ledger) -> None:
    assert isinstance(ledger, QuickBooksLedger)
    abroad = QuickBooksLedger(ledger.client, books.connection.account, Home("USD", "CA"))

    written = lower(abroad)

    [memo] = memos(books)
    assert memo["GlobalTaxCalculation"] == "NotApplicable"
    assert "TaxCodeRef" not in memo["Line"][0]["SalesItemLineDetail"]
    assert written.invoice.balance == HARBOR_OWES - SUM
