from decimal import Decimal

import pytest

from acme_pricing.rounding import Rounding, round_cash, round_minor


@pytest.mark.parametrize(
    ("value", "half_up", "half_even"),
    [("2.4", 2, 2), ("2.5", 3, 2), ("3.5", 4, 4), ("-2.5", -3, -2)],
)
def test_halves(value, half_up, half_even):
    assert round_minor(Decimal(value), Rounding.HALF_UP) == half_up
    assert round_minor(Decimal(value), Rounding.HALF_EVEN) == half_even


@pytest.mark.parametrize(("minor", "rounded"), [(120, 120), (122, 120), (123, 125), (128, 130)])
def test_cash_is_rounded_to_the_smallest_coin(minor, rounded):
    assert round_cash(minor) == rounded


def test_a_coin_of_nothing_is_refused():
    with pytest.raises(ValueError, match="smallest coin"):
        round_cash(100, step=0)
