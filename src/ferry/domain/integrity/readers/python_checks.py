"""Assertions of Python: plain ones, unittest's, pytest's, numpy's, mock's, and helpers by their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.readers.python_calls import MOCK, RAISING, UNITTEST, check_of, raising, unittest_check
from ferry.domain.integrity.readers.python_judge import (
    CLOSE,
    arguments_of,
    classify,
    names_in,
    slack_of,
    spelt,
)
from ferry.domain.integrity.readers.words import HELPER

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Checks:
    """helpers: functions of the same file, by name; one that asserts nothing is no assertion."""

    def __init__(self, helpers: Mapping[str, Function]) -> None:
        self._helpers = helpers
        self._asserting: dict[str, bool] = {}

    def of(self, test: Function) -> Iterator[Check]:
        made, literals = _made_by(test), _literals(test)
        for found in self._in(test.body, ""):
            check, names = found, found.names
            for _ in range(2):
                names |= {name for one in names for name in made.get(one, ())}
            value = literals.get(check.expected)
            if value:
                check = replace(check, expected=value, text=f"{check.text} with {check.expected} = {value}")
            yield replace(check, names=names)

    def _in(self, body: list[ast.stmt], guard: str) -> Iterator[Check]:
        """What stands behind a way out is only reached when that is not taken."""
        for node in body:
            yield from self._statement(node, guard)
            guard = guard or _leaves(node)

    def _statement(self, node: ast.stmt, guard: str) -> Iterator[Check]:
        if isinstance(node, ast.If):
            yield from self._branches(node, guard)
        elif isinstance(node, ast.Try):
            after = [*(one for handler in node.handlers for one in handler.body), *node.orelse, *node.finalbody]
            yield from self._in(node.body, guard or _caught(node))
            yield from self._in(after, guard)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from self._within(node, guard)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            yield from self._in(node.body, guard or _never(node))
        elif isinstance(node, ast.Assert):
            yield from classify(node.test, node.lineno, guard)
        elif not isinstance(node, Function | ast.ClassDef):
            parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
            yield from chain.from_iterable(self._expression(one, guard) for one in parts)

    def _branches(self, node: ast.If, guard: str) -> Iterator[Check]:
        if _fails(node):
            yield from classify(ast.UnaryOp(ast.Not(), node.test), node.lineno, guard)
            return
        test = spelt(node.test)
        yield from self._in(node.body, guard or f"if {test}")
        yield from self._in(node.orelse, guard or f"if not {test}")

    def _within(self, node: ast.With | ast.AsyncWith, guard: str) -> Iterator[Check]:
        under = guard
        called = _called(node)
        for item in node.items:
            found = self._expression(item.context_expr, guard)
            yield from (replace(one, names=one.names | called) if one.raises else one for one in found)
            if "suppress(" in spelt(item.context_expr):
                under = under or f"with {spelt(item.context_expr)}"
        yield from self._in(node.body, under)

    def _expression(self, node: ast.expr, guard: str) -> Iterator[Check]:
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and (check := self._call(one, guard)):
                yield check
                return

    def _call(self, node: ast.Call, guard: str) -> Check | None:
        name = spelt(node.func).rpartition(".")[2]
        if name in RAISING:
            return raising(node, guard)
        if name in UNITTEST:
            return unittest_check(name, node, guard)
        if name in MOCK:
            return check_of(node, MOCK[name], spelt(node.func), arguments_of(node), guard)
        if name in CLOSE:
            return check_of(
                node, Strength.CLOSE, arguments_of(node, 1), arguments_of(node), guard, slack=slack_of(node)
            )
        helper = self._helpers.get(name)
        if (HELPER.search(name) and not helper) or (helper and self._asserts(name, helper)):
            within = spelt(helper) if helper else ""
            return Check(spelt(node), node.lineno, Strength.EXACT, guard=guard, names=names_in(node), within=within)
        return None

    def _asserts(self, name: str, helper: Function) -> bool:
        """One that calls itself is looked at once."""
        if name not in self._asserting:
            self._asserting[name] = False
            self._asserting[name] = any(self._in(helper.body, ""))
        return self._asserting[name]


def _called(node: ast.With | ast.AsyncWith) -> frozenset[str]:
    """Names of what the body calls, which is what must raise."""
    calls = [one for statement in node.body for one in ast.walk(statement) if isinstance(one, ast.Call)]
    return frozenset().union(*(names_in(one.func) for one in calls))


def _fails(node: ast.If) -> bool:
    """``if wrong: pytest.fail(...)`` is an assertion."""
    said = spelt(node.body[0])
    return len(node.body) == 1 and ("raise AssertionError" in said or ".fail(" in said)


def _leaves(node: ast.stmt) -> str:
    if isinstance(node, ast.Return):
        return "what follows a return"
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Return):
        return f"if not {spelt(node.test)}"
    return ""


def _never(node: ast.For | ast.AsyncFor | ast.While) -> str:
    """A loop over nothing, or under what is never true."""
    if isinstance(node, ast.While):
        return "a loop that never runs" if isinstance(node.test, ast.Constant) and not node.test.value else ""
    return "a loop that never runs" if isinstance(node.iter, ast.List | ast.Tuple) and not node.iter.elts else ""


def _caught(node: ast.Try) -> str:
    """ "" when what fails inside is still seen."""
    for handler in node.handlers:
        kind = spelt(handler.type) if handler.type else "everything"
        wide = any(name in kind for name in ("everything", "Exception", "AssertionError"))
        if wide and not any(isinstance(one, ast.Raise | ast.Assert) or "fail(" in spelt(one) for one in handler.body):
            return f"except {kind}"
    return ""


def _literals(test: Function) -> dict[str, str]:
    """Local names of what is written out, and given once."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(test):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            plain = not any(isinstance(one, ast.Call | ast.Name | ast.Attribute) for one in ast.walk(node.value))
            found.setdefault(node.targets[0].id, []).append(spelt(node.value) if plain else "")
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _made_by(test: Function) -> dict[str, frozenset[str]]:
    """Names that a local variable was made with."""
    made: dict[str, frozenset[str]] = {}
    for node in ast.walk(test):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for one in ast.walk(target):
                    if isinstance(one, ast.Name):
                        made[one.id] = made.get(one.id, frozenset()) | names_in(node.value)
    return made
