"""What Jira does with the Atlassian Document Format: refuse, turn to wiki text, show as HTML.

Format: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "codeBlock": "pre",
    "panel": "aside",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
_MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}


def fault(document: object) -> str | None:
    """Why Jira would answer 400 to this document, or None. Jira drops nothing silently."""
    if not isinstance(document, dict) or document.get("type") != "doc" or document.get("version") != 1:
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if not isinstance(document.get("content"), list):
        return "INVALID_INPUT: a document needs a list of content"
    return next((found for node in document["content"] if (found := _node_fault(node))), None)


def _node_fault(node: object) -> str | None:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return "INVALID_INPUT: every node needs a type"
    if node["type"] == "text":
        return None if isinstance(node.get("text"), str) and node["text"] else "INVALID_INPUT: a text node is empty"
    if node["type"] == "heading" and node.get("attrs", {}).get("level") not in range(1, 7):
        return "INVALID_INPUT: a heading needs a level from 1 to 6"
    return next((found for child in node.get("content", []) if (found := _node_fault(child))), None)


def to_wiki(node: Mapping[str, Any] | None) -> str | None:
    """The text that webhooks carry: API v2 shows descriptions and comments as wiki markup."""
    return None if node is None else _wiki(node).strip("\n")


_WIKI = {
    "hardBreak": "\n",
    "codeBlock": "{{code}}\n{inner}\n{{code}}\n\n",
    "paragraph": "{inner}\n\n",
    "bulletList": "{inner}\n",
    "orderedList": "{inner}\n",
    "rule": "----\n\n",
}


def _wiki(node: Mapping[str, Any]) -> str:
    kind = node["type"]
    if kind == "text":
        return _wiki_text(node)
    inner = "".join(_wiki(child) for child in node.get("content", []))
    if kind == "heading":
        return f"h{node['attrs']['level']}. {inner}\n\n"
    if kind == "listItem":
        return f"* {inner.strip()}\n"
    return _WIKI.get(kind, "{inner}").format(inner=inner)


def _wiki_text(node: Mapping[str, Any]) -> str:
    text: str = node["text"]
    for mark in node.get("marks", []):
        match mark["type"]:
            case "strong":
                text = f"*{text}*"
            case "em":
                text = f"_{text}_"
            case "code":
                text = f"{{{{{text}}}}}"
            case "link":
                text = f"[{text}|{mark['attrs']['href']}]"
    return text


def to_html(node: Mapping[str, Any]) -> str:
    kind = node["type"]
    if kind == "text":
        return _html_text(node)
    inner = "".join(to_html(child) for child in node.get("content", []))
    if kind in ("hardBreak", "rule"):
        return "<br>" if kind == "hardBreak" else "<hr>"
    tag = f"h{node['attrs']['level']}" if kind == "heading" else BLOCKS.get(kind)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _html_text(node: Mapping[str, Any]) -> str:
    text = escape(node["text"])
    for mark in node.get("marks", []):
        if mark["type"] == "link":
            text = f'<a href="{escape(safe_href(mark["attrs"]["href"]))}">{text}</a>'
        elif tag := _MARKS.get(mark["type"]):
            text = f"<{tag}>{text}</{tag}>"
    return text


def safe_href(href: str) -> str:
    """A ticket is untrusted text: its links may lead to pages, never run a script."""
    return href if href.startswith(("http://", "https://", "mailto:")) else "#"
