"""The arithmetic of a payment plan: exact to the cent, whatever is owed, however it is split."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.plan_rules import EVERY, BadPlan, Part, checked, met, split

TODAY = date(2026, 11, 24)
CENTS = st.integers(min_value=100, max_value=10_000_000).map(lambda cents: Decimal(cents) / 100)


def parts_of(
    total: str, count: int, every: str = "month", down: str = "0", first: date = date(2026, 12, 15)
) -> list[Part]:
    return split(Decimal(total), "USD", count=count, every=every, first_on=first, down=Decimal(down), down_on=TODAY)


def test_the_last_installment_takes_the_rest_of_the_cents() -> None:
    assert [part.amount for part in parts_of("100.00", 3)] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_a_down_payment_comes_first_and_the_rest_is_split() -> None:
    found = parts_of("796.00", 2, down="196.00")

    assert found == [
        Part(TODAY, Decimal("196.00"), is_down_payment=True),
        Part(date(2026, 12, 15), Decimal("300.00")),
        Part(date(2027, 1, 15), Decimal("300.00")),
    ]


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("week", [date(2027, 1, 31), date(2027, 2, 7), date(2027, 2, 14)]),
        ("two_weeks", [date(2027, 1, 31), date(2027, 2, 14), date(2027, 2, 28)]),
        ("month", [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),
    ],
)
def test_the_rhythm_keeps_the_day(every: str, days: list[date]) -> None:
    assert [part.due_on for part in parts_of("300.00", 3, every, first=date(2027, 1, 31))] == days


@given(total=CENTS, count=st.integers(1, 59), every=st.sampled_from(EVERY), percent=st.integers(0, 90))
def test_every_split_adds_up_to_the_cent_and_is_a_plan(total: Decimal, count: int, every: str, percent: int) -> None:
    down = (total * percent / 100).quantize(Decimal("0.01"))
    if total - down < Decimal(count) / 100:
        return
    found = split(total, "USD", count=count, every=every, first_on=TODAY + timedelta(days=9), down=down, down_on=TODAY)

    assert sum(part.amount for part in found) == total
    assert all(part.amount > 0 for part in found)
    if (found[-1].due_on - found[0].due_on).days <= 5 * 366:
        assert checked(found, total, "USD", earliest=TODAY) == found


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "count"),
        ([Part(TODAY, Decimal("99.99"))], "sum"),
        ([Part(TODAY, Decimal("100.005"))], "amounts"),
        ([Part(TODAY, Decimal("0")), Part(TODAY + timedelta(days=1), Decimal("100"))], "amounts"),
        ([Part(TODAY, Decimal("50")), Part(TODAY, Decimal("50"))], "dates"),
        ([Part(TODAY + timedelta(days=1), Decimal("50")), Part(TODAY, Decimal("50"))], "dates"),
        ([Part(TODAY - timedelta(days=1), Decimal("100"))], "early"),
        ([Part(TODAY, Decimal("50")), Part(TODAY + timedelta(days=2000), Decimal("50"))], "long"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_reason(parts: list[Part], code: str) -> None:
    with pytest.raises(BadPlan) as refused:
        checked(parts, Decimal("100.00"), "USD", earliest=TODAY)

    assert refused.value.code == code


def test_money_covers_the_oldest_first_and_a_credit_shortens_the_end() -> None:
    amounts = [Decimal("100"), Decimal("100"), Decimal("100")]

    assert met(amounts, paid=Decimal("0"), credited=Decimal("0")) == [False, False, False]
    assert met(amounts, paid=Decimal("199.99"), credited=Decimal("0")) == [True, False, False]
    assert met(amounts, paid=Decimal("200"), credited=Decimal("100")) == [True, True, True]
    assert met(amounts, paid=Decimal("100"), credited=Decimal("150")) == [True, False, False]


@given(amounts=st.lists(CENTS, min_size=1, max_size=12), paid=CENTS, more=CENTS, credited=st.integers(0, 100))
def test_more_money_never_uncovers_an_installment(
    amounts: list[Decimal], paid: Decimal, more: Decimal, credited: int
) -> None:
    credit = sum(amounts, Decimal(0)) * credited / 100

    before = met(amounts, paid=paid, credited=credit)
    after = met(amounts, paid=paid + more, credited=credit)

    assert all(later or not sooner for sooner, later in zip(before, after, strict=True))
    assert before == sorted(before, reverse=True)
