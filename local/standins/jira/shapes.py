"""Jira's JSON: the same issue as REST v3 shows it (ADF) and as webhooks carry it (API v2, wiki text)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from local.standins.jira.adf import to_wiki
from local.standins.jira.store import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.standins.jira.store import Change, Comment, Issue, Store

    Json = dict[str, Any]

ISSUE_TYPES = {"Task": "10001", "Story": "10002", "Bug": "10003"}
_CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
_SIZES = ("48x48", "24x24", "16x16", "32x32")


def account_id(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:24]


class Shapes:
    """`version` is the number in every `self`: 3 for the REST API, 2 for webhooks."""

    def __init__(self, url: str, store: Store, version: int) -> None:
        self._site, self._store, self._version = url, store, version
        self._base = f"{url}/rest/api/{version}"
        self._text: Callable[[Json | None], Any] = (lambda adf: adf) if version == 3 else to_wiki

    def user(self, email: str) -> Json:
        account = account_id(email)
        return {
            "self": f"{self._base}/user?accountId={account}",
            "accountId": account,
            "accountType": "atlassian",
            "emailAddress": email,
            "avatarUrls": self._avatars(f"user/{account}"),
            "displayName": email.partition("@")[0].replace(".", " ").title(),
            "active": True,
            "timeZone": "Etc/UTC",
        }

    def project(self) -> Json:
        return {
            "self": f"{self._base}/project/10000",
            "id": "10000",
            "key": self._store.project,
            "name": self._store.project_name,
            "projectTypeKey": "software",
            "simplified": False,
            "avatarUrls": self._avatars("project/10000"),
        }

    def issue_type(self, name: str) -> Json:
        number = ISSUE_TYPES[name]
        return {
            "self": f"{self._base}/issuetype/{number}",
            "id": number,
            "description": "",
            "iconUrl": f"{self._site}/icons/{name.lower()}.svg",
            "name": name,
            "subtask": False,
        }

    def status(self, name: str) -> Json:
        _, number, category = STATUSES[name]
        category_id, category_name, colour = _CATEGORIES[category]
        return {
            "self": f"{self._base}/status/{number}",
            "description": "",
            "iconUrl": f"{self._site}/",
            "name": name,
            "id": number,
            "statusCategory": {
                "self": f"{self._base}/statuscategory/{category_id}",
                "id": category_id,
                "key": category,
                "colorName": colour,
                "name": category_name,
            },
        }

    def fields(self, issue: Issue) -> Json:
        return {
            **self.cut_down_fields(issue),
            "created": issue.created,
            "updated": issue.updated,
            "labels": list(issue.labels),
            "description": self._text(issue.description),
            "creator": self.user(issue.reporter),
            "reporter": self.user(issue.reporter),
            "resolution": None,
            "components": [],
            "fixVersions": [],
            "issuelinks": [],
            "subtasks": [],
        }

    def cut_down_fields(self, issue: Issue) -> Json:
        """All that a comment's webhook shows of its issue; labels are not among it."""
        return {
            "summary": issue.summary,
            "issuetype": self.issue_type(issue.issue_type),
            "project": self.project(),
            "assignee": None,
            "priority": {"self": f"{self._base}/priority/3", "name": "Medium", "id": "3"},
            "status": self.status(issue.status),
        }

    def issue(self, issue: Issue, fields: Json) -> Json:
        return {"id": issue.id, "self": f"{self._base}/issue/{issue.id}", "key": issue.key, "fields": fields}

    def comment(self, issue: Issue, comment: Comment) -> Json:
        return {
            "self": f"{self._base}/issue/{issue.id}/comment/{comment.id}",
            "id": comment.id,
            "author": self.user(comment.author),
            "body": self._text(comment.body),
            "updateAuthor": self.user(comment.author),
            "created": comment.created,
            "updated": comment.updated,
            "jsdPublic": True,
        }

    def change(self, change: Change) -> Json:
        return {
            "id": change.id,
            "author": self.user(change.author),
            "created": change.created,
            "items": [{name: value for name, value in item.items() if value is not None} for item in change.items],
        }

    def _avatars(self, path: str) -> dict[str, str]:
        return {size: f"{self._site}/avatars/{path}?size={size[:2]}" for size in _SIZES}
