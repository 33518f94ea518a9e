"""Files of all repositories for a text, best first: what the command line, Slack and benchmarks ask for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import Hit, rank_files
from ferry.domain.retrieval.route import route

__all__ = ["Hit", "find"]

MOST_REPOSITORIES = 10


def find(title: str, text: str, indexes: Sequence[Index], k: int) -> tuple[Hit, ...]:
    """The `k` best files; each falls by as much as its repository is less likely. Empty when no word occurs."""
    query = read_query(title, text)
    routed = route(query, indexes)[:MOST_REPOSITORIES]
    found: list[tuple[float, Hit]] = []
    full = False
    for one in routed:
        behind = routed[0].score - one.score
        # Where the first repository alone fills the list, what would come below it need not be ranked.
        most = math.floor(k - 1 - behind) + 1 if full else k
        hits = rank_files(query, one.index, most) if most > 0 else []
        full = full or (one is routed[0] and len(hits) == k)
        scores = [round(hit.score - routed[0].score + one.score, 4) for hit in hits]
        found += [
            (behind + n, replace(hit, score=score)) for n, (hit, score) in enumerate(zip(hits, scores, strict=True))
        ]
    return tuple(hit for _, hit in sorted(found, key=lambda row: (row[0], row[1].repo, row[1].path))[:k])
