"""How sure discovery may be: two probabilities by logistic regression (docs/discovery.md says how far they are off)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.retrieval.rank import Hit
from ferry.domain.retrieval.route import Routed
from ferry.domain.retrieval.weights import COMPLETE, CONSTANT, RIGHT

COMPLETE_AT = 10


@dataclass(frozen=True)
class Confidence:
    """repository: probability that the first one is right; complete: that its first ten files hold all to change."""

    repository: float
    complete: float


def confidence(routed: Sequence[Routed], hits: Sequence[Hit]) -> Confidence:
    return Confidence(_logistic(RIGHT, right_features(routed)), _logistic(COMPLETE, complete_features(hits)))


def right_features(routed: Sequence[Routed]) -> dict[str, float]:
    """gap: to the second; share: softmax of the first."""
    if not routed:
        return {}
    best = routed[0]
    second = routed[1].score if len(routed) > 1 else best.score - 10
    whole = sum(math.exp(one.score - best.score) for one in routed)
    return {"gap": min(5.0, best.score - second), "share": 1 / whole}


def complete_features(hits: Sequence[Hit]) -> dict[str, float]:
    """Height of the first file and the fall behind it: a steep fall means that few files are meant."""
    if not hits:
        return {}
    top, fifth = hits[0].score, hits[min(4, len(hits) - 1)].score
    return {"top": top / 10, "fall": (top - fifth) / 10}


def _logistic(weights: dict[str, float], features: dict[str, float]) -> float:
    if not features:
        return 0.0
    return 1 / (1 + math.exp(-weights[CONSTANT] - sum(weights[name] * value for name, value in features.items())))
