"""What changed in a repository since it was last looked at, read from the forge: file by file, or by its archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ferry.domain.errors import InvalidDocument
from ferry.ports import Forge, TreeFile
from ferry.usecases.indexing.making import LARGEST, FileFacts, read_file, wanted

FEW = 40
"""So many files are fetched one by one; for more the archive is quicker, and one call."""
SINGLY = 400
"""So many files that a repository keeps out of its archives are fetched one by one at a time."""
LFS = b"version https://git-lfs.github.com/spec/"
NO_TEXT = b"\0"


@dataclass(frozen=True)
class Changes:
    """gone: paths that were known and are not there now; files: how many are there now, read: how many of them were
    read now, unread: how many should have been; those are tried again next time."""

    changed: tuple[FileFacts, ...]
    gone: tuple[str, ...]
    files: int
    read: int
    unread: int = 0


def changes(repo: str, sha: str, known: Mapping[str, str], forge: Forge) -> Changes:
    """known: git's SHA of the content by path. What the forge raises flies, and nothing is half done then."""
    tree = forge.tree(repo, sha)
    if tree is None:
        return _by_archive(repo, sha, known, forge)
    files = {file.path: file for file in tree if _indexed(file.path)}
    lacking = {path: file for path, file in files.items() if known.get(path) != file.blob}
    small = {path: file for path, file in lacking.items() if file.size <= LARGEST}
    contents = dict(_contents(repo, sha, small, forge))
    unread = small.keys() - contents.keys()
    changed = tuple(
        _facts(path, contents.get(path, NO_TEXT), "" if path in unread else file.blob) for path, file in lacking.items()
    )
    gone = tuple(path for path in known if path not in files)
    return Changes(changed, gone, len(files), len(contents), len(unread))


def blob_sha(data: bytes) -> str:
    """As git names a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _contents(repo: str, sha: str, lacking: dict[str, TreeFile], forge: Forge) -> Iterator[tuple[str, bytes]]:
    left = dict(lacking)
    if len(left) > FEW:
        for path, data in forge.archive(repo, sha, largest=LARGEST):
            if data is not None and left.pop(path, None) is not None:
                yield path, data
    for path, file in list(left.items())[:SINGLY]:
        yield path, forge.blob(repo, file.blob)


def _by_archive(repo: str, sha: str, known: Mapping[str, str], forge: Forge) -> Changes:
    """For a repository of more files than a tree lists: an archive has no SHAs, but content has one by itself."""
    changed: list[FileFacts] = []
    seen: set[str] = set()
    for path, data in forge.archive(repo, sha, largest=LARGEST):
        if not _indexed(path):
            continue
        seen.add(path)
        blob = "" if data is None else blob_sha(data)
        if not blob or known.get(path) != blob:
            changed.append(_facts(path, NO_TEXT if data is None else data, blob))
    return Changes(tuple(changed), tuple(path for path in known if path not in seen), len(seen), len(changed))


def _indexed(path: str) -> bool:
    """A name that is no UTF-8, or has a line break, can neither be shown to a model nor named by one."""
    return path.isprintable() and "\N{REPLACEMENT CHARACTER}" not in path and wanted(path)


def _facts(path: str, data: bytes, blob: str) -> FileFacts:
    """Of a path that is wanted. A pointer of Git LFS is not the content that it names."""
    facts = read_file(path, NO_TEXT if data.startswith(LFS) else data, blob)
    if facts is None:
        raise InvalidDocument(f"{path} is wanted, and nothing is known of it")
    return facts
