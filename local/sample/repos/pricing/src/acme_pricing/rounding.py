"""Rounding to whole minor units (cents, pence, yen)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import Enum


class Rounding(Enum):
    """How a half is rounded."""

    HALF_UP = ROUND_HALF_UP
    """Away from zero. Discounts: the half cent goes to the customer."""

    HALF_EVEN = ROUND_HALF_EVEN
    """To the even neighbour. Tax: halves even out over many receipts."""


def round_minor(value: Decimal, rounding: Rounding) -> int:
    """Round an exact number of minor units to a whole one."""
    return int(value.quantize(Decimal(1), rounding=rounding.value))


def round_cash(minor: int, step: int = 5) -> int:
    """Round to the smallest coin, as Swiss tills do: 1.22 becomes 1.20, 1.23 becomes 1.25."""
    if step < 1:
        raise ValueError("the smallest coin is at least one minor unit")
    return round_minor(Decimal(minor) / step, Rounding.HALF_UP) * step
