"""The neutral books: whatever is done to them in whatever order, the sums are right."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.simulation.books import Books, NotPossible, NotThere
from integrations.simulation.clock import WorldClock
from integrations.simulation.entities import ZERO, Invoice, Line

amounts = st.integers(1, 50_000).map(lambda cents: Decimal(cents).scaleb(-2))
picks = st.integers(0, 1_000)


def books(**facts: Any) -> Books:
    made = Books("acme-1", "Acme", clock=WorldClock(), ids=lambda kind, number: f"{kind}-{number}", **facts)
    made.add_customer("Ada")
    return made


def bill(found: Books, amount: Decimal | str = "100.00") -> Invoice:
    return found.add_invoice("customer-1", [Line("Work", Decimal(1), Decimal(amount))])


def one_of(table: dict[str, Any], pick: int) -> str:
    return list(table)[pick % len(table)] if table else "none"


def do(found: Books, verb: str, amount: Decimal, pick: int, other: int) -> None:
    """One act on something that is there, sensible or not."""
    invoice, payment = one_of(found.invoices, pick), one_of(found.payments, other)
    credit = one_of(found.credits, other)
    acts: dict[str, Callable[[], object]] = {
        "bill": lambda: bill(found, amount),
        "draft": lambda: found.add_invoice("customer-1", [Line("Work", Decimal(1), amount)], status="draft"),
        "change": lambda: found.change_invoice(invoice, lines=[Line("Work", Decimal("1.5"), amount)]),
        "discount": lambda: found.change_invoice(invoice, discount=amount),
        "void": lambda: found.void_invoice(invoice),
        "delete": lambda: found.delete_invoice(invoice),
        "write off": lambda: found.write_off(invoice),
        "cancel write-off": lambda: found.cancel_write_off(invoice),
        "pay": lambda: found.pay("customer-1", amount, {invoice: min(amount, owed(found, invoice))}),
        "pay too much": lambda: found.pay("customer-1", amount, {invoice: amount}),
        "pay ahead": lambda: found.pay("customer-1", amount),
        "pay by bank": lambda: found.pay("customer-1", amount, {invoice: amount}, status="pending"),
        "apply": lambda: found.apply_payment(payment, invoice, amount),
        "settle": lambda: found.settle_payment(payment, "received"),
        "fail": lambda: found.settle_payment(payment, "failed"),
        "reverse": lambda: found.reverse_payment(payment),
        "refund": lambda: found.refund(payment, amount),
        "credit": lambda: found.add_credit("customer-1", amount),
        "apply credit": lambda: found.apply_credit(credit, invoice, min(amount, owed(found, invoice))),
        "unapply credit": lambda: found.unapply_credit(credit, invoice),
        "void credit": lambda: found.void_credit(credit),
    }
    acts[verb]()


def owed(found: Books, id: str) -> Decimal:
    return found.balance(found.invoice(id))


VERBS = (
    *("bill", "draft", "change", "discount", "void", "delete", "write off", "cancel write-off", "pay", "pay too much"),
    *("pay ahead", "pay by bank", "apply", "settle", "fail", "reverse", "refund", "credit", "apply credit"),
    *("unapply credit", "void credit"),
)


@given(st.lists(st.tuples(st.sampled_from(VERBS), amounts, picks, picks), max_size=40))
def test_the_sums_are_right_whatever_happens(deeds: list[tuple[str, Decimal, int, int]]) -> None:
    found = books()
    for _ in range(3):
        bill(found)
    for verb, amount, pick, other in deeds:
        before = found.truth()
        try:
            do(found, verb, amount, pick, other)
        except (NotPossible, NotThere):
            assert found.truth() == before

        for id, facts in found.truth().items():
            invoice = found.invoice(id)
            total, balance = Decimal(facts["total"]), Decimal(facts["balance"])
            assert balance >= 0
            if facts["status"] not in ("void", "deleted"):
                settled = Decimal(facts["paid"]) + Decimal(facts["credited"]) + invoice.written_off
                assert balance == total - settled
            if facts["status"] == "open":
                assert balance > 0
            if facts["status"] in ("paid", "void", "deleted", "written_off"):
                assert balance == 0
        for payment in found.payments.values():
            assert payment.unapplied >= 0
            assert sum((one.amount for one in payment.refunds), ZERO) == payment.refunded <= payment.amount
        assert all(credit.left >= 0 for credit in found.credits.values())


@given(st.lists(st.tuples(st.sampled_from(VERBS), amounts, picks, picks), max_size=25))
def test_books_brought_back_say_the_same(deeds: list[tuple[str, Decimal, int, int]]) -> None:
    found, again = books(), books()
    bill(found)
    for verb, amount, pick, other in deeds:
        try:
            do(found, verb, amount, pick, other)
        except (NotPossible, NotThere):
            continue

    again.bring_back(found.kept())

    assert again.truth() == found.truth()
    assert bill(again).id == bill(found).id


def test_a_refused_change_leaves_the_invoice_as_it_was() -> None:
    found = books()
    invoice = bill(found)
    found.pay("customer-1", Decimal("60.00"), {invoice.id: Decimal("60.00")})

    with pytest.raises(NotPossible, match="would owe less than was paid"):
        found.change_invoice(invoice.id, discount=Decimal("50.00"))

    assert (invoice.discount, owed(found, invoice.id)) == (ZERO, Decimal("40.00"))


def test_a_deleted_invoice_gives_its_money_back_to_the_customer() -> None:
    found = books()
    invoice = bill(found)
    payment = found.pay("customer-1", Decimal("60.00"), {invoice.id: Decimal("60.00")})

    found.delete_invoice(invoice.id)

    assert (payment.unapplied, owed(found, invoice.id)) == (Decimal("60.00"), ZERO)


def test_a_refund_takes_what_is_unapplied_first() -> None:
    found = books()
    invoice = bill(found)
    payment = found.pay("customer-1", Decimal("130.00"), {invoice.id: Decimal("100.00")})

    found.refund(payment.id, Decimal("30.00"))
    assert owed(found, invoice.id) == 0
    found.refund(payment.id, Decimal("25.00"))

    assert owed(found, invoice.id) == Decimal("25.00")


def test_each_act_tells_once_of_every_object_it_changed() -> None:
    told: list[str] = []
    found = books(tell=lambda account, kind, id, action: told.append(f"{account} {kind} {id} {action}"))
    invoice = bill(found)
    told.clear()

    found.pay("customer-1", Decimal("100.00"), {invoice.id: Decimal("100.00")})

    assert told == ["acme-1 payment payment-1 created", "acme-1 invoice invoice-1 updated"]
    assert invoice.version == 2
