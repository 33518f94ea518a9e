"""Files of all repositories for a text, best first: what the command line, Slack and benchmarks ask for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ferry.domain.retrieval.confidence import COMPLETE_AT, confidence
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import Hit, rank_files
from ferry.domain.retrieval.route import route

__all__ = ["Hit", "find", "find_surely"]

MOST_REPOSITORIES = 10


def find(title: str, text: str, indexes: Sequence[Index], k: int) -> tuple[Hit, ...]:
    """The `k` best files; each falls by as much as its repository is less likely. Empty when no word occurs."""
    return find_surely(title, text, indexes, k)[0]


def find_surely(title: str, text: str, indexes: Sequence[Index], k: int) -> tuple[tuple[Hit, ...], float]:
    """As `find`, and how probable it is that the first files of the first repository hold all that has to change."""
    query = read_query(title, text)
    routed = route(query, indexes)[:MOST_REPOSITORIES]
    found: list[tuple[float, Hit]] = []
    first: Sequence[Hit] = ()
    full = False
    for one in routed:
        behind = routed[0].score - one.score
        # Where the first repository alone fills the list, what would come below it need not be ranked.
        most = math.floor(k - 1 - behind) + 1 if full else k
        hits = rank_files(query, one.index, most) if most > 0 else []
        if one is routed[0]:
            first, full = hits, len(hits) == k
        scores = [round(hit.score - routed[0].score + one.score, 4) for hit in hits]
        found += [
            (behind + n, replace(hit, score=score)) for n, (hit, score) in enumerate(zip(hits, scores, strict=True))
        ]
    best = tuple(hit for _, hit in sorted(found, key=lambda row: (row[0], row[1].repo, row[1].path))[:k])
    if routed and k < COMPLETE_AT:
        first = rank_files(query, routed[0].index, COMPLETE_AT)
    return best, confidence((), first).complete
