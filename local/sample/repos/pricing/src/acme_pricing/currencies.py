"""Currencies that Acme sells in, with the number of digits after the point (ISO 4217)."""

from __future__ import annotations

from acme_pricing.errors import UnknownCurrency

_DIGITS = {"EUR": 2, "GBP": 2, "CHF": 2, "SEK": 2, "JPY": 0}


def digits_of(currency: str) -> int:
    """Digits after the point: 2 for EUR, 0 for JPY.

    Raises UnknownCurrency for a code we do not sell in.
    """
    try:
        return _DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(f"we do not sell in {currency!r}") from None
