"""A comment as Jira's REST v3 tells it, as a comment of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ferry.adapters.adf_text import to_text
from ferry.domain.ticket import TicketComment


def ticket_comment(found: Mapping[str, Any]) -> TicketComment:
    author = found.get("author") or {}
    return TicketComment(
        id=str(found["id"]),
        author=str(author.get("accountId") or ""),
        author_name=str(author.get("displayName") or ""),
        account_type=str(author.get("accountType") or ""),
        at=_moment(found["created"]),
        changed_at=_moment(found.get("updated") or found["created"]),
        text=to_text(found.get("body")),
    )


def _moment(jiras: str) -> str:
    """``2021-01-17T12:34:00.000+0000`` as RFC 3339 in UTC."""
    return datetime.strptime(jiras, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC).isoformat(timespec="milliseconds")
