"""The Atlassian Document Format as plain text, for people and agents to read.

Format: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LINES = frozenset({"paragraph", "heading", "codeBlock", "listItem", "taskItem", "decisionItem", "tableRow", "rule"})
ATTRIBUTE = {"mention": "text", "emoji": "text", "status": "text", "date": "timestamp", "inlineCard": "url"}
DEEPEST = 30


def to_text(node: object) -> str:
    """A ``doc`` node as text; a plain string (API v2) as it is; "" for anything else."""
    if isinstance(node, str):
        return node
    return _text(node, 0).strip("\n")


def _text(node: object, depth: int) -> str:
    if not isinstance(node, Mapping) or depth > DEEPEST:
        return ""
    kind = str(node.get("type") or "")
    if kind == "text":
        return _linked(node)
    if kind == "hardBreak":
        return "\n"
    if kind in ATTRIBUTE:
        return str((node.get("attrs") or {}).get(ATTRIBUTE[kind]) or "")
    inner = "".join(_text(child, depth + 1) for child in _children(node))
    if kind == "listItem":
        return f"- {inner.strip()}\n"
    if kind == "codeBlock":
        return f"```\n{inner}\n```\n"
    if kind == "tableCell":
        return f"{inner.strip()}\t"
    return f"{inner.rstrip()}\n" if kind in LINES else inner


def _linked(node: Mapping[str, Any]) -> str:
    """A link's address is part of what was said."""
    text = str(node.get("text") or "")
    marks = node.get("marks")
    links = [mark for mark in (marks if isinstance(marks, list) else ()) if mark.get("type") == "link"]
    address = str((links[0].get("attrs") or {}).get("href") or "") if links else ""
    return f"{text} ({address})" if address and address != text else text


def _children(node: Mapping[str, Any]) -> list[Any]:
    content = node.get("content")
    return content if isinstance(content, list) else []
