"""Sentry's JSON for what the store holds; fields that Ferry never reads have their empty value."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.standins.sentry.project import project_details

if TYPE_CHECKING:
    from local.standins.sentry.store import Store

    Json = dict[str, Any]

HOUR = 3600
_NEVER = dict.fromkeys(
    (
        "shareId", "logger", "priorityLockedAt", "seerFixabilityScore", "seerAutofixLastTriggered",
        "seerExplorerAutofixLastTriggered", "assignedTo", "subscriptionDetails",
    )
)  # fmt: skip
_NOTHING_YET = {
    "statusDetails": {},
    "isPublic": False,
    "numComments": 0,
    "isBookmarked": False,
    "isSubscribed": False,
    "hasSeen": False,
    "annotations": [],
}


class Shapes:
    def __init__(self, url: str, store: Store) -> None:
        self._url, self._store = url, store

    def details(self, issue: Json) -> Json:
        """One issue, as its own page shows it."""
        return {
            **self._common(issue),
            "activity": [],
            "seenBy": [],
            "userReportCount": 0,
            "participants": [],
            "tags": [],
            "stats": {"24h": _hours(issue), "30d": []},
        }

    def listed(self, issue: Json) -> Json:
        """One issue, as the list shows it."""
        times = {name: self._common(issue)[name] for name in ("count", "userCount", "firstSeen", "lastSeen")}
        return {
            **self._common(issue),
            "stats": {"24h": _hours(issue)},
            "lifetime": times,
            "filtered": None,
            "sessionCount": 0,
            "isUnhandled": True,
            "inbox": {"reason": 0, "reason_details": None, "date_added": issue["first"]},
            "owners": {"type": "ownershipRule", "owner": "", "date_added": issue["first"]},
            "integrationIssues": [],
            "sentryAppIssues": [],
            "latestEventHasAttachments": False,
            "matchingEventId": None,
            "matchingEventEnvironment": None,
            "derivedData": {
                "blocker": "none",
                "progress": "not_started",
                "status": "open",
                "viewCount": 0,
                "hasOpenFixPr": False,
                "isAssigned": False,
                "hasRootCause": False,
                "lastCompletedAutofixStep": "none",
                "lastProgressedAt": None,
            },
        }

    def event(self, issue: Json, event: Json) -> Json:
        numbers = [known["id"] for known in issue["events"]]
        at = numbers.index(event["id"])
        return {
            "id": event["id"],
            "eventID": event["id"],
            "groupID": issue["id"],
            "projectID": "1",
            "title": issue["title"],
            "message": "",
            "location": None,
            "user": None,
            "tags": [{"key": "environment", "value": event["environment"]}, {"key": "level", "value": issue["level"]}],
            "platform": "python",
            "dateCreated": event["at"],
            "dateReceived": event["at"],
            "contexts": {},
            "size": 1024,
            "entries": [{"type": "exception", "data": {"values": [self.exception(issue, event)]}}],
            "dist": None,
            "sdk": {"name": "sentry.python", "version": "2.0.0"},
            "context": {},
            "packages": {},
            "type": "error",
            "metadata": self._metadata(issue),
            "errors": [],
            "occurrence": None,
            "_meta": {},
            "release": _release(event),
            "userReport": None,
            "sdkUpdates": [],
            "resolvedWith": [],
            "previousEventID": numbers[at - 1] if at else None,
            "nextEventID": numbers[at + 1] if at + 1 < len(numbers) else None,
        }

    def exception(self, issue: Json, event: Json) -> Json:
        return {**self._metadata(issue), "stacktrace": {"frames": event["frames"]}}

    def project(self) -> Json:
        return project_details(self._url, self._store.organization, self._store.project)

    def link(self, issue: Json) -> str:
        return f"{self._url}/organizations/{self._store.organization}/issues/{issue['id']}/"

    def api_link(self, issue: Json) -> str:
        return f"{self._url}/api/0/organizations/{self._store.organization}/issues/{issue['id']}/"

    def _common(self, issue: Json) -> Json:
        name = self._store.project
        return {
            **_NEVER,
            **_NOTHING_YET,
            "id": issue["id"],
            "shortId": f"{name}-{issue['id']}".upper(),
            "title": issue["title"],
            "culprit": issue["culprit"],
            "permalink": self.link(issue),
            "level": issue["level"],
            "status": "unresolved",
            "substatus": "new" if len(issue["events"]) == 1 else "ongoing",
            "platform": "python",
            "priority": "high",
            "project": {"id": "1", "name": name.title(), "slug": name, "platform": "python"},
            "type": "error",
            "issueType": "error",
            "issueCategory": "error",
            "metadata": self._metadata(issue),
            "count": str(len(issue["events"])),
            "userCount": 0,
            "firstSeen": issue["first"],
            "lastSeen": issue["last"],
        }

    def _metadata(self, issue: Json) -> Json:
        kind, _, value = issue["title"].partition(": ")
        return {"type": kind, "value": value}


def _hours(issue: Json) -> list[list[int]]:
    """Start of the hour and events in it, for the last 24 hours."""
    this = int(time.time()) // HOUR * HOUR
    starts = [int(datetime.fromisoformat(event["at"]).timestamp()) // HOUR * HOUR for event in issue["events"]]
    return [[hour, starts.count(hour)] for hour in range(this - 23 * HOUR, this + 1, HOUR)]


def _release(event: Json) -> Json | None:
    return {"version": event["release"]} if event.get("release") else None
