"""Deliveries, and the receipts that say what became of them. Standard library only: ingress imports this."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Source(StrEnum):
    JIRA = "jira"
    GITHUB = "github"
    SENTRY = "sentry"
    SLACK = "slack"
    SWEEP = "sweep"


@dataclass(frozen=True)
class Delivery:
    """One signed HTTP request, or what the sweep found in its place.

    id: the sender's own identifier, stable over its retries; kind: the sender's event name;
    body: the raw body as text (UTF-8); received_at: RFC 3339 in UTC."""

    source: Source
    id: str
    kind: str
    body: str
    received_at: str

    @property
    def name(self) -> str:
        """What callers see as ``delivery_id``."""
        return f"{self.source}:{self.id}"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Delivery:
        data = json.loads(text)
        return cls(Source(data["source"]), data["id"], data["kind"], data["body"], data["received_at"])


class Outcome(StrEnum):
    STARTED = "started"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    REJECTED = "rejected"
    DECIDED = "decided"
    MENDED = "mended"


@dataclass(frozen=True)
class Receipt:
    """reason: why, in a person's words; task_id: the task that it started or touched, else empty."""

    delivery: str
    outcome: Outcome
    reason: str
    at: str
    task_id: str = ""
