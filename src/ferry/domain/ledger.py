"""What every paid call cost. Money is whole micro-dollars, so that sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ferry.domain.document import Document
from ferry.domain.errors import InvalidSettings

MICRO = 1_000_000


class Usage(Document):
    """Tokens; `input` excludes what was read from or written to the cache. cache_write: kept for five minutes;
    cache_write_1h: for an hour; reasoning: the part of `output` that was thought, 0 where the vendor does not say."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0


class Price(Document):
    """Dollars per million tokens, which is micro-dollars per token."""

    input: float
    output: float
    cache_read: float
    cache_write: float


class PriceTable(Document):
    """models: price by model id without its region prefix; version: the day it was read; sources: where."""

    version: str
    sources: tuple[str, ...]
    models: Mapping[str, Price]

    def price_of(self, model: str) -> Price:
        """InvalidSettings for an unknown model: a price is never guessed and never zero by accident."""
        for known, price in self.models.items():
            if model == known or model.endswith(f".{known}") or model.startswith(f"{known}:"):
                return price
        raise InvalidSettings(f"model {model}: no price in the table of {self.version}; add one or set MODEL_PRICES")

    def cost(self, model: str, usage: Usage) -> int:
        """In micro-dollars, rounded up."""
        price = self.price_of(model)
        exact = (
            usage.input * price.input
            + usage.output * price.output
            + usage.cache_read * price.cache_read
            + usage.cache_write * price.cache_write
            + usage.cache_write_1h * max(price.cache_write, 2 * price.input)
        )
        return int(-(-exact // 1))


class LedgerEntry(Document):
    """One model call. step: the state that made it; attempt counts from 1."""

    at: str
    step: str
    attempt: int
    model: str
    usage: Usage
    milliseconds: int
    micro_dollars: int
    prices: str
    repo: str = ""
    item: str = ""


def total(entries: Iterable[LedgerEntry]) -> int:
    """In micro-dollars."""
    return sum(entry.micro_dollars for entry in entries)


def dollars(micro_dollars: int) -> str:
    """For a person: ``$0.0123``."""
    return f"${micro_dollars / MICRO:.4f}"
