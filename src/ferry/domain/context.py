"""How much of a conversation is sent, and how long a vendor keeps it cached: the settings CONTEXT_WINDOW and
MODEL_CACHE_TTL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ferry.domain.capabilities import Ttl
from ferry.domain.errors import InvalidSettings
from ferry.domain.model_chain import AGENTS, REST

# Below the size from which any model in the price table costs more, and a quarter of a small model's context.
TOKENS, LEAST_TOKENS = 60_000, 4_000
_TTLS: tuple[Ttl, ...] = get_args(Ttl)


@dataclass(frozen=True)
class Context:
    """tokens: a request that would hold more is shortened first; model_tokens: of question and answer, by the smallest
    model of the chain; ttl: how long what was sent is cached."""

    tokens: int = TOKENS
    model_tokens: int = 200_000
    ttl: Ttl = "5m"

    def room(self, answer: int) -> int:
        """Tokens of a request that wants an answer of so many; half of the model's for one that is too small for it."""
        return min(self.tokens, max(self.model_tokens - answer, self.model_tokens // 2))


@dataclass(frozen=True)
class Contexts:
    """By agent, ``*`` for the rest."""

    tokens: Mapping[str, int]
    ttls: Mapping[str, Ttl]

    def of(self, agent: str, model_tokens: int) -> Context:
        return Context(
            tokens=self.tokens.get(agent, self.tokens.get(REST, TOKENS)),
            model_tokens=model_tokens,
            ttl=self.ttls.get(agent, self.ttls.get(REST, "5m")),
        )


def read_contexts(tokens: str, ttl: str) -> Contexts:
    """Both are one value for all, or ``{"<agent>" or "*": value}`` as JSON; "" for the default. InvalidSettings names
    every fault at once."""
    faults: list[str] = []
    sizes = {agent: _size(agent, value, faults) for agent, value in _by_agent("CONTEXT_WINDOW", tokens, faults)}
    ttls = {agent: _ttl(agent, value, faults) for agent, value in _by_agent("MODEL_CACHE_TTL", ttl, faults)}
    if faults:
        raise InvalidSettings("; ".join(faults))
    return Contexts(sizes, ttls)


def _by_agent(name: str, text: str, faults: list[str]) -> list[tuple[str, Any]]:
    if not text.lstrip().startswith("{"):
        return [(REST, int(text) if text.isdecimal() else text)] if text else []
    try:
        given: dict[str, Any] = json.loads(text)
    except ValueError as error:
        faults.append(f"{name} is no JSON: {error}")
        return []
    known = (*AGENTS, REST)
    faults += [
        f"{name}.{agent}: there is no such agent; there are {', '.join(known)}" for agent in given.keys() - known
    ]
    return list(given.items())


def _size(agent: str, value: object, faults: list[str]) -> int:
    if isinstance(value, int) and value >= LEAST_TOKENS:
        return value
    faults.append(f"CONTEXT_WINDOW.{agent} is {value!r}; write a whole number of tokens, at least {LEAST_TOKENS}")
    return TOKENS


def _ttl(agent: str, value: object, faults: list[str]) -> Ttl:
    for ttl in _TTLS:
        if value == ttl:
            return ttl
    faults.append(f"MODEL_CACHE_TTL.{agent} is {value!r}; write {' or '.join(_TTLS)}")
    return "5m"
