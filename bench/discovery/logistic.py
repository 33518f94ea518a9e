"""Probabilities from scores: logistic regression, and how far it is off. No packages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

CONSTANT = "constant"
SWEEPS, STILL = 300, 1e-3
BINS = 10

Features = Mapping[str, float]


def fit(rows: Sequence[Features], truth: Sequence[bool], shrink: float = 0.003) -> dict[str, float]:
    """Weights by feature and a constant, which is not shrunk."""
    columns = {CONSTANT: [1.0] * len(rows)} | {name: [row[name] for row in rows] for name in rows[0]}
    weights, scores = dict.fromkeys(columns, 0.0), [0.0] * len(rows)
    for _ in range(SWEEPS):
        moved = 0.0
        for name, column in columns.items():
            held = 0.0 if name == CONSTANT else shrink * len(rows)
            said = [1 / (1 + math.exp(-score)) for score in scores]
            slope = held * weights[name] + sum((p - so) * x for p, so, x in zip(said, truth, column, strict=True))
            bend = held + sum(p * (1 - p) * x * x for p, x in zip(said, column, strict=True)) + 1e-9
            step = max(-1.0, min(1.0, -slope / bend))
            weights[name] += step
            moved = max(moved, abs(step))
            scores = [score + step * x for score, x in zip(scores, column, strict=True)]
        if moved < STILL:
            break
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
