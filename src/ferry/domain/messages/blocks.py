"""Block Kit's parts within Slack's limits in characters (docs.slack.dev, "Block Kit reference")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Block = dict[str, Any]
Rendered = tuple[str, list[Block]]
SECTION = 3000
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
