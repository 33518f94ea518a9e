"""The dated price tables that Ferry ships."""

from __future__ import annotations

from importlib.resources import files

from ferry.domain.ledger import PriceTable
from ferry.domain.paid_steps import AwsPrices


def load_aws_prices() -> AwsPrices:
    return AwsPrices.read(files("ferry").joinpath("aws_prices.json").read_text("utf-8"), "AWS price table")


def load_prices(given: str = "") -> PriceTable:
    """given: a table as JSON, laid over the shipped one and named in its version. InvalidDocument tells its fault."""
    shipped = PriceTable.read(files("ferry").joinpath("prices.json").read_text("utf-8"), "price table")
    return PriceTable.read(given, "price table of MODEL_PRICES").over(shipped) if given else shipped
