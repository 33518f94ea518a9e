"""Everything that can go wrong with an amount."""


class PricingError(ValueError):
    """Base of all errors of this library."""


class UnknownCurrency(PricingError):
    """A currency that we do not sell in."""


class CurrencyMismatch(PricingError):
    """Two amounts in different currencies were added, subtracted or compared."""


class NoPrice(PricingError):
    """No price is valid for the item on that day."""
