"""go.mod (https://go.dev/ref/mod#go-mod-file): module, what it requires directly, and what replaces that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.retrieval.ties.tie import Tie, TieKind, Unreadable, needs, offers

_WORD = re.compile(r'"([^"\n]*)"|`([^`\n]*)`|(\S+)')


def go_mod(text: str) -> Iterator[Tie]:
    required: dict[str, int] = {}
    replaced: dict[str, tuple[str, int]] = {}
    module = ""
    for verb, words, line, indirect in _lines(text):
        if verb == "module" and words and not module:
            module = words[0]
            yield offers(TieKind.GO, module, line)
        elif verb == "require" and words and not indirect:
            required.setdefault(words[0], line)
        elif verb == "replace" and "=>" in words[:-1]:
            replaced[words[0]] = (words[words.index("=>") + 1], line)
    if not module:
        raise Unreadable("no module line")
    for name, line in required.items():
        target, place = replaced.get(name, (name, line))
        if not target.startswith((".", "/")):  # a folder beside it
            yield needs(TieKind.GO, target, place)


def _lines(text: str) -> Iterator[tuple[str, list[str], int, bool]]:
    """(verb, its words, line, whether only others need it), blocks in parentheses resolved."""
    block = ""
    for number, raw in enumerate(text.splitlines(), 1):
        code, _, comment = raw.partition("//")
        words = ["".join(parts) for parts in _WORD.findall(code)]
        if not words:
            continue
        if words[0] == ")":
            block = ""
        elif len(words) == 2 and words[1] == "(":
            block = words[0]
        else:
            verb, rest = (block, words) if block else (words[0], words[1:])
            yield verb, rest, number, comment.strip().startswith("indirect")
