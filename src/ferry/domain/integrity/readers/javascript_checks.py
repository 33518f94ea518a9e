"""Assertions of JavaScript: jest and its kin, chai, node:assert, ava, supertest, and helpers by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.matchers import empty, worth
from ferry.domain.integrity.readers.thrown import condition_of, thrown
from ferry.domain.integrity.readers.words import HELPER
from ferry.domain.integrity.syntax import Node, arguments, field, line, names, number, text, walk, way_out

AVA = frozenset(
    {"is", "deepEqual", "equal", "equals", "true", "false", "throws", "ok", "same", "like", "not", "truthy"}
)
FUNCTIONS = ("arrow_function", "function_expression", "function_declaration")
QUESTIONS = frozenset({"match", "includes", "isEqual", "matches"})


def checks_of(call: Node, helpers: Mapping[str, str]) -> Iterator[Check]:
    body = arguments(call)[-1]
    made = _made_by(body)
    inner: set[int] = set()
    for node, above in walk(body):
        if _within(above, inner):
            continue
        thrower = condition_of(node, above) if not any(one.type in FUNCTIONS for one in above[1:]) else None
        found = thrown(thrower) if thrower is not None else _check(node, helpers)
        if found is None:
            continue
        inner.add(id_of(node))
        guard = next(
            (
                f"{one.type.split('_')[0]} {text(field(one, 'condition'))}".strip()
                for one in above
                if one != thrower and _guards(one, node)
            ),
            "",
        )
        guard = guard or way_out(above, node)
        mine = found.names | {name for one in found.names for name in made.get(one, ())}
        yield Check(**{**found.__dict__, "guard": guard, "names": mine})


def id_of(node: Node) -> int:
    return hash((node.type, node.start_point, len(node.text or b"")))


def _within(above: list[Node], inner: set[int]) -> bool:
    return any(id_of(one) in inner for one in above if one.type in ("call_expression", "member_expression"))


def _guards(one: Node, node: Node) -> bool:
    if one.type == "try_statement":
        handler = field(one, "handler")
        body = field(handler, "body")
        caught = handler is not None and not re.search(r"\b(?:throw|expect|assert|fail|reject)\b", text(body))
        return caught and not _inside(node, handler)
    return one.type in ("if_statement", "ternary_expression", "switch_case")


def _inside(node: Node, handler: Node | None) -> bool:
    return handler is not None and node.start_point >= handler.start_point


def _check(node: Node, helpers: Mapping[str, str]) -> Check | None:
    said = text(node)
    chain = list(_chain(node))
    root, last = chain[0], chain[-1]
    if root[0] == "expect" and root[1] is not None and len(chain) > 1:
        subject = ", ".join(text(one) for one in root[1])
        negated = any(name in ("not", "doesNotThrow") for name, _ in chain[1:-1])
        return _made(node, said, subject, last, negated=negated)
    if root[0] in ("assert", "t") and node.type == "call_expression" and (root[0] != "t" or len(chain) == 2):
        return _asserted(node, said, last[0], last[1] or []) if root[0] != "t" or last[0] in AVA else None
    if any(name == "should" for name, _ in chain[1:]):
        return _made(node, said, chain[0][0], last)
    if last[0] == "expect" and last[1] and len(chain) > 1:
        return _plain(node, said, "response", ", ".join(text(one) for one in last[1]), Strength.EXACT)
    return _helped(node, said, last[0], helpers) if len(chain) <= 2 and root[0] != "expect" else None


def _helped(node: Node, said: str, name: str, helpers: Mapping[str, str]) -> Check | None:
    """helpers: what each says; another file's is believed when its name says that it asserts."""
    asserts = helpers.get(name, "?" if HELPER.search(name) and name not in QUESTIONS else "")
    if node.type != "call_expression" or not asserts:
        return None
    return Check(said, line(node), Strength.EXACT, names=names(node), within=asserts.removeprefix("?"))


def _asserted(node: Node, said: str, name: str, given: Sequence[Node]) -> Check:
    """``assert.equal(a, b)``, ``t.is(a, b)``."""
    subject, expected = [*map(text, given), "", ""][:2]
    if name.lower() in ("throws", "rejects"):
        return Check(said, line(node), Strength.CLOSE, "raises", expected, raises=True, names=names(node))
    if name in ("assert", "ok", "true", "isTrue") and given:
        return _condition(said, node, given[0])
    return _plain(node, said, subject, expected, worth(name, subject=subject, expected=expected))


def _condition(said: str, node: Node, given: Node) -> Check:
    """``assert(a === b)``."""
    if given.type == "binary_expression":
        op = text(field(given, "operator")) or next((text(one) for one in given.children if not one.named_children), "")
        left, right = text(field(given, "left")), text(field(given, "right"))
        strength = Strength.EXACT if op in ("===", "==") else Strength.TRUTH if op == "||" else Strength.BOUND
        return _plain(node, said, left, right, strength)
    return _plain(node, said, text(given), "", Strength.TRUTH)


def _made(node: Node, said: str, subject: str, last: tuple[str, list[Node] | None], *, negated: bool = False) -> Check:
    matcher, given = last
    expected = ", ".join(text(one) for one in given) if given else ""
    if matcher in ("toThrow", "toThrowError", "throw", "throws", "toThrowErrorMatchingInlineSnapshot") and not negated:
        return Check(said, line(node), Strength.CLOSE, "raises", expected, raises=True, names=names(node))
    strength = worth(matcher, subject=subject, negated=negated, expected=expected)
    if subject.startswith("typeof "):
        strength = min(strength, Strength.BOUND)
    slack = None
    if matcher in ("toBeCloseTo", "closeTo", "approximately"):
        digits = number(text(given[1])) if given and len(given) > 1 else None
        slack = (10.0 ** -(2 if digits is None else digits)) if matcher == "toBeCloseTo" else digits
        expected = text(given[0]) if given else ""
    elif strength is Strength.BOUND and given and number(expected) is not None and matcher != "toBeInstanceOf":
        high = "less" in matcher.lower() or matcher in ("below", "most", "lessThan")
        value = number(expected)
        slack, expected = (
            (value if high else -value) if value is not None and not negated else None,
            "" if not negated else expected,
        )
    return _plain(node, said, subject, expected, strength, slack)


def _plain(node: Node, said: str, subject: str, expected: str, strength: Strength, slack: float | None = None) -> Check:
    if empty(subject, expected):
        strength = Strength.NOTHING
    return Check(said, line(node), strength, subject, expected, slack, names=names(node))


def _chain(node: Node) -> Iterator[tuple[str, list[Node] | None]]:
    """``expect(a).not.toBe(b)`` as (expect, [a]), (not, None), (toBe, [b])."""
    links: list[tuple[str, list[Node] | None]] = []
    given: list[Node] | None = None
    here: Node | None = node
    while here is not None:
        if here.type == "call_expression":
            given = arguments(here)
            here = field(here, "function")
        elif here.type == "member_expression":
            links.append((text(field(here, "property")), given))
            given, here = None, field(here, "object")
        elif (
            here.type in ("await_expression", "parenthesized_expression", "non_null_expression") and here.named_children
        ):
            here = here.named_children[0]
        else:
            links.append((text(here), given))
            break
    yield from reversed(links)


def _made_by(body: Node) -> dict[str, frozenset[str]]:
    made: dict[str, frozenset[str]] = {}
    for node, _ in walk(body):
        if node.type == "variable_declarator" and (value := field(node, "value")) is not None:
            made[text(field(node, "name"))] = names(value)
    return made
