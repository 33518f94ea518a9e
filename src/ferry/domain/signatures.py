"""Is this request really from them? One rule per sender, each over the raw bytes. Standard library only."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

SLACK_WINDOW_SECONDS = 300


def github(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """``X-Hub-Signature-256: sha256=<hex>`` (docs.github.com, "Validating webhook deliveries")."""
    return _same(headers.get("x-hub-signature-256", ""), "sha256=" + _hex(secret, body))


def jira(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """``X-Hub-Signature: sha256=<hex>`` (developer.atlassian.com, "Secure admin webhooks")."""
    return _same(headers.get("x-hub-signature", ""), "sha256=" + _hex(secret, body))


def sentry(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """``Sentry-Hook-Signature: <hex>`` over the bytes as sent (docs.sentry.io, integration platform webhooks)."""
    return _same(headers.get("sentry-hook-signature", ""), _hex(secret, body))


def slack(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """``X-Slack-Signature: v0=<hex>`` over ``v0:<timestamp>:<body>``, not older or newer than five minutes
    (docs.slack.dev, "Verifying requests from Slack"). now: seconds since the epoch."""
    stamp = headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16) or abs(now - int(stamp)) > SLACK_WINDOW_SECONDS:
        return False
    return _same(headers.get("x-slack-signature", ""), "v0=" + _hex(secret, b"v0:" + stamp.encode() + b":" + body))


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
