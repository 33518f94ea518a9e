"""Files of all repositories for a text, best first: what the command line, Slack and benchmarks ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ferry.domain.retrieval.confidence import COMPLETE_AT, confidence
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import Hit, rank_files
from ferry.domain.retrieval.route import route

__all__ = ["Hit", "completeness", "find"]

MOST_REPOSITORIES = 10


def find(title: str, text: str, indexes: Sequence[Index], k: int) -> tuple[Hit, ...]:
    """The `k` best files; each falls by as much as its repository is less likely. Empty when no word occurs."""
    query = read_query(title, text)
    routed = route(query, indexes)[:MOST_REPOSITORIES]
    found = [
        (routed[0].score - one.score + place, replace(hit, score=round(hit.score - routed[0].score + one.score, 4)))
        for one in routed
        for place, hit in enumerate(rank_files(query, one.index, k))
    ]
    return tuple(hit for _, hit in sorted(found, key=lambda row: (row[0], row[1].repo, row[1].path))[:k])


def completeness(title: str, text: str, index: Index) -> float:
    """Probability that the first files of one repository hold all that has to change; 0 when no word occurs."""
    return confidence((), rank_files(read_query(title, text), index, COMPLETE_AT)).complete
