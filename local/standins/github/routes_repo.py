"""Repositories: facts, contents, branches, commits, archive."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from local.standins.github import shapes_git, shapes_required
from local.standins.github.commits import Commit
from local.standins.github.diffs import diff
from local.standins.github.downloads import download_link
from local.standins.github.git import EMPTY_TREE, Repository, TreeEntry
from local.standins.github.http import ApiError, not_found, paged, paged_under, repository, world
from local.standins.github.records_required import Protection
from local.standins.github.shapes import Json

routes = Blueprint("repo", __name__)
_BASE = "/repos/<owner>/<repo>"


@routes.get(_BASE)
def get_repository(owner: str, repo: str) -> ResponseReturnValue:
    return jsonify(world().repo_json(repository(owner, repo).name))


@routes.get("/orgs/<org>/repos")
def organization_repositories(org: str) -> ResponseReturnValue:
    if org != world().urls.org:
        raise not_found()
    return paged([world().repo_json(name) for name in world().names()])


@routes.get("/installation/repositories")
def installation_repositories() -> ResponseReturnValue:
    return paged_under("repositories", [world().repo_json(name) for name in world().names()])


def _commit(at: Repository, name: str) -> Commit:
    found = at.commit(name or at.default_branch)
    if found is None:
        raise ApiError(404, f"No commit found for the ref {name}") if name else not_found()
    return found


@routes.get(f"{_BASE}/contents/", defaults={"path": ""})
@routes.get(f"{_BASE}/contents/<path:path>")
def contents(owner: str, repo: str, path: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    commit = _commit(at, request.args.get("ref", ""))
    found = at.read(f"{commit.sha}:{path}")
    if found is None or ".." in path.split("/"):
        raise not_found()
    if found.kind == "tree":
        prefix = f"{path.rstrip('/')}/" if path else ""
        return jsonify([_entry(at, commit, entry, prefix) for entry in at.tree(found.sha, recursive=False)])
    if "raw" in request.headers.get("Accept", ""):
        return Response(found.data, mimetype="application/vnd.github.raw+json")
    entry = TreeEntry("100644", "blob", found.sha, path, len(found.data))
    content = base64.encodebytes(found.data).decode()
    return jsonify(_entry(at, commit, entry, "") | {"encoding": "base64", "content": content})


def _entry(at: Repository, commit: Commit, entry: TreeEntry, prefix: str) -> Json:
    path, urls = prefix + entry.path, world().urls
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.kind, "file")
    url = urls.api(at.name, f"/contents/{path}?ref={commit.sha}")
    git, web = urls.api(at.name, f"/git/{entry.kind}s/{entry.sha}"), urls.web(at.name, f"/blob/{commit.sha}/{path}")
    return {
        "type": kind,
        "size": entry.size or 0,
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": entry.sha,
        "url": url,
        "git_url": git,
        "html_url": web,
        "download_url": urls.web(at.name, f"/raw/{commit.sha}/{path}") if kind == "file" else None,
        "_links": {"self": url, "git": git, "html": web},
    }


@routes.get(f"{_BASE}/branches")
def branches(owner: str, repo: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    refs = at.refs("refs/heads")
    return paged([_branch(at, ref.removeprefix("refs/heads/"), sha) for ref, sha in refs.items()])


def _branch(at: Repository, name: str, sha: str) -> Json:
    return {
        "name": name,
        "commit": {"sha": sha, "url": world().urls.api(at.name, f"/commits/{sha}")},
        "protected": False,
    }


@routes.get(f"{_BASE}/branches/<path:branch>")
def get_branch(owner: str, repo: str, branch: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    sha, urls = at.head(branch), world().urls
    if sha is None:
        raise ApiError(404, "Branch not found")
    links = {"self": urls.api(at.name, f"/branches/{branch}"), "html": urls.web(at.name, f"/tree/{branch}")}
    kept = _protection(at.name, branch)
    return jsonify({
        "name": branch,
        "commit": shapes_git.commit(urls, at.name, _commit(at, sha)),
        "_links": links,
        "protected": kept["enabled"],
        "protection": kept,
        "protection_url": f"{links['self']}/protection",
    })  # fmt: skip


def _protection(repo: str, branch: str) -> Json:
    found = world().store.all(Protection, repo=repo, branch=branch, ruleset="")
    asked = [one for one in found if one.checks]
    shown = shapes_required.protection(world().urls, asked[-1] if asked else Protection(0, repo, branch, []))
    return {name: value for name, value in shown.items() if name != "url"}


@routes.get(f"{_BASE}/commits")
def commits(owner: str, repo: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    start = _commit(at, request.args.get("sha", ""))
    limits = [f"--{key}={value}" for key in ("since", "until", "author") if (value := request.args.get(key))]
    paths = ["--", request.args["path"]] if request.args.get("path") else []
    found = at.log("--max-count=1000", *limits, start.sha, *paths)
    return paged([shapes_git.commit(world().urls, at.name, commit) for commit in found])


@routes.get(f"{_BASE}/commits/<path:ref>")
def get_commit(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    found = at.commit(ref)
    if found is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    files = diff(at, found.parents[0] if found.parents else EMPTY_TREE, found.sha)
    added, deleted = sum(f.additions for f in files), sum(f.deletions for f in files)
    return jsonify({
        **shapes_git.commit(world().urls, at.name, found),
        "stats": {"total": added + deleted, "additions": added, "deletions": deleted},
        "files": [shapes_git.file(world().urls, at.name, found.sha, f) for f in files],
    })  # fmt: skip


@routes.get(f"{_BASE}/tarball", defaults={"ref": ""})
@routes.get(f"{_BASE}/tarball/<path:ref>")
def tarball(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    return redirect(download_link(f"{at.name}/legacy.tar.gz/{_commit(at, ref).sha}"), 302)
