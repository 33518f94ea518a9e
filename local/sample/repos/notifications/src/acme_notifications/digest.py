"""The daily digest: several small messages in one."""

from __future__ import annotations

from collections.abc import Sequence

from acme_notifications.templates import Message

VOLUME_LIMIT = 20
"""More messages than this in one digest are counted, not listed."""


def digest(messages: Sequence[Message]) -> Message:
    """One message that lists the subjects of the others. Raises ValueError if there are none."""
    if not messages:
        raise ValueError("a digest needs at least one message")
    lines = [f"- {message.subject}" for message in messages[:VOLUME_LIMIT]]
    more = len(messages) - len(lines)
    if more:
        lines.append(f"… and {more} more")
    return Message(f"{len(messages)} news from Acme", "\n".join(lines) + "\n")
