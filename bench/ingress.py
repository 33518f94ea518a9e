"""A warm ingress call's own CPU, the queue left out (2,000 calls each; a 99th percentile under 3 ms is wanted)"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ferry.adapters import api_gateway
from ferry.domain.delivery import Delivery
from ferry.usecases.doors import GITHUB, JIRA, SENTRY, SLACK
from ferry.usecases.receive import Door, receive

CALLS, WARM_UP = 2000, 100
SECRET = "only for this figure"
# A real Jira or GitHub delivery has 5 to 30 kB.
BODY = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"text": "Ferry " * 4000}}).encode()


class _Queue:
    """Makes the message that SQS would be given, and keeps nothing."""

    def send(self, delivery: Delivery) -> None:
        delivery.to_json()


def lines() -> Iterator[str]:
    for door in (JIRA, GITHUB, SENTRY, SLACK):
        times = sorted(_milliseconds(door))
        median, high, worst = times[len(times) // 2], times[len(times) * 99 // 100], times[-1]
        yield f"  {door.source:<7} {len(BODY):>6} bytes  median {median:.2f}  p99 {high:.2f}  worst {worst:.2f} ms"


def _milliseconds(door: Door) -> list[float]:
    event, queue, times = _event(door), _Queue(), []
    for _ in range(CALLS + WARM_UP):
        begun = time.process_time()
        request = api_gateway.request(event)
        status, content = receive(request, door, secret=lambda: SECRET, queue=queue, now=datetime.now(UTC))
        api_gateway.answer(status, content)
        times.append((time.process_time() - begun) * 1000)
        assert status == 200, content
    return times[WARM_UP:]


def _event(door: Door) -> Mapping[str, Any]:
    stamp = str(int(time.time()))
    digest, slack = _hex(BODY), _hex(b"v0:" + stamp.encode() + b":" + BODY)
    headers = {
        "X-Hub-Signature": f"sha256={digest}",
        "X-Hub-Signature-256": f"sha256={digest}",
        "Sentry-Hook-Signature": digest,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={slack}",
        "User-Agent": "bench",
    }
    return {"headers": headers, "body": BODY.decode(), "isBase64Encoded": False, "pathParameters": None}


def _hex(message: bytes) -> str:
    return hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
