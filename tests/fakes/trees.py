"""What changed between two trees of files, and three of them merged, much as git does both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff

from ferry.ports import ChangedFile

File = tuple[bytes, bool]  # content, executable
Tree = dict[str, File]
Edit = tuple[int, int, list[str]]  # lines from, to (not included) and what stands there now
SIMILAR = 0.5  # what git takes for a rename


def blob_sha(content: bytes) -> str:
    """git hash-object(1)."""
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def changed(before: Tree, after: Tree) -> tuple[ChangedFile, ...]:
    """By path; a removed file much like a new one was renamed."""
    gone = [path for path in before if path not in after]
    found = []
    for path in sorted(path for path in {**before, **after} if before.get(path) != after.get(path)):
        previous = _origin(before, gone, after[path]) if path in after and path not in before else ""
        if previous:
            gone.remove(previous)
        old, new = before.get(previous or path), after.get(path)
        found.append(ChangedFile(path, _patch(old[0] if old else b"", new[0] if new else b""), previous))
    renamed = {file.previous for file in found}
    return tuple(file for file in found if file.path not in renamed)


def _origin(before: Tree, gone: list[str], new: File) -> str:
    likeness = {path: SequenceMatcher(None, _lines(before[path][0]), _lines(new[0])).ratio() for path in gone}
    best = max(likeness, key=lambda path: likeness[path], default="")
    return best if best and likeness[best] >= SIMILAR else ""


def _patch(before: bytes, after: bytes) -> str:
    """Hunks alone, as GitHub shows them; "" for a binary."""
    if b"\0" in before + after:
        return ""
    hunks = list(unified_diff(_lines(before), _lines(after)))[2:]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in hunks)[:-1]


def merged(base: Tree, ours: Tree, theirs: Tree) -> Tree | None:
    """None when they conflict. Renames are not followed: one that the other side changed is a conflict."""
    tree: Tree = {}
    for path in {**ours, **theirs, **base}:
        old, one, other = base.get(path), ours.get(path), theirs.get(path)
        if old is not None and one is not None and other is not None:
            content = _merged(old[0], one[0], other[0])
            if content is None:
                return None
            tree[path] = (content, other[1] if one[1] == old[1] else one[1])
        elif one != other and old not in (one, other):
            return None
        elif kept := other if one == old else one:
            tree[path] = kept
    return tree


def _merged(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    if ours == theirs or base in (ours, theirs):
        return theirs if ours == base else ours
    if b"\0" in base + ours + theirs:
        return None
    lines, edits = _lines(base), [*_edits(base, ours), *_edits(base, theirs)]
    ordered = sorted({(start, end, tuple(new)) for start, end, new in edits})
    # Changes that touch conflict too, as in git.
    if any(later[0] <= earlier[1] for earlier, later in zip(ordered, ordered[1:], strict=False)):
        return None
    for start, end, new in reversed(ordered):
        lines[start:end] = new
    return "".join(lines).encode(errors="surrogateescape")


def _edits(base: bytes, side: bytes) -> Iterator[Edit]:
    old, new = _lines(base), _lines(side)
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield start, end, new[first:last]


def _lines(content: bytes) -> list[str]:
    """With their ends; only a newline ends a line."""
    parts = content.decode(errors="surrogateescape").split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
