"""The order total: goods, less coupon, plus shipping, and the tax contained in it."""

from __future__ import annotations

from dataclasses import dataclass

from acme_pricing import Money, included_tax
from acme_pricing.discounts import Coupon
from acme_pricing.tax import standard_rate

from acme_checkout.cart import Cart
from acme_checkout.shipping import shipping_fee


@dataclass(frozen=True)
class OrderTotals:
    """All amounts of an order. `total` is what the customer pays; `tax` is contained in it."""

    goods: Money
    coupon: Money
    shipping: Money
    tax: Money
    total: Money


def order_totals(cart: Cart, country: str, coupon: Coupon | None = None) -> OrderTotals:
    """Add up a cart for delivery to a country.

    Raises EmptyCart and NoDelivery.
    """
    goods = cart.goods
    shipping = shipping_fee(goods, country)
    off = coupon.amount_off(goods) if coupon else Money.zero(cart.currency)
    total = goods - off + shipping
    return OrderTotals(
        goods=goods,
        coupon=off,
        shipping=shipping,
        tax=included_tax(total, standard_rate(country)),
        total=total,
    )
