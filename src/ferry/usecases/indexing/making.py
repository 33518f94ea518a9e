"""What a file tells, kept by git's SHA of its content, and an index made of that: only what changed is read again.

All that this package knows of `ferry.domain.retrieval` is here.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ferry.domain.discovery import FileKind
from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval import documents
from ferry.domain.retrieval.index import VERSION, WEIGHTS, File, Index, Postings
from ferry.domain.retrieval.index import from_json as open_index
from ferry.domain.retrieval.manifests import PACKAGE, PYPROJECT, read_manifests
from ferry.domain.retrieval.tokens import tokens

__all__ = ["LARGEST", "VERSION", "FileFacts", "Index", "Known", "made", "open_index", "read_file", "wanted"]

LARGEST = documents.MAX_BYTES
_README = re.compile(r"(?i)readme(\.\w+)?")


@dataclass(frozen=True)
class FileFacts:
    """blob: git's SHA of its content, "" where it was not read; words: how often each token occurs, None for what is no
    text; kept: the text of a README or manifest at the root, else ""."""

    path: str
    blob: str
    kind: FileKind
    defines: tuple[str, ...] = ()
    words: Mapping[str, int] | None = None
    kept: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of every file of a repository at some commit."""

    files: Mapping[str, FileFacts]

    @property
    def blobs(self) -> Mapping[str, str]:
        return {path: facts.blob for path, facts in self.files.items()}

    def updated(self, changed: Iterable[FileFacts], gone: Iterable[str]) -> Known:
        left = set(gone)
        kept = {path: facts for path, facts in self.files.items() if path not in left}
        return Known(kept | {facts.path: facts for facts in changed})

    def to_bytes(self) -> bytes:
        rows = [asdict(facts) for facts in self.files.values()]
        return gzip.compress(json.dumps(rows, separators=(",", ":")).encode(), compresslevel=1, mtime=0)


def open_known(data: bytes) -> Known:
    """InvalidDocument for anything that `Known.to_bytes` did not write."""
    try:
        return Known({row["path"]: _facts(row) for row in json.loads(gzip.decompress(data))})
    except (OSError, EOFError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidDocument(f"facts of files: {error}") from error


def wanted(path: str) -> bool:
    return documents.wanted(path)


def read_file(path: str, data: bytes, blob: str) -> FileFacts:
    """Of what is no text only the path is known."""
    text = documents.decode(data)
    if text is None:
        return FileFacts(path, blob, documents.kind_of(path))
    read = documents.document(path, text)
    kept = text if path in (PYPROJECT, PACKAGE) or _README.fullmatch(path) else ""
    return FileFacts(path, blob, read.kind, read.defines, dict(tokens(text)), kept)


def made(repo: str, sha: str, known: Known) -> Index:
    """The same files always give the same index."""
    files: list[File] = []
    postings: Postings = {field: {} for field in WEIGHTS}
    kept: dict[str, str] = {}
    for path, facts in sorted(known.files.items()):
        if facts.words is None:
            continue
        for field, counts in _fields(facts).items():
            for token, times in counts.items():
                postings[field].setdefault(token, []).append((len(files), times))
        files.append(File(path, facts.kind, sum(facts.words.values()), facts.defines))
        kept |= {path: facts.kept} if facts.kept else {}
    manifest = read_manifests(kept)
    readme = next((text for path, text in kept.items() if _README.fullmatch(path)), "")
    about = tokens(f"{repo.rpartition('/')[2]} {manifest.description} {readme}")
    return Index(repo, sha, tuple(sorted(known.files)), tuple(files), postings, dict(about), manifest)


def _fields(facts: FileFacts) -> dict[str, Mapping[str, int]]:
    return {
        "text": facts.words or {},
        "symbols": tokens(" ".join(facts.defines)),
        "path": tokens(facts.path.rpartition(".")[0] or facts.path),
    }


def _facts(row: dict[str, Any]) -> FileFacts:
    return FileFacts(**{**row, "kind": FileKind(row["kind"]), "defines": tuple(row["defines"])})
