"""The benchmark in two halves, split by repository: one to choose settings on, one that only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

TUNING, HELD_OUT = "tuning", "held out"


def halves(tickets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Repository → half. From the largest down, in turns of A B B A, so that both get large and small ones."""
    counts = Counter(ticket["repo"] for ticket in tickets)
    order = sorted(counts, key=lambda repo: (-counts[repo], repo.lower()))
    return {repo: HELD_OUT if place % 4 in (1, 2) else TUNING for place, repo in enumerate(order)}
