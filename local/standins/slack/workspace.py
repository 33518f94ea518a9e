"""People, one channel and its messages, kept in one journal; trigger ids and response urls, kept in memory."""

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
    """Times are Unix seconds; a message is named by (channel, ts), an ephemeral one too.

    The journal has a line for each message as it became; of lines about the same one the last counts.
    """

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
        self._messages = _read(path) if path.exists() else {}
        self._write_anew()

    @property
    def messages(self) -> list[Json]:
        with self._lock:
            return list(self._messages.values())

    def add(self, message: Json) -> Json:
        with self._lock:
            stored = {"type": "message", "ts": self._timestamp(), "team": TEAM, **message}
            self._messages[_name(stored)] = stored
            self.save(stored)
            return stored

    def save(self, message: Json) -> None:
        """After every change of `message`."""
        with self._lock, self._path.open("a") as journal:
            journal.write(_line(message))

    def find(self, channel: str, ts: str) -> Json | None:
        with self._lock:
            return self._messages.get((channel, ts))

    def remove(self, message: Json) -> None:
        with self._lock:
            del self._messages[_name(message)]
            self.save({"channel": message["channel"], "ts": message["ts"], "removed": True})

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

    def _write_anew(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text("".join(map(_line, self._messages.values())))
        fresh.replace(self._path)

    def _timestamp(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 10**6}.{self._last % 10**6:06d}"


def _name(message: Json) -> tuple[str, str]:
    return message["channel"], message["ts"]


def _line(message: Json) -> str:
    return json.dumps(message) + "\n"


def _read(journal: Path) -> dict[tuple[str, str], Json]:
    """A last line that was not finished is left out."""
    found: dict[tuple[str, str], Json] = {}
    for line in journal.read_text().split("\n")[:-1]:
        message = json.loads(line)
        if message.get("removed"):
            found.pop(_name(message), None)
        else:
            found[_name(message)] = message
    return found


def public(message: Json) -> Json:
    """The message as Slack's API shows it, without this stand-in's own notes."""
    return {name: value for name, value in message.items() if name not in ("channel", "ephemeral_for")}
