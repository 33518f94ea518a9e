"""What commits brought and bringing them in: comparison and merge."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from local.standins.github import shapes_git
from local.standins.github.commits import Commit, format_commit
from local.standins.github.diffs import diff
from local.standins.github.git import Repository
from local.standins.github.http import ApiError, not_found, page, payload, repository, text, world
from local.standins.github.routes_git import person
from local.standins.github.routes_refs import move
from local.standins.github.shapes import Json

routes = Blueprint("history", __name__)
_BASE = "/repos/<owner>/<repo>"
MAX_COMMITS, MAX_FILES = 250, 300  # without a page asked for; in all, on the first page


@routes.get(f"{_BASE}/compare/<path:basehead>")
def compare(owner: str, repo: str, basehead: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    names = [side.rpartition(":")[2] for side in basehead.split("...")]
    found = [at.commit(name) for name in names]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise not_found()
    fork = at.merge_base(found[0].sha, found[1].sha)
    if fork is None:
        raise ApiError(404, f"No common ancestor between {names[0]} and {names[1]}.")
    commits, headers = _commits(at, found[0], found[1])
    files = diff(at, fork, found[1].sha)[:MAX_FILES] if request.args.get("page", "1") == "1" else []
    reply = jsonify({
        **_facts(at, basehead, found[0], found[1]),
        "merge_base_commit": shapes_git.commit(world().urls, at.name, world().commit(at.name, fork)),
        "commits": [shapes_git.commit(world().urls, at.name, commit) for commit in commits],
        "files": [shapes_git.file(world().urls, at.name, found[1].sha, file) for file in files],
    })  # fmt: skip
    reply.headers.update(headers)
    return reply


def _commits(at: Repository, base: Commit, head: Commit) -> tuple[list[Commit], dict[str, str]]:
    """Oldest first: the page asked for with its Link header, or the most recent."""
    commits = at.log(head.sha, f"^{base.sha}")[::-1]
    if not request.args.keys() & {"page", "per_page"}:
        return commits[-MAX_COMMITS:], {}
    rows, headers = page(commits)
    return list(rows), headers


def _facts(at: Repository, basehead: str, base: Commit, head: Commit) -> Json:
    urls = world().urls
    web = urls.web(at.name, f"/compare/{basehead}")
    counts = at.run("rev-list", "--left-right", "--count", f"{base.sha}...{head.sha}").split()
    behind, ahead = int(counts[0]), int(counts[1])
    return {
        "url": urls.api(at.name, f"/compare/{basehead}"),
        "html_url": web,
        "permalink_url": urls.web(at.name, f"/compare/{base.sha[:12]}...{head.sha[:12]}"),
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "base_commit": shapes_git.commit(urls, at.name, base),
        "status": _status(ahead, behind),
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
    }


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


@routes.post(f"{_BASE}/merges")
def merge(owner: str, repo: str) -> ResponseReturnValue:
    """Always by a commit of two parents, also where the branch could be moved forward alone."""
    at, sent = repository(owner, repo), payload()
    base, head = text(sent, "base", "Merge"), text(sent, "head", "Merge")
    with at.lock:
        ours, theirs = at.head(base), at.commit(head)
        if ours is None or theirs is None:
            raise ApiError(404, "Head does not exist" if ours else "Base does not exist")
        if at.is_ancestor(theirs.sha, ours):
            return Response(status=204)
        tree = at.merge_tree(ours, theirs.sha)
        if tree is None:
            raise ApiError(409, "Merge conflict")
        message = sent.get("commit_message") or f"Merge {head} into {base}"
        who = person({})
        sha = at.write("commit", format_commit(tree, (ours, theirs.sha), who, who, str(message)))
        move(at, f"refs/heads/{base}", ours, sha)
    return jsonify(shapes_git.commit(world().urls, at.name, world().commit(at.name, sha))), 201
