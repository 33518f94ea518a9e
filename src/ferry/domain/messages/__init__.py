"""What Ferry says in Slack: each function returns the plain text and the Block Kit blocks of one message."""

from __future__ import annotations

from ferry.domain.messages.approval import approval_request, decided
from ferry.domain.messages.progress import escalated, expired, failed, rejected, started, stopped, succeeded

__all__ = [
    "approval_request",
    "decided",
    "escalated",
    "expired",
    "failed",
    "rejected",
    "started",
    "stopped",
    "succeeded",
]
