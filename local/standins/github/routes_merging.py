"""What ends a pull request and what undoes it: merging, and the pull request that reverts another."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github.commits import format_commit
from local.standins.github.git import Repository
from local.standins.github.http import ApiError, not_found, repository, services, world
from local.standins.github.records import Pull, now
from local.standins.github.routes_git import person
from local.standins.github.routes_refs import move

routes = Blueprint("merging", __name__)
_BASE = "/repos/<owner>/<repo>"


@routes.put(f"{_BASE}/pulls/<int:number>/merge")
def merge_pull(owner: str, repo: str, number: int) -> ResponseReturnValue:
    """By a merge commit, whatever `merge_method` says. Protection is not asked: whoever calls is a person."""
    at = repository(owner, repo)
    pull = world().pull(at.name, number)
    if pull is None:
        raise not_found()
    if pull.state != "open" or pull.draft:
        raise ApiError(405, "Pull Request is not mergeable")
    with at.lock:
        ours = str(at.head(pull.base))
        tree = at.merge_tree(ours, pull.head_sha)
        if tree is None:
            raise ApiError(405, "Pull Request has merge conflicts")
        message = f"Merge pull request #{number} from {world().urls.org}/{pull.head}"
        sha = _commit(at, tree, (ours, pull.head_sha), message)
        pull.state, pull.merged_at, pull.closed_at, pull.merge_sha = "closed", now(), now(), sha
        world().store.put(pull)
        move(at, f"refs/heads/{pull.base}", ours, sha)
    services().changes.merged(pull, g.login)
    return jsonify({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _commit(at: Repository, tree: str, parents: tuple[str, ...], message: str) -> str:
    who = person({})
    return at.write("commit", format_commit(tree, parents, who, who, message))


def revert_pull(variables: dict[str, Any]) -> dict[str, Any]:
    """GraphQL's revertPullRequest: a branch ``revert-<number>-<head>`` and an open pull request from it."""
    merged = next((one for one in world().store.all(Pull) if f"PR_{one.id}" == variables.get("id")), None)
    if merged is None:
        raise ApiError(200, "", [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}])
    if not merged.merge_sha:
        raise ApiError(200, "", [{"type": "UNPROCESSABLE", "message": "Pull request is not merged"}])
    pull = _reverting(merged, variables)
    return {"revertPullRequest": {"revertPullRequest": {"number": pull.number}}}


def _reverting(merged: Pull, variables: dict[str, Any]) -> Pull:
    at, store, branch = world().opened(merged.repo), world().store, f"revert-{merged.number}-{merged.head}"
    base, title = str(at.head(merged.base)), str(variables.get("title") or f'Revert "{merged.title}"')
    if at.head(branch):
        raise ApiError(200, "", [{"type": "UNPROCESSABLE", "message": f"A reference {branch} exists already"}])
    # What was before the merge, as a commit after it: merging that is undoing the merge.
    before = at.run("rev-parse", f"{merged.merge_sha}^1^{{tree}}").decode().strip()
    tree = at.merge_tree(base, _commit(at, before, (merged.merge_sha,), title))
    if tree is None:
        message = "This pull request could not be reverted automatically"
        raise ApiError(200, "", [{"type": "UNPROCESSABLE", "message": message}])
    sha = _commit(at, tree, (base,), title)
    move(at, f"refs/heads/{branch}", "0" * 40, sha)
    number = max(pull.number for pull in store.all(Pull, repo=at.name)) + 1
    body = variables.get("body") or f"Reverts #{merged.number}"
    pull = Pull(store.next_id(), at.name, number, title, body, g.login, branch, merged.base, sha, base)
    services().changes.open(at, pull)
    return pull
