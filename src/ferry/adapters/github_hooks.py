"""HookLog on a GitHub App's own deliveries (docs.github.com, "REST API endpoints for GitHub App webhooks")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ferry.adapters.github_http import GitHubApi
from ferry.domain.hooks import WINDOW, FailedHook, HookAttempt, failed_hooks
from ferry.ports import Clock

MOST = 1000


class GitHubHookLog:
    """api: speaks as the App itself, not as an installation."""

    def __init__(self, api: GitHubApi, clock: Clock) -> None:
        self._api, self._clock = api, clock

    def failed(self) -> list[FailedHook]:
        return failed_hooks(self._recent(), self._clock.now())

    def redeliver(self, hook: FailedHook) -> None:
        self._api.call("POST", f"/app/hook/deliveries/{hook.last}/attempts", repeatable=False)

    def _recent(self) -> Iterator[HookAttempt]:
        """Newest first, so that the rest is older still."""
        for number, found in enumerate(self._api.pages("/app/hook/deliveries", {})):
            if not found.get("status_code"):
                continue  # on its way
            attempt = _attempt(found)
            if number >= MOST or self._clock.now() - attempt.at >= WINDOW:
                return
            yield attempt


def _attempt(found: dict[str, Any]) -> HookAttempt:
    at = datetime.fromisoformat(str(found["delivered_at"]))
    return HookAttempt(int(found["id"]), str(found["guid"]), str(found["event"]), int(found["status_code"]), at)
