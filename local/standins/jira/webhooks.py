"""Jira's deliveries: signed, at least once, retried.

Rules: https://developer.atlassian.com/cloud/jira/platform/webhooks/ (signature over the raw body, the identifier
is stable over retries, up to five retries on 408, 409, 425, 429, 5xx and time-outs, no other answer is retried).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

RETRIED = {408, 409, 425, 429}
MAX_RETRIES = 5


@dataclass
class Delivery:
    """`answers` has one entry for each attempt: the HTTP status, or 0 where no answer came."""

    identifier: str
    event: str
    issue: str
    answers: list[int] = field(default_factory=list)


class Webhooks:
    """One thread sends the deliveries one after another; those unsent at the end of the process are lost."""

    def __init__(self, url: str, secret: str, *, retry_seconds: float) -> None:
        self._url, self._secret, self._retry_seconds = url, secret, retry_seconds
        self._queue: queue.SimpleQueue[tuple[Delivery, bytes] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._log: list[tuple[Delivery, bytes]] = []
        self._thread = threading.Thread(target=self._run, name="jira-webhooks", daemon=True)
        if url:
            self._thread.start()

    def send(self, event: str, payload: dict[str, Any]) -> None:
        if not self._url:
            return
        delivery = Delivery(str(uuid.uuid4()), event, payload["issue"]["key"])
        item = (delivery, json.dumps(payload, separators=(",", ":")).encode())
        self._log.append(item)
        self._queue.put(item)

    def repeat(self, identifier: str) -> bool:
        """Send a past delivery once more, as at-least-once delivery may; False when there is none."""
        past = next((item for item in self._log if item[0].identifier == identifier), None)
        if past:
            self._queue.put(past)
        return past is not None

    def log(self) -> list[dict[str, Any]]:
        return [asdict(delivery) for delivery, _ in self._log]

    def close(self) -> None:
        self._closing.set()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None and not self._closing.is_set():
            self._deliver(*item)

    def _deliver(self, delivery: Delivery, body: bytes) -> None:
        for retry in range(MAX_RETRIES + 1):
            status = self._attempt(delivery, body, retry)
            delivery.answers.append(status)
            if 0 < status < 500 and status not in RETRIED:
                return
            if self._closing.wait(self._retry_seconds):
                return

    def _attempt(self, delivery: Delivery, body: bytes, retry: int) -> int:
        digest = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": "Atlassian HttpClient unknown / Ferry stand-in",
            "X-Atlassian-Webhook-Identifier": delivery.identifier,
            "X-Atlassian-Webhook-Flow": "Primary",
            "X-Hub-Signature": f"sha256={digest}",
        }
        if retry:
            headers["X-Atlassian-Webhook-Retry"] = str(retry)
        try:
            return requests.post(self._url, data=body, headers=headers, timeout=30).status_code
        except requests.RequestException:
            return 0
