"""Assertions of Rust: macros, expected panics, and helpers by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.integrity.conditions import judged
from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.matchers import empty, is_literal
from ferry.domain.integrity.readers.words import HELPER
from ferry.domain.integrity.syntax import Node, field, line, names, text, walk


def panics_of(node: Node, attributes: list[str]) -> Iterator[Check]:
    for one in attributes:
        if one.startswith("#[should_panic"):
            wanted = re.search(r"expected\s*=\s*(\".*?\")", one)
            yield Check(one, line(node), Strength.CLOSE, "raises", wanted[1] if wanted else "", raises=True)


def checks_of(node: Node) -> Iterator[Check]:
    for one, above in walk(node):
        conditions = [up for up in above if up.type in ("if_expression", "match_arm")]
        guard = f"if {text(field(conditions[0], 'condition')) or text(conditions[0])[:40]}" if conditions else ""
        if one.type == "macro_invocation":
            name = text(field(one, "macro")).rpartition("::")[2]
            if name in (
                "assert",
                "assert_eq",
                "assert_ne",
                "debug_assert",
                "assert_matches",
                "prop_assert",
                "prop_assert_eq",
            ) or name.startswith("assert"):
                yield _macro(one, name, guard)
            elif name == "panic" and conditions:
                yield Check(text(one), line(one), Strength.EXACT, names=names(conditions[-1]))
        elif one.type == "call_expression":
            called = text(field(one, "function")).rpartition("::")[2].rpartition(".")[2]
            if HELPER.search(called) and not called.startswith(("matches", "expect")):
                yield Check(text(one), line(one), Strength.EXACT, guard=guard, names=names(one))
            elif called in ("unwrap_err", "expect_err"):
                yield Check(text(one), line(one), Strength.TRUTH, text(one), guard=guard, names=names(one))


def _macro(node: Node, name: str, guard: str) -> Check:
    tokens = next((one for one in node.named_children if one.type == "token_tree"), None)
    given = _split(text(tokens)[1:-1])
    first, second = [*given, "", ""][:2]
    slack: float | None = None
    if name.endswith("_eq") and "relative" not in name and "abs_diff" not in name:
        subject, expected = (second, first) if is_literal(first) else (first, second)
        strength = Strength.NOTHING if empty(subject, expected) else Strength.EXACT
    elif name.endswith("_ne"):
        subject, expected, strength = first, second, Strength.BOUND
    elif name == "assert" or name.endswith("_assert"):
        strength, subject, expected, slack = judged(first)
    else:
        subject, expected, strength = first, second, Strength.PARTIAL
    return Check(text(node), line(node), strength, subject, expected, slack, guard, names=names(node))


def _split(said: str) -> list[str]:
    """At commas outside of brackets and strings."""
    parts, depth, quoted, here = [], 0, False, ""
    for i, char in enumerate(said):
        quoted ^= char == '"' and (i == 0 or said[i - 1] != "\\")
        depth += 0 if quoted else (char in "([{") - (char in ")]}")
        if char == "," and not depth and not quoted:
            parts.append(here.strip())
            here = ""
        else:
            here += char
    return [one for one in (*parts, here.strip()) if one]
