"""Patience with a vendor's HTTP API: 429, 5xx and lost connections are tried again, with Retry-After and jitter.

A time-out while reading is not tried again here: the vendor may have done what we asked.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests


@dataclass(frozen=True)
class Patience:
    """attempts: the first one included; longest: seconds that one wait may take; jitter: from 0 to 1."""

    attempts: int = 4
    longest: float = 20.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def wait(self, attempt: int, asked: float | None = None) -> bool:
        """Wait before another attempt (`attempt` counts those made); False when there is no attempt or time left."""
        if attempt >= self.attempts or (asked is not None and asked > self.longest):
            return False
        backoff = min(2.0 ** (attempt - 1), self.longest) * (0.5 + self.jitter() / 2)
        self.sleep(backoff if asked is None else asked + self.jitter())
        return True


def send(call: Callable[[], requests.Response], patience: Patience) -> requests.Response:
    """The last answer, whatever its status; requests' own error when no attempt brought one."""
    attempt = 0
    while True:
        attempt += 1
        try:
            answer = call()
        except requests.ConnectionError:
            if not patience.wait(attempt):
                raise
            continue
        if not is_transient(answer.status_code) or not patience.wait(attempt, retry_after(answer)):
            return answer


def is_transient(status: int) -> bool:
    return status == 429 or status >= 500


def retry_after(answer: requests.Response) -> float | None:
    """Seconds, from either form that RFC 9110 §10.2.3 allows; None when absent or unreadable."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a time zone
        return None


def share_left(answer: requests.Response, before: float) -> float:
    """Of the calls of this hour, as GitHub's headers say; only of the limit that REST's calls share, as search and
    GraphQL have their own. `before` where the answer says nothing."""
    limit, remaining = (answer.headers.get(f"X-RateLimit-{name}", "") for name in ("Limit", "Remaining"))
    core = answer.headers.get("X-RateLimit-Resource", "core") == "core"
    told = core and limit.isdecimal() and remaining.isdecimal() and int(limit) > 0
    return int(remaining) / int(limit) if told else before
