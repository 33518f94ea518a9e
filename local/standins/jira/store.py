"""The issues of one project, kept in one JSON file."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Adf = dict[str, Any]

# Transition id, status id, name, category key: any status can be reached from any other,
# as in the simplified workflow that a new Jira project has.
STATUSES: dict[str, tuple[str, str, str]] = {
    "To Do": ("11", "10001", "new"),
    "In Progress": ("21", "10002", "indeterminate"),
    "In Review": ("31", "10003", "indeterminate"),
    "Done": ("41", "10004", "done"),
}


def now() -> str:
    """Jira's own form of a time: milliseconds, and an offset without a colon."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


@dataclass
class Comment:
    id: str
    author: str
    body: Adf
    created: str
    updated: str


@dataclass
class Change:
    id: str
    author: str
    created: str
    items: list[dict[str, Any]]


@dataclass
class Issue:
    """`reporter` and every `author` is an e-mail address; `description` is ADF or None."""

    id: str
    key: str
    summary: str
    issue_type: str
    reporter: str
    created: str
    updated: str
    description: Adf | None = None
    labels: list[str] = field(default_factory=list)
    status: str = "To Do"
    comments: list[Comment] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)


def _issue(record: dict[str, Any]) -> Issue:
    record["comments"] = [Comment(**comment) for comment in record["comments"]]
    record["changes"] = [Change(**change) for change in record["changes"]]
    return Issue(**record)


class Store:
    """All access goes through `open`, which holds a lock and writes the file on leaving."""

    def __init__(self, path: Path, *, project: str, project_name: str) -> None:
        self.project, self.project_name = project, project_name
        self._path = path
        self._lock = threading.RLock()
        record: dict[str, Any] = {"last_id": 10000, "issues": []}
        if path.exists():
            record = json.loads(path.read_text())
        self._last_id: int = record["last_id"]
        self._issues = {issue.key: issue for issue in map(_issue, record["issues"])}

    @contextmanager
    def open(self) -> Iterator[dict[str, Issue]]:
        with self._lock:
            yield self._issues
            self._save()

    def next_id(self) -> str:
        with self._lock:
            self._last_id += 1
            return str(self._last_id)

    def next_key(self) -> str:
        with self._lock:
            return f"{self.project}-{len(self._issues) + 1}"

    def find(self, id_or_key: str) -> Issue | None:
        with self._lock:
            by_key = self._issues.get(id_or_key.upper())
            return by_key or next((issue for issue in self._issues.values() if issue.id == id_or_key), None)

    def all(self) -> list[Issue]:
        with self._lock:
            return list(self._issues.values())

    def _save(self) -> None:
        record = {"last_id": self._last_id, "issues": [asdict(issue) for issue in self._issues.values()]}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(record))
        fresh.replace(self._path)
