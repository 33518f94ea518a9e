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
MOST_WORDS = 640
MOST_NAMES = 80

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTED = re.compile(r"`([^`\n]{2,80})`|\"([^\"\n]{3,60})\"|'([^'\n]{3,60})'")


@dataclass(frozen=True)
class Query:
    """weights, prose and title: by token, of all, outside fenced code, and of the heading; surfaces: the ticket's own
    word for a token; names and paths: what it means as code."""

    weights: Mapping[str, float]
    prose: Mapping[str, float]
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
    heading = {token: 1.0 for token in tokens(title)}
    weights, prose = _weights(body, heading), _weights(_FENCED.sub(" ", body), heading)
    whole = f"{title}\n{body}"
    for token in tokens(" ".join(part for found in _QUOTED.findall(whole) for part in found)):
        weights[token] = weights.get(token, 0.0) + QUOTED_WEIGHT
    weights = dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS])
    return Query(
        weights=weights,
        prose={token: weight for token, weight in prose.items() if token in weights},
        title={token: weight for token, weight in heading.items() if token in weights},
        surfaces=surfaces(whole),
        names=tuple(sorted(names(whole)))[:MOST_NAMES],
        paths=paths(whole),
        frames=frames(text),
    )


def _weights(text: str, heading: Mapping[str, float]) -> dict[str, float]:
    weights = {token: 1 + math.log(times) for token, times in tokens(text).items()}
    for token in heading:
        weights[token] = weights.get(token, 0.0) + TITLE_WEIGHT
    return weights
