"""Files of all repositories for a text, best first: what the command line, Slack and benchmarks ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.index import Index
from ferry.domain.retrieval.query import read_query, statistics
from ferry.domain.retrieval.rank import rank_files, why
from ferry.domain.retrieval.route import rank_repositories


@dataclass(frozen=True)
class Hit:
    """score: comparable within one answer; evidence: sentences a person can check."""

    repo: str
    path: str
    kind: FileKind
    score: float
    evidence: tuple[str, ...]


def find(title: str, text: str, indexes: Sequence[Index], k: int) -> tuple[Hit, ...]:
    """The `k` best files, a file's score weighed by how well its repository fits; empty when no word occurs."""
    query = read_query(title, text)
    worth = statistics(query, indexes)
    fits = {repo.name: repo.relevance for repo in rank_repositories(query, indexes)}
    files = [hit for index in indexes if index.repo in fits for hit in rank_files(query, index, worth)]
    files.sort(key=lambda hit: (-hit.score * fits[hit.repo], hit.repo, hit.path))
    return tuple(
        Hit(hit.repo, hit.path, hit.kind, round(hit.score * fits[hit.repo], 4), why(query, hit)) for hit in files[:k]
    )
