"""People, one channel and its messages, kept in one JSON file; trigger ids and response urls, kept in memory."""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Json = dict[str, Any]

TEAM, APP, BOT, BOT_USER = "T0FERRY01", "A0FERRY01", "B0FERRY01", "U0FERRYBOT"
RESPONSE_USES, RESPONSE_SECONDS, TRIGGER_SECONDS = 5, 1800, 3


@dataclass
class ResponseUrl:
    """Where an interaction may be answered. ts: the message acted on, empty for a command."""

    channel: str
    user: str
    ts: str
    made: float
    uses: int = 0


class Workspace:
    """Times are Unix seconds; a message is named by (channel, ts), an ephemeral one too."""

    def __init__(self, path: Path, url: str, extra: Mapping[str, str]) -> None:
        self.url = url
        self.channel = extra.get("channel", "C0FERRY01")
        approver, other = extra.get("approver", "UAPPROVER1"), extra.get("other", "UOTHER0002")
        self.users = {approver: "approver", other: "other", BOT_USER: "ferry"}
        self.groups = {extra.get("approver_group", "S0APPROVE1"): [approver]}
        self.triggers: dict[str, float] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.views: dict[str, Json] = {}
        self._path, self._lock, self._last = path, threading.RLock(), 0
        self.messages: list[Json] = json.loads(path.read_text()) if path.exists() else []

    def add(self, message: Json) -> Json:
        with self._lock:
            stored = {"type": "message", "ts": self._timestamp(), "team": TEAM, **message}
            self.messages.append(stored)
            self.save()
            return stored

    def save(self) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(self.messages))
            fresh.replace(self._path)

    def find(self, channel: str, ts: str) -> Json | None:
        with self._lock:
            return next((m for m in self.messages if (m["channel"], m["ts"]) == (channel, ts)), None)

    def remove(self, message: Json) -> None:
        with self._lock:
            self.messages.remove(message)
            self.save()

    def new_trigger(self) -> str:
        trigger = f"{time.time_ns() // 10**6}.{TEAM[1:]}.{secrets.token_hex(16)}"
        self.triggers[trigger] = time.time()
        return trigger

    def use_trigger(self, trigger: str) -> str | None:
        """Slack's error code, or None when the id was good; it is good once, within 3 seconds."""
        made = self.triggers.pop(trigger, None)
        if made is None:
            return "invalid_trigger_id"
        return "expired_trigger_id" if time.time() - made > TRIGGER_SECONDS else None

    def new_response_url(self, kind: str, channel: str, user: str, ts: str = "") -> str:
        token = secrets.token_urlsafe(18)
        self.response_urls[token] = ResponseUrl(channel, user, ts, time.time())
        return f"{self.url}/{kind}/{TEAM}/{token}"

    def _timestamp(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 10**6}.{self._last % 10**6:06d}"


def public(message: Json) -> Json:
    """The message as Slack's API shows it, without this stand-in's own notes."""
    return {name: value for name, value in message.items() if name not in ("channel", "ephemeral_for")}
