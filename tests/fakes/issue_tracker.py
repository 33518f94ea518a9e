"""`IssueTracker` in memory; it passes the same suite as the Jira adapter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from ferry.domain.errors import FerryError, NotFound


class FakeIssueTracker:
    """keys: the tickets that exist (all, when empty); comments: what was said on each; failure: raised instead."""

    def __init__(self, keys: Collection[str] = (), failure: FerryError | None = None) -> None:
        self._keys, self._failure = keys, failure
        self.comments: defaultdict[str, list[str]] = defaultdict(list)

    def comment(self, key: str, markdown: str) -> None:
        if self._failure:
            raise self._failure
        if self._keys and key not in self._keys:
            raise NotFound(f"{key}: no such ticket")
        self.comments[key].append(markdown)
