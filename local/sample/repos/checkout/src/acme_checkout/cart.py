"""The cart: what a customer is about to order."""

from __future__ import annotations

from dataclasses import dataclass, field

from acme_pricing import Money

from acme_checkout.errors import BadQuantity, EmptyCart

MAX_QUANTITY = 999


@dataclass(frozen=True)
class CartLine:
    """A number of pieces of one item, at the unit price shown when it was added."""

    sku: str
    title: str
    unit_price: Money
    quantity: int

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_QUANTITY:
            raise BadQuantity(f"between 1 and {MAX_QUANTITY} pieces, please")

    @property
    def amount(self) -> Money:
        return self.unit_price * self.quantity


@dataclass
class Cart:
    """Lines in the order in which the items were first added, one line per item."""

    currency: str
    _lines: dict[str, CartLine] = field(default_factory=dict)

    def add(self, sku: str, title: str, unit_price: Money, quantity: int = 1) -> None:
        """Put pieces into the cart; more of the same item makes its line longer."""
        already = self._lines[sku].quantity if sku in self._lines else 0
        self._lines[sku] = CartLine(sku, title, unit_price, already + quantity)

    def remove(self, sku: str) -> None:
        self._lines.pop(sku, None)

    @property
    def lines(self) -> tuple[CartLine, ...]:
        return tuple(self._lines.values())

    @property
    def goods(self) -> Money:
        """The value of everything in the cart. Raises EmptyCart when there is nothing."""
        if not self._lines:
            raise EmptyCart("your cart is empty")
        return sum((line.amount for line in self.lines), Money.zero(self.currency))
