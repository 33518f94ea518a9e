"""The frozen text that a task works from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from ferry.domain.document import Document, digest

MOST_COMMENTS, LONGEST_COMMENT = 50, 4000


class TicketComment(Document):
    """One comment of a ticket. author: account id; account_type: Jira's; at, changed_at: RFC 3339 in UTC."""

    id: str
    author: str
    author_name: str = ""
    account_type: str = ""
    at: str
    changed_at: str = ""
    text: str


class Ticket(Document):
    """A ticket as it was at the trigger; later edits are shown, never obeyed silently.

    key: the tracker's name for it, e.g. ``FERRY-1``; text: all that an agent reads, comments included;
    triggered_by: the tracker's account id of who asked, and triggered_by_name that person's name; triggered_at:
    RFC 3339 in UTC; trigger: the tracker's name of the very change that asked, so that a change told twice starts
    once, and a person's wish to run again is another; empty when the tracker names none.
    """

    key: str
    title: str
    text: str
    url: str
    author: str
    triggered_by: str
    triggered_by_name: str = ""
    triggered_at: str
    trigger: str = ""
    comments: tuple[TicketComment, ...] = ()

    @property
    def digest(self) -> str:
        """Over what an agent reads: title and text."""
        return digest({"key": self.key, "title": self.title, "text": self.text})

    @property
    def description(self) -> str:
        """The text without its comments."""
        return self.text.removesuffix(_told(self.comments))

    def with_comments(self, comments: Iterable[TicketComment]) -> Self:
        """The newest of those written and last changed up to the trigger, oldest first, at the end of the text."""
        known = [one for one in comments if max(one.at, one.changed_at) <= self.triggered_at]
        kept = tuple(sorted(known, key=lambda one: one.at)[-MOST_COMMENTS:])
        return self.model_copy(update={"text": self.description + _told(kept), "comments": kept})


def _told(comments: Iterable[TicketComment]) -> str:
    return "".join(
        f"\n\nComment by {one.author_name or one.author}, {one.at}:\n{one.text[:LONGEST_COMMENT]}" for one in comments
    )
