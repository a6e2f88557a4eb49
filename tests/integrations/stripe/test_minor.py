"""Amounts as the card processor writes them."""

from decimal import Decimal

import pytest

from integrations.stripe.minor import from_minor, takes, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "units"), [("796.00", "USD", 79600), ("796", "JPY", 796), ("0.01", "CAD", 1)]
)
def test_an_amount_is_written_in_the_smallest_unit_and_read_back(amount: str, currency: str, units: int) -> None:
    assert to_minor(Decimal(amount), currency) == units
    assert from_minor(units, currency) == Decimal(amount)


@pytest.mark.parametrize("currency", ["UGX", "ISK", "KWD", "HUF", "TWD"])
def test_a_currency_written_by_rules_of_its_own_is_not_taken_by_card(currency: str) -> None:
    """UGX has no cents and is written as if it had: 5 shillings are 500 there."""
    assert not takes(currency)
