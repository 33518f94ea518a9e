"""How sure discovery may be: two probabilities by logistic regression, fitted on the tuning half."""

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
    """gap: to the second; share: softmax of the first; each signal's agreement that the first is first."""
    if not routed:
        return {}
    best = routed[0]
    second = routed[1].score if len(routed) > 1 else best.score - 10
    whole = sum(math.exp(one.score - best.score) for one in routed)
    agree = [value for value in best.signals.values() if value]
    return {
        "gap": min(5.0, best.score - second),
        "share": 1 / whole,
        "agreement": sum(value == 1.0 for value in agree) / max(1, len(agree)),
    }


def complete_features(hits: Sequence[Hit]) -> dict[str, float]:
    """Height of the first file and the fall behind it: a steep fall means that few files are meant."""
    scores = [hit.score for hit in hits[:COMPLETE_AT]]
    if not scores:
        return {}
    top = scores[0]
    return {
        "top": top / 10,
        "fall": (top - scores[min(4, len(scores) - 1)]) / 10,
        "tail": scores[-1] / top if top else 1.0,
    }


def _logistic(weights: dict[str, float], features: dict[str, float]) -> float:
    if not features:
        return 0.0
    return 1 / (1 + math.exp(-weights[CONSTANT] - sum(weights[name] * value for name, value in features.items())))
