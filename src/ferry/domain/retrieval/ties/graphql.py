"""GraphQL: fields of a schema's root types against the root fields that documents ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ferry.domain.retrieval.ties.tie import Role, Tie, TieKind

MOST = 200
ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
OTHERS = frozenset(
    {"fragment", "type", "schema", "input", "enum", "interface", "scalar", "union", "directive", "extend"}
)
_TOKEN = re.compile(r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|\.\.\.|[A-Za-z_]\w*|[{}():@\[\]!$=|&]|\n')
_TAGGED = re.compile(r"\b(?:gql|graphql)\b\s*\(?\s*(?:`([^`]{5,20000})`|[rf]?\"\"\"(.{5,20000}?)\"\"\")", re.DOTALL)

Word = tuple[str, int]


def document(text: str, first: int = 1) -> Iterator[Tie]:
    """Of a schema or of operations, whatever it is. first: number of its first line."""
    words = [("", 0), *_plain(_words(text, first)), ("", 0)]
    depth, root, found = 0, None, dict[Tie, None]()
    for before, (word, line), after in zip(words, words[1:], words[2:], strict=False):
        if word == "{":
            depth += 1
        elif word == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            root = _heading(before[0], word, root)
        elif depth == 1 and root and _is_field(before[0], word, after[0], root[0]):
            found[Tie(root[0], TieKind.GRAPHQL, f"{root[1]}.{word}", line)] = None
    yield from list(found)[:MOST]


def tagged(text: str) -> Iterator[Tie]:
    """Documents inside sources, marked ``gql`` as their tools have it."""
    if "gql" in text or "graphql" in text:
        for match in _TAGGED.finditer(text):
            place = 1 if match[1] is not None else 2
            yield from document(match[place], text.count("\n", 0, match.start(place)) + 1)


def _words(text: str, line: int) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word == "\n":
            line += 1
        elif word[0] in '#"':
            line += word.count("\n")
        else:
            yield word, line


def _plain(words: Iterable[Word]) -> Iterator[Word]:
    """Without arguments and variables."""
    depth = 0
    for word in words:
        depth += (word[0] == "(") - (depth > 0 and word[0] == ")")
        if not depth and word[0] != ")":
            yield word


def _heading(before: str, word: str, root: tuple[Role, str] | None) -> tuple[Role, str] | None:
    """What the next block is of: a root type, an operation, or nothing that is looked at."""
    if before == "type":
        return (Role.OFFERS, word) if word in ROOTS.values() else None
    if word in ROOTS:
        return Role.NEEDS, ROOTS[word]
    return None if word in OTHERS else root


def _is_field(before: str, word: str, after: str, role: Role) -> bool:
    """A schema has a type after each; in an operation what has a colon after it is an alias."""
    named = word[0].isalpha() or word[0] == "_"
    if role is Role.OFFERS:
        return named and after == ":" and before != "@"
    return named and after != ":" and before not in ("@", "...", "on")
