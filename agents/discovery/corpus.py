"""What discovery looks at: an index of every repository at the head of its default branch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.domain.errors import InvalidDocument, NotFound, VendorRefused
from ferry.domain.retrieval.documents import MAX_BYTES, FileFacts, read_file, wanted
from ferry.domain.retrieval.index import Index, build, open_index
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
    return f"index/{repo.replace('/', '+')}/{sha}.index"


def read_tree(root: Path) -> Iterator[FileFacts]:
    """Every file worth reading below `root`, in order of folders; of giants only the path."""
    for path, full in tree_paths(root):
        if facts := read_file(path, _data(full)):
            yield facts


def tree_paths(root: Path) -> Iterator[tuple[str, Path]]:
    """(path as the repository has it, where it lies). Links are not followed."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(each for each in names if wanted(f"{each}/"))
        for path in (Path(folder) / file for file in sorted(files)):
            relative = path.relative_to(root).as_posix()
            if not path.is_symlink() and path.is_file() and _speakable(relative):
                yield relative, path


def unknown(repo: str, known: Sequence[str]) -> str:
    """What to tell a model that asks for a repository which is not there."""
    return f"{repo} is not among the repositories; there are: {', '.join(known)}"


def _index(repo: str, forge: Forge, artifacts: ArtifactStore) -> Index:
    sha = forge.head(repo, forge.default_branch(repo))
    if sha is None:
        raise NotFound(f"{repo}: no commit on its default branch")
    key = index_key(repo, sha)
    try:
        return open_index(artifacts.get(key))
    except (NotFound, InvalidDocument):
        index = _build(repo, sha, forge)
        artifacts.put(key, index.to_bytes())
        return index


def _build(repo: str, sha: str, forge: Forge) -> Index:
    """An organisation is larger than a function's disk, so each tree is gone before the next one comes."""
    with TemporaryDirectory(prefix="ferry-", ignore_cleanup_errors=True) as folder:
        forge.download(repo, sha, Path(folder))
        return build(repo, sha, read_tree(Path(folder)))


def _data(path: Path) -> bytes:
    """One byte more than discovery reads is enough to know a giant by."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return b"\0"


def _speakable(path: str) -> bool:
    """A name that is no UTF-8 can neither be shown to a model nor named by one."""
    return path.isprintable()
