"""What every paid call cost. Money is whole micro-dollars, so that sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal

from pydantic import Field

from ferry.domain.document import Document
from ferry.domain.errors import InvalidSettings

MICRO = 1_000_000
PURPOSE, SUMMARY = "purpose", "summary"
"""The label of a call that is not a turn of its conversation, and what it says when the call asks for a summary."""
GLOBAL = "global"
PROFILES = frozenset({GLOBAL, "us", "eu", "apac", "au", "jp"})
"""Prefixes of Bedrock's system inference profiles whose prices are known; GovCloud has a price list of its own."""


class Usage(Document):
    """Tokens; `input` excludes what was read from or written to the cache.

    cache_write: for five minutes; cache_write_1h: for an hour; reasoning: part of `output`, where the vendor tells it.
    """

    input: int = Field(0, ge=0)
    output: int = Field(0, ge=0)
    cache_read: int = Field(0, ge=0)
    cache_write: int = Field(0, ge=0)
    cache_write_1h: int = Field(0, ge=0)
    reasoning: int = Field(0, ge=0)

    @property
    def asked(self) -> int:
        """All that went in, from wherever it was read."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_1h


class Tier(Document):
    """A call with more than `above` tokens of input, cached ones among them, costs `times` as much, all of it."""

    above: int = Field(ge=0)
    times: float = Field(ge=1)


class Price(Document):
    """Dollars per million tokens, which is micro-dollars per token. cache_write_1h: twice the input where it is not
    published; tiers: by size of the input; regional: how many times as much it costs outside of a global inference
    profile; times: how many times as much all of it costs."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cache_read: float = Field(ge=0)
    cache_write: float = Field(ge=0)
    cache_write_1h: float | None = Field(None, ge=0)
    tiers: tuple[Tier, ...] = ()
    regional: float = Field(1, ge=1)
    times: float = Field(1, ge=1)

    @property
    def hour(self) -> float:
        return 2 * self.input if self.cache_write_1h is None else self.cache_write_1h

    def cost(self, usage: Usage) -> int:
        """In micro-dollars, rounded up."""
        sum_ = (
            usage.input * _exact(self.input)
            + usage.output * _exact(self.output)
            + usage.cache_read * _exact(self.cache_read)
            + usage.cache_write * _exact(self.cache_write)
            + usage.cache_write_1h * _exact(self.hour)
        )
        return _up(sum_ * self._times(usage.asked))

    def most(self, asked: int, said: int) -> int:
        """The most that a call of so many tokens in and out can cost, wherever its input is read from or written to."""
        dearest = max(map(_exact, (self.input, self.cache_read, self.cache_write, self.hour)))
        return _up((asked * dearest + said * _exact(self.output)) * self._times(asked))

    def affords(self, asked: int, money: int) -> int | None:
        """How many tokens of answer `money` pays for beside `asked` of input at the most; None: any number."""
        left, each = money - self.most(asked, 0), _exact(self.output) * self._times(asked)
        return int(left // each) if each else (None if left >= 0 else -1)

    def _times(self, asked: int) -> Decimal:
        tier = max((_exact(tier.times) for tier in self.tiers if asked > tier.above), default=Decimal(1))
        return tier * _exact(self.times)


class PriceTable(Document):
    """models: price by model id, through a global inference profile if it is Bedrock's; version: the day it was read;
    sources: where."""

    version: str
    sources: tuple[str, ...]
    models: Mapping[str, Price]

    def price_of(self, model: str) -> Price:
        """model: id or ARN. InvalidSettings for an unknown model or kind of profile: a price is never guessed and never
        zero by accident."""
        name = model.rpartition("/")[2] if model.startswith("arn:") else model
        profile, _, base = name.partition(".") if name.partition(".")[0] in PROFILES else ("", "", name)
        for known, price in self.models.items():
            if known in (model, name):
                return price if profile else _regional(price)
            if base == known or base.startswith(f"{known}:"):
                return price if profile == GLOBAL else _regional(price)
        raise InvalidSettings(f"model {model}: no price in the table of {self.version}; add one or set MODEL_PRICES")

    def over(self, other: PriceTable) -> PriceTable:
        """Both; where a model is in either, this one's price counts."""
        return PriceTable(
            version=f"{self.version} over {other.version}",
            sources=(*self.sources, *other.sources),
            models={**self.models, **{name: one for name, one in other.models.items() if name not in self.models}},
        )

    def cost(self, model: str, usage: Usage) -> int:
        """In micro-dollars, rounded up."""
        return self.price_of(model).cost(usage)


class LedgerEntry(Document):
    """One model call. step: the state that made it; attempt counts from 1; reserved: what was held for it before;
    lost: no answer came, and it is charged as reserved because it may have been paid for; purpose: ``summary`` when it
    asked for one, "" for a turn of the conversation."""

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
    reserved: int = 0
    lost: bool = False
    purpose: str = ""


def total(entries: Iterable[LedgerEntry]) -> int:
    """In micro-dollars."""
    return sum(entry.micro_dollars for entry in entries)


def dollars(micro_dollars: int) -> str:
    """For a person: ``$0.0123``."""
    return f"${micro_dollars / MICRO:,.4f}"


def cached(read: int, asked: int) -> str:
    """For a person: which share of the input came from a cache, ``83 %``; "" where nothing went in."""
    return f"{100 * read / asked:.0f} %" if asked else ""


def _regional(price: Price) -> Price:
    return price.model_copy(update={"times": price.times * price.regional})


def _exact(number: float) -> Decimal:
    """As it is written, without the error of binary fractions."""
    return Decimal(str(number))


def _up(sum_: Decimal) -> int:
    return int(sum_.to_integral_value(rounding=ROUND_CEILING))
