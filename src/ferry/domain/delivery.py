"""Deliveries, and the receipts that say what became of them. Standard library only: ingress imports this."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from enum import StrEnum

PACKED_FROM = 100_000


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
        """For the queue, whose messages are small: a long body is packed."""
        data = asdict(self)
        if len(self.body) > PACKED_FROM:
            data |= {"body": base64.b64encode(zlib.compress(self.body.encode())).decode(), "packed": True}
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> Delivery:
        data = json.loads(text)
        body = data["body"]
        if data.get("packed"):
            body = zlib.decompress(base64.b64decode(body)).decode()
        return cls(Source(data["source"]), data["id"], data["kind"], body, data["received_at"])


class Outcome(StrEnum):
    STARTED = "started"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    REJECTED = "rejected"
    DECIDED = "decided"
    VOTED = "voted"
    MENDED = "mended"


@dataclass(frozen=True)
class Receipt:
    """reason: why, in a person's words; task_id: the task that it started or touched, else empty."""

    delivery: str
    outcome: Outcome
    reason: str
    at: str
    task_id: str = ""
