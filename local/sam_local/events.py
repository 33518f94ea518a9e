"""The sample events of `events/`: found, filled with values, and signed as their senders sign.

An event is what Lambda gives its function. `${name}` stands for what only a running stack knows; no signature is
stored, for it belongs to a secret and, with Slack, to a moment.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Json = dict[str, Any]


@dataclass(frozen=True)
class SampleEvent:
    """folder: of its function below `functions/` or `agents/`; variant: what is special about it."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def folder(self) -> str:
        return self.name.partition(".")[0]

    @property
    def variant(self) -> str:
        return self.name.partition(".")[2]

    def filled(self, values: Mapping[str, str]) -> Json:
        """KeyError names a `${…}` that has no value."""
        event: Json = json.loads(Template(self.path.read_text("utf-8")).substitute(values))
        for record in event.get("Records", ()):
            record["md5OfBody"] = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        return event


def sample_events() -> list[SampleEvent]:
    return [SampleEvent(path) for path in sorted((ROOT / "events").glob("*.json"))]


@dataclass(frozen=True)
class Sender:
    """secret: its name in stack.json; sign: raw body, secret and Unix time to the headers of a signature."""

    secret: str
    sign: Callable[[bytes, str, int], dict[str, str]]


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _slack(body: bytes, secret: str, now: int) -> dict[str, str]:
    signature = "v0=" + _hex(secret, b"v0:%d:%s" % (now, body))
    return {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": signature}


def _sentry(body: bytes, secret: str, now: int) -> dict[str, str]:
    return {"Sentry-Hook-Timestamp": str(now), "Sentry-Hook-Signature": _hex(secret, body)}


SENDERS = {
    "jira_webhook": Sender("jira_webhook", lambda body, key, _: {"X-Hub-Signature": f"sha256={_hex(key, body)}"}),
    "github_webhook": Sender(
        "github_webhook", lambda body, key, _: {"X-Hub-Signature-256": f"sha256={_hex(key, body)}"}
    ),
    "sentry_webhook": Sender("sentry_client", _sentry),
    "slack_events": Sender("slack_signing", _slack),
}
"""By the folder of the function that receives it."""


def signed(event: Json, sender: Sender, secret: str, now: float) -> Json:
    """A copy of an API Gateway event with its sender's signature over the body. now: Unix time in seconds."""
    headers = sender.sign(event["body"].encode(), secret, int(now))
    return {
        **event,
        "headers": {**event["headers"], **headers},
        "multiValueHeaders": {**event["multiValueHeaders"], **{name: [value] for name, value in headers.items()}},
    }
