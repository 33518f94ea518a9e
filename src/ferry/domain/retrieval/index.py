"""One repository at one commit as discovery keeps it: segments of postings, and what describes the whole.

A push adds a small segment and marks the files of older ones that it replaces, so it costs what it changes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval.about import HISTORY, About, Commit, rows
from ferry.domain.retrieval.documents import FileFacts
from ferry.domain.retrieval.manifests import Manifest, read_manifests
from ferry.domain.retrieval.owners import Owners, read_owners
from ferry.domain.retrieval.segment import Buffer, key, pack, unpack
from ferry.domain.retrieval.stored import File, Segment, write_segment
from ferry.domain.retrieval.ties.kept import Ties, pack_ties, replaced_ties, unpack_ties
from ferry.domain.retrieval.tokens import tokens

__all__ = ["HISTORY", "Commit", "Index", "build", "open_index"]


class Index:
    """Reads from bytes or a memory map and decodes only what is asked for."""

    def __init__(self, about: About, segments: Sequence[Segment], ties: Buffer) -> None:
        self._about, self.segments, self._ties = about, tuple(segments), ties
        self.repo, self.sha = about["repo"], about["sha"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash((self.repo, self.sha))

    @cached_property
    def files(self) -> tuple[File, ...]:
        return tuple(file for segment in self.segments for file in segment.files)

    @cached_property
    def live(self) -> frozenset[int]:
        """Numbers of the files that are there now."""
        return frozenset(
            segment.first + n for segment in self.segments for n in range(segment.count) if n not in segment.gone
        )

    @cached_property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files[number].path for number in self.live))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return {self.files[number].path: number for number in sorted(self.live)}

    @property
    def count(self) -> int:
        return sum(segment.count - len(segment.gone) for segment in self.segments)

    @property
    def blobs(self) -> Mapping[str, str]:
        """git's SHA of every file's content: what differs from a tree must be read again."""
        return {path: self.files[number].blob for path, number in self.numbers.items()}

    @cached_property
    def manifest(self) -> Manifest:
        return read_manifests(self._about["kept"])

    @property
    def kept(self) -> Mapping[str, str]:
        return self._about["kept"]

    @cached_property
    def readme(self) -> str:
        kept = self._about["kept"]
        return next((kept[path] for path in sorted(kept) if path.lower().startswith("readme")), "")

    @cached_property
    def about(self) -> Mapping[str, int]:
        """Tokens of name, README and manifest."""
        return dict(tokens(f"{self.repo.rpartition('/')[2]} {self.manifest.description} {self.readme}"))

    @cached_property
    def history(self) -> tuple[Commit, ...]:
        return tuple(Commit(subject, tuple(files), sha) for subject, files, sha in self._about["history"])

    @property
    def ties(self) -> Ties:
        """By path what its files offer to other repositories and need of them; decoded at every call."""
        return unpack_ties(self._ties)

    @cached_property
    def owners(self) -> Owners:
        return read_owners(self._about["kept"])

    def imports_of(self, number: int) -> tuple[str, ...]:
        segment = next(each for each in reversed(self.segments) if each.first <= number)
        return segment.imports[number - segment.first]

    def found(self, hashed: int) -> list[tuple[int, int]]:
        """(file's number, impact) of a token, by its `key`."""
        rows: list[tuple[int, int]] = []
        for segment in self.segments:
            first, gone = segment.first, segment.gone
            run = segment.postings.of(hashed)
            rows += [(first + (each >> 8), each & 255) for each in run if not gone or each >> 8 not in gone]
        return rows

    def frequency(self, hashed: int) -> int:
        """In how many files a token is; files replaced since count too, which moves an idf by nothing to speak of."""
        return sum(segment.postings.count(hashed) for segment in self.segments)

    def defining(self, name: str) -> list[int]:
        """Numbers of the files that define a name; names without regard to case."""
        return [number for number, _ in self.found(key(f"d:{name.casefold()}"))]

    def updated(
        self, sha: str, changed: Iterable[FileFacts], gone: Iterable[str] = (), history: Sequence[Commit] | None = None
    ) -> Index:
        """The same repository some commits later. changed: facts of new and changed files; gone: paths no longer there.

        Costs what it changes; tests hold that it finds what a fresh `build` finds.
        """
        new = list(changed)
        replaced = {file.path for file in new} | set(gone)
        marks = [
            sorted(segment.gone | {n for n, file in enumerate(segment.files) if file.path in replaced})
            for segment in self.segments
        ]
        kept = {path: text for path, text in self._about["kept"].items() if path not in replaced}
        kept |= {file.path: file.kept for file in new if file.kept}
        lately = self._about["history"] if history is None else rows(history)
        about = About(repo=self.repo, sha=sha, kept=kept, history=lately, gone=[*marks, []] if new else marks)
        datas = [segment.data for segment in self.segments] + ([write_segment(new)[0]] if new else [])
        return Index(about, _segments(datas, about["gone"]), replaced_ties(self._ties, new, replaced))

    def with_history(self, history: Sequence[Commit]) -> Index:
        """The same files, and what is known of their past."""
        about: About = {**self._about, "history": rows(history)}
        return Index(about, self.segments, self._ties)

    def to_bytes(self) -> bytes:
        about = zlib.compress(json.dumps(self._about, ensure_ascii=True).encode(), 6)
        return pack(
            {
                "META": about,
                "TIES": bytes(self._ties),
                **{f"S{n:03d}": bytes(each.data) for n, each in enumerate(self.segments)},
            }
        )


def build(repo: str, sha: str, files: Iterable[FileFacts], history: Sequence[Commit] = ()) -> Index:
    """O(size of the texts), one file at a time; the same files always give the same index. history: newest first."""
    ties: Ties = {}
    data, kept = write_segment(_noted(files, ties))
    about = About(repo=repo, sha=sha, kept=kept, history=rows(history), gone=[[]])
    return Index(about, _segments([data], about["gone"]), pack_ties(ties))


def open_index(data: Buffer) -> Index:
    """From bytes or a memory map. InvalidDocument for anything that this version did not write: build it again."""
    try:
        sections = unpack(data)
        about: Any = json.loads(zlib.decompress(sections.pop("META")))
        ties = sections.pop("TIES")
        return Index(about, _segments([sections[name] for name in sorted(sections)], about["gone"]), ties)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error) as error:
        raise InvalidDocument(f"index: {error}; build it again") from error


def _segments(datas: Sequence[Buffer], gone: Sequence[Sequence[int]]) -> list[Segment]:
    segments: list[Segment] = []
    for data, marks in zip(datas, gone, strict=True):
        first = segments[-1].first + segments[-1].count if segments else 0
        segments.append(Segment(data, first, marks))
    return segments


def _noted(files: Iterable[FileFacts], ties: Ties) -> Iterator[FileFacts]:
    for file in files:
        if file.ties:
            ties[file.path] = file.ties
        yield file
