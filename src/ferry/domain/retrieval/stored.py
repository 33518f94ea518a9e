"""Some files of a repository as one segment: what they are called and made of, and their postings."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.documents import FileFacts
from ferry.domain.retrieval.segment import Buffer, Postings, Writer, pack, read_postings, unpack

KINDS = tuple(FileKind)


@dataclass(frozen=True)
class File:
    """length: tokens of its text; defines: how many names."""

    path: str
    kind: FileKind
    blob: str
    length: int
    defines: int


class Segment:
    """Files are numbered from `first` in the whole index."""

    def __init__(self, data: Buffer, first: int, gone: Iterable[int] = ()) -> None:
        sections = unpack(data)
        self.data, self.first, self.gone = data, first, frozenset(gone)
        self._about = sections["DOCS"]
        self.postings: Postings = read_postings(sections)
        self.count: int = int.from_bytes(sections["SIZE"], "little")

    @cached_property
    def files(self) -> tuple[File, ...]:
        rows = json.loads(zlib.decompress(self._about))
        return tuple(File(path, KINDS[kind], blob, length, defines) for path, kind, blob, length, defines, _ in rows)

    @cached_property
    def imports(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(row[5]) for row in json.loads(zlib.decompress(self._about)))


def write_segment(files: Iterable[FileFacts]) -> tuple[bytes, dict[str, str]]:
    writer, rows, kept = Writer(), [], {}
    for number, file in enumerate(files):
        rows.append((file.path, KINDS.index(file.kind), file.blob, file.length, file.defines, file.imports))
        for mark, impacts in file.fields.items():
            writer.add(number, mark, impacts)
        if file.kept:
            kept[file.path] = file.kept
    docs = zlib.compress(json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode(), 1)
    return pack({"SIZE": len(rows).to_bytes(4, "little"), "DOCS": docs, **writer.sections()}), kept
