"""How sure discovery is that its first repository is the right one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ferry.domain.discovery import Dependency, RankedRepository

SCALE = 0.1
"""PLACEHOLDER until a calibration replaces this module's inside: the gap in relevance that makes it three to one."""


def confidence_of(ranked: Sequence[RankedRepository], dependencies: Iterable[Dependency] = ()) -> float:
    """Probability, 0 to 1, that the first of `ranked` (best first) is right; 0 for nothing ranked.

    By its lead over the best rival: one that it neither needs nor is needed by, for a change often goes through both.
    """
    if not ranked:
        return 0.0
    best = ranked[0]
    partners = {end for edge in dependencies if best.name in (edge.from_, edge.to) for end in (edge.from_, edge.to)}
    rival = next((repo for repo in ranked[1:] if repo.name not in partners), None)
    if rival is None:
        return 1.0
    return round(1 / (1 + math.exp(-math.log(3) * (best.relevance - rival.relevance) / SCALE)), 2)
