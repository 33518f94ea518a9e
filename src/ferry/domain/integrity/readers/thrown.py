"""Assertions that need no library: ``if (wrong) throw …``."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.integrity.conditions import judged
from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.syntax import Node, field, line, names, text

_OPPOSITE = {"!=": "==", "==": "!=", "<=": ">", ">=": "<", "<": ">=", ">": "<="}


def condition_of(node: Node, above: Sequence[Node]) -> Node | None:
    """The ``if`` around a throw, with nothing else in it."""
    for up in reversed(above if node.type == "throw_statement" else ()):
        if up.type == "if_statement":
            return up if field(up, "alternative") is None else None
        if up.type not in ("block", "statement_block") or len(up.named_children) > 1:
            return None
    return None


def thrown(condition: Node) -> Check:
    """Of such an ``if``."""
    wrong = bare(field(condition, "condition")) or condition
    return held(wrong, _turned(text(wrong).replace("===", "==").replace("!==", "!=")))


def held(node: Node, said: str) -> Check:
    """Of what must hold."""
    if said == "false":
        return Check("fail()", line(node), Strength.EXACT)
    strength, subject, expected, slack = judged(said)
    return Check(f"assert {said}", line(node), strength, subject, expected, slack, names=names(node))


def bare(node: Node | None) -> Node | None:
    """Without brackets around it."""
    while node is not None and node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    return node


def _turned(wrong: str) -> str:
    """What must hold where `wrong` must not."""
    if " && " in wrong or " || " in wrong:
        return f"!({wrong})"
    for op, other in _OPPOSITE.items():
        if f" {op} " in wrong:
            return wrong.replace(f" {op} ", f" {other} ", 1)
    return wrong[1:] if wrong.startswith("!") else f"!({wrong})"
