"""Weights of signals by maximum likelihood: which candidate is right, as a softmax of a weighted sum. No packages.

Convex, so it has one answer: one weight after the other by Newton's step until none moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHRINK = 1.0  # of a Gaussian around nothing, for all cases together
SWEEPS, STILL = 60, 1e-3


@dataclass(frozen=True)
class Case:
    """One ticket. columns: signal → its value for every candidate; right: places of the right ones, at least one."""

    columns: Mapping[str, Sequence[float]]
    right: Sequence[int]

    @property
    def size(self) -> int:
        return len(next(iter(self.columns.values())))


def fit(cases: Sequence[Case], names: Sequence[str], shrink: float = SHRINK) -> dict[str, float]:
    """Non-negative weights: a signal that would have to count against a candidate is given nothing."""
    weights = dict.fromkeys(names, 0.5)
    scores = [score(case, weights) for case in cases]
    for _ in range(SWEEPS):
        moved = 0.0
        for name in names:
            slope, bend = shrink * weights[name], shrink
            for case, row in zip(cases, scores, strict=True):
                mean, spread = _moments(case.columns[name], row)
                slope += mean - sum(case.columns[name][place] for place in case.right) / len(case.right)
                bend += spread
            step = max(-weights[name], min(1.0, max(-1.0, -slope / bend)))
            weights[name] += step
            moved = max(moved, abs(step))
            for case, row in zip(cases, scores, strict=True):
                row[:] = [value + step * x for value, x in zip(row, case.columns[name], strict=True)]
        if moved < STILL:
            break
    return weights


def score(case: Case, weights: Mapping[str, float]) -> list[float]:
    total = [0.0] * case.size
    for name, weight in weights.items():
        total = [value + weight * x for value, x in zip(total, case.columns[name], strict=True)]
    return total


def order(case: Case, weights: Mapping[str, float]) -> list[int]:
    """Places of the candidates, best first."""
    scores = score(case, weights)
    return sorted(range(case.size), key=lambda place: (-scores[place], place))


def loss(cases: Sequence[Case], weights: Mapping[str, float]) -> float:
    """Mean of -log of the right ones' probability."""
    total = 0.0
    for case in cases:
        scores = score(case, weights)
        top = max(scores)
        whole = top + math.log(sum(math.exp(value - top) for value in scores))
        total += whole - sum(scores[place] for place in case.right) / len(case.right)
    return total / len(cases)


def _moments(column: Sequence[float], scores: Sequence[float]) -> tuple[float, float]:
    """Mean and variance of a signal under the softmax of the scores."""
    top = max(scores)
    heights = [math.exp(value - top) for value in scores]
    whole = sum(heights)
    mean = sum(height * x for height, x in zip(heights, column, strict=True)) / whole
    square = sum(height * x * x for height, x in zip(heights, column, strict=True)) / whole
    return mean, square - mean * mean
