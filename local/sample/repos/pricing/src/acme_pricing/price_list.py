"""Price lists: what one piece of an item costs on a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from acme_pricing.errors import NoPrice
from acme_pricing.money import Money


@dataclass(frozen=True, order=True)
class PriceEntry:
    """A unit price, valid from a day until a later entry replaces it."""

    valid_from: date
    unit_price: Money = field(compare=False)


@dataclass
class PriceList:
    """Unit prices by item number."""

    entries: dict[str, list[PriceEntry]] = field(default_factory=dict)

    def add(self, sku: str, unit_price: Money, valid_from: date) -> None:
        self.entries.setdefault(sku, []).append(PriceEntry(valid_from, unit_price))

    def price_of(self, sku: str, day: date) -> Money:
        """The newest price that is valid on the day.

        Raises NoPrice when the item is unknown or not on sale yet.
        """
        valid = [entry for entry in self.entries.get(sku, []) if entry.valid_from <= day]
        if not valid:
            raise NoPrice(f"{sku} has no price on {day.isoformat()}")
        return max(valid).unit_price
