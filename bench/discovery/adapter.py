"""Ferry's discovery as a retriever of `evaluate.py`, which times `build` and `query` and sees no gold data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ferry.cli.folder import contents
from ferry.domain.retrieval.documents import FileFacts, read_file
from ferry.domain.retrieval.index import Commit, Index, build, open_index
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import rank_files
from ferry.domain.retrieval.route import route

Ticket = Mapping[str, str]


class Ferry:
    """Facts of a file are kept by path and content inside one repository, as a push keeps them by blob."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, bytes], FileFacts | None] = {}

    def new_repo(self, repo: str) -> None:
        self._facts = {}

    def build(self, folder: str, repo: str, history: Sequence[Mapping[str, Any]] | None = None) -> Index:
        files = (facts for path, data in sorted(contents(Path(folder))) if (facts := self._read(path, data)))
        commits = [Commit(commit["subject"], tuple(commit["files"])) for commit in history or ()]
        return open_index(build(repo, "", files, commits).to_bytes())

    def query(self, index: Index, ticket: Ticket, k: int) -> list[dict[str, Any]]:
        hits = rank_files(read_query(ticket["title"], ticket["body"]), index, k)
        return [{"path": hit.path, "score": hit.score} for hit in hits]

    def route(self, indexes: Mapping[str, Index], ticket: Ticket, k: int) -> list[dict[str, Any]]:
        routed = route(read_query(ticket["title"], ticket["body"]), list(indexes.values()))
        return [{"repo": one.index.repo, "score": one.score} for one in routed[:k]]

    def _read(self, path: str, data: bytes) -> FileFacts | None:
        known = (path, hashlib.blake2b(data, digest_size=12).digest())
        if known not in self._facts:
            self._facts[known] = read_file(path, data)
        return self._facts[known]
