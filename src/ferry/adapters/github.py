"""GitHub behind `Forge`: REST and the Git Data API (https://docs.github.com/rest).

Commits are made of a tree and a commit object and a move of the branch without force, so no git credential is needed
anywhere and a head that moved is refused by GitHub itself.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from ferry.adapters.github_history import GitHubHistory, path_of
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.github_talk import GitHubTalk, cut
from ferry.adapters.github_trees import GitHubTrees
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun
from ferry.domain.errors import NotFound, StaleHead, VendorRefused
from ferry.ports import PullRequestRef

MAX_INLINE = 100_000  # bytes of a file that a tree may carry itself; more goes through a blob
_READY = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } } }"


class GitHubForge(GitHubTalk, GitHubHistory, GitHubTrees):
    """org: whose repositories a personal token lists; empty with an App's token, which has a list of its own."""

    def __init__(self, api: GitHubApi, org: str = "") -> None:
        super().__init__(api)
        self._org = org

    def default_branch(self, repo: str) -> str:
        return str(self._get(repo, "")["default_branch"])

    def create_branch(self, repo: str, branch: str, sha: str) -> None:
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        try:
            self._api.call("POST", f"/repos/{repo}/git/refs", body=body, repeatable=True)
        except VendorRefused as refused:
            there = self.head(repo, branch) if refused.status == 422 else None
            if there is None:
                raise
            if there != sha:
                raise _stale(repo, branch, sha, there) from refused

    def commit(self, repo: str, branch: str, *, parent: str, message: str, changes: Sequence[FileChange]) -> str:
        there = self.head(repo, branch)
        if there != parent:
            raise _stale(repo, branch, parent, there)
        base = self._get(repo, f"/git/commits/{parent}")["tree"]["sha"]
        entries = [self._entry(repo, change) for change in changes]
        tree = self._create(repo, "trees", {"base_tree": base, "tree": entries})
        sha = self._create(repo, "commits", {"message": message, "tree": tree, "parents": [parent]})
        try:
            self._api.call(
                "PATCH", f"/repos/{repo}/git/refs/heads/{path_of(branch)}", body={"sha": sha, "force": False}
            )
        except VendorRefused as refused:
            if refused.status != 422:
                raise
            raise _stale(repo, branch, parent, self.head(repo, branch)) from refused
        return sha

    def _create(self, repo: str, kind: str, body: dict[str, Any]) -> str:
        """Objects are named by their content: making one twice is making it once."""
        return str(self._api.call("POST", f"/repos/{repo}/git/{kind}", body=body, repeatable=True).json()["sha"])

    def _entry(self, repo: str, change: FileChange) -> dict[str, Any]:
        mode = "100755" if change.executable else "100644"
        entry = {"path": change.path, "mode": mode, "type": "blob"}
        if change.content is None:
            return {**entry, "sha": None}
        text = _text(change.content)
        if text is not None:
            return {**entry, "content": text}
        content = base64.b64encode(change.content).decode()
        return {**entry, "sha": self._create(repo, "blobs", {"content": content, "encoding": "base64"})}

    def delete_branch(self, repo: str, branch: str) -> None:
        try:
            self._api.call("DELETE", f"/repos/{repo}/git/refs/heads/{path_of(branch)}")
        except (NotFound, VendorRefused):
            if self.head(repo, branch) is not None:
                raise

    def find_pull_request(self, repo: str, branch: str) -> PullRequestRef | None:
        params = {"head": f"{repo.partition('/')[0]}:{branch}", "state": "open"}
        return next((_ref(pull) for pull in self._api.pages(f"/repos/{repo}/pulls", params)), None)

    def open_draft(self, repo: str, *, branch: str, base: str, title: str, body: str) -> PullRequestRef:
        """The open pull request of `branch` is returned if there is one already."""
        sent = {"title": title, "head": branch, "base": base, "body": cut(body), "draft": True}
        try:
            return _ref(self._api.call("POST", f"/repos/{repo}/pulls", body=sent).json())
        except VendorRefused as refused:
            there = self.find_pull_request(repo, branch) if refused.status == 422 else None
            if there is None:
                raise
            return there

    def pull_request(self, repo: str, number: int) -> PullRequestRef:
        return _ref(self._get(repo, f"/pulls/{number}"))

    def update_pull_request(self, repo: str, number: int, *, title: str | None = None, body: str | None = None) -> None:
        changed = {"title": title, "body": None if body is None else cut(body)}
        self._patch(repo, number, {name: value for name, value in changed.items() if value is not None})

    def mark_ready(self, repo: str, number: int) -> None:
        """REST cannot end a draft, GraphQL can."""
        pull = self._get(repo, f"/pulls/{number}")
        if pull["draft"]:
            self._api.graphql(_READY, {"id": str(pull["node_id"])})

    def close_pull_request(self, repo: str, number: int) -> None:
        self._patch(repo, number, {"state": "closed"})

    def comment(self, repo: str, number: int, markdown: str) -> None:
        self._api.call("POST", f"/repos/{repo}/issues/{number}/comments", body={"body": cut(markdown)})

    def check_runs(self, repo: str, sha: str) -> tuple[CheckRun, ...]:
        found = self._api.pages(f"/repos/{repo}/commits/{sha}/check-runs", {"filter": "latest"}, "check_runs")
        return tuple(_check(run) for run in found)

    def job_log(self, repo: str, job: int) -> str:
        answer = self._api.call("GET", f"/repos/{repo}/actions/jobs/{job}/logs")
        return answer.content.decode("utf-8-sig", errors="replace")

    def _get(self, repo: str, path: str) -> Any:
        return self._api.call("GET", f"/repos/{repo}{path}").json()

    def _patch(self, repo: str, number: int, body: dict[str, str]) -> None:
        self._api.call("PATCH", f"/repos/{repo}/pulls/{number}", body=body)


def _text(content: bytes) -> str | None:
    """None for what a tree had better not carry itself: nothing at all, and zero bytes, are safe as blobs alone."""
    if not content or len(content) > MAX_INLINE or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _ref(pull: dict[str, Any]) -> PullRequestRef:
    return PullRequestRef(
        number=pull["number"], url=pull["html_url"], head=pull["head"]["sha"], open=pull["state"] == "open"
    )


def _check(run: dict[str, Any]) -> CheckRun:
    url = run["html_url"] or run["details_url"] or ""
    conclusion = run["conclusion"] or ""
    return CheckRun(id=run["id"], name=run["name"], status=run["status"], conclusion=conclusion, url=url)


def _stale(repo: str, branch: str, expected: str, there: str | None) -> StaleHead:
    found = f"is at {there[:12]}" if there else "is gone"
    return StaleHead(f"{repo}: branch {branch} {found}, not at {expected[:12]}; nothing was overwritten")
