"""When people are reminded of a request that waits, and who is told when nobody answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from ferry.domain.policy import Escalation, Policy
from ferry.domain.working_hours import called_at

REMINDED, ESCALATED = "reminded", "escalated"


@dataclass(frozen=True)
class Due:
    """name: unique in its timetable; at: RFC 3339 in UTC; who: keys of people and groups to mention."""

    name: str
    kind: str
    at: str
    who: tuple[str, ...]


def timetable(policy: Policy, requested_at: str, expires_at: str, reminder_seconds: int = 0) -> tuple[Due, ...]:
    """In the order of time; what falls outside working hours is moved, but nothing to the end or past it.

    reminder_seconds: before the first reminder instead of the policy's share, when not 0.
    """
    begun, end = datetime.fromisoformat(requested_at), datetime.fromisoformat(expires_at)
    first = timedelta(seconds=reminder_seconds) if reminder_seconds else (end - begun) * policy.remind_at
    planned = [
        (begun + first, Due("reminder", REMINDED, "", policy.approvers)),
        *(_step(number, step, policy, begun, end) for number, step in enumerate(policy.escalation, 1)),
    ]
    inside = sorted(((at, one) for at, one in planned if at < end), key=lambda pair: pair[0])
    # A step that had to come early must not overtake the one before it.
    moments = accumulate((called_at(at, begun, end, policy.working_hours) for at, _ in inside), max)
    return tuple(Due(one.name, one.kind, _text(at), one.who) for at, (_, one) in zip(moments, inside, strict=True))


def due(table: Sequence[Due], now: str, done: Collection[str]) -> tuple[Due, ...]:
    """Those whose moment has come and that nobody was told of."""
    return tuple(one for one in table if one.at <= now and one.name not in done)


def _step(number: int, step: Escalation, policy: Policy, begun: datetime, end: datetime) -> tuple[datetime, Due]:
    after = timedelta(seconds=step.seconds) if step.seconds else (end - begun) * (step.at or 0)
    return begun + after, Due(f"escalation {number}", ESCALATED, "", step.who or policy.approvers)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
