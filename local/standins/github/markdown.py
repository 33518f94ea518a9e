"""Enough of GitHub's Markdown to show what Ferry writes as GitHub does; all else is escaped text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

# The only HTML that passes; GitHub's own list is longer (github.github.com/gfm, "Disallowed Raw HTML").
_TAGS = re.compile(r"&lt;(/?(?:details|summary|sub))&gt;")
_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\[((?:\\.|[^\]\\])+)\]\((https?://[^)\s]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\\([\[\]|])"), r"\1"),
)
_KINDS = (
    ("table", re.compile(r"\|")),
    ("ul", re.compile(r"- ")),
    ("ol", re.compile(r"\d+\. ")),
    ("heading", re.compile(r"#{1,6} ")),
    ("tag", re.compile(r"</?details>")),
    ("quote", re.compile(r"> ?")),
    ("", re.compile(r"$")),
)


def to_html(markdown: str) -> str:
    """GitHub shows no HTML comment."""
    return "\n".join(_blocks(re.sub(r"<!--.*?-->", "", markdown, flags=re.S).strip()))


def _blocks(markdown: str) -> Iterator[str]:
    for number, part in enumerate(re.split(r"^```.*$", markdown, flags=re.M)):
        if number % 2:
            yield f"<pre>{escape(part.strip(chr(10)))}</pre>"
            continue
        for kind, lines in groupby(part.splitlines(), _kind):
            yield _block(kind, list(lines))


def _kind(line: str) -> str:
    return next((kind for kind, begins in _KINDS if begins.match(line)), "p")


def _block(kind: str, lines: list[str]) -> str:
    match kind:
        case "ul" | "ol":
            items = "".join(f"<li>{_inline(line.partition(' ')[2])}</li>" for line in lines)
            return f"<{kind}>{items}</{kind}>"
        case "table":
            return _table(lines)
        case "heading":
            return "".join(f"<h3>{_inline(line.lstrip('# '))}</h3>" for line in lines)
        case "tag":
            return "".join(map(_inline, lines))
        case "quote":
            return f"<blockquote>{'<br>'.join(_inline(line[1:].strip()) for line in lines)}</blockquote>"
        case "":
            return ""
    return f"<p>{'<br>'.join(map(_inline, lines))}</p>"


def _table(lines: list[str]) -> str:
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
    cells = ["".join(f"<td>{_inline(cell.strip())}</td>" for cell in row) for row in rows]
    head = cells[0].replace("td>", "th>") if cells else ""
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in cells[1:])}</table>"


def _inline(text: str) -> str:
    """What stands between backticks is code and nothing else."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"<code>{escape(part)}</code>" if odd % 2 else _words(part) for odd, part in enumerate(parts))


def _words(text: str) -> str:
    html = _TAGS.sub(r"<\1>", escape(text, quote=False))
    # Ferry writes &lt; for a sign of others' text that must not become a tag; it is shown as the sign.
    html = html.replace("&amp;lt;", "&lt;")
    for pattern, shown in _INLINE:
        html = pattern.sub(shown, html)
    return html
