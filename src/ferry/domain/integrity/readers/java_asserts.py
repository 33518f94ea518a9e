"""Assertions that are Java itself: ``assert`` and a thrown AssertionError."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ferry.domain.integrity.conditions import judged
from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.syntax import Node, field, line, names, text

KINDS = ("assert_statement", "throw_statement")
_OPPOSITE = {"!=": "==", "==": "!=", "<=": ">", ">=": "<", "<": ">=", ">": "<="}


def asserted(node: Node, above: Sequence[Node]) -> Iterator[Check]:
    """Of one of `KINDS`; each part of what is joined by "and" is an assertion of its own."""
    if node.type == "assert_statement":
        yield from (_check(one, text(one)) for one in _parts(node.named_children[0]))
    elif text(node).startswith("throw new AssertionError"):
        condition = condition_of(node, above)
        wrong = _bare(field(condition, "condition"))
        yield _check(wrong, _turned(text(wrong))) if wrong is not None else _check(node, "false")


def condition_of(node: Node, above: Sequence[Node]) -> Node | None:
    """``if (wrong) throw …`` around a throw, with nothing else in it."""
    for up in reversed(above if node.type == "throw_statement" else ()):
        if up.type == "if_statement":
            return up if field(up, "alternative") is None else None
        if up.type != "block" or len(up.named_children) > 1:
            return None
    return None


def _check(node: Node, said: str) -> Check:
    """Of what must hold."""
    if said == "false":
        return Check("fail()", line(node), Strength.EXACT)
    strength, subject, expected, slack = judged(said)
    return Check(f"assert {said}", line(node), strength, subject, expected, slack, names=names(node))


def _parts(condition: Node) -> Iterator[Node]:
    bare = _bare(condition)
    if bare is not None and bare.type == "binary_expression" and text(field(bare, "operator")) == "&&":
        for side in ("left", "right"):
            if (part := field(bare, side)) is not None:
                yield from _parts(part)
    elif bare is not None:
        yield bare


def _bare(node: Node | None) -> Node | None:
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
