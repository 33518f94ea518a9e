"""What one condition or call of Python can notice."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ferry.domain.integrity.facts import Check, Strength

CLOSE = ("approx", "isclose", "allclose", "assert_allclose", "assert_almost_equal", "assert_array_almost_equal")
SLACK = ("abs", "rel", "rtol", "atol", "delta", "rel_tol", "abs_tol", "places", "decimal")

Judged = tuple[Strength, str, str, float | None]


def classify(test: ast.expr, line: int, guard: str) -> Iterator[Check]:
    """The checks that one condition makes."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from classify(value, line, guard)
        return
    strength, subject, expected, slack = _judged(test)
    yield Check(spelt(test), line, strength, subject, expected, slack, guard, names=names_in(test))


def _judged(test: ast.expr) -> Judged:
    if isinstance(test, ast.Constant | ast.JoinedStr | ast.Tuple):
        return Strength.NOTHING, "", "", None
    if isinstance(test, ast.BoolOp):
        weakest = min((_judged(one) for one in test.values), key=lambda one: one[0])
        return min(weakest[0], Strength.TRUTH), weakest[1], "", None
    if isinstance(test, ast.Compare):
        return _compared(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        if isinstance(test.operand, ast.Compare) and len(test.operand.ops) == 1:
            return _compared(_turned(test.operand))
        return (*_judged(test.operand)[:2], "", None)
    return _called(test) if isinstance(test, ast.Call) else (Strength.TRUTH, spelt(test), "", None)


def _called(test: ast.Call) -> Judged:
    name = spelt(test.func).rpartition(".")[2]
    if name in CLOSE:
        return Strength.CLOSE, arguments_of(test, 1), arguments_of(test), slack_of(test)
    if name == "isinstance":
        return Strength.BOUND, arguments_of(test, 1), arguments_of(test), None
    if name in ("startswith", "endswith", "search", "match", "all", "any", "issubset", "array_equal", "equals"):
        return Strength.PARTIAL, spelt(test.func), arguments_of(test), None
    return Strength.TRUTH, arguments_of(test, 1) if name in ("bool", "len") else spelt(test), "", None


def _turned(test: ast.Compare) -> ast.Compare:
    other = {ast.NotEq: ast.Eq, ast.Eq: ast.NotEq, ast.NotIn: ast.In, ast.IsNot: ast.Is}.get(type(test.ops[0]))
    return ast.Compare(test.left, [other()], test.comparators) if other else test


def _compared(test: ast.Compare) -> Judged:
    left, op, right = test.left, test.ops[0], test.comparators[-1]
    if isinstance(left, ast.Constant) and not isinstance(op, ast.In | ast.NotIn):
        left, right = right, left
        op = {ast.Lt: ast.Gt(), ast.Gt: ast.Lt(), ast.LtE: ast.GtE(), ast.GtE: ast.LtE()}.get(type(op), op)
    subject, expected = spelt(left), spelt(right)
    if subject == expected or (isinstance(left, ast.Constant) and isinstance(right, ast.Constant)):
        return Strength.NOTHING, subject, expected, None
    if isinstance(op, ast.Eq | ast.Is):
        return _equal(left, right)
    if isinstance(op, ast.In | ast.NotIn):
        looked, part = (expected, subject) if isinstance(test.left, ast.Constant) else (subject, expected)
        return Strength.PARTIAL, looked, part if isinstance(op, ast.In) else f"not {part}", None
    if isinstance(op, ast.IsNot):
        return Strength.TRUTH, subject, "", None
    return _bounded(op, subject, right)


def _equal(left: ast.expr, right: ast.expr) -> Judged:
    subject, expected = spelt(left), spelt(right)
    if isinstance(right, ast.Call) and spelt(right.func).rpartition(".")[2] == "approx":
        return Strength.CLOSE, subject, arguments_of(right, 1), slack_of(right)
    if expected.endswith("ANY"):
        return Strength.TRUTH, subject, "", None
    if isinstance(right, ast.Constant) and isinstance(right.value, bool):
        inner = _judged(left)[0]
        plain = inner is Strength.TRUTH and not subject.startswith("bool(")
        return Strength.EXACT if plain else inner, subject, expected, None
    return Strength.EXACT, subject, expected, None


def _bounded(op: ast.cmpop, subject: str, right: ast.expr) -> Judged:
    """The slack of a lower bound is its negative: the higher, the stricter."""
    bound = number_of(right)
    if isinstance(op, ast.Lt | ast.LtE):
        return Strength.CLOSE if "abs(" in subject else Strength.BOUND, subject, "", bound
    if isinstance(op, ast.Gt | ast.GtE) and bound is not None:
        return Strength.BOUND, subject, "", -bound
    return Strength.BOUND, subject, spelt(right), None


def slack_of(node: ast.Call) -> float | None:
    """How far off is still right; of decimal places, the more the stricter. None where the default holds."""
    for word in node.keywords:
        number = number_of(word.value)
        if number is not None and word.arg in ("abs", "rel", "rtol", "atol", "delta", "rel_tol", "abs_tol"):
            return number
        if number is not None and word.arg in ("places", "decimal"):
            return float(10.0**-number)
    name = spelt(node.func).rpartition(".")[2]
    if name == "assertAlmostEqual":
        places = number_of(node.args[2]) if len(node.args) > 2 else None
        return float(10.0 ** -(7 if places is None else places))
    if name == "approx":
        return (number_of(node.args[1]) if len(node.args) > 1 else None) or 1e-6
    return 1e-7 if name == "assert_allclose" else None


def arguments_of(node: ast.Call, count: int | None = None) -> str:
    """The first one, or all but the first; of a call's own spelling."""
    args = [spelt(one) for one in node.args]
    if count:
        return args[0] if args else ""
    return ", ".join([*args[1:], *(f"{one.arg}={spelt(one.value)}" for one in node.keywords if one.arg not in SLACK)])


def number_of(node: ast.expr) -> float | None:
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, SyntaxError, TypeError, RecursionError):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


def names_in(node: ast.AST) -> frozenset[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return frozenset(found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)})


def spelt(node: ast.AST | None) -> str:
    """In the one spelling of ``ast``."""
    return ast.unparse(node) if node is not None else ""
