"""Commits and changed files in GitHub's shape."""

from __future__ import annotations

from local.standins.github.commits import Commit, Person
from local.standins.github.diffs import FileDiff
from local.standins.github.shapes import Json, Urls, user


def person(who: Person) -> Json:
    return {"name": who.name, "email": who.email, "date": who.date}


_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def git_commit(urls: Urls, repo: str, commit: Commit) -> Json:
    """Of `/git/commits`."""
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "url": urls.api(repo, f"/git/commits/{commit.sha}"),
        "html_url": urls.web(repo, f"/commit/{commit.sha}"),
        "author": person(commit.author),
        "committer": person(commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": urls.api(repo, f"/git/trees/{commit.tree}")},
        "parents": [
            {"sha": sha, "url": urls.api(repo, f"/git/commits/{sha}"), "html_url": urls.web(repo, f"/commit/{sha}")}
            for sha in commit.parents
        ],
        "verification": _UNSIGNED,
    }


def commit(urls: Urls, repo: str, of: Commit) -> Json:
    """Of `/commits`."""
    full = git_commit(urls, repo, of)
    url = urls.api(repo, f"/commits/{of.sha}")
    return {
        "sha": of.sha,
        "node_id": full["node_id"],
        "url": url,
        "html_url": full["html_url"],
        "comments_url": f"{url}/comments",
        "commit": {key: full[key] for key in ("author", "committer", "message", "tree", "verification")}
        | {"comment_count": 0, "url": full["url"]},
        "author": user(urls, of.author.name.replace(" ", "-")),
        "committer": user(urls, of.committer.name.replace(" ", "-")),
        "parents": full["parents"],
    }


def simple_commit(of: Commit) -> Json:
    """The `head_commit` of runs, suites and their webhooks."""
    return {
        "id": of.sha,
        "tree_id": of.tree,
        "message": of.message,
        "timestamp": of.committer.date,
        "author": {"name": of.author.name, "email": of.author.email},
        "committer": {"name": of.committer.name, "email": of.committer.email},
    }


def file(urls: Urls, repo: str, head: str, of: FileDiff) -> Json:
    shape = {
        "sha": of.sha,
        "filename": of.path,
        "status": of.status,
        "additions": of.additions,
        "deletions": of.deletions,
        "changes": of.additions + of.deletions,
        "blob_url": urls.web(repo, f"/blob/{head}/{of.path}"),
        "raw_url": urls.web(repo, f"/raw/{head}/{of.path}"),
        "contents_url": urls.api(repo, f"/contents/{of.path}?ref={head}"),
    }
    return (
        shape | ({"patch": of.patch} if of.patch else {}) | ({"previous_filename": of.previous} if of.previous else {})
    )
