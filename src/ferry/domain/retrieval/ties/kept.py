"""Ties as an index keeps them: one compressed table by path, decoded by who asks for edges and by nobody else."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind

if TYPE_CHECKING:
    from ferry.domain.retrieval.documents import FileFacts

Ties = dict[str, tuple[Tie, ...]]


def pack_ties(ties: Mapping[str, Iterable[Tie]]) -> bytes:
    rows = {path: list(ties[path]) for path in sorted(ties)}
    return zlib.compress(json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode(), 1)


def unpack_ties(data: bytes | memoryview) -> Ties:
    """InvalidDocument for what `pack_ties` did not write."""
    try:
        return {
            path: tuple(Tie(Role(role), TieKind(kind), name, line, hint) for role, kind, name, line, hint in rows)
            for path, rows in json.loads(zlib.decompress(data)).items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise InvalidDocument(f"ties of an index: {error}; build it again") from error


def replaced_ties(
    data: bytes | memoryview, changed: Iterable[FileFacts], replaced: Collection[str]
) -> bytes | memoryview:
    """As they are after a push; most pushes change none."""
    new = {file.path: file.ties for file in changed if file.ties}
    old = unpack_ties(data)
    if not new and not old.keys() & set(replaced):
        return data
    return pack_ties({path: ties for path, ties in old.items() if path not in replaced} | new)
