"""An amount of money: whole minor units and a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from acme_pricing.currencies import digits_of
from acme_pricing.errors import CurrencyMismatch
from acme_pricing.rounding import Rounding, round_minor


@dataclass(frozen=True)
class Money:
    """`Money(1250, "EUR")` is 12.50 euros.

    Adding, subtracting or comparing two currencies raises CurrencyMismatch.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        digits_of(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read "12.50"; more digits than the currency has are rounded half up."""
        exact = Decimal(text).scaleb(digits_of(currency))
        return cls(round_minor(exact, Rounding.HALF_UP), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def percent(self, percent: Decimal, rounding: Rounding) -> Money:
        """That many percent of the amount, rounded to a whole minor unit."""
        return Money(round_minor(self.minor * percent / 100, rounding), self.currency)

    def __str__(self) -> str:
        digits = digits_of(self.currency)
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other
