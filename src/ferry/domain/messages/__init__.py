"""What Ferry says in Slack: each function returns the plain text and the Block Kit blocks of one message."""

from __future__ import annotations

from ferry.domain.messages.approval import approval_request, decided, newer_request, reminder
from ferry.domain.messages.ci import escalated
from ferry.domain.messages.incident import dead_letters, incident_failed, incident_opened
from ferry.domain.messages.progress import (
    expired,
    failed,
    nothing_found,
    over_budget,
    rejected,
    started,
    stopped,
    succeeded,
)

__all__ = [
    "approval_request",
    "dead_letters",
    "decided",
    "escalated",
    "expired",
    "failed",
    "incident_failed",
    "incident_opened",
    "newer_request",
    "nothing_found",
    "over_budget",
    "rejected",
    "reminder",
    "started",
    "stopped",
    "succeeded",
]
