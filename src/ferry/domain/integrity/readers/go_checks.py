"""Assertions of Go: what testing fails on, testify and its kin, and helpers by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.matchers import empty, is_literal, worth
from ferry.domain.integrity.readers.words import HELPER
from ferry.domain.integrity.syntax import Node, arguments, field, line, names, number, text, walk

_T = ("t", "b", "f", "tb", "s.T()", "suite.T()")
_FAILS = ("Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow")
_LIBRARIES = ("assert", "require", "is", "qt", "c", "suite", "s", "must", "check", "gomega", "g")


def checks_of(node: Node, idle: frozenset[str]) -> Iterator[Check]:
    for one, above in walk(node):
        if one.type != "call_expression":
            continue
        function = field(one, "function")
        if function is None:
            continue
        owner, name = text(field(function, "operand")), text(field(function, "field")) or text(function)
        conditions = [up for up in above if up.type == "if_statement"]
        if name in _FAILS and owner in _T:
            yield from _failing(one, name, conditions)
        elif function.type == "selector_expression" and owner in _LIBRARIES and name[:1].isupper():
            yield _library(one, name, conditions)
        elif HELPER.search(name) and name not in idle and any(text(given) in _T for given in arguments(one)):
            yield Check(text(one), line(one), Strength.EXACT, guard=_guard(conditions), names=names(one))


def _failing(call: Node, name: str, conditions: list[Node]) -> Iterator[Check]:
    if not conditions:
        yield Check(f"{name}()", line(call), Strength.EXACT, names=frozenset())
        return
    nearest = conditions[-1]
    condition = field(nearest, "condition")
    said = f"{text(field(nearest, 'initializer'))} {text(condition)}".strip()
    made = names(nearest)
    strength, subject, expected, slack = _judged(condition)
    outer = _guard(conditions[:-1])
    yield Check(said, line(call), strength, subject, expected, slack, outer, names=made)


def _judged(condition: Node | None) -> tuple[Strength, str, str, float | None]:
    """Of what must not be: ``got != want`` is an exact check."""
    if condition is None or condition.type != "binary_expression":
        said = text(condition)
        if said in ("false", "!true"):
            return Strength.NOTHING, said, "", None
        exact = re.match(
            r"^!(?:reflect\.DeepEqual|bytes\.Equal|cmp\.Equal|slices\.Equal|maps\.Equal)\((.*), (.*)\)$", said
        )
        if exact:
            return Strength.EXACT, exact[1], exact[2] if is_literal(exact[2]) else "", None
        part = "strings.Contains" in said or "HasPrefix" in said or "errors.Is" in said or "MatchString" in said
        return (Strength.PARTIAL if part else Strength.TRUTH), said, "", None
    left, right = text(field(condition, "left")), text(field(condition, "right"))
    op = text(field(condition, "operator"))
    if op == "!=":
        strength = Strength.TRUTH if right == "nil" else Strength.NOTHING if empty(left, right) else Strength.EXACT
        return strength, left, right, None
    if op == "==":
        return Strength.TRUTH if right in ("nil", '""') else Strength.BOUND, left, right, None
    if op == "&&":
        return Strength.TRUTH, left, "", None
    if op == "||":
        return max((_judged(field(condition, side)) for side in ("left", "right")), key=lambda one: one[0])
    bound = number(right)
    close = Strength.CLOSE if "Abs(" in left else Strength.BOUND
    return close, left, "", None if bound is None else bound if op.startswith(">") else -bound


def _library(call: Node, name: str, conditions: list[Node]) -> Check:
    given = [text(one) for one in arguments(call)]
    if given and given[0] in ("t", "s.T()", "tb", "c", "suite.T()"):
        given = given[1:]
    base = name.removesuffix("f") if name not in ("Elf",) else name
    first, second = (given + ["", ""])[:2]
    subject, expected = (
        (second, first)
        if is_literal(first) or base in ("Equal", "EqualValues", "InDelta", "JSONEq")
        else (first, second)
    )
    strength = worth(base, expected=second)
    slack = number(given[2]) if base in ("InDelta", "InEpsilon") and len(given) > 2 else None
    if base in ("True", "False", "Nil", "NoError", "NotNil", "Error", "Empty", "NotEmpty", "Zero"):
        subject, expected = first, ""
    if base in ("Greater", "GreaterOrEqual", "Less", "LessOrEqual") and number(second) is not None:
        subject, value, expected = first, number(second) or 0.0, ""
        slack = value if base.startswith("Less") else -value
    if empty(subject, expected) and base not in ("Fail", "FailNow"):
        strength = Strength.NOTHING
    return Check(text(call), line(call), strength, subject, expected, slack, _guard(conditions), names=names(call))


def _guard(conditions: list[Node]) -> str:
    return f"if {text(field(conditions[0], 'condition'))}" if conditions else ""
