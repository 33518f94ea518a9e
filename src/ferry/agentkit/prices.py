"""The dated price tables that Ferry ships."""

from __future__ import annotations

from importlib.resources import files

from ferry.domain.ledger import PriceTable
from ferry.domain.paid_steps import AwsPrices


def load_aws_prices() -> AwsPrices:
    return AwsPrices.read(files("ferry").joinpath("aws_prices.json").read_text("utf-8"), "AWS price table")


def load_prices(override: str = "") -> PriceTable:
    """`override`: a table as JSON that replaces the shipped one. InvalidDocument names what is wrong with it."""
    data = override or files("ferry").joinpath("prices.json").read_text("utf-8")
    return PriceTable.read(data, "price table")
