"""GitHub's repositories and what is in them: lists, trees, blobs, archives.

https://docs.github.com/rest/git/trees (at most 100,000 entries or 7 MB, then ``truncated``),
https://docs.github.com/rest/repos/contents#download-a-repository-archive-tar.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ferry.adapters.github_archive import files, unpack
from ferry.adapters.github_history import EMPTY, path_of
from ferry.adapters.github_http import GitHubApi
from ferry.domain.errors import VendorRefused
from ferry.ports import RepositoryRef, TreeFile

_REGULAR = ("100644", "100755", "100664")  # the last one is what very old versions of git wrote


class GitHubTrees:
    _api: GitHubApi
    _org: str

    def repositories(self, org: str = "") -> list[RepositoryRef]:
        if self._org:
            found = self._api.pages(f"/orgs/{quote(org or self._org, safe='')}/repos", {})
        else:
            found = self._api.pages("/installation/repositories", {}, "repositories")
        refs = [_ref(repo) for repo in found]
        return [ref for ref in refs if not org or ref.name.partition("/")[0].casefold() == org.casefold()]

    def repository(self, repo: str) -> RepositoryRef:
        return _ref(self._api.call("GET", f"/repos/{repo}").json())

    def download(self, repo: str, sha: str, destination: Path) -> None:
        unpack(self._archive(repo, sha), destination, _what(repo, sha))

    def tree(self, repo: str, sha: str) -> tuple[TreeFile, ...] | None:
        try:
            found = self._api.call("GET", f"/repos/{repo}/git/trees/{path_of(sha)}", params={"recursive": "1"}).json()
        except VendorRefused as refused:
            if refused.status != EMPTY:
                raise
            return ()
        if found["truncated"]:
            return None
        return tuple(
            TreeFile(entry["path"], entry["sha"], int(entry["size"]))
            for entry in found["tree"]
            if entry["mode"] in _REGULAR
        )

    def blob(self, repo: str, blob: str) -> bytes:
        return base64.b64decode(self._api.call("GET", f"/repos/{repo}/git/blobs/{blob}").json()["content"])

    def archive(self, repo: str, sha: str, *, largest: int) -> Iterator[tuple[str, bytes | None]]:
        return files(self._archive(repo, sha), largest, _what(repo, sha))

    def _archive(self, repo: str, sha: str) -> Any:
        return self._api.call("GET", f"/repos/{repo}/tarball/{path_of(sha)}", stream=True)


def _what(repo: str, sha: str) -> str:
    return f"GitHub tarball of {repo} at {sha[:12]}"


def _ref(repo: dict[str, Any]) -> RepositoryRef:
    """pushed_at is null before the first push."""
    return RepositoryRef(
        name=str(repo["full_name"]),
        default_branch=str(repo.get("default_branch") or "main"),
        changed_at=max(str(repo.get("pushed_at") or ""), str(repo.get("updated_at") or "")),
        archived=bool(repo.get("archived")),
        fork=bool(repo.get("fork")),
        kilobytes=int(repo.get("size") or 0),
    )
