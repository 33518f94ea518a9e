"""Block Kit's parts within Slack's limits in characters (docs.slack.dev, "Block Kit reference")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

Block = dict[str, Any]
Rendered = tuple[str, list[Block]]
SECTION = 3000
_KEY = re.compile(r"\bslack(?:-group)?:[A-Z0-9]+")
HEADER = 150


def escaped(text: str) -> str:
    """Text of others as Slack shows it: no mention, link or command can be smuggled in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text, HEADER)}}


def section(text: str) -> Block:
    """text: mrkdwn whose foreign parts are already `escaped`."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, SECTION)}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, SECTION)}]}


def button(label: str, action: str, value: str, style: str = "") -> Block:
    block = {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}
    return {**block, "style": style} if style else block


def link(url: str, label: str) -> str:
    return f"<{url}|{escaped(label).replace('|', '¦')}>" if url else escaped(label)


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines) or "• nothing"


def mention(person: str) -> str:
    """person: a key; people and groups of Slack are called by name there, all others are shown."""
    where, colon, id = person.rpartition(":")
    if where == "slack-group":
        return f"<!subteam^{escaped(id)}>"
    return f"<@{escaped(id)}>" if where == "slack" or not colon else escaped(person)


def named(text: str) -> str:
    """Text of ours or of others, escaped, in which keys of Slack's people and groups are called by name."""
    return _KEY.sub(lambda found: mention(found[0]), escaped(text))


def moment(at: str) -> str:
    """at: RFC 3339. Slack shows it in each reader's own time zone (docs.slack.dev, "Formatting message text")."""
    seconds = int(datetime.fromisoformat(at).timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{at}>"
