"""GitHub's history: where a branch is, what commits brought, and bringing them into a branch.

https://docs.github.com/rest/commits/commits#compare-two-commits (three dots: from the common ancestor) and
https://docs.github.com/rest/branches/branches#merge-a-branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ferry.adapters.github_http import GitHubApi
from ferry.domain.errors import NotFound, RateLimited, VendorRefused
from ferry.ports import ChangedFile, Comparison, LoggedCommit

PER_PAGE = 100  # GitHub's most
EMPTY = 409  # "Git Repository is empty."
KEPT_FOR_TASKS = 0.5  # of the calls that GitHub allows in an hour
UNKNOWN = 422  # "No commit found for SHA"
MAX_PAGES = 10  # of commits whose authors are read; all are counted


class GitHubHistory:
    _api: GitHubApi

    def head(self, repo: str, branch: str) -> str | None:
        try:
            answer = self._api.call("GET", f"/repos/{repo}/git/ref/heads/{path_of(branch)}")
        except NotFound:
            return None
        except VendorRefused as refused:
            if refused.status != EMPTY:
                raise
            return None
        return str(answer.json()["object"]["sha"])

    def compare(self, repo: str, before: str, after: str) -> Comparison:
        """authors: of the first 1,000 commits."""
        path = f"/repos/{repo}/compare/{path_of(before)}...{path_of(after)}"
        first = self._page(path, 1)  # the only one with files
        count = int(first["total_commits"])
        last = min(-(-count // PER_PAGE), MAX_PAGES)
        rest = [self._page(path, number) for number in range(2, last + 1)]
        names = [_author(commit) for page in (first, *rest) for commit in page["commits"]]
        files = tuple(_file(file) for file in first.get("files", ()))
        return Comparison(count, tuple(dict.fromkeys(name for name in names if name)), files)

    def _page(self, path: str, number: int) -> Any:
        return self._api.call("GET", path, params={"per_page": str(PER_PAGE), "page": str(number)}).json()

    def log(self, repo: str, sha: str) -> Iterator[LoggedCommit]:
        for commit in self._api.pages(f"/repos/{repo}/commits", {"sha": sha}):
            subject = str(commit["commit"]["message"]).partition("\n")[0]
            yield LoggedCommit(str(commit["sha"]), subject, len(commit["parents"]))

    def changed_paths(self, repo: str, sha: str) -> tuple[str, ...]:
        """One call for each commit: neither GraphQL nor a list has a commit's files."""
        if self._api.left < KEPT_FOR_TASKS:
            raise RateLimited("GitHub: half of this hour's calls are spent; the rest is kept for tasks")
        try:
            found = self._api.call("GET", f"/repos/{repo}/commits/{path_of(sha)}").json()
        except VendorRefused as refused:
            if refused.status != UNKNOWN:
                raise
            raise NotFound(f"GitHub: {repo} has no commit {sha}") from refused
        return tuple(str(file["filename"]) for file in found.get("files", ()))

    def merge(self, repo: str, branch: str, sha: str, *, message: str) -> str | None:
        """May be sent again after a lost answer: what is in already is not merged twice."""
        body = {"base": branch, "head": sha, "commit_message": message}
        try:
            answer = self._api.call("POST", f"/repos/{repo}/merges", body=body, repeatable=True)
        except VendorRefused as refused:
            if refused.status != 409:
                raise
            return None
        if answer.status_code == 201:
            return str(answer.json()["sha"])
        there = self.head(repo, branch)
        if there is None:
            raise NotFound(f"GitHub: {repo} has no branch {branch} any more; restore it or start again")
        return there


def path_of(name: str) -> str:
    return quote(name, safe="/")


def _author(commit: dict[str, Any]) -> str:
    """git's own name: there is one also where no account belongs to the author's address."""
    return str((commit["commit"]["author"] or {}).get("name", ""))


def _file(file: dict[str, Any]) -> ChangedFile:
    previous = file.get("previous_filename", "") if file["status"] == "renamed" else ""
    return ChangedFile(file["filename"], file.get("patch", ""), previous)
