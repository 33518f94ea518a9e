"""An index of what files tell, kept by git's SHA of their content, so that only what changed is read again.

All that this package knows of `ferry.domain.retrieval` is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ferry.domain.retrieval.documents import MAX_BYTES as LARGEST
from ferry.domain.retrieval.documents import FileFacts, read_file, wanted
from ferry.domain.retrieval.index import HISTORY, Commit, Index, build, open_index

__all__ = [
    "FORM",
    "HISTORY",
    "LARGEST",
    "Commit",
    "FileFacts",
    "Index",
    "blobs",
    "made",
    "open_index",
    "read_file",
    "wanted",
]

FORM = 3
"""Part of an index's key: one of another form counts as none. As `ferry.domain.retrieval.segment.MAGIC`."""
WORN = 10


def blobs(old: Index | None) -> Mapping[str, str]:
    """git's SHA of the content by path: what need not be read again. Nothing where pushes have replaced more than a
    tenth of the files: a fresh build is smaller then, and quicker to ask."""
    if old is None or sum(segment.count for segment in old.segments[1:]) * WORN > old.count:
        return {}
    return old.blobs


def made(
    repo: str, sha: str, old: Index | None, known: Mapping[str, str], changed: Iterable[FileFacts], gone: Iterable[str]
) -> Index:
    """known: of `blobs(old)`. It finds what a fresh build finds."""
    return old.updated(sha, changed, gone) if old and known else build(repo, sha, sorted(changed, key=_path))


def _path(facts: FileFacts) -> str:
    return facts.path
