"""GitHub in memory: commits with parents, branches, pull requests, checks. Passes the adapter's own contract test."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun
from ferry.domain.errors import NotFound, StaleHead, VendorRefused
from ferry.ports import PullRequestRef, ReviewComment

Tree = dict[str, tuple[bytes, bool]]


@dataclass(frozen=True)
class FakeCommit:
    sha: str
    parent: str
    message: str
    tree: Tree


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
    default: str
    commits: dict[str, FakeCommit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, FakePull] = field(default_factory=dict)
    checks: dict[str, tuple[CheckRun, ...]] = field(default_factory=dict)
    logs: dict[int, str] = field(default_factory=dict)


class FakeForge:
    """files: repository (``owner/name``) to the files of its first commit on ``main``; writers: logins."""

    def __init__(self, files: Mapping[str, Mapping[str, str]], writers: Collection[str] = ()) -> None:
        self.writers = set(writers)
        self.subjects: set[str] = set()
        self.reactions: list[tuple[str, str]] = []
        self.repos = {name: FakeRepository("main") for name in files}
        for name, contents in files.items():
            first = self._commit(name, "", "Start", {path: (text.encode(), False) for path, text in contents.items()})
            self.repos[name].branches["main"] = first

    def repositories(self) -> list[str]:
        return list(self.repos)

    def default_branch(self, repo: str) -> str:
        return self._repo(repo).default

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
        at = self._repo(repo)
        if at.branches.get(branch) != parent:
            raise StaleHead(f"{repo}: branch {branch} is at {at.branches.get(branch)}, not at {parent}")
        tree = dict(at.commits[parent].tree)
        for change in changes:
            if change.content is None and change.path not in tree:
                raise VendorRefused(f"{repo}: {change.path} cannot be deleted, as it is not there", 422)
            tree.pop(change.path, None)
            if change.content is not None:
                tree[change.path] = (change.content, change.executable)
        sha = at.branches[branch] = self._commit(repo, parent, message, tree)
        for number, pull in at.pulls.items():
            if pull.branch == branch and pull.ref.open:
                at.pulls[number].ref = replace(pull.ref, head=sha)
        return sha

    def delete_branch(self, repo: str, branch: str) -> None:
        """Its open pull requests close with it, as on GitHub."""
        if self._repo(repo).branches.pop(branch, None):
            for number, pull in self.repos[repo].pulls.items():
                if pull.branch == branch:
                    self.close_pull_request(repo, number)

    def find_pull_request(self, repo: str, branch: str) -> PullRequestRef | None:
        pulls = self._repo(repo).pulls.values()
        return next((pull.ref for pull in pulls if pull.branch == branch and pull.ref.open), None)

    def open_draft(self, repo: str, *, branch: str, base: str, title: str, body: str) -> PullRequestRef:
        at = self._repo(repo)
        if branch not in at.branches or base not in at.branches or at.branches[branch] == at.branches[base]:
            raise VendorRefused(f"{repo}: no commits between {base} and {branch}", 422)
        if there := self.find_pull_request(repo, branch):
            return there
        number = len(at.pulls) + 1
        ref = PullRequestRef(number, f"https://forge.test/{repo}/pull/{number}", at.branches[branch])
        at.pulls[number] = FakePull(ref, branch, base, title, body)
        return ref

    def pull_request(self, repo: str, number: int) -> PullRequestRef:
        return self.pull(repo, number).ref

    def update_pull_request(self, repo: str, number: int, *, title: str | None = None, body: str | None = None) -> None:
        pull = self.pull(repo, number)
        pull.title = pull.title if title is None else title
        pull.body = pull.body if body is None else body

    def mark_ready(self, repo: str, number: int) -> None:
        self.pull(repo, number).draft = False

    def close_pull_request(self, repo: str, number: int) -> None:
        pull = self.pull(repo, number)
        pull.ref = replace(pull.ref, open=False)

    def comment(self, repo: str, number: int, markdown: str) -> None:
        self.pull(repo, number).comments.append(markdown)

    def reply(self, repo: str, number: int, thread: int, markdown: str) -> None:
        if thread not in self.pull(repo, number).threads:
            raise NotFound(f"{repo}#{number}: no review comment {thread}")
        self.pull(repo, number).replies.append((thread, markdown))

    def react(self, subject: str, reaction: str) -> None:
        if subject not in self.subjects:
            raise NotFound(f"there is no {subject}")
        if (subject, reaction) not in self.reactions:
            self.reactions.append((subject, reaction))

    def unresolved(self, repo: str, number: int) -> tuple[ReviewComment, ...]:
        pull = self.pull(repo, number)
        return tuple(comment for id, comment in pull.threads.items() if id not in pull.resolved)

    def may_write(self, repo: str, user: str) -> bool:
        return user in self.writers

    def check_runs(self, repo: str, sha: str) -> tuple[CheckRun, ...]:
        return self._repo(repo).checks.get(sha, ())

    def job_log(self, repo: str, job: int) -> str:
        if job not in self._repo(repo).logs:
            raise NotFound(f"{repo}: job {job} has no log")
        return self.repos[repo].logs[job]

    def pull(self, repo: str, number: int) -> FakePull:
        """For tests: everything about one pull request."""
        if number not in self._repo(repo).pulls:
            raise NotFound(f"{repo}: no pull request {number}")
        return self.repos[repo].pulls[number]

    def set_checks(self, repo: str, sha: str, *checks: CheckRun, logs: Mapping[int, str] | None = None) -> None:
        """For tests: what CI says of `sha`, with logs by job id."""
        self._repo(repo).checks[sha] = checks
        self.repos[repo].logs.update(logs or {})

    def _repo(self, repo: str) -> FakeRepository:
        if repo not in self.repos:
            raise NotFound(f"no repository {repo}")
        return self.repos[repo]

    def _at(self, repo: str, sha: str) -> FakeCommit:
        found = self._repo(repo).commits.get(sha)
        if found is None:
            raise NotFound(f"{repo}: no commit {sha}")
        return found

    def _commit(self, repo: str, parent: str, message: str, tree: Tree) -> str:
        at = self.repos[repo]
        facts = f"{repo} {parent} {message} {len(at.commits)} {sorted(tree)}"
        sha = hashlib.sha1(facts.encode(), usedforsecurity=False).hexdigest()
        at.commits[sha] = FakeCommit(sha, parent, message, tree)
        return sha
