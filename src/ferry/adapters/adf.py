"""Markdown to the Atlassian Document Format, which Jira's REST v3 demands for comments and descriptions.

Headings, paragraphs, bullet and numbered lists, fenced code, rules, **bold**, `code`, links. Anything else stays text.
Format: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]

_FENCE = re.compile(r"^\s*```\s*([\w+-]*)\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_ITEM = re.compile(r"^\s*(?:[-*+]|(\d+)[.)])\s+(\S.*)$")
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>\S(?:.*?\S)?)\*\*"
    r"|\[(?P<label>[^\[\]]+)\]\((?P<href>(?:https?://|mailto:)[^\s()]+)\)"
    r"|(?P<url>https?://[^\s<>()\[\]`*]+[\w/])"
)
# Control characters other than tab and newline have no place in a document, and Jira refuses some of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def from_markdown(markdown: str) -> Node:
    """A ``doc`` node; valid by Atlassian's JSON schema for any text."""
    lines = _CONTROL.sub("", markdown.replace("\r\n", "\n")).split("\n")
    return {"type": "doc", "version": 1, "content": list(_blocks(lines)) or [{"type": "paragraph", "content": []}]}


def _blocks(lines: Sequence[str]) -> Iterator[Node]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line):
            end = _end_of_code(lines, at)
            yield _code_block(fence[1], lines[at + 1 : end])
            at = end + 1
        elif heading := _HEADING.match(line):
            yield {"type": "heading", "attrs": {"level": len(heading[1])}, "content": _inline(heading[2].rstrip())}
            at += 1
        elif _RULE.match(line):
            yield {"type": "rule"}
            at += 1
        else:
            end = _end_of_run(lines, at)
            yield from _run(lines[at:end])
            at = max(end, at + 1)


def _run(lines: Sequence[str]) -> Iterator[Node]:
    """Lines of one kind: items of one list, or a paragraph; blank lines give nothing."""
    if not lines:
        return
    if first := _ITEM.match(lines[0]):
        kind = "orderedList" if first[1] else "bulletList"
        items = [match[2].rstrip() for line in lines if (match := _ITEM.match(line))]
        yield {"type": kind, "content": [{"type": "listItem", "content": [_paragraph([item])]} for item in items]}
    else:
        yield _paragraph(lines)


def _end_of_code(lines: Sequence[str], start: int) -> int:
    return next((at for at in range(start + 1, len(lines)) if lines[at].strip() == "```"), len(lines))


def _end_of_run(lines: Sequence[str], start: int) -> int:
    kind = _kind(lines[start])
    if kind == "blank":
        return start
    return next((at for at in range(start, len(lines)) if _kind(lines[at]) != kind), len(lines))


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if _FENCE.match(line) or _HEADING.match(line) or _RULE.match(line):
        return "other"
    item = _ITEM.match(line)
    return "text" if not item else "ordered" if item[1] else "bullet"


def _code_block(language: str, lines: Sequence[str]) -> Node:
    text = "\n".join(lines)
    node: Node = {"type": "codeBlock", "content": [{"type": "text", "text": text}] if text else []}
    return {**node, "attrs": {"language": language}} if language else node


def _paragraph(lines: Sequence[str]) -> Node:
    content: list[Node] = []
    for line in lines:
        if content:
            content.append({"type": "hardBreak"})
        content += _inline(line.strip())
    return {"type": "paragraph", "content": content}


def _inline(text: str, marks: tuple[Node, ...] = ()) -> list[Node]:
    nodes, at = [], 0
    for match in _INLINE.finditer(text):
        nodes += _text(text[at : match.start()], marks)
        nodes += _marked(match, marks)
        at = match.end()
    return nodes + _text(text[at:], marks)


def _marked(match: re.Match[str], marks: tuple[Node, ...]) -> list[Node]:
    if code := match["code"]:
        return _text(code, ({"type": "code"},))  # ADF allows no strong beside code
    if bold := match["bold"]:
        return _inline(bold, ({"type": "strong"},))
    href = match["href"] or match["url"]
    return _text(match["label"] or href, (*marks, {"type": "link", "attrs": {"href": href}}))


def _text(text: str, marks: tuple[Node, ...]) -> list[Node]:
    if not text:
        return []
    return [{"type": "text", "text": text, "marks": list(marks)}] if marks else [{"type": "text", "text": text}]
