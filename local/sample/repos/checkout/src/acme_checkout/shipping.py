"""What it costs to send an order."""

from __future__ import annotations

from acme_pricing import Money

from acme_checkout.errors import NoDelivery

FREE_FROM = 6000
"""Value of goods, in cents before any discount, from which sending is free."""

_FEES = {"DE": 490, "AT": 690, "FR": 890, "IE": 1290, "SE": 1290}


def shipping_fee(goods: Money, country: str) -> Money:
    """The fee for a country, zero from 60.00 of goods.

    Raises NoDelivery for a country that we do not send to.
    """
    if country not in _FEES:
        raise NoDelivery(f"we do not deliver to {country}")
    free = goods.minor >= FREE_FROM
    return Money(0 if free else _FEES[country], goods.currency)
