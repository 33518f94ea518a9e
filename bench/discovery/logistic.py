"""Probabilities from scores: logistic regression, how far it is off, and folds by repository. No packages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

CONSTANT = "constant"
STEPS, RATE = 4000, 0.5
BINS = 10

Features = Mapping[str, float]


def fit(rows: Sequence[Features], truth: Sequence[bool], shrink: float = 0.003) -> dict[str, float]:
    """Weights by feature and a constant, which is not shrunk."""
    names = list(rows[0])
    weights = dict.fromkeys((CONSTANT, *names), 0.0)
    for _ in range(STEPS):
        errors = [probability(weights, row) - is_so for row, is_so in zip(rows, truth, strict=True)]
        weights[CONSTANT] -= RATE * fmean(errors)
        for name in names:
            slope = fmean(error * row[name] for error, row in zip(errors, rows, strict=True))
            weights[name] -= RATE * (slope + shrink * weights[name])
    return {name: round(weight, 3) for name, weight in weights.items()}


def probability(weights: Mapping[str, float], features: Features) -> float:
    return 1 / (1 + math.exp(-weights[CONSTANT] - sum(weights[name] * value for name, value in features.items())))


@dataclass(frozen=True)
class Bin:
    """said: mean probability; was: share of those that were so."""

    count: int
    said: float
    was: float


def bins(said: Sequence[float], was: Sequence[bool]) -> list[Bin]:
    """Of equal width, the empty ones left out."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for one, is_so in zip(said, was, strict=True):
        groups.setdefault(min(BINS - 1, int(one * BINS)), []).append((one, is_so))
    return [
        Bin(len(group), fmean(one for one, _ in group), fmean(is_so for _, is_so in group))
        for _, group in sorted(groups.items())
    ]


def error(found: Sequence[Bin]) -> float:
    """Expected calibration error: by how much what was said is off, weighted by how often it was said."""
    return sum(one.count * abs(one.said - one.was) for one in found) / sum(one.count for one in found)


def folds(repositories: Sequence[str], count: int = 5) -> dict[str, int]:
    """Repository → fold."""
    return {repo: place % count for place, repo in enumerate(sorted(set(repositories)))}
