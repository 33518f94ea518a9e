"""Some files of a repository as one segment: what they are called and made of, and their postings."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ferry.domain.discovery import FileKind
from ferry.domain.retrieval.columns import Texts, little, write_texts
from ferry.domain.retrieval.documents import FileFacts, extension
from ferry.domain.retrieval.segment import Buffer, Postings, Writer, pack, read_postings, unpack

KINDS = tuple(FileKind)


class File(NamedTuple):
    """length: tokens of its text; defines: how many names."""

    path: str
    kind: FileKind
    blob: str
    length: int
    defines: int


class Segment:
    """Files are numbered from `first` in the whole index; columns are by place in the segment."""

    def __init__(self, data: Buffer, first: int, gone: Iterable[int] = ()) -> None:
        sections = unpack(data)
        self.data, self.first, self.gone = data, first, frozenset(gone)
        self.postings: Postings = read_postings(sections)
        self.paths, self.kinds = Texts(sections["PATH"]), sections["KIND"]
        self._blobs, self._imports = Texts(sections["BLOB"]), Texts(sections["IMPO"])
        self._lengths, self._defines = sections["LENG"].cast("I"), sections["DEFI"].cast("I")
        self._endings, self._ending = Texts(sections["ENDS"]), sections["ENDI"].cast("I")
        self.count = len(self.paths)
        columns = (self.kinds, self._blobs, self._imports, self._lengths, self._defines, self._ending)
        if any(len(column) != self.count for column in columns):
            raise ValueError("columns of different lengths")

    def file(self, n: int) -> File:
        return File(self.paths[n], KINDS[self.kinds[n]], self._blobs[n], self._lengths[n], self._defines[n])

    def endings(self) -> list[str]:
        """As `extension` has them."""
        known = list(self._endings)
        return [known[each] for each in self._ending]

    def imports(self, n: int) -> tuple[str, ...]:
        return tuple(name for name in self._imports[n].split("\n") if name)


class Files:
    """The files of segments by number, each decoded when it is first asked for."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments, self._firsts = segments, [segment.first for segment in segments]
        self._known: dict[int, File] = {}

    def __len__(self) -> int:
        return sum(segment.count for segment in self._segments)

    def __getitem__(self, number: int) -> File:
        file = self._known.get(number)
        if file is None:
            segment = self.segment_of(number)
            file = self._known[number] = segment.file(number - segment.first)
        return file

    def __iter__(self) -> Iterator[File]:
        return (self[number] for number in range(len(self)))

    def segment_of(self, number: int) -> Segment:
        return self._segments[bisect_right(self._firsts, number) - 1]


def write_segment(files: Iterable[FileFacts]) -> tuple[bytes, dict[str, str]]:
    writer, rows, kept = Writer(), [], {}
    for number, file in enumerate(files):
        # Not the facts themselves: all files' would fill the memory.
        rows.append((file.path, KINDS.index(file.kind), file.blob, file.length, file.defines, "\n".join(file.imports)))
        for mark, impacts in file.fields.items():
            writer.add(number, mark, impacts)
        if file.kept:
            kept[file.path] = file.kept
    paths, kinds, blobs, lengths, defines, imports = zip(*rows, strict=True) if rows else ((),) * 6
    endings = [extension(path) for path in paths]
    known = {ending: n for n, ending in enumerate(dict.fromkeys(endings))}
    table = {
        "PATH": write_texts(paths),
        "KIND": bytes(kinds),
        "BLOB": write_texts(blobs),
        "LENG": little(array("I", lengths)),
        "DEFI": little(array("I", defines)),
        "IMPO": write_texts(imports),
        "ENDS": write_texts(known),
        "ENDI": little(array("I", map(known.__getitem__, endings))),
    }
    return pack({**table, **writer.sections()}), kept
