"""What watches, in memory: the error tracker passes the suite of the Sentry adapter; hook log and queue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ferry.domain.delivery import Delivery
from ferry.domain.errors import NotFound
from ferry.domain.hooks import FailedHook
from ferry.domain.incident import ErrorEvent, ErrorIssue


class FakeErrorTracker:
    def __init__(self, *known: tuple[ErrorIssue, ErrorEvent]) -> None:
        self.known = {issue.id: (issue, event) for issue, event in known}
        self.links: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def issues(self) -> list[ErrorIssue]:
        return sorted((issue for issue, _ in self.known.values()), key=lambda issue: -issue.events)

    def issue(self, id: str) -> ErrorIssue:
        return self._known(id)[0]

    def latest_event(self, id: str) -> ErrorEvent:
        return self._known(id)[1]

    def link(self, id: str, ticket: str, url: str) -> None:
        self._known(id)
        self.links[id][ticket] = url

    def _known(self, id: str) -> tuple[ErrorIssue, ErrorEvent]:
        if id not in self.known:
            raise NotFound(f"no issue {id}")
        return self.known[id]


@dataclass
class FakeHookLog:
    hooks: list[FailedHook] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def failed(self) -> list[FailedHook]:
        return list(self.hooks)

    def redeliver(self, hook: FailedHook) -> None:
        self.sent.append(hook.guid)


@dataclass
class FakeQueue:
    sent: list[Delivery] = field(default_factory=list)

    def send(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
