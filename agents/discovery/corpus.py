"""What discovery looks at: an index of every repository at the head of its default branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.agentkit.read_tree import read_tree
from ferry.domain.errors import InvalidDocument, NotFound, VendorRefused
from ferry.domain.retrieval.index import Index, build, from_json
from ferry.ports import ArtifactStore, Forge


@dataclass(frozen=True)
class Corpus:
    """left_out: why a repository is not among `indexes`, by name."""

    indexes: Mapping[str, Index]
    left_out: Mapping[str, str]


def corpus(forge: Forge, artifacts: ArtifactStore) -> Corpus:
    """Indexes are kept as artifacts by commit, so a repository that did not change is not even downloaded.

    A repository without a commit, or that the credential may not read, is left out; what is transient flies.
    """
    indexes, left_out = {}, {}
    for repo in sorted(forge.repositories()):
        try:
            indexes[repo] = _index(repo, forge, artifacts)
        except (NotFound, VendorRefused) as error:
            left_out[repo] = str(error)
    return Corpus(indexes, left_out)


def index_key(repo: str, sha: str) -> str:
    return f"index/{repo.replace('/', '+')}/{sha}.json"


def _index(repo: str, forge: Forge, artifacts: ArtifactStore) -> Index:
    sha = forge.head(repo, forge.default_branch(repo))
    if sha is None:
        raise NotFound(f"{repo}: no commit on its default branch")
    key = index_key(repo, sha)
    try:
        return from_json(artifacts.get(key))
    except (NotFound, InvalidDocument):
        index = _build(repo, sha, forge)
        artifacts.put(key, index.to_json())
        return index


def _build(repo: str, sha: str, forge: Forge) -> Index:
    """An organisation is larger than a function's disk, so each tree is gone before the next one comes."""
    with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
        forge.download(repo, sha, Path(folder))
        return build(read_tree(repo, Path(folder)), sha)
