"""What a test runner is to Ferry, and the little that all of them need."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

# Of one report, and of what is kept of one failure.
LARGEST, LONGEST = 32 * 1024**2, 6000
_WORST = (Status.MISSING, Status.PASSED, Status.SKIPPED, Status.FAILED, Status.ERROR)
NOT_OURS = frozenset(
    {".git", "node_modules", ".venv", "venv", "target", "build", "dist", "vendor", "__pycache__", ".tox", ".nox"}
)


class Unreadable(Exception):
    """The run left nothing that could be believed; the text says what is missing or wrong."""


@dataclass(frozen=True)
class Canary:
    """Two tests of ours beside those of a repository: whoever reports that `fails` passed reports anything.

    path: of the file that holds them; passes, fails: their ids.
    """

    path: str
    text: str
    passes: str
    fails: str


class Runner(Protocol):
    """`folder`: where the runner's own configuration lies. Paths and ids are relative to it."""

    @property
    def name(self) -> str: ...

    @property
    def by_exit_code(self) -> bool:
        """Whether it says nothing of a single test."""

    def owns(self, path: str) -> bool:
        """Whether it would run the test file `path`."""

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        """For the test files `paths`, all if none. report: folder for what it writes, relative to `folder`."""

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        """What became of each test, by id (``path::name``); of a file that could not be run, by its path.

        Unreadable.
        """

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        """beside: a test file, and text: its content; word: unguessable, part of every name."""


def merged(pairs: Iterable[tuple[str, Outcome]]) -> dict[str, Outcome]:
    """Of two results under one id the worse one counts."""
    found: dict[str, Outcome] = {}
    for id, outcome in pairs:
        known = found.get(id)
        if known is None or _WORST.index(outcome.status) > _WORST.index(known.status):
            found[id] = outcome
    return found


def content(file: Path) -> str:
    """Unreadable when it is missing or too large to be a report."""
    try:
        facts = file.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            raise Unreadable(f"{file.name} is no plain file or larger than {LARGEST} bytes")
        return file.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        raise Unreadable("it wrote no report") from None
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be read ({error.strerror})") from error


def excerpt(text: str) -> str:
    """The beginning says what is wrong, the end where; the middle may go."""
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n…\n{text[-LONGEST // 2 :]}"


def inside(path: str, folder: Path) -> str:
    """A path as the runner printed it, relative to `folder`; a sandbox may have had the folder elsewhere."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if ".." not in tail.split("/") and (folder / tail).is_file()), path)


def walk(folder: Path, suffixes: Sequence[str]) -> Iterator[str]:
    """Relative paths of regular files that end so, in order, without those of tools and dependencies."""
    for file in sorted(folder.iterdir()):
        if file.is_symlink():
            continue
        if file.is_dir() and file.name not in NOT_OURS:
            yield from (f"{file.name}/{path}" for path in walk(file, suffixes))
        elif file.is_file() and file.name.endswith(tuple(suffixes)):
            yield file.name
