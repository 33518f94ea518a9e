from decimal import Decimal

import pytest

from acme_pricing import Money, PricingError, included_tax
from acme_pricing.tax import standard_rate


def test_tax_is_contained_in_the_gross_amount():
    assert included_tax(Money(11900, "EUR"), Decimal(19)) == Money(1900, "EUR")


def test_tax_halves_go_to_the_even_neighbour():
    assert included_tax(Money(15, "EUR"), Decimal(20)) == Money(2, "EUR")


def test_country_without_delivery_has_no_rate():
    with pytest.raises(PricingError, match="'US'"):
        standard_rate("US")
