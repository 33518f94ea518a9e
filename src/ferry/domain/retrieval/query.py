"""A ticket as a query: words with weights, names meant as code, paths and stack frames."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ferry.domain.retrieval.clean import clean
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.tokens import names, paths, surfaces, tokens
from ferry.domain.retrieval.traces import Frame, frames

TITLE_WEIGHT, QUOTED_WEIGHT = 1.5, 0.5
MOST_WORDS = 160
MOST_NAMES = 80

_QUOTED = re.compile(r"`([^`\n]{2,80})`|\"([^\"\n]{3,60})\"|'([^'\n]{3,60})'")


@dataclass(frozen=True)
class Query:
    """weights and title: by token; surfaces: the ticket's own word for it; names and paths: what it means as code."""

    weights: Mapping[str, float]
    title: Mapping[str, float]
    surfaces: Mapping[str, str]
    names: tuple[str, ...]
    paths: tuple[str, ...]
    frames: tuple[Frame, ...]

    @cached_property
    def keys(self) -> Mapping[str, Mapping[str, int]]:
        """Mark → token → its key in every index."""
        return {mark: {token: key(mark + token) for token in self.weights} for mark in ("t:", "s:", "p:")}


def read_query(title: str, text: str = "") -> Query:
    body = clean(text)
    weights = {token: 1 + math.log(times) for token, times in tokens(body).items()}
    heading = {token: 1.0 for token in tokens(title)}
    for token in heading:
        weights[token] = weights.get(token, 0.0) + TITLE_WEIGHT
    whole = f"{title}\n{body}"
    for token in tokens(" ".join(part for found in _QUOTED.findall(whole) for part in found)):
        weights[token] = weights.get(token, 0.0) + QUOTED_WEIGHT
    return Query(
        weights=dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[: MOST_WORDS * 4]),
        title=heading,
        surfaces=surfaces(whole),
        names=tuple(sorted(names(whole)))[:MOST_NAMES],
        paths=paths(whole),
        frames=frames(text),
    )
