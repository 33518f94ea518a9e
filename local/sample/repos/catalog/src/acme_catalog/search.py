"""Full-text search over titles, categories and descriptions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from acme_catalog.products import Product

_WEIGHTS = {"title": 3, "category": 2, "description": 1}


def words(text: str) -> list[str]:
    """Lower-case words without a plural s: "Blue Mugs" becomes blue, mug."""
    found = re.findall(r"\w+", text.casefold())
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in found]


class SearchIndex:
    """An inverted index; a product scores by where the words of the query stand."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._products: dict[str, Product] = {}
        self._scores: dict[str, Counter[str]] = {}
        for product in products:
            self._add(product)

    def _add(self, product: Product) -> None:
        self._products[product.sku] = product
        for part, weight in _WEIGHTS.items():
            for word in words(getattr(product, part)):
                self._scores.setdefault(word, Counter())[product.sku] += weight

    def find(self, query: str, limit: int = 20) -> list[Product]:
        """Products that have every word of the query, best first."""
        wanted = [self._scores.get(word, Counter()) for word in words(query)]
        if not wanted:
            return []
        everywhere = set.intersection(*(set(scores) for scores in wanted))
        total = {sku: sum(scores[sku] for scores in wanted) for sku in everywhere}
        ranked = sorted(total, key=lambda sku: (-total[sku], sku))
        return [self._products[sku] for sku in ranked[:limit]]
