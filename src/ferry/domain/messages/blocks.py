"""Block Kit's parts within Slack's limits in characters (docs.slack.dev, "Block Kit reference")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Block = dict[str, Any]
Rendered = tuple[str, list[Block]]
SECTION = 3000
_KEY = re.compile(r"\bslack(?:-group)?:[A-Z0-9]+")
HEADER = 150
FENCE = "```"
# Of a list and of one line in it: thirteen parts of this size are a message that a person still reads.
LIST, LINE = 1600, 400
_CLOSED = re.compile(r"```|<[^<>]*>|&\w+;|`[^`\n]+`")


@dataclass(frozen=True)
class Part:
    """A block, and whether everything that it is about found room in it."""

    block: Block
    whole: bool = True


def escaped(text: str) -> str:
    """Text of others as Slack shows it: no mention, link or command can be smuggled in, no fence opened or ended."""
    return text.replace(FENCE, "'''").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def prose(text: str) -> str:
    """Words of others in one line of ours."""
    return escaped(" ".join(text.split()))


def code(text: str) -> str:
    """A path or a name, as a code span that it cannot leave."""
    return f"`{escaped(' '.join(text.replace('`', chr(39)).split())) or ' '}`"


def quote(text: str) -> str:
    """Words of others, each line of them as a quotation."""
    lines = [line for line in escaped(text).splitlines() if line.strip()]
    return "\n".join(f">{line}" for line in lines)


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clipped(text: str, limit: int) -> str:
    """mrkdwn of at most `limit` characters: no link, escape, code span or fence of it is left open."""
    if len(text) <= limit:
        return text
    end = limit - len(FENCE) - 2
    for found in _CLOSED.finditer(text):
        if found.start() < end < found.end():
            end = found.start()
        if found.end() >= end:
            break
    head = f"{text[:end]}…"
    return f"{head}\n{FENCE}" if head.count(FENCE) % 2 else head


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text, HEADER) or "–"}}


def section(text: str) -> Block:
    """text: mrkdwn whose foreign parts are already `escaped`."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clipped(text, SECTION) or "–"}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": clipped(text, SECTION) or "–"}]}


def listing(title: str, lines: Iterable[str], most: int = LIST) -> Part:
    """A section of whole lines under a title; what finds no room is counted. title, lines: mrkdwn."""
    all_lines = list(lines)
    shown = [clipped(line, LINE) for line in all_lines]
    while len("\n".join(shown)) > most and len(shown) > 1:
        shown.pop()
    missing = len(all_lines) - len(shown)
    whole = not missing and shown == all_lines
    more = [f"_and {missing} more_"] if missing else []
    return Part(section("\n".join([title, "\n".join(shown) or "• nothing", *more])), whole)


def button(label: str, action: str, value: str, style: str = "") -> Block:
    block = {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}
    return {**block, "style": style} if style else block


def link(url: str, label: str) -> str:
    shown = clipped(escaped(label).replace("|", "¦"), LINE)
    safe = re.sub(r"[\s|<>`]", lambda bad: f"%{ord(bad[0]):02X}", url).replace("&", "&amp;")
    return f"<{safe}|{shown}>" if url else shown


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


def called(what: str, who: Iterable[str], left: str) -> list[Block]:
    """Who is called now about what waits. what: text of ours and others; left: mrkdwn, how long it still waits."""
    line = f":hourglass_flowing_sand: *{escaped(what)}* {' '.join(map(mention, who))}".rstrip()
    return [section(line), context(left)]


def moment(at: str) -> str:
    """at: RFC 3339. Slack shows it in each reader's own time zone (docs.slack.dev, "Formatting message text")."""
    when = datetime.fromisoformat(at).astimezone(UTC)
    return f"<!date^{int(when.timestamp())}^{{date_short_pretty}} {{time}}|{when:%Y-%m-%d %H:%M} UTC>"
