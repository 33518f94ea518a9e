"""What somebody changed on a ticket after the trigger: told as a diff, never obeyed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from ferry.domain.ticket import Ticket, TicketComment

EDITED = "ticket edited"
UNCOMPARED = "ticket not compared"
MOST_LINES, LONGEST_LINE = 40, 160
MOST_SHOWN = 20


@dataclass(frozen=True)
class TicketEdit:
    """after: how the ticket (title, blank line, description) or the comment `comment` reads now, "" when it is gone.

    by: account id; at: RFC 3339 in UTC; change: the tracker's name of this very change, the same whether a webhook told
    it or the ticket was looked at; "" when the tracker gave none.
    """

    key: str
    by: str
    by_name: str
    at: str
    after: str
    comment: str = ""
    change: str = ""

    @property
    def what(self) -> str:
        return "a comment" if self.comment else "the ticket's text"


def text_change(id: object) -> str:
    """Name of one entry of the tracker's changelog."""
    return f"change {id}" if id else ""


def comment_change(id: str, changed_at: str) -> str:
    """changed_at: RFC 3339 in UTC, "" when the comment was deleted."""
    return f"comment {id}, {changed_at or 'deleted'}"


def comment_edits(ticket: Ticket, now: Iterable[TicketComment]) -> list[TicketEdit]:
    """now: all comments that stand there; those written or changed after the trigger, and frozen ones that are gone."""
    comments = list(now)
    later = [one for one in comments if max(one.at, one.changed_at) > ticket.triggered_at]
    gone = {one.id for one in ticket.comments} - {one.id for one in comments}
    return [
        *(_of_comment(ticket.key, one) for one in later),
        *(TicketEdit(ticket.key, "", "", "", "", id, comment_change(id, "")) for id in sorted(gone)),
    ]


def _of_comment(key: str, one: TicketComment) -> TicketEdit:
    at = max(one.at, one.changed_at)
    return TicketEdit(key, one.author, one.author_name, at, one.text, one.id, comment_change(one.id, at))


def diff(ticket: Ticket, edit: TicketEdit) -> tuple[str, ...]:
    """Lines of a unified diff from the frozen text to what stands there now, at most MOST_LINES; () when alike."""
    before, after = _before(ticket, edit).splitlines(), edit.after.splitlines()
    lines = [line for line in difflib.unified_diff(before, after, lineterm="", n=1) if line[:3] not in ("---", "+++")]
    shown = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines[:MOST_LINES]]
    left = len(lines) - len(shown)
    return (*shown, f"… and {left} more lines") if left else tuple(shown)


def _before(ticket: Ticket, edit: TicketEdit) -> str:
    if edit.comment:
        return next((one.text for one in ticket.comments if one.id == edit.comment), "")
    return f"{ticket.title}\n\n{ticket.description}"
