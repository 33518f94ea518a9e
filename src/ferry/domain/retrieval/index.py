"""BM25F postings of one repository at one commit, and their form as JSON (never pickle: an index is data from outside).

Source of the formula: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), §3.6.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ferry.domain.discovery import FileKind
from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval.documents import Document, Repository
from ferry.domain.retrieval.manifests import Manifest
from ferry.domain.retrieval.tokens import tokens

VERSION = 1
WEIGHTS = {"text": 1.0, "symbols": 2.0, "path": 3.0}

Postings = dict[str, dict[str, list[tuple[int, int]]]]


@dataclass(frozen=True)
class File:
    """length: how many tokens its text has."""

    path: str
    kind: FileKind
    length: int
    defines: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """postings: field → token → (file's number, times); about: tokens of name, README and manifest."""

    repo: str
    sha: str
    paths: tuple[str, ...]
    files: tuple[File, ...]
    postings: Postings
    about: Mapping[str, int]
    manifest: Manifest

    @cached_property
    def definitions(self) -> dict[str, list[int]]:
        """Numbers of the files that define a name; names without regard to case."""
        found: dict[str, list[int]] = {}
        for number, file in enumerate(self.files):
            for name in {name.casefold() for name in file.defines}:
                found.setdefault(name, []).append(number)
        return found

    def files_with(self, token: str) -> dict[int, float]:
        """Weighted frequency of `token` by file's number."""
        found: dict[int, float] = {}
        for field, weight in WEIGHTS.items():
            for number, times in self.postings[field].get(token, ()):
                found[number] = found.get(number, 0.0) + weight * times
        return found

    def to_json(self) -> bytes:
        whole = {
            "version": VERSION,
            "repo": self.repo,
            "sha": self.sha,
            "paths": self.paths,
            "files": [asdict(file) for file in self.files],
            "postings": self.postings,
            "about": self.about,
            "manifest": asdict(self.manifest),
        }
        return json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode("utf-8", errors="replace")


def build(repository: Repository, sha: str) -> Index:
    """O(size of the texts); the same documents always give the same index."""
    postings: Postings = {field: {} for field in WEIGHTS}
    files = []
    for number, document in enumerate(repository.documents):
        fields = _fields(document)
        files.append(File(document.path, document.kind, fields["text"].total(), document.defines))
        for field, counts in fields.items():
            for token, times in counts.items():
                postings[field].setdefault(token, []).append((number, times))
    about = tokens(f"{repository.name.rpartition('/')[2]} {repository.manifest.description} {repository.readme}")
    return Index(repository.name, sha, repository.paths, tuple(files), postings, dict(about), repository.manifest)


def from_json(data: bytes) -> Index:
    """InvalidDocument for anything that this version did not write: build the index again."""
    try:
        raw: dict[str, Any] = json.loads(data)
        if raw.pop("version") != VERSION:
            raise InvalidDocument(f"index of version other than {VERSION}")
        return _read(raw)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidDocument(f"index: {error}") from error


def _fields(document: Document) -> dict[str, Counter[str]]:
    return {
        "text": tokens(document.text),
        "symbols": tokens(" ".join(document.defines)),
        "path": tokens(document.path.rpartition(".")[0] or document.path),
    }


def _read(raw: dict[str, Any]) -> Index:
    manifest = raw["manifest"]
    return Index(
        repo=str(raw["repo"]),
        sha=str(raw["sha"]),
        paths=tuple(raw["paths"]),
        files=tuple(
            File(file["path"], FileKind(file["kind"]), int(file["length"]), tuple(file["defines"]))
            for file in raw["files"]
        ),
        postings={
            field: {
                token: [(int(n), int(times)) for n, times in rows] for token, rows in raw["postings"][field].items()
            }
            for field in WEIGHTS
        },
        about={token: int(times) for token, times in raw["about"].items()},
        manifest=Manifest(
            tuple(manifest["projects"]),
            manifest["description"],
            tuple((path, name) for path, name in manifest["requires"]),
        ),
    )
