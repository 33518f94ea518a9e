"""What the deliveries are about: errors that Sentry saw too often, a commit whose check fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import requests

from bench.seeds import REPO
from bench.storm.schedule import Trigger


def broken(info: Mapping[str, Any], triggers: Iterable[Trigger], events: int) -> dict[str, str]:
    """By the trigger's name, the id of an error that Sentry saw so often; it tells nobody yet."""
    return {one.name: _error(info, one.name, events) for one in triggers}


def _error(info: Mapping[str, Any], name: str, events: int) -> str:
    error = {"title": f"ZeroDivisionError: {name}", "culprit": name, "events": events, "deliver": False}
    return str(requests.post(f"{info['sentry']}/_standin/alert", json=error, timeout=30).json()["issue_id"])


def checks(info: Mapping[str, Any]) -> tuple[str, Callable[[], None]]:
    """A commit with a check that runs, and what lets it fail."""
    http = requests.Session()
    http.headers["Authorization"] = f"Bearer {info['secrets']['github_token']}"
    base = f"{info['github']}/repos/{REPO}"
    head = http.get(f"{base}/commits/main", timeout=30).json()["sha"]
    started = {"name": "storm", "head_sha": head, "status": "in_progress"}
    check = http.post(f"{base}/check-runs", json=started, timeout=30).json()["id"]

    def finish() -> None:
        ended = {"status": "completed", "conclusion": "failure"}
        http.patch(f"{base}/check-runs/{check}", json=ended, timeout=30).raise_for_status()

    return head, finish
