"""`IssueTracker` in memory; it passes the same suite as the Jira adapter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ferry.domain.errors import FerryError, NotFound
from ferry.ports import LabelledTicket, TicketRef


@dataclass
class FakeTicket:
    title: str
    text: str
    labels: tuple[str, ...]
    links: dict[str, str] = field(default_factory=dict)


class FakeIssueTracker:
    """keys: the tickets that exist (all, when empty); comments: what was said on each; failure: raised instead."""

    def __init__(self, keys: Collection[str] = (), failure: FerryError | None = None) -> None:
        self._keys, self._failure = keys, failure
        self.tickets: dict[str, FakeTicket] = {}
        self.found: list[LabelledTicket] = []
        self.comments: defaultdict[str, list[str]] = defaultdict(list)

    def comment(self, key: str, markdown: str) -> None:
        if self._failure:
            raise self._failure
        if self._keys and key not in self._keys:
            raise NotFound(f"{key}: no such ticket")
        self.comments[key].append(markdown)

    def create(self, title: str, markdown: str, labels: Sequence[str]) -> TicketRef:
        if self._failure:
            raise self._failure
        key = f"NEW-{len(self.tickets) + 1}"
        self.tickets[key] = FakeTicket(title, markdown, tuple(labels))
        return _ref(key)

    def find(self, label: str) -> TicketRef | None:
        return next((_ref(key) for key, ticket in self.tickets.items() if label in ticket.labels), None)

    def link(self, key: str, url: str, title: str) -> None:
        if key not in self.tickets:
            raise NotFound(f"{key}: no such ticket")
        self.tickets[key].links[url] = title

    def labelled(self, label: str, *, days: int) -> list[LabelledTicket]:
        return [ticket for ticket in self.found if label in ticket.labels]


def _ref(key: str) -> TicketRef:
    return TicketRef(key, f"https://jira.test/browse/{key}")
