"""From files to repositories: which of an organisation's repositories a ticket is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from ferry.domain.discovery import FileKind, RankedFile, RankedRepository
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import Query, Statistics, statistics
from ferry.domain.retrieval.rank import FileHit, rank_files, why

BEST_FILES = 3
FILES_SHARE = 0.8
LEAST = 0.2
MOST_REPOSITORIES = 10
MOST_FILES = 10


def rank_repositories(query: Query, indexes: Sequence[Index]) -> tuple[RankedRepository, ...]:
    """Best first; empty when no word of the query occurs anywhere. relevance 1 is the best on both counts."""
    worth = statistics(query, indexes)
    hits = {index.repo: rank_files(query, index, worth) for index in indexes}
    by_files = _shares({index.repo: lift(hits[index.repo], len(index.files)) for index in indexes})
    by_about = _shares({index.repo: _about(query, index, worth) for index in indexes})
    top = max((hit.score for found in hits.values() for hit in found), default=0.0)
    ranked = []
    for index in sorted(indexes, key=lambda one: one.repo):
        relevance = FILES_SHARE * by_files[index.repo] + (1 - FILES_SHARE) * by_about[index.repo]
        if hits[index.repo] and relevance >= LEAST:
            ranked.append(_ranked(query, index, hits[index.repo], relevance, top))
    ranked.sort(key=lambda one: -one.relevance)
    return tuple(ranked[:MOST_REPOSITORIES])


def lift(hits: Sequence[FileHit], files: int) -> float:
    """How far the best files stand out of their own repository.

    A repository of much prose matches every ticket a little with every file; its mean is high, so its lift is low.
    """
    if not hits:
        return 0.0
    best = fmean(hit.score for hit in hits[:BEST_FILES])
    return max(0.0, best - sum(hit.score for hit in hits) / max(files, 1))


def _about(query: Query, index: Index, worth: Statistics) -> float:
    return sum(query.weights[token] * idf for token, idf in worth.idf.items() if token in index.about)


def _shares(values: Mapping[str, float]) -> dict[str, float]:
    """Each value against the largest."""
    most = max(values.values(), default=0.0)
    return {name: value / most if most else 0.0 for name, value in values.items()}


def _ranked(query: Query, index: Index, hits: Sequence[FileHit], relevance: float, top: float) -> RankedRepository:
    files = tuple(
        RankedFile(path=hit.path, kind=hit.kind, relevance=round(hit.score / top, 2) if top else 0.0)
        for hit in hits[:MOST_FILES]
    )
    evidence = tuple(f"{hit.path} {line}" for hit in hits[:BEST_FILES] for line in why(query, hit))
    first = next((hit for hit in hits if hit.kind is FileKind.SOURCE), hits[0])
    return RankedRepository(
        name=index.repo,
        relevance=min(1.0, round(relevance, 2)),
        reason=f"{first.path} fits the ticket best here",
        evidence=evidence,
        files=files,
    )
