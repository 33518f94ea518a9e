"""Assertions of Java: JUnit, AssertJ, Hamcrest, Truth, Mockito, and helpers by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ferry.domain.integrity.facts import Check, Strength
from ferry.domain.integrity.matchers import empty, is_literal, worth
from ferry.domain.integrity.readers.java_asserts import KINDS, asserted
from ferry.domain.integrity.readers.thrown import condition_of
from ferry.domain.integrity.readers.words import HELPER
from ferry.domain.integrity.syntax import Node, arguments, field, line, names, number, text, walk, way_out

JUNIT = frozenset(
    {"assertEquals", "assertSame", "assertArrayEquals", "assertIterableEquals", "assertLinesMatch", "assertNotEquals"}
    | {"assertNotSame", "assertTrue", "assertFalse", "assertNull", "assertNotNull", "assertInstanceOf", "assertThat"}
    | {"assertDoesNotThrow", "assertAll"}
)


def annotations_of(node: Node) -> list[Node]:
    found = next((one for one in node.named_children if one.type == "modifiers"), None)
    return [one for one in found.named_children if "annotation" in one.type] if found is not None else []


def expected_of(node: Node) -> Iterator[Check]:
    for one in annotations_of(node):
        if found := re.search(r"expected\w* ?= ?([\w.]+)\.class", text(one)):
            yield Check(text(one), line(one), Strength.CLOSE, "raises", found[1], raises=True)


def checks_of(node: Node) -> Iterator[Check]:
    made = _made_by(node)
    chains: list[tuple[tuple[int, int], str]] = []
    for one, above in walk(node):
        if any((up.start_point, up.type) in chains for up in above if up.type in ("method_invocation", *KINDS)):
            continue
        for found in _found(one, above):
            chains.append((one.start_point, one.type))
            around = [up for up in above if up != condition_of(one, above)]
            mine = found.names | {name for each in found.names for name in made.get(each, ())}
            yield replace(found, guard=_guard(one, around), names=mine)


def _found(node: Node, above: list[Node]) -> Iterator[Check]:
    if node.type in KINDS:
        yield from asserted(node, above)
    elif node.type == "method_invocation" and (found := _check(node)):
        yield found


def _guard(node: Node, above: list[Node]) -> str:
    """above: what stands around `node`, without an ``if`` that is the assertion itself."""
    guards = (f"{up.type.split('_')[0]} {text(field(up, 'condition'))}".strip() for up in above if _guards(up, node))
    return next(guards, "") or way_out(above, node)


def _guards(up: Node, node: Node) -> bool:
    if up.type == "try_statement":
        catches = [one for one in up.named_children if one.type == "catch_clause"]
        wide = [one for one in catches if re.search(r"\b(?:Exception|Throwable|Error|AssertionError)\b", text(one))]
        loud = any(re.search(r"\b(?:throw|fail|assert\w*)\b", text(field(one, "body"))) for one in wide)
        return bool(wide) and not loud and all(node.start_point < one.start_point for one in wide)
    return up.type == "if_statement"


def _check(node: Node) -> Check | None:
    links = list(chain_of(node))
    (first, given), (last, ends) = links[0], links[-1]
    said = text(node)
    if first in (
        "assertThrows",
        "assertThrowsExactly",
        "assertThatThrownBy",
        "assertThatExceptionOfType",
        "expectThrows",
    ):
        kind = (
            text(given[0])
            if given and first != "assertThatThrownBy"
            else next((text(a[0]) for n, a in links if n == "isInstanceOf" and a), "")
        )
        return Check(
            said, line(node), Strength.CLOSE, "raises", kind.removesuffix(".class"), raises=True, names=names(node)
        )
    if first in ("assertThat", "then", "assertWithMessage", "expectThat") and len(links) > 1:
        subject, expected = ", ".join(map(text, given)), ", ".join(map(text, ends))
        return _plain(node, said, subject, expected, worth(last, expected=expected))
    if first == "verify" and len(links) > 1:
        times = ", ".join(map(text, given[1:]))
        loose = worth("verify") if "any" in " ".join(map(text, ends)) or "atLeast" in times else Strength.EXACT
        return Check(
            said,
            line(node),
            loose,
            text(given[0]) if given else "",
            f"{times} {', '.join(map(text, ends))}".strip(),
            names=names(node),
        )
    if last in ("andExpect", "expectBody", "statusCode", "expectStatus", "expectNext", "verifyComplete"):
        return Check(said, line(node), Strength.EXACT, "response", ", ".join(map(text, ends)), names=names(node))
    if last == "fail" and len(links) <= 2:
        return Check("fail()", line(node), Strength.EXACT)
    if (
        first.startswith("assert")
        and len(links) == 1
        or (len(links) == 2 and first in ("Assert", "Assertions") and last.startswith("assert"))
    ):
        known = last in JUNIT
        return _junit(node, said, last, ends) if known else Check(said, line(node), Strength.EXACT, names=names(node))
    if HELPER.search(last) and len(links) == 1:
        return Check(said, line(node), Strength.EXACT, names=names(node))
    return None


def _junit(node: Node, said: str, name: str, given: list[Node]) -> Check:
    values = [text(one) for one in given]
    if values and is_literal(values[0]) and values[0].startswith('"') and name != "assertEquals":
        values = [*values[1:], values[0]]
    first, second = [*values, "", ""][:2]
    if name in ("assertTrue", "assertFalse", "assertNotNull", "assertNull"):
        if name == "assertTrue" and given and " == " in first or ".equals(" in first:
            left, _, right = first.partition(" == " if " == " in first else ".equals(")
            return _plain(
                node, said, left, right.rstrip(")"), Strength.EXACT if " || " not in first else Strength.TRUTH
            )
        return _plain(node, said, first, "", worth(name))
    if name == "assertThat":
        matcher = re.match(r"(\w+)\((.*)\)$", second)
        inner = matcher[1] if matcher and matcher[1] != "is" else "equalTo"
        return _plain(node, said, first, matcher[2] if matcher else second, worth(inner))
    slack = number(values[2]) if name == "assertEquals" and len(values) > 2 else None
    subject, expected = (second, first) if is_literal(first) or not is_literal(second) else (first, second)
    return _plain(node, said, subject, expected, Strength.CLOSE if slack else worth(name), slack)


def _plain(node: Node, said: str, subject: str, expected: str, strength: Strength, slack: float | None = None) -> Check:
    if empty(subject, expected):
        strength = Strength.NOTHING
    return Check(said, line(node), strength, subject, expected, slack, names=names(node))


def chain_of(node: Node) -> Iterator[tuple[str, list[Node]]]:
    links: list[tuple[str, list[Node]]] = []
    here: Node | None = node
    while here is not None and here.type == "method_invocation":
        links.append((text(field(here, "name")), arguments(here)))
        here = field(here, "object")
    if here is not None and text(here) in ("Assert", "Assertions"):
        links.append((text(here), []))
    yield from reversed(links)


def _made_by(node: Node) -> dict[str, frozenset[str]]:
    made: dict[str, frozenset[str]] = {}
    for one, _ in walk(node):
        if one.type == "variable_declarator" and (value := field(one, "value")) is not None:
            made[text(field(one, "name"))] = names(value)
    return made
