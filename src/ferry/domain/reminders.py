"""When people are reminded of a request that waits, and who is told when nobody answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ferry.domain.policy import Policy

REMINDED, ESCALATED = "reminded", "escalated"


@dataclass(frozen=True)
class Due:
    """name: unique in its timetable; at: RFC 3339 in UTC; who: keys of people and groups to mention."""

    name: str
    kind: str
    at: str
    who: tuple[str, ...]


def timetable(policy: Policy, requested_at: str, expires_at: str, reminder_seconds: int = 0) -> tuple[Due, ...]:
    """In the order of time. reminder_seconds: before the first reminder instead of the policy's share, when not 0."""
    begun, end = datetime.fromisoformat(requested_at), datetime.fromisoformat(expires_at)
    first = timedelta(seconds=reminder_seconds) if reminder_seconds else (end - begun) * policy.remind_at
    planned = [
        Due("reminder", REMINDED, _text(begun + first), policy.approvers),
        Due("escalation", ESCALATED, _text(begun + (end - begun) * policy.escalate_at), policy.escalation),
    ]
    return tuple(sorted((one for one in planned if one.at < expires_at), key=lambda one: one.at))


def due(table: Sequence[Due], now: str, done: Collection[str]) -> tuple[Due, ...]:
    """Those whose moment has come and that nobody was told of."""
    return tuple(one for one in table if one.at <= now and one.name not in done)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
