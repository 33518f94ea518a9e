"""Issues, each with its events; an event joins the issue that has the same title and culprit."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    Json = dict[str, Any]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Store:
    """An issue is ``{"id", "title", "culprit", "level", "first", "last", "events": […]}``, an event its own dict."""

    def __init__(self, path: Path, organization: str, project: str) -> None:
        self.organization, self.project = organization, project
        self._path, self._lock = path, threading.Lock()
        self.issues: list[Json] = json.loads(path.read_text()) if path.exists() else []

    def add_event(self, given: Json) -> tuple[Json, Json]:
        """(issue, event) for ``{"title", "culprit"?, "level"?, "environment"?, "frames"?: […]}``."""
        at = now()
        event = {
            "id": uuid.uuid4().hex,
            "at": at,
            "environment": given.get("environment", "production"),
            "frames": given.get("frames", []),
            "release": given.get("release", ""),
        }
        with self._lock:
            issue = self._like(given) or self._new(given, at)
            issue["events"].append(event)
            issue["last"] = at
            self._save()
        return issue, event

    def add_comment(self, issue: Json, text: str) -> Json:
        with self._lock:
            comment = {"id": str(len(issue.get("comments", [])) + 1), "type": "note", "data": {"text": text}}
            issue.setdefault("comments", []).append({**comment, "dateCreated": now()})
            self._save()
            return dict(issue["comments"][-1])

    def set_link(self, issue: Json, given: Json) -> Json:
        """In the shape of Sentry's PlatformExternalIssueSerializer."""
        shown = {"displayName": f"{given['project']}#{given['identifier']}", "webUrl": given["webUrl"]}
        with self._lock:
            issue["links"] = [{"id": issue["id"], "issueId": issue["id"], "serviceType": "ferry", **shown}]
            self._save()
            return dict(issue["links"][0])

    def find(self, id: str) -> Json | None:
        return next(
            (issue for issue in self.issues if id in (issue["id"], f"{self.project}-{issue['id']}".upper())), None
        )

    def _like(self, given: Json) -> Json | None:
        same = (given["title"], given.get("culprit", ""))
        return next((issue for issue in self.issues if (issue["title"], issue["culprit"]) == same), None)

    def _new(self, given: Json, at: str) -> Json:
        issue: Json = {
            "id": str(len(self.issues) + 1),
            "title": given["title"],
            "culprit": given.get("culprit", ""),
            "level": given.get("level", "error"),
            "first": at,
            "last": at,
            "events": [],
        }
        self.issues.append(issue)
        return issue

    def _save(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self.issues))
        fresh.replace(self._path)
