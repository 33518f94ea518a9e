"""Files of all repositories for a text, best first: what the command line, Slack and benchmarks ask for."""

from __future__ import annotations

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
    ranked = [rank_files(query, one.index, k) for one in routed]
    found = [
        (routed[0].score - one.score + place, replace(hit, score=round(hit.score - routed[0].score + one.score, 4)))
        for one, hits in zip(routed, ranked, strict=True)
        for place, hit in enumerate(hits)
    ]
    best = tuple(hit for _, hit in sorted(found, key=lambda row: (row[0], row[1].repo, row[1].path))[:k])
    first = rank_files(query, routed[0].index, COMPLETE_AT) if routed and k < COMPLETE_AT else [*ranked, []][0]
    return best, confidence((), first).complete
