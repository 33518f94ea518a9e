"""What became of a ticket's title and description after a moment: read from Jira's changelog, newest state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ferry.adapters.adf_text import to_text
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit, text_change

Json = Mapping[str, Any]
TEXTS = ("summary", "description")


def text_edit(issue: Json, ticket: Ticket) -> TicketEdit | None:
    """issue: with summary, description and its changelog, whose texts are written as those of webhooks are.

    The issue's own description is a document; a ticket that the sweep found was frozen from that.
    """
    later = sorted((entry for entry in _entries(issue) if _at(entry) > ticket.triggered_at), key=_at)
    fields = issue["fields"]
    reads = (str(fields.get("summary") or ticket.key), to_text(fields.get("description")).strip())
    if not later or reads == (ticket.title, ticket.description.strip()):
        return None
    texts = {"summary": ticket.title, "description": ticket.description}
    for entry in later:
        texts |= {str(item["field"]).lower(): str(item.get("toString") or "") for item in _items(entry)}
    by = later[-1].get("author") or {}
    return TicketEdit(
        key=ticket.key,
        by=str(by.get("accountId") or ""),
        by_name=str(by.get("displayName") or ""),
        at=_at(later[-1]),
        after=f"{texts['summary']}\n\n{texts['description']}",
        change=text_change(later[-1].get("id")),
    )


def _entries(issue: Json) -> list[Json]:
    histories = (issue.get("changelog") or {}).get("histories") or ()
    return [entry for entry in histories if _items(entry)]


def _items(entry: Json) -> list[Json]:
    return [item for item in entry.get("items") or () if str(item.get("field")).lower() in TEXTS]


def _at(entry: Json) -> str:
    """Jira writes the offset without a colon."""
    return datetime.fromisoformat(str(entry["created"])).astimezone(UTC).isoformat(timespec="milliseconds")
