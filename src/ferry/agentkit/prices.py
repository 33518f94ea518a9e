"""The dated price table that Ferry ships."""

from __future__ import annotations

from importlib.resources import files

from ferry.domain.ledger import PriceTable


def load_prices(override: str = "") -> PriceTable:
    """`override`: a table as JSON that replaces the shipped one. InvalidDocument names what is wrong with it."""
    data = override or files("ferry").joinpath("prices.json").read_text("utf-8")
    return PriceTable.read(data, "price table")
