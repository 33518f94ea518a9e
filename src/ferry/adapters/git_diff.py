"""Two commits of a repository on this machine, by git's plumbing: nothing of it is changed, no program of it is run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ferry.domain.errors import InvalidSettings
from ferry.domain.integrity import Change

QUIET = ("-c", "safe.directory=*", "-c", "core.fsmonitor=", "--no-pager", "--no-replace-objects", "--literal-pathspecs")
ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
LINK, MODULE, PROGRAM, NOTHING = "120000", "160000", "100755", "000000"
ODD = {LINK: "link", MODULE: "submodule"}


@dataclass(frozen=True)
class Diff:
    """unread: bytes of all files together, when they are more than was allowed; contents are empty then."""

    changes: tuple[Change, ...]
    unread: int
    known: frozenset[str]


@dataclass(frozen=True)
class _Entry:
    modes: tuple[str, str]
    ids: tuple[str, str]
    path: str
    previous: str


def read_diff(repo: Path, base: str, head: str, *, most_bytes: int) -> Diff:
    """What `head` changed since it left `base`. InvalidSettings names what could not be read."""
    old, new = (_commit(repo, revision) for revision in (base, head))
    start = _try(repo, "merge-base", old, new).strip() or old
    raw = _git(repo, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M", "-l600", "--no-ext-diff", start, new)
    entries = tuple(_entries(raw.decode("utf-8", "surrogateescape").split("\0")))
    sizes = _sizes(repo, entries)
    unread = sum(sizes.values()) if sum(sizes.values()) > most_bytes else 0
    blobs = {} if unread else _blobs(repo, list(sizes))
    known = _git(repo, "ls-tree", "-r", "-z", "--name-only", start).decode("utf-8", "replace").split("\0")
    return Diff(tuple(_change(one, blobs) for one in entries), unread, frozenset(filter(None, known)))


def _change(entry: _Entry, blobs: dict[str, bytes]) -> Change:
    before, after = (
        None if mode == NOTHING else b"" if mode == MODULE else blobs.get(id, b"")
        for mode, id in zip(entry.modes, entry.ids, strict=True)
    )
    odd = ODD.get(entry.modes[1], "")
    path, previous = (
        one.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for one in (entry.path, entry.previous)
    )
    return Change(path, before, after, previous, entry.modes[1] == PROGRAM, odd)


def _entries(parts: Sequence[str]) -> Iterator[_Entry]:
    """``:old new id id R100\\0from\\0to\\0`` (git-diff-tree, "raw output format")."""
    left = iter(parts)
    for head in left:
        if not head:
            continue
        old, new, old_id, new_id, status = head.removeprefix(":").split(" ")
        first = next(left)
        second = next(left) if status[0] in "RC" else ""
        yield _Entry((old, new), (old_id, new_id), second or first, first if second else "")


def _sizes(repo: Path, entries: Sequence[_Entry]) -> dict[str, int]:
    wanted = {
        id: None
        for one in entries
        for mode, id in zip(one.modes, one.ids, strict=True)
        if mode not in (NOTHING, MODULE)
    }
    if not wanted:
        return {}
    answer = _git(repo, "cat-file", "--batch-check", given="\n".join(wanted).encode() + b"\n").decode()
    sizes: dict[str, int] = {}
    for line in answer.splitlines():
        words = line.split()
        if words[-1] == "missing":
            raise InvalidSettings(f"--repo: object {words[0]} is missing; fetch the whole history")
        sizes[words[0]] = int(words[2])
    return sizes


def _blobs(repo: Path, ids: Sequence[str]) -> dict[str, bytes]:
    if not ids:
        return {}
    answer = _git(repo, "cat-file", "--batch", given="\n".join(ids).encode() + b"\n")
    found: dict[str, bytes] = {}
    at = 0
    for _ in ids:
        end = answer.index(b"\n", at)
        id, _, size = answer[at:end].decode().split()
        found[id] = answer[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return found


def _commit(repo: Path, revision: str) -> str:
    found = _try(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    if not found:
        raise InvalidSettings(f"{revision!r} is no commit of {repo}; name a branch, a tag or a SHA that is there")
    return found


def _try(repo: Path, *arguments: str) -> str:
    """ "" where git says no."""
    try:
        return _git(repo, *arguments).decode()
    except InvalidSettings:
        return ""


def _git(repo: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *QUIET, "-C", str(repo), *arguments],
            input=given,
            capture_output=True,
            env={**environment, **ENVIRONMENT},
            check=False,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InvalidSettings(f"git could not be run in {repo} ({type(error).__name__})") from error
    if done.returncode:
        raise InvalidSettings(
            f"git {arguments[0]} failed in {repo}: {done.stderr.decode('utf-8', 'replace').strip()[:200]}"
        )
    return done.stdout
