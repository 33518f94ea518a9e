"""The webhook of an issue alert (resource ``event_alert``, action ``triggered``).

Shape: docs.sentry.io/organization/integrations/integration-platform/webhooks/issue-alerts. Signature: lower-case hex
HMAC-SHA256 of the raw body, key = client secret, no prefix (getsentry/sentry, ``SentryApp.build_signature``); the
timestamp header is not signed. Sentry waits one second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from local.standins.base import StandInSettings
    from local.standins.sentry.shapes import Shapes

Json = dict[str, Any]

DEFAULT: Json = {
    "title": "PricingError: no tax rate for 'NL'",
    "culprit": "acme_pricing.tax in standard_rate",
    "frames": [
        {
            "filename": "acme_checkout/totals.py",
            "function": "order_total",
            "lineno": 31,
            "context_line": "    rate = standard_rate(order.country)",
            "in_app": True,
        },
        {
            "filename": "acme_pricing/tax.py",
            "function": "standard_rate",
            "lineno": 27,
            "context_line": '        raise PricingError(f"no tax rate for {country!r}")',
            "in_app": True,
        },
    ],
}
"""An error that the sample organisation could have; the scripted Sentry agent speaks of it."""
_INSTALLATION = "7a485448-0000-4000-8000-000000000001"


def alert(shapes: Shapes, issue: Json, event: Json) -> Json:
    link = shapes.link(issue)
    shown = {
        "event_id": event["id"],
        "issue_id": issue["id"],
        "issue_url": shapes.api_link(issue),
        "web_url": f"{link}events/{event['id']}/",
        "title": issue["title"],
        "culprit": issue["culprit"],
        "level": issue["level"],
        "platform": "python",
        "project": 1,
        "environment": event["environment"],
        "datetime": event["at"],
        "exception": {"values": [shapes.exception(issue, event)]},
        "tags": [["environment", event["environment"]], ["level", issue["level"]]],
        "type": "error",
    }
    rule = "Seen too often"
    return {
        "action": "triggered",
        "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
        "data": {"event": shown, "triggered_rule": rule, "issue_alert": {"id": "1", "title": rule, "settings": []}},
        "installation": {"uuid": _INSTALLATION},
    }


def deliver(settings: StandInSettings, resource: str, payload: Json, request_id: str | None = None) -> Json:
    """Send once and wait: ``{"request_id", "status", "body", "seconds", "late"}``; status 0 where no answer came."""
    request_id = request_id or uuid.uuid4().hex
    if not settings.deliver_to:
        return {"request_id": request_id, "status": 0, "body": "", "seconds": 0.0, "late": False}
    body = json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "Request-ID": request_id,
        "Sentry-Hook-Resource": resource,
        "Sentry-Hook-Timestamp": str(int(time.time())),
        "Sentry-Hook-Signature": hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    started = time.monotonic()
    try:
        answer = requests.post(settings.deliver_to, data=body, headers=headers, timeout=30)
        status, said = answer.status_code, answer.text
    except requests.RequestException as error:
        status, said = 0, type(error).__name__
    seconds = round(time.monotonic() - started, 3)
    return {"request_id": request_id, "status": status, "body": said, "seconds": seconds, "late": seconds > 1}
