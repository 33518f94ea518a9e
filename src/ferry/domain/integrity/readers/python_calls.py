"""Calls that assert: of unittest, pytest and mock."""

from __future__ import annotations

import ast

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.readers.python_judge import (
    arguments_of,
    classify,
    names_in,
    number_of,
    slack_of,
    spelt,
)

# unittest: strength of each, and which argument is the expected value (-1: none).
UNITTEST = {
    "assertEqual": Strength.EXACT, "assertEquals": Strength.EXACT, "assertIs": Strength.EXACT,
    "assertListEqual": Strength.EXACT, "assertDictEqual": Strength.EXACT, "assertTupleEqual": Strength.EXACT,
    "assertSetEqual": Strength.EXACT, "assertCountEqual": Strength.EXACT, "assertMultiLineEqual": Strength.EXACT,
    "assertSequenceEqual": Strength.EXACT, "assertAlmostEqual": Strength.CLOSE, "assertIn": Strength.PARTIAL,
    "assertRegex": Strength.PARTIAL, "assertDictContainsSubset": Strength.PARTIAL, "assertIsInstance": Strength.BOUND,
    "assertGreater": Strength.BOUND, "assertGreaterEqual": Strength.BOUND, "assertLess": Strength.BOUND,
    "assertLessEqual": Strength.BOUND, "assertNotEqual": Strength.BOUND, "assertNotIn": Strength.PARTIAL,
    "assertTrue": Strength.TRUTH, "assertFalse": Strength.TRUTH, "assertIsNotNone": Strength.TRUTH,
    "assertIsNone": Strength.EXACT, "assertNotIsInstance": Strength.BOUND,
}  # fmt: skip
RAISING = ("raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns", "assertWarnsRegex")
MOCK = {
    "assert_called_once_with": Strength.EXACT, "assert_called_with": Strength.EXACT,
    "assert_any_call": Strength.PARTIAL,
    "assert_has_calls": Strength.PARTIAL, "assert_called_once": Strength.BOUND, "assert_called": Strength.TRUTH,
}  # fmt: skip


def raising(node: ast.Call, guard: str) -> Check:
    kinds = spelt(node.args[0]) if node.args else ""
    match = next((spelt(word.value) for word in node.keywords if word.arg == "match"), "")
    match = match or (spelt(node.args[1]) if "Regex" in spelt(node.func) and len(node.args) > 1 else "")
    strength = Strength.EXACT if match else Strength.CLOSE
    return Check(spelt(node), node.lineno, strength, "raises", kinds, None, guard, raises=True, names=names_in(node))


def unittest_check(name: str, node: ast.Call, guard: str) -> Check:
    if name in ("assertTrue", "assertFalse") and node.args:
        test = node.args[0] if name == "assertTrue" else ast.UnaryOp(ast.Not(), node.args[0])
        found = next(classify(test, node.lineno, guard), None)
        if found:
            return Check(**{**found.__dict__, "text": spelt(node)})
    first, second = arguments_of(node, 1), spelt(node.args[1]) if len(node.args) > 1 else ""
    if node.args and isinstance(node.args[0], ast.Constant):
        first, second = second, first
    if name == "assertIn":
        first, second = second, first
    literal = all(isinstance(one, ast.Constant) for one in node.args)
    strength = Strength.NOTHING if first == second or (literal and node.args) else UNITTEST[name]
    slack = slack_of(node) if name == "assertAlmostEqual" else None
    if name.startswith(("assertLess", "assertGreater")):
        number = number_of(node.args[1]) if len(node.args) > 1 else None
        slack = None if number is None else number if "Less" in name else -number
        second = "" if slack is not None else second
    return check_of(node, strength, first, second, guard, slack=slack)


def check_of(
    node: ast.Call, strength: Strength, subject: str, expected: str, guard: str, slack: float | None = None
) -> Check:
    return Check(spelt(node), node.lineno, strength, subject, expected, slack, guard, names=names_in(node))
