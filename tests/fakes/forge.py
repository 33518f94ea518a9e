"""GitHub in memory: a history of commits, pull requests, checks. Passes the adapter's own contract test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ferry.domain.ci import CheckRun, RequiredCheck
from ferry.domain.errors import NotFound, VendorRefused
from ferry.ports import PullRequestRef, ReviewComment
from tests.fakes.forge_history import FERRY, FakeCommit, FakeHistory, FakePull


class FakeForge(FakeHistory):
    """files: repository (``owner/name``) to the files of its first commit on ``main``; writers: logins."""

    def __init__(self, files: Mapping[str, Mapping[str, str]], writers: Collection[str] = ()) -> None:
        super().__init__(files)
        self.writers = set(writers)
        self.subjects: set[str] = set()
        self.reactions: list[tuple[str, str]] = []
        self.statuses: dict[tuple[str, str, str], tuple[bool, str]] = {}

    def default_branch(self, repo: str) -> str:
        return self._repo(repo).default

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
        ref = PullRequestRef(number, f"https://forge.test/{repo}/pull/{number}", at.branches[branch], body=body)
        at.pulls[number] = FakePull(ref, branch, base, title, body)
        return ref

    def pull_request(self, repo: str, number: int) -> PullRequestRef:
        pull = self.pull(repo, number)
        return replace(pull.ref, body=pull.body)

    def update_pull_request(self, repo: str, number: int, *, title: str | None = None, body: str | None = None) -> None:
        self._meet("update_pull_request", repo, number, title=title, body=body)
        pull = self.pull(repo, number)
        pull.title = pull.title if title is None else title
        pull.body = pull.body if body is None else body
        pull.ref = replace(pull.ref, body=pull.body)

    def mark_ready(self, repo: str, number: int) -> None:
        self.pull(repo, number).draft = False

    def close_pull_request(self, repo: str, number: int) -> None:
        pull = self.pull(repo, number)
        pull.ref = replace(pull.ref, open=False)

    def set_status(self, repo: str, sha: str, name: str, *, passes: bool, says: str, url: str) -> None:
        if sha not in self._repo(repo).commits:
            raise VendorRefused(f"{repo}: no commit {sha}", 422)
        self.statuses[repo, sha, name] = (passes, says)

    def revert(self, repo: str, number: int, *, title: str, body: str) -> PullRequestRef:
        pull = self.pull(repo, number)
        branch = f"revert-{number}-{pull.branch}"
        if there := self.find_pull_request(repo, branch):
            return there
        tree = self.undone(repo, pull.base, pull.ref.head) if pull.ref.merged else None
        if tree is None:
            raise VendorRefused(f"{repo}#{number} cannot be reverted", 422)
        self._advance(repo, branch, FakeCommit("", self.repos[repo].branches[pull.base], title, tree))
        made = self.open_draft(repo, branch=branch, base=pull.base, title=title, body=body)
        self.mark_ready(repo, made.number)
        return made

    def merge_pull_request(self, repo: str, number: int) -> None:
        """For tests: a person merges it."""
        pull = self.pull(repo, number)
        self.merge(repo, pull.base, pull.ref.head, message=f"Merge #{number}")
        pull.ref = replace(pull.ref, open=False, merged=True)

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
        return tuple(
            replace(
                comment, id=id, replies=(*comment.replies, *((FERRY, text) for to, text in pull.replies if to == id))
            )
            for id, comment in pull.threads.items()
            if id not in pull.resolved
        )

    def may_write(self, repo: str, user: str) -> bool:
        return user in self.writers

    def check_runs(self, repo: str, sha: str, *, every: bool = False) -> tuple[CheckRun, ...]:
        at = self._repo(repo)
        return (*(at.replaced.get(sha, ()) if every else ()), *at.checks.get(sha, ()))

    def required_checks(self, repo: str, branch: str) -> tuple[RequiredCheck, ...]:
        if branch not in self._repo(repo).branches:
            raise NotFound(f"{repo}: no branch {branch}")
        return self.repos[repo].required

    def rerun_failed(self, repo: str, job: int) -> None:
        """Tests say with `set_checks` what the new attempt ends in."""
        if not any(check.id == job for checks in self._repo(repo).checks.values() for check in checks):
            raise NotFound(f"{repo}: no job {job}")
        self.repos[repo].reruns.append(job)

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
        at = self._repo(repo)
        at.replaced[sha] = (*at.replaced.get(sha, ()), *at.checks.get(sha, ()))
        at.checks[sha] = checks
        self.repos[repo].logs.update(logs or {})
