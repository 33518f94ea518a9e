"""Facets: how many hits a search would have for each filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from acme_catalog.products import Product

SIZE_TIERS = ((0, "no vessel"), (1, "small"), (250, "medium"), (750, "large"))
"""From how many millilitres a vessel counts as what."""


def size_tier(product: Product) -> str:
    """The name of the highest tier that the volume reaches."""
    return [name for least, name in SIZE_TIERS if product.volume_ml >= least][-1]


def facets(products: Iterable[Product]) -> dict[str, dict[str, int]]:
    """Counts by category and by size."""
    hits = list(products)
    return {
        "category": dict(Counter(product.category for product in hits)),
        "size": dict(Counter(size_tier(product) for product in hits)),
    }
