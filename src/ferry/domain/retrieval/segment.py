"""The binary form of postings: written once, then read in place from bytes or a memory map, a few pages for a query.

A segment is a header, a table of sections, and the sections. Keys are 64-bit hashes of ``field + token`` in order, so
a look-up is one bisection and no token is stored; a posting is one u32: a file's number and an impact of 8
bits. Never pickle: an index is data from outside. Little-endian throughout.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval.columns import little

MAGIC = b"FERRYIX5"
_HEADER = struct.Struct("<8sIII")  # magic, sections, bytes of all, CRC-32 of the table
_ENTRY = struct.Struct("<4sII")  # name, offset, bytes
ALIGN = 8

Buffer = bytes | memoryview


def key(name: str) -> int:
    """A field's mark and a token as one 64-bit number: two of a million tokens share one once in 10^7 indexes."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def pack(sections: Mapping[str, bytes]) -> bytes:
    """Sections by four-letter names; each begins at a multiple of eight."""
    offset = _HEADER.size + _ENTRY.size * len(sections)
    table, body = [], []
    for name, data in sections.items():
        offset += -offset % ALIGN
        table.append(_ENTRY.pack(name.encode(), offset, len(data)))
        offset += len(data)
    position = _HEADER.size + _ENTRY.size * len(sections)
    for data in sections.values():
        body.append(b"\0" * (-position % ALIGN) + data)
        position += len(body[-1])
    entries = b"".join(table)
    return _HEADER.pack(MAGIC, len(sections), position, zlib.crc32(entries)) + entries + b"".join(body)


def unpack(data: Buffer) -> dict[str, memoryview]:
    """Views on the sections, nothing copied. InvalidDocument for what this version did not write or is cut off."""
    view = memoryview(data)
    if len(view) < _HEADER.size:
        raise InvalidDocument(f"index of {len(view)} bytes: too short for a header; build it again")
    magic, count, size, checksum = _HEADER.unpack_from(view)
    entries = bytes(view[_HEADER.size : _HEADER.size + _ENTRY.size * count])
    if magic != MAGIC:
        raise InvalidDocument(f"index: it begins with {magic!r} and this version reads {MAGIC!r}; build it again")
    if size != len(view) or zlib.crc32(entries) != checksum or len(entries) != _ENTRY.size * count:
        raise InvalidDocument(f"index of {len(view)} bytes: cut off or damaged; build it again")
    return {name.decode(): view[at : at + length] for name, at, length in _ENTRY.iter_unpack(entries)}


@dataclass(frozen=True)
class Postings:
    """keys: sorted; begins: where each key's run begins, one more than keys; a posting: file's number << 8 | impact."""

    keys: Sequence[int]
    begins: Sequence[int]
    runs: Sequence[int]

    def count(self, key: int) -> int:
        at = bisect_left(self.keys, key)
        return self.begins[at + 1] - self.begins[at] if at < len(self.keys) and self.keys[at] == key else 0

    def of(self, key: int) -> Sequence[int]:
        at = bisect_left(self.keys, key)
        if at == len(self.keys) or self.keys[at] != key:
            return ()
        return self.runs[self.begins[at] : self.begins[at + 1]]


class _Runs(dict[str, "array[int]"]):
    def __missing__(self, token: str) -> array[int]:
        run = self[token] = array("I")
        return run


class Writer:
    """Collects postings file by file; the files come in the order of their numbers."""

    def __init__(self) -> None:
        self._fields: dict[str, _Runs] = {}

    def add(self, number: int, field: str, impacts: Mapping[str, int]) -> None:
        """In a loop of C, because there are millions."""
        runs = self._fields.setdefault(field, _Runs())
        postings = map((number << 8).__or__, impacts.values())
        deque(map(array.append, map(runs.__getitem__, impacts), postings), maxlen=0)

    def sections(self) -> dict[str, bytes]:
        """Keys in order of their hashes; two tokens of one hash, should there ever be, share a run."""
        named = ((field, token, run) for field, runs in self._fields.items() for token, run in runs.items())
        begins, all_runs, keys = array("I", [0]), array("I"), array("Q")
        for each, _, _, run in sorted((key(field + token), field, token, run) for field, token, run in named):
            all_runs += run
            if keys and keys[-1] == each:
                begins[-1] = len(all_runs)
            else:
                keys.append(each)
                begins.append(len(all_runs))
        return {"KEYS": little(keys), "BEGN": little(begins), "RUNS": little(all_runs)}


def read_postings(sections: Mapping[str, memoryview]) -> Postings:
    return Postings(sections["KEYS"].cast("Q"), sections["BEGN"].cast("I"), sections["RUNS"].cast("I"))
