"""What a repository says about how it is worked on: AGENTS.md and the like, and CONTRIBUTING.

https://agents.md: of several the file nearest to what is edited counts. As Codex reads them: from the root down, one
file per folder, 32 KiB in all. CONTRIBUTING: the first of GitHub's three places
(https://docs.github.com/communities/setting-up-your-project-for-healthy-contributions/setting-guidelines-for-repository-contributors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from ferry.domain.document import Document

# The first that a folder has; the others would say the same again. Copilot and Cursor know theirs at the root alone.
ANYWHERE = ("AGENTS.md", "CLAUDE.md")
AT_THE_ROOT = (*ANYWHERE, ".github/copilot-instructions.md", ".cursorrules")
CONTRIBUTING = tuple(
    folder + name
    for folder, name in product(
        (".github/", "", "docs/"), ("CONTRIBUTING.md", "CONTRIBUTING.rst", "CONTRIBUTING", "contributing.md")
    )
)
LONGEST, MOST = 12_000, 32_000
"""Characters of one file, and of all files of one prompt."""
LARGEST = 1_000_000
"""Bytes; what is larger is not fetched at all."""
_TOLD = {
    "agents.md", "agents.override.md", "claude.md", "claude.local.md", "gemini.md", "copilot-instructions.md",
    ".cursorrules", ".windsurfrules", ".clinerules",
}  # fmt: skip
_TOLD_IN = {".cursor", ".claude", ".clinerules", ".windsurf"}


class Convention(Document):
    """One file, as it was put before a model. shown: its first characters, so many of `size`."""

    repo: str
    path: str
    shown: int
    size: int

    @property
    def whole(self) -> bool:
        return self.shown == self.size


@dataclass(frozen=True)
class Source:
    """text: all of it, "" for what is too large to be fetched; size: characters, or bytes of what was not
    fetched."""

    repo: str
    path: str
    text: str
    size: int


def applying(paths: Iterable[str], there: Callable[[str], bool]) -> tuple[str, ...]:
    """What applies to one of `paths`, or to all of the repository: what is nearer to the code comes later.

    there: whether a path is a regular file of the repository.
    """
    choices = [CONTRIBUTING, AT_THE_ROOT, *([f"{folder}/{name}" for name in ANYWHERE] for folder in _folders(paths))]
    found = (next(filter(there, names), "") for names in choices)
    return tuple(dict.fromkeys(filter(None, found)))


def _folders(paths: Iterable[str]) -> list[str]:
    """Every folder on the way to one of `paths`, but the root; the outer ones first."""
    parts = (path.split("/")[:-1] for path in paths)
    folders = {"/".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)}
    return sorted(folders, key=lambda folder: (folder.count("/"), folder))


def fitted(sources: Sequence[Source]) -> tuple[tuple[Convention, str], ...]:
    """Each with as much of its text as there is room for, by whole lines, in the order given.

    sources: of each repository as `applying` orders them. The repositories are served in the order given, and in each
    what is nearest to the code first.
    """
    room, given = MOST, {}
    for repo in dict.fromkeys(source.repo for source in sources):
        for source in reversed([source for source in sources if source.repo == repo]):
            text = _lines(source.text, min(room, LONGEST))
            room -= len(text)
            given[source] = text
    return tuple(
        (Convention(repo=one.repo, path=one.path, shown=len(given[one]), size=one.size), given[one]) for one in sources
    )


def _lines(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return text[: text.rfind("\n", 0, room) + 1] or text[:room]


def tells_agents(path: str) -> bool:
    """Whether tools that write code, Ferry among them, take orders from `path`. CONTRIBUTING is for people as well."""
    *folders, name = path.casefold().split("/")
    return name in _TOLD or not _TOLD_IN.isdisjoint(folders)
