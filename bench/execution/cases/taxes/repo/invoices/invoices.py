"""Invoices, in whole cents."""

from rates import GERMANY


def tax(net_cents: int, country: str = "DE") -> int:
    """Rounded half up."""
    return (net_cents * GERMANY + 500) // 1000
