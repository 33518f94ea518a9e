"""Tests of Java that no framework runs: a class with a ``main`` of its own, started with ``-ea``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.readers.java_checks import checks_of
from ferry.domain.integrity.readers.words import HELPER
from ferry.domain.integrity.syntax import Node, field, line, text, walk


def is_step(method: Node, above: Sequence[Node]) -> bool:
    """Whether it is such a ``main``, or a method without parameters that asserts beside one."""
    beside = _methods(above)
    if not any(map(_is_main, beside)):
        return False
    if _is_main(method):
        return any(True for _ in checks_of(method)) or any(True for _ in calls_of(method, above))
    return text(field(method, "parameters")) == "()" and any(True for _ in checks_of(method))


def calls_of(method: Node, above: Sequence[Node]) -> Iterator[Check]:
    """What a ``main`` starts: a test that is no longer called is no longer made."""
    if not _is_main(method):
        return
    steps = {text(field(one, "name")) for one in _methods(above) if not _is_main(one) and is_step(one, above)}
    for one, _ in walk(method):
        name = text(field(one, "name"))
        if one.type == "method_invocation" and name in steps and not HELPER.search(name):
            yield Check(text(one), line(one), Strength.EXACT, names=frozenset({name}))


def _methods(above: Sequence[Node]) -> list[Node]:
    body = above[-1].named_children if above and above[-1].type == "class_body" else ()
    return [one for one in body if one.type == "method_declaration"]


def _is_main(method: Node) -> bool:
    return text(field(method, "name")) == "main"
