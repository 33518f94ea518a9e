"""The fake forge's repositories: commits with parents, branches, comparison, merge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun, RequiredCheck
from ferry.domain.errors import NotFound, StaleHead, VendorRefused
from ferry.ports import Comparison, LoggedCommit, PullRequestRef, RepositoryRef, ReviewComment, TreeFile
from tests.fakes.meeting import Meeting
from tests.fakes.trees import Tree, blob_sha, changed, merged

FERRY = "ferry[bot]"
BORN = datetime(2026, 11, 21, 10, tzinfo=UTC)


@dataclass(frozen=True)
class FakeCommit:
    """second: the other parent of a merge commit."""

    sha: str
    parent: str
    message: str
    tree: Tree
    second: str = ""
    author: str = FERRY


@dataclass
class FakePull:
    ref: PullRequestRef
    branch: str
    base: str
    title: str
    body: str
    draft: bool = True
    comments: list[str] = field(default_factory=list)
    threads: dict[int, ReviewComment] = field(default_factory=dict)
    replies: list[tuple[int, str]] = field(default_factory=list)
    resolved: set[int] = field(default_factory=set)


@dataclass
class FakeRepository:
    """commits: parents before children; each takes a minute; replaced: checks before the ones of now; reruns: jobs;
    huge: has more files than are listed at once."""

    default: str
    archived: bool = False
    fork: bool = False
    kilobytes: int = 1
    huge: bool = False
    commits: dict[str, FakeCommit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, FakePull] = field(default_factory=dict)
    checks: dict[str, tuple[CheckRun, ...]] = field(default_factory=dict)
    logs: dict[int, str] = field(default_factory=dict)
    replaced: dict[str, tuple[CheckRun, ...]] = field(default_factory=dict)
    required: tuple[RequiredCheck, ...] = ()
    reruns: list[int] = field(default_factory=list)


class FakeHistory(Meeting):
    """files: repository (``owner/name``) to the files of its first commit on ``main``."""

    def __init__(self, files: Mapping[str, Mapping[str, str]]) -> None:
        self.repos = {name: FakeRepository("main") for name in files}
        self.former: dict[str, str] = {}
        for name, contents in files.items():
            first = FakeCommit("", "", "Start", {path: (text.encode(), False) for path, text in contents.items()})
            self._advance(name, "main", first)

    def repositories(self, org: str = "") -> list[RepositoryRef]:
        return [self.repository(name) for name in self.repos if not org or name.startswith(f"{org}/")]

    def repository(self, repo: str) -> RepositoryRef:
        at = self._repo(repo)
        name = next(name for name, one in self.repos.items() if one is at)
        changed = (BORN + timedelta(minutes=len(at.commits))).strftime("%Y-%m-%dT%H:%M:%SZ")
        return RepositoryRef(name, at.default, changed, at.archived, at.fork, at.kilobytes)

    def rename(self, repo: str, name: str) -> None:
        """For tests: the old name leads there too."""
        self.repos[name] = self.repos.pop(repo)
        self.former[repo] = name

    def tree(self, repo: str, sha: str) -> tuple[TreeFile, ...] | None:
        tree = self._at(repo, sha).tree.items()
        if self._repo(repo).huge:
            return None
        return tuple(TreeFile(path, blob_sha(content), len(content)) for path, (content, _) in tree)

    def blob(self, repo: str, blob: str) -> bytes:
        for commit in self._repo(repo).commits.values():
            for content, _ in commit.tree.values():
                if blob_sha(content) == blob:
                    return content
        raise NotFound(f"{repo}: no blob {blob}")

    def archive(self, repo: str, sha: str, *, largest: int) -> Iterator[tuple[str, bytes | None]]:
        for path, (content, _) in self._at(repo, sha).tree.items():
            yield path, content if len(content) <= largest else None

    def head(self, repo: str, branch: str) -> str | None:
        return self.repos[repo].branches.get(branch) if repo in self.repos else None

    def download(self, repo: str, sha: str, destination: Path) -> None:
        for path, (content, executable) in self._at(repo, sha).tree.items():
            target = destination / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o755 if executable else 0o644)

    def create_branch(self, repo: str, branch: str, sha: str) -> None:
        there = self._repo(repo).branches.get(branch)
        if sha not in self.repos[repo].commits:
            raise VendorRefused(f"{repo}: no commit {sha}", 422)
        if there not in (None, sha):
            raise StaleHead(f"{repo}: branch {branch} is at {there}, not at {sha}")
        self.repos[repo].branches[branch] = sha

    def commit(self, repo: str, branch: str, *, parent: str, message: str, changes: Sequence[FileChange]) -> str:
        there = self._repo(repo).branches.get(branch)
        if there != parent:
            raise StaleHead(f"{repo}: branch {branch} is at {there}, not at {parent}")
        return self._advance(repo, branch, FakeCommit("", parent, message, self._changed(repo, parent, changes)))

    def push(self, repo: str, branch: str, author: str, *changes: FileChange) -> str:
        """For tests: a commit of somebody else; its SHA."""
        parent = self._repo(repo).branches[branch]
        tree = self._changed(repo, parent, changes)
        return self._advance(repo, branch, FakeCommit("", parent, f"Change of {author}", tree, author=author))

    def compare(self, repo: str, before: str, after: str) -> Comparison:
        fork = self._fork(repo, before, after)
        new = self._ancestors(repo, after) - self._ancestors(repo, before)
        commits = [commit for sha, commit in self.repos[repo].commits.items() if sha in new]
        authors = tuple(dict.fromkeys(commit.author for commit in commits))
        return Comparison(len(commits), authors, changed(fork.tree, self._at(repo, after).tree)[:300])

    def log(self, repo: str, sha: str) -> Iterator[LoggedCommit]:
        ancestors = self._ancestors(repo, sha)
        for commit in reversed(self._repo(repo).commits.values()):
            if commit.sha in ancestors:
                yield LoggedCommit(
                    commit.sha, commit.message.partition("\n")[0], bool(commit.parent) + bool(commit.second)
                )

    def changed_paths(self, repo: str, sha: str) -> tuple[str, ...]:
        commit = self._at(repo, sha)
        before = self._at(repo, commit.parent).tree if commit.parent else {}
        return tuple(file.path for file in changed(before, commit.tree))

    def merge(self, repo: str, branch: str, sha: str, *, message: str) -> str | None:
        ours = self._repo(repo).branches.get(branch)
        if ours is None:
            raise NotFound(f"{repo}: no branch {branch}")
        theirs = self._at(repo, sha)
        if sha in self._ancestors(repo, ours):
            return ours
        tree = merged(self._fork(repo, ours, sha).tree, self._at(repo, ours).tree, theirs.tree)
        if tree is None:
            return None
        return self._advance(repo, branch, FakeCommit("", ours, message, tree, second=sha))

    def undone(self, repo: str, branch: str, head: str) -> Tree | None:
        """The tree of `branch` without what came with `head`, which was merged into it; None when they conflict."""
        merge = next(one for one in self.repos[repo].commits.values() if one.second == head)
        now = self._at(repo, self.repos[repo].branches[branch])
        return merged(merge.tree, now.tree, self._at(repo, merge.parent).tree)

    def _fork(self, repo: str, one: str, other: str) -> FakeCommit:
        """The last common ancestor: all of a repository's commits come from its first."""
        common = self._ancestors(repo, one) & self._ancestors(repo, other)
        return next(commit for sha, commit in reversed(self.repos[repo].commits.items()) if sha in common)

    def _ancestors(self, repo: str, sha: str) -> set[str]:
        """Itself among them."""
        found, open_ = set(), [sha]
        while open_:
            commit = self._at(repo, open_.pop())
            found.add(commit.sha)
            open_ += [parent for parent in (commit.parent, commit.second) if parent and parent not in found]
        return found

    def _changed(self, repo: str, parent: str, changes: Sequence[FileChange]) -> Tree:
        tree = dict(self._at(repo, parent).tree)
        for change in changes:
            if change.content is None and change.path not in tree:
                raise VendorRefused(f"{repo}: {change.path} cannot be deleted, as it is not there", 422)
            tree.pop(change.path, None)
            if change.content is not None:
                tree[change.path] = (change.content, change.executable)
        return tree

    def _advance(self, repo: str, branch: str, commit: FakeCommit) -> str:
        """Names the commit and moves the branch to it, with its open pull requests."""
        at = self.repos[repo]
        facts = f"{repo} {commit.parent} {commit.message} {len(at.commits)} {sorted(commit.tree)}"
        sha = hashlib.sha1(facts.encode(), usedforsecurity=False).hexdigest()
        at.commits[sha] = replace(commit, sha=sha)
        at.branches[branch] = sha
        for pull in at.pulls.values():
            if pull.branch == branch and pull.ref.open:
                pull.ref = replace(pull.ref, head=sha)
        return sha

    def _repo(self, repo: str) -> FakeRepository:
        name = self.former.get(repo, repo)
        if name not in self.repos:
            raise NotFound(f"no repository {repo}")
        return self.repos[name]

    def _at(self, repo: str, sha: str) -> FakeCommit:
        found = self._repo(repo).commits.get(sha)
        if found is None:
            raise NotFound(f"{repo}: no commit {sha}")
        return found
