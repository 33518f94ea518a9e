"""Acme's price rules, shared by every service that shows or charges an amount."""

from acme_pricing.discounts import FixedCoupon, PercentageCoupon
from acme_pricing.errors import CurrencyMismatch, PricingError, UnknownCurrency
from acme_pricing.money import Money
from acme_pricing.rounding import Rounding, round_minor
from acme_pricing.tax import included_tax

__all__ = [
    "CurrencyMismatch",
    "FixedCoupon",
    "Money",
    "PercentageCoupon",
    "PricingError",
    "Rounding",
    "UnknownCurrency",
    "included_tax",
    "round_minor",
]
