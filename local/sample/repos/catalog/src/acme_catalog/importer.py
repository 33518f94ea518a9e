"""Bulk import of a supplier's price-less product file (CSV)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from acme_catalog.errors import BadRow
from acme_catalog.products import Product

COLUMNS = ("sku", "title", "category", "description", "volume_ml")


def read_products(lines: Iterable[str]) -> Iterator[Product]:
    """Products in the order of the file. Raises BadRow at the first row that makes no sense."""
    for number, row in enumerate(csv.DictReader(lines, restval=""), start=2):
        try:
            yield _product(row)
        except (KeyError, ValueError) as error:
            raise BadRow(f"row {number}: {error}") from error


def _product(row: dict[str, str]) -> Product:
    sku, title, category, description, volume = (row[column].strip() for column in COLUMNS)
    if not sku or not title:
        raise ValueError("item number and title are needed")
    return Product(sku, title, category, description, int(volume or 0))
