"""What changed between two commits, with git's patches per file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.standins.github.git import Repository

_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True)
class FileDiff:
    """status in GitHub's words; sha: of the new blob, of the old one where removed; previous: name before a rename."""

    sha: str
    path: str
    status: str
    additions: int
    deletions: int
    patch: str
    previous: str = ""


def diff(repository: Repository, base: str, head: str) -> list[FileDiff]:
    """`base` and `head` are commits or trees; renames are found."""
    raw = repository.run("diff-tree", "-r", "-M", "-z", "--no-abbrev", "--raw", base, head).decode(errors="replace")
    rows = _raw_rows(raw)
    if not rows:
        return []
    text = repository.run("diff-tree", "-r", "-M", "-p", "--no-color", base, head).decode(errors="replace")
    patches = re.split(r"(?m)^diff --git .*\n", text)[1:]
    return [_file(row, patch) for row, patch in zip(rows, patches, strict=False)]


def _raw_rows(raw: str) -> list[tuple[str, str, str, str]]:
    """(letter, sha, path, previous path) of each change."""
    parts, rows = iter(raw.split("\0")), []
    for facts in parts:
        if not facts:
            break
        _, _, old, new, letter = facts.lstrip(":").split()
        path = next(parts)
        previous, path = (path, next(parts)) if letter[0] in "RC" else ("", path)
        rows.append((letter[0], old if letter[0] == "D" else new, path, previous))
    return rows


def _file(row: tuple[str, str, str, str], patch: str) -> FileDiff:
    letter, sha, path, previous = row
    start = re.search(r"(?m)^@@", patch)
    hunks = patch[start.start() :].removesuffix("\n") if start else ""
    lines = hunks.split("\n")
    added = sum(line.startswith("+") for line in lines)
    deleted = sum(line.startswith("-") for line in lines)
    return FileDiff(sha, path, _STATUS.get(letter, "changed"), added, deleted, hunks, previous)
