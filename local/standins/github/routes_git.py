"""Git Data API: blobs, trees, commits (docs.github.com/rest/git)."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from local.standins.github import shapes_git
from local.standins.github.commits import Person, format_commit, iso
from local.standins.github.git import ZERO, GitError, Repository, TreeEntry
from local.standins.github.http import ApiError, invalid, not_found, payload, repository, text, world
from local.standins.github.shapes import Json, number

routes = Blueprint("git", __name__)
_BASE = "/repos/<owner>/<repo>/git"
MAX_ENTRIES = 100_000


@routes.post(f"{_BASE}/blobs")
def create_blob(owner: str, repo: str) -> ResponseReturnValue:
    at, sent = repository(owner, repo), payload()
    content = sent.get("content")
    if not isinstance(content, str):
        raise invalid("Blob", "content", "missing_field")
    sha = at.write("blob", _decoded(content, str(sent.get("encoding", "utf-8"))))
    return jsonify({"sha": sha, "url": world().urls.api(at.name, f"/git/blobs/{sha}")}), 201


def _decoded(content: str, encoding: str) -> bytes:
    if encoding != "base64":
        return content.encode()
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise ApiError(422, "content is not valid Base64") from error


@routes.get(f"{_BASE}/blobs/<sha>")
def get_blob(owner: str, repo: str, sha: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    found = at.read(sha)
    if found is None or found.kind != "blob":
        raise not_found()
    return jsonify({
        "sha": found.sha,
        "node_id": f"B_{found.sha}",
        "size": len(found.data),
        "url": world().urls.api(at.name, f"/git/blobs/{found.sha}"),
        "content": base64.encodebytes(found.data).decode(),
        "encoding": "base64",
    })  # fmt: skip


@routes.get(f"{_BASE}/trees/<path:tree_sha>")
def get_tree(owner: str, repo: str, tree_sha: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    found = at.read(f"{tree_sha}^{{tree}}")
    if found is None:
        raise not_found()
    return jsonify(_tree_json(at, found.sha, recursive=bool(request.args.get("recursive"))))


def _tree_json(at: Repository, sha: str, *, recursive: bool) -> Json:
    url = world().urls.api(at.name, f"/git/trees/{sha}")
    entries = [_entry_json(at.name, entry) for entry in at.tree(sha, recursive=recursive)]
    most = int(world().settings.extra.get("tree_limit", MAX_ENTRIES))
    return {"sha": sha, "url": url, "tree": entries[:most], "truncated": len(entries) > most}


def _entry_json(repo: str, entry: TreeEntry) -> Json:
    shape = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    shape["url"] = world().urls.api(repo, f"/git/{entry.kind}s/{entry.sha}")
    return shape if entry.size is None else {**shape, "size": entry.size}


@routes.post(f"{_BASE}/trees")
def create_tree(owner: str, repo: str) -> ResponseReturnValue:
    """`base_tree` may be a tree or a commit; `sha` null deletes."""
    at, sent = repository(owner, repo), payload()
    base = None
    if sent.get("base_tree"):
        found = at.read(f"{sent['base_tree']}^{{tree}}")
        if found is None:
            raise ApiError(422, "tree.sha " + str(sent["base_tree"]) + " is not a valid tree")
        base = found.sha
    entries = sent.get("tree")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise invalid("Tree", "tree", "missing_field")
    try:
        sha = at.write_tree(base, [_entry(at, base, entry) for entry in entries])
    except GitError as error:
        raise ApiError(422, "GitRPC::BadObjectState") from error
    return jsonify(_tree_json(at, sha, recursive=False)), 201


def _entry(at: Repository, base: str | None, entry: dict[str, Any]) -> tuple[str, str, str]:
    path, mode = str(entry.get("path", "")), str(entry.get("mode", "100644"))
    if not path or path.startswith("/") or ".git" in path.split("/") or ".." in path.split("/"):
        raise ApiError(422, "tree.path contains a malformed path component")
    if "content" in entry:
        return mode, at.write("blob", str(entry["content"]).encode()), path
    if entry.get("sha") is None:
        if base is None or at.read(f"{base}:{path}") is None:
            raise ApiError(422, "GitRPC::BadObjectState")  # what GitHub says to the deletion of what is not there
        return "0", ZERO, path
    if at.read(str(entry["sha"])) is None:
        raise ApiError(422, f"tree.sha {entry['sha']} is not a valid {entry.get('type', 'blob')}")
    return mode, str(entry["sha"]), path


@routes.post(f"{_BASE}/commits")
def create_commit(owner: str, repo: str) -> ResponseReturnValue:
    """Author and committer default to the token's identity and to now."""
    at, sent = repository(owner, repo), payload()
    tree = at.read(text(sent, "tree", "Commit"))
    if tree is None or tree.kind != "tree":
        raise ApiError(422, "Tree SHA does not exist")
    parents = tuple(str(parent) for parent in sent.get("parents", ()))
    if any((found := at.read(parent)) is None or found.kind != "commit" for parent in parents):
        raise ApiError(422, "Parent SHA does not exist or is not a commit object")
    author = person(sent.get("author") or {})
    committer = person(sent["committer"]) if sent.get("committer") else author
    sha = at.write("commit", format_commit(tree.sha, parents, author, committer, text(sent, "message", "Commit")))
    return jsonify(shapes_git.git_commit(world().urls, at.name, world().commit(at.name, sha))), 201


def person(sent: dict[str, str]) -> Person:
    """Who calls, now, but for the `name`, `email` and `date` that were sent."""
    mail = f"{number(f'user {g.login}')}+{g.login}@users.noreply.github.com"
    now = iso(datetime.now(UTC).timestamp())
    if sent.get("date") and not _is_date(sent["date"]):
        raise ApiError(422, "Invalid request.", ["author.date is not a valid ISO 8601 timestamp"])
    return Person(sent.get("name") or g.login, sent.get("email") or mail, sent.get("date") or now)


def _is_date(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


@routes.get(f"{_BASE}/commits/<sha>")
def get_commit(owner: str, repo: str, sha: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    found = at.commit(sha)
    if found is None:
        raise not_found()
    return jsonify(shapes_git.git_commit(world().urls, at.name, found))
