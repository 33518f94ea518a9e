"""Git references: the moves of branches (docs.github.com/rest/git/refs)."""

from __future__ import annotations

import re

from flask import Blueprint, Response, g, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github.git import ZERO, GitError, Repository
from local.standins.github.http import ApiError, not_found, payload, repository, services, text, world
from local.standins.github.shapes import Json, number

routes = Blueprint("refs", __name__)
_BASE = "/repos/<owner>/<repo>/git"
_SHA = re.compile(r"[0-9a-f]{40}")


def _ref_json(repo: str, ref: str, sha: str) -> Json:
    target = {"type": "commit", "sha": sha, "url": world().urls.api(repo, f"/git/commits/{sha}")}
    return {
        "ref": ref,
        "node_id": f"REF_{number(repo + ref)}",
        "url": world().urls.api(repo, f"/git/{ref}"),
        "object": target,
    }


@routes.get(f"{_BASE}/ref/<path:ref>")
def get_ref(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    found = at.read(f"refs/{ref}")
    if found is None:
        raise not_found()
    return jsonify(_ref_json(at.name, f"refs/{ref}", found.sha))


@routes.get(f"{_BASE}/matching-refs/<path:ref>")
def matching_refs(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    refs = at.refs(f"refs/{ref.split('/', maxsplit=1)[0]}").items()
    return jsonify([_ref_json(at.name, name, sha) for name, sha in refs if name.startswith(f"refs/{ref}")])


@routes.post(f"{_BASE}/refs")
def create_ref(owner: str, repo: str) -> ResponseReturnValue:
    at, sent = repository(owner, repo), payload()
    ref, sha = text(sent, "ref", "Reference"), text(sent, "sha", "Reference")
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise ApiError(422, "Reference name must start with 'refs/' and have at least two slashes.")
    found = at.read(sha) if _SHA.fullmatch(sha) else None
    if found is None or found.kind != "commit":
        raise ApiError(422, "Object does not exist")
    with at.lock:
        if at.read(ref):
            raise ApiError(422, "Reference already exists")
        move(at, ref, ZERO, sha)
    return jsonify(_ref_json(at.name, ref, sha)), 201


@routes.patch(f"{_BASE}/refs/<path:ref>")
def update_ref(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at, sent, full = repository(owner, repo), payload(), f"refs/{ref}"
    sha = text(sent, "sha", "Reference")
    with at.lock:
        before, target = at.read(full), at.read(sha)
        if before is None:
            raise ApiError(422, "Reference does not exist")
        if target is None or target.kind != "commit":
            raise ApiError(422, "Object does not exist")
        if not sent.get("force") and not at.is_ancestor(before.sha, sha):
            raise ApiError(422, "Update is not a fast forward")
        if before.sha != sha:
            move(at, full, before.sha, sha)
    return jsonify(_ref_json(at.name, full, sha))


@routes.delete(f"{_BASE}/refs/<path:ref>")
def delete_ref(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at, full = repository(owner, repo), f"refs/{ref}"
    with at.lock:
        before = at.read(full)
        if before is None:
            raise ApiError(422, "Reference does not exist")
        if ref == f"heads/{at.default_branch}":
            raise ApiError(422, "Cannot delete the default branch")
        move(at, full, before.sha, ZERO)
    return Response(status=204)


def move(at: Repository, ref: str, before: str, after: str) -> None:
    """The ref and all that follows from its move; call with the repository's lock held."""
    try:
        at.update_ref(ref, after, before)
    except GitError as error:
        raise ApiError(422, "Reference update failed", [str(error).partition("\n")[0]]) from error
    services().changes.ref_moved(at, ref, before, after, g.login)
