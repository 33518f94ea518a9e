"""GitHub's webhook deliveries that failed: GitHub never sends one again by itself.

docs.github.com "Redelivering webhooks": a redelivery keeps the GUID and is possible for three days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(days=3)
MOST_ATTEMPTS = 6


@dataclass(frozen=True)
class HookAttempt:
    """One attempt of one delivery. id: the attempt's; guid: the delivery's, what `X-GitHub-Delivery` says."""

    id: int
    guid: str
    event: str
    status: int
    at: datetime


@dataclass(frozen=True)
class FailedHook:
    """attempts: how often it was tried; last: id of the newest one, which is sent again."""

    guid: str
    event: str
    attempts: int
    last: int


def failed_hooks(attempts: Iterable[HookAttempt], now: datetime) -> list[FailedHook]:
    """Deliveries without one attempt that was taken, which may still be sent again and were not sent too often."""
    by_guid: dict[str, list[HookAttempt]] = {}
    for attempt in attempts:
        by_guid.setdefault(attempt.guid, []).append(attempt)
    found = []
    for guid, tries in by_guid.items():
        last = max(tries, key=lambda one: (one.at, one.id))
        taken = any(200 <= one.status < 300 for one in tries)
        if not taken and now - last.at < WINDOW and len(tries) < MOST_ATTEMPTS:
            found.append(FailedHook(guid, last.event, len(tries), last.id))
    return found
