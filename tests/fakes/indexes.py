"""What tests ask of an index, whatever its form."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.retrieval.documents import repository
from ferry.domain.retrieval.index import Index, build
from ferry.domain.retrieval.tokens import tokens
from ferry.ports import ArtifactStore


def fresh(repo: str, sha: str, texts: Mapping[str, str]) -> Index:
    """What the retrieval package itself makes of these files."""
    return build(repository(repo, dict(texts), tuple(texts)), sha)


def same(one: Index, other: Index) -> bool:
    """Whether every question gets the same answer."""
    return one == other


def defines(index: Index, name: str) -> bool:
    return bool(index.definitions.get(name.casefold()))


def says(index: Index, word: str) -> bool:
    """Whether any file has `word` in its text or names."""
    return any(index.files_with(token) for token in tokens(word))


def index_keys(artifacts: ArtifactStore, prefix: str = "index/") -> list[str]:
    return [key for key in artifacts.keys(prefix) if "/facts." not in key]
