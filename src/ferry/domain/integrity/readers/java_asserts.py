"""Assertions that are Java itself: ``assert`` and a thrown AssertionError."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ferry.domain.integrity.facts import Check
from ferry.domain.integrity.readers.thrown import bare, condition_of, held, thrown
from ferry.domain.integrity.syntax import Node, field, text

KINDS = ("assert_statement", "throw_statement")


def asserted(node: Node, above: Sequence[Node]) -> Iterator[Check]:
    """Of one of `KINDS`; each part of what is joined by "and" is an assertion of its own."""
    if node.type == "assert_statement":
        yield from (held(one, text(one)) for one in _parts(node.named_children[0]))
    elif text(node).startswith("throw new AssertionError"):
        condition = condition_of(node, above)
        yield thrown(condition) if condition is not None else held(node, "false")


def _parts(condition: Node) -> Iterator[Node]:
    whole = bare(condition)
    if whole is not None and whole.type == "binary_expression" and text(field(whole, "operator")) == "&&":
        for side in ("left", "right"):
            if (part := field(whole, side)) is not None:
                yield from _parts(part)
    elif whole is not None:
        yield whole
