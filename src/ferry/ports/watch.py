"""What watches over software that runs and over work that got lost: the error tracker, hook logs."""

from __future__ import annotations

from typing import Protocol

from ferry.domain.hooks import FailedHook
from ferry.domain.incident import ErrorEvent, ErrorIssue


class ErrorTracker(Protocol):
    def issues(self) -> list[ErrorIssue]:
        """Unresolved and seen in the last 24 hours, the most frequent first, at most 100."""

    def issue(self, id: str) -> ErrorIssue:
        """NotFound when there is none."""

    def latest_event(self, id: str) -> ErrorEvent: ...

    def link(self, id: str, ticket: str, url: str) -> None:
        """Show on the issue that `ticket` carries it; the same again changes nothing. NotFound."""


class HookLog(Protocol):
    def failed(self) -> list[FailedHook]: ...

    def redeliver(self, hook: FailedHook) -> None: ...
