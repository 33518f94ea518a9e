"""Coupons: what a customer may take off an order by typing a code."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from acme_pricing.errors import PricingError
from acme_pricing.money import Money
from acme_pricing.rounding import Rounding


class Coupon(Protocol):
    """Anything that can say how much it takes off an amount."""

    @property
    def code(self) -> str: ...

    def amount_off(self, amount: Money) -> Money:
        """Between zero and the whole amount, never more."""


@dataclass(frozen=True)
class PercentageCoupon:
    """Takes a percentage off: 0 < percent <= 100."""

    code: str
    percent: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100:
            raise PricingError(f"a coupon of {self.percent} % makes no sense")

    def amount_off(self, amount: Money) -> Money:
        return amount.percent(self.percent, Rounding.HALF_UP)


@dataclass(frozen=True)
class FixedCoupon:
    """Takes a fixed sum off, at most the amount itself."""

    code: str
    value: Money

    def amount_off(self, amount: Money) -> Money:
        return self.value if self.value <= amount else amount
