from datetime import date

import pytest

from acme_pricing import Money
from acme_pricing.errors import NoPrice
from acme_pricing.price_list import PriceList


@pytest.fixture
def prices():
    prices = PriceList()
    prices.add("MUG-01", Money(850, "EUR"), date(2026, 1, 1))
    prices.add("MUG-01", Money(900, "EUR"), date(2026, 7, 1))
    return prices


@pytest.mark.parametrize(
    ("day", "minor"),
    [(date(2026, 6, 30), 850), (date(2026, 7, 1), 900), (date(2027, 1, 1), 900)],
)
def test_newest_valid_price_wins(prices, day, minor):
    assert prices.price_of("MUG-01", day) == Money(minor, "EUR")


@pytest.mark.parametrize("sku", ["MUG-01", "NOSUCH"])
def test_item_without_a_price_is_not_for_sale(prices, sku):
    with pytest.raises(NoPrice, match=sku):
        prices.price_of(sku, date(2025, 12, 31))
