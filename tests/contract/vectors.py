"""The senders' published signature vectors (facts, see ../shared/contracts), and their rules for tests that sign."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Vector:
    """now: a moment, in seconds, at which the sender's own clock agrees."""

    source: str
    headers: Mapping[str, str]
    body: bytes
    secret: str
    now: float = 0


VECTORS = [
    Vector(
        "github",
        {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
        b"Hello, World!",
        "It's a Secret to Everybody",
    ),
    Vector(
        "jira",
        {"x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
        b"Hello World!",
        "It's a Secret to Everybody",
    ),
    Vector(
        "slack",
        {
            "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "x-slack-request-timestamp": "1531420618",
        },
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        "8f742231b10e8888abcd99yyyzzz85a5",
        1531420618,
    ),
]


def signed(source: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers, in lower case, with which `source` would send `body` at `now`."""
    if source == "slack":
        stamp = str(int(now.timestamp()))
        digest = _hex(secret, b"v0:" + stamp.encode() + b":" + body)
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
    digest = _hex(secret, body)
    return {
        "jira": {"x-hub-signature": f"sha256={digest}"},
        "github": {"x-hub-signature-256": f"sha256={digest}"},
        "sentry": {"sentry-hook-signature": digest},
    }[source]


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
