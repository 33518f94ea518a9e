"""HookLog on a webhook's own deliveries: a GitHub App's, an organisation's or a repository's.

docs.github.com "REST API endpoints for GitHub App webhooks": ``GET /app/hook/deliveries`` and ``POST
/app/hook/deliveries/{delivery_id}/attempts`` take a JWT of the App and no installation token; the same below
``/orgs/{org}/hooks/{hook_id}`` and ``/repos/{owner}/{repo}/hooks/{hook_id}`` takes a token that may administer them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ferry.adapters.github_http import GitHubApi
from ferry.domain.hooks import WINDOW, FailedHook, HookAttempt, failed_hooks
from ferry.ports import Clock

MOST = 1000
APP = "app/hook"
ANSWERED = timedelta(minutes=1)
"""GitHub waits ten seconds for an answer; what has none by now has failed."""


class GitHubHookLog:
    """api: for `APP` it speaks as the App itself, not as an installation; hook: whose deliveries, e.g.
    ``orgs/acme/hooks/42``."""

    def __init__(self, api: GitHubApi, clock: Clock, hook: str = APP) -> None:
        self._api, self._clock = api, clock
        self._path = f"/{hook}/deliveries"

    def failed(self) -> list[FailedHook]:
        return failed_hooks(self._recent(), self._clock.now())

    def redeliver(self, hook: FailedHook) -> None:
        self._api.call("POST", f"{self._path}/{hook.last}/attempts", repeatable=False)

    def _recent(self) -> Iterator[HookAttempt]:
        """Newest first, so that the rest is older still."""
        for number, found in enumerate(self._api.pages(self._path, {})):
            attempt = _attempt(found)
            age = self._clock.now() - attempt.at
            if number >= MOST or age >= WINDOW:
                return
            if attempt.status or age >= ANSWERED:
                yield attempt


def _attempt(found: dict[str, Any]) -> HookAttempt:
    at = datetime.fromisoformat(str(found["delivered_at"]))
    return HookAttempt(int(found["id"]), str(found["guid"]), str(found["event"]), int(found["status_code"] or 0), at)
