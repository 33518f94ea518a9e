"""Placing an order: charge first, then keep it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from acme_pricing import Money
from acme_pricing.discounts import Coupon

from acme_checkout.cart import Cart, CartLine
from acme_checkout.totals import OrderTotals, order_totals

Charge = Callable[[str, Money], None]
"""Takes an order number and an amount; raises PaymentDeclined."""


@dataclass(frozen=True)
class Order:
    """A paid order; nothing about it changes any more."""

    number: str
    day: date
    lines: tuple[CartLine, ...]
    totals: OrderTotals


class OrderDesk:
    """Numbers orders and has them paid."""

    def __init__(self, charge: Charge, first_number: int = 1) -> None:
        self._charge = charge
        self._next = first_number
        self._orders: dict[str, Order] = {}

    def place(self, cart: Cart, country: str, day: date, coupon: Coupon | None = None) -> Order:
        """Charge the customer and keep the order.

        Raises EmptyCart, NoDelivery and PaymentDeclined; in each case there is no order.
        """
        totals = order_totals(cart, country, coupon)
        number = f"A{day:%y}-{self._next:05d}"
        self._charge(number, totals.total)
        self._next += 1
        order = Order(number, day, cart.lines, totals)
        self._orders[number] = order
        return order

    def find(self, number: str) -> Order | None:
        return self._orders.get(number)
