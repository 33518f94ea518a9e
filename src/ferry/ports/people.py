"""Where people are: the issue tracker and the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ferry.domain.ticket import TicketComment


class IssueTracker(Protocol):
    def comment(self, key: str, markdown: str) -> None: ...

    def comments(self, key: str) -> list[TicketComment]:
        """Oldest first. NotFound."""

    def account(self) -> str:
        """The account id that Ferry acts as."""


class Chat(Protocol):
    """Messages are Block Kit blocks with a plain text fallback; a ref is opaque and names one message."""

    def post(self, text: str, blocks: Sequence[Mapping[str, Any]], *, thread: str = "") -> str:
        """To the configured channel, or to that of `thread`: the ref of the message to answer. Returns the ref."""

    def update(self, ref: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None: ...

    def whisper(self, user: str, text: str, *, channel: str = "", blocks: Sequence[Mapping[str, Any]] = ()) -> None:
        """Seen by `user` alone. channel: vendor id, empty for the configured one."""
