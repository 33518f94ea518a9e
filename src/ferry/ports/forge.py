"""Where repositories, pull requests and CI live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun


@dataclass(frozen=True)
class RepositoryRef:
    """name: ``owner/name`` as it is called now; changed_at: RFC 3339, the last push to any branch or change of its own
    facts, whichever is later; kilobytes: of its history and files, roughly."""

    name: str
    default_branch: str
    changed_at: str
    archived: bool = False
    fork: bool = False
    kilobytes: int = 0


@dataclass(frozen=True)
class TreeFile:
    """A regular file at a commit: neither a link nor a submodule. blob: git's SHA of its content; size: bytes."""

    path: str
    blob: str
    size: int


@dataclass(frozen=True)
class PullRequestRef:
    """number and web url of a pull request; head: its SHA now; open: not closed or merged."""

    number: int
    url: str
    head: str
    open: bool = True


@dataclass(frozen=True)
class ReviewComment:
    """The first comment of a thread on a line. author: login; line: 0 when the line is gone."""

    author: str
    path: str
    line: int
    text: str


@dataclass(frozen=True)
class ChangedFile:
    """patch: unified, "" for a binary or a very large file; previous: its path before a rename."""

    path: str
    patch: str = ""
    previous: str = ""


@dataclass(frozen=True)
class LoggedCommit:
    """subject: the first line of its message; parents: how many, 0 of the first commit and 2 or more of a merge."""

    sha: str
    subject: str
    parents: int = 1


@dataclass(frozen=True)
class Comparison:
    """What commits brought. commits: how many; authors: their names, each once; files: at most 300."""

    commits: int
    authors: tuple[str, ...]
    files: tuple[ChangedFile, ...]


class Forge(Protocol):
    """`repo` is ``owner/name``. Branches are plain names without ``refs/heads/``."""

    def repositories(self, org: str = "") -> list[RepositoryRef]:
        """All that the credential may read, or those of `org` alone: none, or NotFound, for an unknown one."""

    def repository(self, repo: str) -> RepositoryRef:
        """By its name, or by one that it had before. NotFound."""

    def default_branch(self, repo: str) -> str: ...

    def head(self, repo: str, branch: str) -> str | None:
        """SHA, or None when there is no such branch."""

    def download(self, repo: str, sha: str, destination: Path) -> None:
        """Unpack the tree at `sha` into the existing, empty folder `destination`."""

    def tree(self, repo: str, sha: str) -> tuple[TreeFile, ...] | None:
        """Every regular file at `sha`; None when there are more than the forge lists at once. NotFound."""

    def blob(self, repo: str, blob: str) -> bytes:
        """A file's content by git's SHA of it. NotFound."""

    def archive(self, repo: str, sha: str, *, largest: int) -> Iterator[tuple[str, bytes | None]]:
        """Path and content of every regular file at `sha`, None for content of more than `largest` bytes.

        What the repository keeps out of its archives (``export-ignore``) is missing. While it is read: NotFound, and
        VendorUnavailable for an archive that breaks off.
        """

    def create_branch(self, repo: str, branch: str, sha: str) -> None:
        """Nothing happens if it is there already at `sha`; StaleHead if it is there elsewhere."""

    def commit(self, repo: str, branch: str, *, parent: str, message: str, changes: Sequence[FileChange]) -> str:
        """One commit on `branch`, whose head must be `parent`, else StaleHead and nothing changes. Returns the SHA."""

    def compare(self, repo: str, before: str, after: str) -> Comparison:
        """What `after` has and their common ancestor has not, as a pull request shows it. NotFound."""

    def log(self, repo: str, sha: str) -> Iterator[LoggedCommit]:
        """`sha` and what led to it, newest first, read as far as somebody asks. NotFound."""

    def changed_paths(self, repo: str, sha: str) -> tuple[str, ...]:
        """What a commit changed against its first parent, at most 300 paths. NotFound; RateLimited already when half
        of the calls that the forge allows are spent: the other half is for tasks."""

    def merge(self, repo: str, branch: str, sha: str, *, message: str) -> str | None:
        """Bring the commit `sha` into `branch` by a merge commit. The branch's head then, which is the old one when
        `sha` is in it already; None when they conflict, and nothing changes. NotFound when there is no such branch.
        """

    def delete_branch(self, repo: str, branch: str) -> None:
        """Nothing happens if it is gone."""

    def find_pull_request(self, repo: str, branch: str) -> PullRequestRef | None:
        """The open pull request from `branch`, if any."""

    def open_draft(self, repo: str, *, branch: str, base: str, title: str, body: str) -> PullRequestRef: ...

    def pull_request(self, repo: str, number: int) -> PullRequestRef: ...

    def update_pull_request(
        self, repo: str, number: int, *, title: str | None = None, body: str | None = None
    ) -> None: ...

    def mark_ready(self, repo: str, number: int) -> None:
        """Draft no more; nothing happens if it already is."""

    def close_pull_request(self, repo: str, number: int) -> None: ...

    def comment(self, repo: str, number: int, markdown: str) -> None: ...

    def reply(self, repo: str, number: int, thread: int, markdown: str) -> None:
        """Under the review comment `thread`. NotFound."""

    def react(self, subject: str, reaction: str) -> None:
        """subject: the forge's own name of a comment or review, as its events give it; reaction: eyes or confused.

        The same again changes nothing. NotFound.
        """

    def unresolved(self, repo: str, number: int) -> tuple[ReviewComment, ...]:
        """Review threads that nobody has resolved, at most 100, oldest first."""

    def may_write(self, repo: str, user: str) -> bool:
        """Whether the person `user` (a login) may push; False for whoever is unknown."""

    def check_runs(self, repo: str, sha: str) -> tuple[CheckRun, ...]: ...

    def job_log(self, repo: str, job: int) -> str:
        """Plain text of one job's log; NotFound while there is none."""
