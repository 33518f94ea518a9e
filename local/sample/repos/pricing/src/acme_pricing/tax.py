"""Value added tax. All our prices include it; a receipt has to say how much it is."""

from __future__ import annotations

from decimal import Decimal

from acme_pricing.errors import PricingError
from acme_pricing.money import Money
from acme_pricing.rounding import Rounding, round_minor

STANDARD_RATES = {
    "AT": Decimal(20),
    "DE": Decimal(19),
    "FR": Decimal(20),
    "IE": Decimal(23),
    "SE": Decimal(25),
}


def standard_rate(country: str) -> Decimal:
    """The standard rate in percent for a two-letter country code.

    Raises PricingError for a country that we do not deliver to.
    """
    if country not in STANDARD_RATES:
        raise PricingError(f"no tax rate for {country!r}")
    return STANDARD_RATES[country]


def included_tax(gross: Money, rate: Decimal) -> Money:
    """The tax contained in a gross amount: 19 % in 119.00 is 19.00."""
    exact = gross.minor * rate / (100 + rate)
    return Money(round_minor(exact, Rounding.HALF_EVEN), gross.currency)
