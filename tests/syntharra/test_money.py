"""Money is exact: sums refuse to mix, floats and broken cents are refused, rounding happens once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syntharra import money

CENTS = st.decimals(min_value=Decimal("-99999999.99"), max_value=Decimal("99999999.99"), places=2)


@pytest.mark.parametrize(
    ("value", "currency", "why"),
    [
        (1.5, "USD", "float"),
        ("12.345", "USD", "more decimals"),
        ("1.5", "JPY", "more decimals"),
        ("NaN", "USD", "finite"),
        ("Infinity", "USD", "finite"),
        ("twelve", "USD", "not a number"),
        ("12.00", "XYZ", "not a currency"),
    ],
)
def test_what_is_no_amount_is_refused(value: str, currency: str, why: str) -> None:
    with pytest.raises(money.NotMoney, match=why):
        money.of(value, currency)


def test_currencies_never_mix() -> None:
    with pytest.raises(TypeError):
        money.total([money.of("1.00", "USD"), money.of("1.00", "CAD")], "USD")


def test_the_sum_of_nothing_is_nothing_of_that_currency() -> None:
    assert money.total([], "USD") == money.of("0.00", "USD")


@pytest.mark.parametrize(
    ("amount", "fee"),
    [("333.33", "33.33"), ("0.05", "0.01"), ("0.04", "0.00"), ("-333.35", "-33.34"), ("1240.00", "124.00")],
)
def test_a_share_is_rounded_half_up_once(amount: str, fee: str) -> None:
    assert money.share(money.of(amount, "USD"), Decimal("0.10")) == money.of(fee, "USD")


@given(CENTS)
def test_what_was_said_is_what_is_kept(amount: Decimal) -> None:
    assert money.of(str(amount), "USD").amount == amount


@given(st.lists(CENTS, max_size=30))
def test_a_total_is_exact(amounts: list[Decimal]) -> None:
    assert money.total((money.of(amount, "USD") for amount in amounts), "USD").amount == sum(amounts, Decimal(0))


def test_money_is_shown_as_people_write_it() -> None:
    assert money.shown(money.of("1240.00", "USD"), "en-us") == "$1,240.00"
    assert money.shown(money.of("-33.33", "USD"), "en-us") == "-$33.33"
