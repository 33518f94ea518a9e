"""What a condition asks, by its spelling: in Java and Rust it is asserted as it stands."""

from __future__ import annotations

import re

from ferry.domain.integrity.facts import Strength
from ferry.domain.integrity.matchers import empty
from ferry.domain.integrity.syntax import number

# Strength, subject, expected value and slack, as in `Check`.
Judged = tuple[Strength, str, str, float | None]
_PARTIAL = re.compile(r"contains|starts_?[wW]ith|ends_?[wW]ith|matches|instanceof")
_EQUALS = re.compile(
    r"^!?(?:(?:Arrays|Objects)\.(?:equals|deepEquals)\((?P<a>.+), (?P<b>.+)|(?P<c>.+?)\.equals\((?P<d>.+))\)$"
)
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_COMPUTED = re.compile(r"[!<>%*/|^~?+]| - |\b(?:not|or)\b")


def judged(said: str) -> Judged:
    """Of a condition that must hold."""
    if said in ("true", "!false"):
        return Strength.NOTHING, said, "", None
    if " || " in said:
        return Strength.TRUTH, said, "", None
    if found := _EQUALS.match(said):
        equal = _equal(found["a"] or found["c"], found["b"] or found["d"])
        return (min(equal[0], Strength.BOUND), *equal[1:]) if said.startswith("!") else equal
    for op in ("==", "!=", "<=", ">=", "<", ">"):
        left, there, right = said.partition(f" {op} ")
        if there:
            return _compared(left, op, right)
    return (Strength.PARTIAL if _PARTIAL.search(said) else Strength.TRUTH), said, "", None


def _compared(left: str, op: str, right: str) -> Judged:
    if op == "==":
        return _equal(left, right)
    if op == "!=":
        return Strength.BOUND, left, right, None
    bound = number(right)
    strength = Strength.CLOSE if "abs(" in left else Strength.BOUND
    return strength, left, "", None if bound is None else bound if "<" in op else -bound


def _equal(left: str, right: str) -> Judged:
    return (Strength.NOTHING if empty(left, right) else Strength.EXACT), left, right, None


def names_inputs(condition: str) -> bool:
    """Whether it holds for spelt-out inputs alone: equalities, joined by nothing but "and"; a rule computes."""
    plain = _STRING.sub("''", condition)
    return bool(re.search(r"==|\bequals\(|\bis\b|\bin\b", plain)) and not _COMPUTED.search(plain)
