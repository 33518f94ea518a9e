"""GitHub for a set of pull requests: Ferry's own check on a commit, and undoing what was merged.

A check of ours is a commit status, which an App and a token may both write
(https://docs.github.com/rest/commits/statuses#create-a-commit-status); undoing is GraphQL's alone
(https://docs.github.com/graphql/reference/mutations#revertpullrequest).
"""

from __future__ import annotations

from typing import Any

from ferry.adapters.github_http import GitHubApi
from ferry.adapters.github_talk import cut
from ferry.domain.change_set import LONGEST
from ferry.domain.errors import VendorRefused
from ferry.ports import PullRequestRef

_REVERT = (
    "mutation($id: ID!, $title: String, $body: String) "
    "{ revertPullRequest(input: {pullRequestId: $id, title: $title, body: $body}) "
    "{ revertPullRequest { number } } }"
)


class GitHubChangeSet:
    _api: GitHubApi

    def set_status(self, repo: str, sha: str, name: str, *, passes: bool, says: str, url: str) -> None:
        """The same again changes nothing but the time; GitHub takes 1,000 for one commit and name."""
        state = "success" if passes else "failure"
        body = {"state": state, "context": name, "description": says[:LONGEST], "target_url": url}
        self._api.call("POST", f"/repos/{repo}/statuses/{sha}", body=body, repeatable=True)

    def revert(self, repo: str, number: int, *, title: str, body: str) -> PullRequestRef:
        pull = self._api.call("GET", f"/repos/{repo}/pulls/{number}").json()
        if there := self._reverting(repo, pull):
            return there
        try:
            sent = {"id": str(pull["node_id"]), "title": title, "body": cut(body)}
            made = self._api.graphql(_REVERT, sent)["revertPullRequest"]["revertPullRequest"]["number"]
        except VendorRefused as refused:
            # The answer to a first try may have been lost.
            if there := self._reverting(repo, pull):
                return there
            raise VendorRefused(f"{repo}#{number} cannot be undone by itself: {refused}", refused.status) from refused
        return ref(self._api.call("GET", f"/repos/{repo}/pulls/{made}").json())

    def _reverting(self, repo: str, pull: dict[str, Any]) -> PullRequestRef | None:
        """GitHub calls the branch that undoes #3 of ``fix`` ``revert-3-fix``."""
        branch = f"revert-{pull['number']}-{pull['head']['ref']}"
        params = {"head": f"{repo.partition('/')[0]}:{branch}", "state": "open"}
        return next((ref(found) for found in self._api.pages(f"/repos/{repo}/pulls", params)), None)


def ref(pull: dict[str, Any]) -> PullRequestRef:
    return PullRequestRef(
        number=pull["number"],
        url=pull["html_url"],
        head=pull["head"]["sha"],
        open=pull["state"] == "open",
        merged=bool(pull.get("merged_at")),
        body=pull.get("body") or "",
    )
