"""What somebody changed on a ticket after the trigger: told as a diff, never obeyed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from ferry.domain.ticket import Ticket

EDITED = "ticket edited"
MOST_LINES, LONGEST_LINE = 40, 160
MOST_SHOWN = 20


@dataclass(frozen=True)
class TicketEdit:
    """after: how the ticket (title, blank line, description) or the comment `comment` reads now, "" when it is gone.

    by: account id; at: RFC 3339 in UTC.
    """

    key: str
    by: str
    by_name: str
    at: str
    after: str
    comment: str = ""

    @property
    def what(self) -> str:
        return "a comment" if self.comment else "the ticket's text"


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
