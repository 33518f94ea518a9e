"""What an index keeps of a repository as a whole, beside its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

HISTORY = 300


@dataclass(frozen=True)
class Commit:
    """files: paths that it changed, as they were called then; sha: "" where it is not known."""

    subject: str
    files: tuple[str, ...]
    sha: str = ""


class About(TypedDict):
    """kept: texts of its manifests, README and code owners by path; history: as `rows` gives it; gone: numbers of the
    files of each segment that are not there any more."""

    repo: str
    sha: str
    kept: dict[str, str]
    history: list[tuple[str, list[str], str]]
    gone: list[list[int]]


def rows(commits: Sequence[Commit]) -> list[tuple[str, list[str], str]]:
    return [(commit.subject, list(commit.files), commit.sha) for commit in commits[:HISTORY]]
