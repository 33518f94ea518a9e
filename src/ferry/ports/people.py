"""Where people are: the issue tracker and the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ferry.domain.ticket import Ticket, TicketComment
from ferry.domain.ticket_edit import TicketEdit


@dataclass(frozen=True)
class TicketRef:
    key: str
    url: str


@dataclass(frozen=True)
class LabelledTicket:
    """A ticket that carries a label now. labelled_by and labelled_at (RFC 3339): who gave it last, and when;
    created: it was born with it; change: names that act of labelling; labels: all that it carries;
    labelled_by_type: Jira's ``accountType`` of who gave it."""

    key: str
    title: str
    text: str
    api_url: str
    author: str
    labels: tuple[str, ...]
    labelled_by: str
    labelled_by_name: str
    labelled_at: str
    change: str
    created: bool
    labelled_by_type: str = ""


class IssueTracker(Protocol):
    def comment(self, key: str, markdown: str) -> None: ...

    def create(self, title: str, markdown: str, labels: Sequence[str]) -> TicketRef:
        """In the configured project."""

    def find(self, label: str) -> TicketRef | None:
        """The oldest ticket of the last 90 days with `label`; the tracker's search may be some seconds behind."""

    def link(self, key: str, url: str, title: str) -> None:
        """Show `url` on the ticket; the same url again changes nothing."""

    def labelled(self, label: str, *, days: int) -> list[LabelledTicket]:
        """Tickets that carry `label` and changed within `days`, at most 100."""

    def comments(self, key: str) -> list[TicketComment]:
        """Oldest first. NotFound."""

    def text_edit(self, ticket: Ticket) -> TicketEdit | None:
        """The newest change of title or description after `ticket` was frozen; None when it reads as then. NotFound."""

    def account(self) -> str:
        """The account id that Ferry acts as."""


class Chat(Protocol):
    """Messages are Block Kit blocks with a plain text fallback; a ref is opaque and names one message."""

    def post(self, text: str, blocks: Sequence[Mapping[str, Any]], *, thread: str = "") -> str:
        """To the configured channel, or to that of `thread`: the ref of the message to answer. Returns the ref."""

    def update(self, ref: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None: ...

    def whisper(self, user: str, text: str, *, channel: str = "", blocks: Sequence[Mapping[str, Any]] = ()) -> None:
        """Seen by `user` alone. channel: vendor id, empty for the configured one."""


class Directory(Protocol):
    """Who is in the groups that a policy names."""

    def members(self, group: str) -> frozenset[str]:
        """Keys of the people in `group` as it is now; group: a key, e.g. ``github-team:acme/leads``.

        NotFound for a group that is not there, VendorRefused where it may not be read.
        """
