"""Code search over the default branches, by `git grep` (docs.github.com/rest/search)."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from local.standins.github import shapes
from local.standins.github.commits import Commit
from local.standins.github.git import GitError, Repository
from local.standins.github.http import invalid, paged_under, world
from local.standins.github.shapes import Json

routes = Blueprint("search", __name__)


@routes.get("/search/code")
def search_code() -> ResponseReturnValue:
    """Words are all required (any case); qualifiers repo:, org:, path:, filename:, extension:, language: ignored."""
    words = request.args.get("q", "").split()
    qualifiers = dict(word.split(":", 1) for word in words if ":" in word)
    terms = [word.strip('"') for word in words if ":" not in word]
    if not terms:
        raise invalid("Search", "q", "missing")
    wanted = qualifiers.get("repo", "").rpartition("/")[2]
    names = [name for name in world().names() if not wanted or name == wanted]
    return paged_under(
        "items", [hit for name in names for hit in _search(name, terms, qualifiers)], incomplete_results=False
    )


def _search(name: str, terms: list[str], qualifiers: dict[str, str]) -> list[Json]:
    at, urls = world().opened(name), world().urls
    patterns = [part for term in terms for part in ("-e", term)]
    try:
        output = at.run("grep", "-l", "-i", "-F", "-z", "--all-match", *patterns, at.default_branch)
    except GitError:
        return []
    paths = [line.partition(":")[2] for line in output.decode(errors="replace").split("\0") if line]
    head, repo_json = world().commit(name, at.default_branch), world().repo_json(name)
    return [_hit(at, head, path, repo_json, urls) for path in paths if _allowed(path, qualifiers)]


def _allowed(path: str, qualifiers: dict[str, str]) -> bool:
    file = path.rsplit("/", 1)[-1]
    return (
        path.startswith(qualifiers.get("path", "").strip("/"))
        and qualifiers.get("filename", file) == file
        and path.endswith(qualifiers.get("extension", ""))
    )


def _hit(at: Repository, head: Commit, path: str, repo_json: Json, urls: shapes.Urls) -> Json:
    found = at.read(f"{head.sha}:{path}")
    sha = found.sha if found else ""
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "url": urls.api(at.name, f"/contents/{path}?ref={head.sha}"),
        "git_url": urls.api(at.name, f"/git/blobs/{sha}"),
        "html_url": urls.web(at.name, f"/blob/{head.sha}/{path}"),
        "repository": repo_json,
        "score": 1.0,
    }
