"""Amounts of money, in whole cents."""


def vat(net_cents: int, percent: int) -> int:
    """The tax on a net amount, rounded half up to whole cents."""
    return round(net_cents * percent / 100)


def gross(net_cents: int, percent: int) -> int:
    return net_cents + vat(net_cents, percent)
