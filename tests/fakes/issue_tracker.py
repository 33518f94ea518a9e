"""`IssueTracker` in memory; it passes the same suite as the Jira adapter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ferry.domain.errors import FerryError, NotFound
from ferry.domain.ticket import Ticket, TicketComment
from ferry.domain.ticket_edit import TicketEdit, text_change
from ferry.ports import LabelledTicket, TicketRef


@dataclass
class FakeTicket:
    title: str
    text: str
    labels: tuple[str, ...]
    links: dict[str, str] = field(default_factory=dict)


class FakeIssueTracker:
    """keys: the tickets that exist (all, when empty); failure: raised instead.

    said: what Ferry commented on each; written: what others wrote there; edited: newest change of the text, as
    (its number, who, when, title and description).
    """

    def __init__(self, keys: Collection[str] = (), failure: FerryError | None = None) -> None:
        self._keys, self.failure = keys, failure
        self.tickets: dict[str, FakeTicket] = {}
        self.found: list[LabelledTicket] = []
        self.said: defaultdict[str, list[str]] = defaultdict(list)
        self.written: defaultdict[str, list[TicketComment]] = defaultdict(list)
        self.edited: dict[str, tuple[str, str, str, str]] = {}

    def text_edit(self, ticket: Ticket) -> TicketEdit | None:
        self._check(ticket.key)
        number, by, at, after = self.edited.get(ticket.key, ("", "", "", ""))
        if at <= ticket.triggered_at or after == f"{ticket.title}\n\n{ticket.description}":
            return None
        return TicketEdit(ticket.key, by, by.title(), at, after, change=text_change(number))

    def comment(self, key: str, markdown: str) -> None:
        self._check(key)
        self.said[key].append(markdown)

    def comments(self, key: str) -> list[TicketComment]:
        self._check(key)
        own = [comment(text, author="FERRY", id=f"own-{at}") for at, text in enumerate(self.said[key])]
        return [*self.written[key], *own]

    def account(self) -> str:
        return "FERRY"

    def _check(self, key: str) -> None:
        if self.failure:
            raise self.failure
        if self._keys and key not in self._keys:
            raise NotFound(f"{key}: no such ticket")

    def create(self, title: str, markdown: str, labels: Sequence[str]) -> TicketRef:
        if self.failure:
            raise self.failure
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


def comment(
    text: str, author: str = "A1", id: str = "1", at: str = "2026-11-21T11:00:00.000+00:00", kind: str = "atlassian"
) -> TicketComment:
    return TicketComment(
        id=id, author=author, author_name=author.title(), account_type=kind, at=at, changed_at=at, text=text
    )
