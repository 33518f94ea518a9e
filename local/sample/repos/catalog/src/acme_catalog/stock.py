"""Stock: how many pieces are there, and which of them are promised."""

from __future__ import annotations

from collections import Counter

from acme_catalog.errors import OutOfStock


class Stock:
    """Pieces by item number. Reserved pieces are there but not free."""

    def __init__(self) -> None:
        self._there: Counter[str] = Counter()
        self._reserved: Counter[str] = Counter()

    def receive(self, sku: str, quantity: int) -> None:
        if quantity < 1:
            raise ValueError("a delivery has at least one piece")
        self._there[sku] += quantity

    def free(self, sku: str) -> int:
        return self._there[sku] - self._reserved[sku]

    def reserve(self, sku: str, quantity: int) -> None:
        """Promise pieces to an order. Raises OutOfStock and then promises none."""
        if quantity > self.free(sku):
            raise OutOfStock(f"{sku}: {self.free(sku)} left")
        self._reserved[sku] += quantity

    def ship(self, sku: str, quantity: int) -> None:
        """Reserved pieces leave the house."""
        self._reserved[sku] -= quantity
        self._there[sku] -= quantity
