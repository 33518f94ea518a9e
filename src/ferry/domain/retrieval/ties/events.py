"""Names of events, topics and queues: string constants where something is published or subscribed to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind

MOST = 40
LONGEST = 300

_STRING = re.compile(r"""["'`]([A-Za-z][A-Za-z0-9]*(?:[._:/-][A-Za-z0-9]+)*)["'`]""")
_PUBLISHES = re.compile(
    r"(?i)publish|\bproduce|producer|\.send\(|send_?message|send_?event|put_?events|detail_?type|\bemit_?event|kafka_?template"
    r"|topic_?arn|outbox|dispatch_?event"
)
_SUBSCRIBES = re.compile(
    r"(?i)subscri|consum|kafka_?listener|sqs_?listener|rabbit_?listener|event_?pattern|message_?pattern|listen(?:s|_to|to|er)\b"
    r"|\bhandle_?event|on_?event\b|event_?handler|detail-type"
)
_NAMED = re.compile(
    r"^\s*(?:export\s+|public\s+|private\s+|static\s+|final\s+|const\s+|let\s+|var\s+|String\s+|val\s+|pub\s+)*"
    r"(\w*(?:TOPIC|EVENT|QUEUE|CHANNEL|SUBJECT|[Tt]opic|[Ee]vent|[Qq]ueue)\w*)\s*(?::[^=\n]{1,30})?=\s*[\"'`]"
)
_MARKS = re.compile(
    r"(?i)publish|subscri|topic|consum|put_?events|listener|producer|detail-?_?type|eventpattern|send_?message"
)
_DETAIL = re.compile(r"""^ *["']?detail-type["']? *:(.*)$""")
_ITEM = re.compile(r"^ *- +([^#{}]{1,200})$")
_COMMENT = re.compile(r"^\s*(?://|#|\*|/\*)")
_COMPOUND = re.compile(r"[A-Za-z0-9]{2,}[ ._:/-][A-Za-z0-9]{3,}|[a-z0-9]{2,}[A-Z][a-z]{2,}")
_FILE = re.compile(
    r"\.(?:py|js|ts|json|ya?ml|go|rs|java|kt|txt|md|html|css|proto|sql|com|org|io|net)$|^(?:application|text|image)/|^(?:java|javax|org|com|io)\."
)
# Options of the clients, not names of what goes through them.
_OPTIONS = re.compile(
    r"^(?:auto|bootstrap|group|client|max|min|enable|security|sasl|ssl|value|key|session|fetch|request|retry|linger|batch"
    r"|compression|acks|isolation|content|user|x|aws|amz|arn|sns|sqs|http|utf|us|eu|ap)[._:/-]|[.](?:id|ms|bytes|size|url|servers)$"
)


def events(text: str) -> Iterator[Tie]:
    if not _MARKS.search(text):
        return
    seen: set[tuple[Role, str]] = set()
    constants: dict[str, list[str]] = {}
    lines = text.splitlines()
    before = ""
    for number, line in enumerate(lines, 1):
        if not line.strip() or len(line) > LONGEST or _COMMENT.match(line):
            continue
        if named := _NAMED.match(line):
            constants[named[1]] = _names(line)
        else:
            yield from _on_line(line, before, number, constants, seen)
        before = line


def patterns(text: str) -> Iterator[Tie]:
    """Rules of EventBridge in YAML (SAM, CloudFormation, Serverless): what stands under ``detail-type``."""
    deep, names = -1, set[str]()
    for number, line in enumerate(text.splitlines(), 1):
        indent = len(line) - len(line.lstrip(" "))
        if match := _DETAIL.match(line):
            deep, values = indent, match[1].strip("[] ").split(",")
        elif deep >= 0 and (item := _ITEM.match(line)) and indent >= deep:
            values = [item[1]]
        else:
            deep, values = -1, []
        for value in (each.strip("\"' ") for each in values):
            if value not in names and len(value) <= 100 and _COMPOUND.search(value):
                names.add(value)
                yield Tie(Role.NEEDS, TieKind.EVENT, value, number)


def _on_line(
    line: str, before: str, number: int, constants: dict[str, list[str]], seen: set[tuple[Role, str]]
) -> Iterator[Tie]:
    """Names on a line that publishes or subscribes, or right under one; constants by what they are called."""
    role = _role(line) or (_role(before) if before.rstrip().endswith(("(", "{", "[", ",")) else None)
    if role is None or len(seen) >= MOST:
        return
    used = [name for word in re.findall(r"\w+", line) for name in constants.get(word, ())] if constants else []
    for name in [*_names(line), *used]:
        if (role, name) not in seen:
            seen.add((role, name))
            yield Tie(role, TieKind.EVENT, name, number)


def _role(line: str) -> Role | None:
    """OFFERS for who publishes; None where a line does both or neither."""
    publishes, subscribes = bool(_PUBLISHES.search(line)), bool(_SUBSCRIBES.search(line))
    return None if publishes == subscribes else Role.OFFERS if publishes else Role.NEEDS


def _names(line: str) -> list[str]:
    """Of two words at least: ``created`` is everybody's."""
    found = _STRING.findall(line)
    return [
        name
        for name in found
        if len(name) <= 100 and _COMPOUND.search(name) and not (_FILE.search(name) or _OPTIONS.search(name))
    ]
