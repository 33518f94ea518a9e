"""Names of events, topics and queues: string constants where something is published or subscribed to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind, line_at, lines_with

MOST = 40
LONGEST = 300
_OPEN = ("(", "{", "[", ",")
_WORD = re.compile(r"\w+")

_STRING = re.compile(r"""["'`]([A-Za-z][A-Za-z0-9]*(?:[._:/-][A-Za-z0-9]+)*)["'`]""")
_PUBLISHES = re.compile(
    r"publish|produce|\.send\(|send_?message|send_?event|put_?events|detail_?type|emit_?event|kafka_?template|topic_?arn|outbox"
)
_SUBSCRIBES = re.compile(r"subscri|consum|(?:kafka|sqs|rabbit|stream)_?listener|(?:event|message)_?pattern|detail-type")
# What `_PUBLISHES` and `_SUBSCRIBES` begin with; found much faster than by them.
_MARKS = (
    *(
        "publish",
        "produce",
        ".send(",
        "sendmessage",
        "send_message",
        "sendevent",
        "send_event",
        "putevents",
        "put_events",
    ),
    *("detail", "emitevent", "emit_event", "kafka", "topic_arn", "topicarn", "outbox", "subscri", "consum"),
    *("sqslistener", "sqs_listener", "rabbitlistener", "streamlistener", "eventpattern", "messagepattern"),
)
_NAMED = re.compile(
    r"^\s*(?:export\s+|public\s+|private\s+|static\s+|final\s+|const\s+|let\s+|var\s+|String\s+|val\s+|pub\s+)*"
    r"(\w*(?:TOPIC|EVENT|QUEUE|CHANNEL|SUBJECT|[Tt]opic|[Ee]vent|[Qq]ueue)\w*)\s*(?::[^=\n]{1,30})?=\s*[\"'`]"
)
_CONSTANTS = ("TOPIC", "EVENT", "QUEUE", "CHANNEL", "SUBJECT", "Topic", "topic", "Event", "Queue", "queue")
_DETAIL = re.compile(r"""^ *["']?detail-type["']? *:(.*)$""")
_ITEM = re.compile(r"^ *- +([^#{}]{1,200})$")
# The name of a module that publishes is none of what is published.
_PASSED_OVER = re.compile(r"^\s*(?://|#|\*|/\*|import\b|from\b|use\b|using\b|package\b|export .*\bfrom\b)|\brequire\(")
_COMPOUND = re.compile(r"[A-Za-z0-9]{2,}[ ._:/-][A-Za-z0-9]{3,}|[a-z0-9]{2,}[A-Z][a-z]{2,}")
_FILE = re.compile(
    r"\.(?:py|js|ts|json|ya?ml|go|rs|java|kt|txt|md|html|css|proto|sql|com|org|io|net)$|^(?:application|text|image)/|^(?:java|javax|org|com|io)\."
)
# Options of the clients, not names of what goes through them.
_OPTIONS = re.compile(
    r"^(?:auto|bootstrap|max|min|enable|security|sasl|ssl|linger|compression|acks|isolation|x|aws|amz|amq|arn|sns|sqs|https?"
    r"|utf|us|eu|ap|ca|sa|af|me|content-type|user-agent)(?:[._:/-]|$)|:\d+$"
    r"|[.](?:id|ms|bytes|size|urls?|servers|records|commit|reset|(?:de)?serializer|config|mechanism|protocol|location|policy)$"
)


def events(text: str) -> Iterator[Tie]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters of the world grow
        return
    lines = [(start, text[start : start + len(line)], _role(line)) for start, line in lines_with(lowered, _MARKS)]
    if not any(role for _, _, role in lines):
        return
    constants = _constants(text)
    seen: set[tuple[Role, str]] = set()
    for start, line, role in lines:
        if role and len(line) <= LONGEST and not _PASSED_OVER.search(line) and not _NAMED.match(line):
            yield from _said(role, line, line_at(text, start), constants, seen)
            following = _line_after(text, start + len(line) + 1) if line.rstrip()[-1:] in _OPEN else ""
            if not _role(following.lower()):
                yield from _said(role, following, line_at(text, start) + 1, constants, seen)


def _line_after(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]


def _constants(text: str) -> dict[str, list[str]]:
    """Names that stand by themselves: ``PRICES_TOPIC = "prices.changed"``."""
    found = ((_NAMED.match(line), line) for _, line in lines_with(text, _CONSTANTS) if len(line) <= LONGEST)
    return {match[1]: _names(line) for match, line in found if match}


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


def _said(
    role: Role, line: str, number: int, constants: dict[str, list[str]], seen: set[tuple[Role, str]]
) -> Iterator[Tie]:
    used = [name for word in _WORD.findall(line) for name in constants.get(word, ())] if constants else []
    for name in [*_names(line), *used]:
        if (role, name) not in seen and len(seen) < MOST:
            seen.add((role, name))
            yield Tie(role, TieKind.EVENT, name, number)


def _role(line: str) -> Role | None:
    """OFFERS for who publishes; None where a line, in small letters, does both or neither."""
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
