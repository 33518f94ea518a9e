"""What tests ask of an index, whatever its form."""

from __future__ import annotations

from collections.abc import Mapping

from ferry.domain.retrieval.documents import SYMBOL, TEXT, read_file
from ferry.domain.retrieval.index import Index, build
from ferry.domain.retrieval.segment import key
from ferry.domain.retrieval.tokens import tokens
from ferry.ports import ArtifactStore
from tests.fakes.trees import blob_sha


def fresh(repo: str, sha: str, texts: Mapping[str, str]) -> Index:
    """What the retrieval package itself makes of these files."""
    read = (read_file(path, text.encode(), blob_sha(text.encode())) for path, text in sorted(texts.items()))
    return build(repo, sha, [facts for facts in read if facts])


def same(one: Index, other: Index) -> bool:
    """Whether every question gets the same answer."""
    return _told(one) == _told(other)


def _told(index: Index) -> object:
    names = {number: index.files[number].path for number in index.live}
    keys = {each for segment in index.segments for each in segment.postings.keys}
    postings = {each: sorted((names[number], impact) for number, impact in index.found(each)) for each in keys}
    files = sorted((index.files[number] for number in index.live), key=lambda file: file.path)
    return index.repo, index.sha, files, {each: rows for each, rows in postings.items() if rows}, index.kept


def defines(index: Index, name: str) -> bool:
    return bool(index.defining(name))


def says(index: Index, word: str) -> bool:
    """Whether any file has `word` in its text or names."""
    return any(index.found(key(mark + token)) for token in tokens(word) for mark in (TEXT, SYMBOL))


def index_keys(artifacts: ArtifactStore, prefix: str = "index/") -> list[str]:
    return [key for key in artifacts.keys(prefix) if "/facts." not in key]
