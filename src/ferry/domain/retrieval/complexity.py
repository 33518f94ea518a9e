"""How big a change looks from outside."""

from __future__ import annotations

from collections.abc import Iterable

from ferry.domain.discovery import Level, RankedRepository

LIKELY = 0.75
FEW, MANY = 5, 15


def complexity(repositories: int, files: int) -> Level:
    """low: one repository and fewer than 5 files; medium: up to two and up to 15; high: more."""
    if repositories <= 1 and files < FEW:
        return Level.LOW
    return Level.MEDIUM if repositories <= 2 and files <= MANY else Level.HIGH


def complexity_of(ranked: Iterable[RankedRepository]) -> Level:
    """Counts what comes close to the best: relevance is relative to it."""
    likely = [repo for repo in ranked if repo.relevance >= LIKELY]
    return complexity(len(likely), sum(file.relevance >= LIKELY for repo in likely for file in repo.files))
