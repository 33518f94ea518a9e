"""Java, by tree-sitter's tree: JUnit, AssertJ, Hamcrest, Truth, Mockito."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ferry.domain.integrity import paths
from ferry.domain.integrity.conditions import names_inputs
from ferry.domain.integrity.facts import Branch, Check, Facts, Mark, Test
from ferry.domain.integrity.matchers import is_literal
from ferry.domain.integrity.readers.gathered import Gathered
from ferry.domain.integrity.readers.java_checks import annotations_of, chain_of, checks_of, expected_of
from ferry.domain.integrity.readers.java_programs import calls_of, is_step
from ferry.domain.integrity.readers.words import TEST_NAMES
from ferry.domain.integrity.syntax import Node, field, line, names, span, text, walk

_TEST = re.compile(r"^(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)$")
_SKIP = re.compile(r"^(?:Disabled\w*|Ignore|EnabledIf\w*|EnabledOn\w*)$")
_AWARE = re.compile(
    r"^System\.(?:getenv|getProperty)\(\"(?P<name>[\w.]+)\"|^Class\.forName\(\"org\.(?:junit|testng)|getStackTrace\(\)"
)


def facts(path: str, root: Node) -> Facts:
    is_test = paths.is_test(path)
    found = Gathered()
    for node, above in walk(root):
        if node.type in ("line_comment", "block_comment"):
            found.comment(node)
        elif node.type in ("class_declaration", "method_declaration"):
            name = text(field(node, "name"))
            found.defines.add(name)
            found.marks += _annotations(node, name, is_test)
            if node.type == "method_declaration" and is_test and (_is_test(node) or is_step(node, above)):
                classes = [text(field(one, "name")) for one in above if one.type == "class_declaration"]
                found.tests.append(_test("::".join([*classes[1:], name]), node, calls_of(node, above)))
        elif node.type == "catch_clause":
            found.marks += _caught(node, is_test, "fail(" in text(above[-1] if above else None))
        elif node.type == "method_invocation":
            found.marks += _call_marks(node, is_test)
        elif node.type == "if_statement" and not is_test:
            found.branches += _branch(node)
    return found.facts


def _is_test(node: Node) -> bool:
    if any(_TEST.match(text(field(one, "name"))) for one in annotations_of(node)):
        return True
    return text(field(node, "name")).startswith("test") and "void" in text(field(node, "type"))


def _annotations(node: Node, name: str, is_test: bool) -> Iterator[Mark]:
    for one in annotations_of(node):
        kind, said = text(field(one, "name")), text(one)
        if is_test and (_SKIP.match(kind) or (kind == "Test" and "enabled = false" in said)):
            yield Mark("test-skipped", f"@{kind} on {name}", line(one))
        if kind in ("SuppressWarnings", "SuppressFBWarnings", "SuppressLint"):
            silenced = re.search(r"\"(?:all|PMD|rawtypes)\"", said)
            yield Mark("checks-silenced" if silenced else "suppression-added", said[:80], line(one))


def _test(name: str, node: Node, calls_of_main: Iterable[Check]) -> Test:
    checks = tuple([*checks_of(node), *expected_of(node), *calls_of_main])
    body = field(node, "body")
    kinds = ("method_invocation", "object_creation_expression", "throw_statement")
    calls = body is not None and any(one.type in kinds for one, _ in walk(body))
    return Test(
        name=name,
        line=line(node),
        checks=checks,
        rows=tuple(_rows(node)),
        uses=names(node),
        mocks=tuple(one for one in _mocks(node) if any(one.text.partition("(")[0] in check.text for check in checks)),
        bare=not calls and not checks,
        text=text(node),
        span=span(node),
    )


def _rows(node: Node) -> Iterator[str]:
    for one in annotations_of(node):
        if text(field(one, "name")) in ("CsvSource", "ValueSource", "EnumSource"):
            yield from (text(row) for row, _ in walk(one) if row.type in ("string_literal", "decimal_integer_literal"))


def _mocks(node: Node) -> Iterator[Mark]:
    """``when(x.total(any())).thenReturn(5)`` replaces total; so does ``doReturn(5).when(x).total()``."""
    for one, _ in walk(node):
        if one.type != "method_invocation":
            continue
        links = list(chain_of(one))
        if links[0][0] == "when" and len(links) > 1 and links[0][1] and links[0][1][0].type == "method_invocation":
            called = links[0][1][0]
            yield Mark(text(field(called, "name")), text(called), line(one))
        elif links[0][0] in ("doReturn", "doAnswer", "doNothing") and len(links) > 2:
            yield Mark(links[-1][0], text(one)[:80], line(one))


def _caught(node: Node, is_test: bool, fails: bool) -> Iterator[Mark]:
    """fails: the try fails by itself when nothing is thrown, which is how exceptions were expected of old."""
    body = field(node, "body")
    said = [one for one in body.named_children if "comment" not in one.type] if body is not None else []
    kind = text(next((one for one in node.named_children if one.type == "catch_formal_parameter"), None))
    wide = re.search(r"\b(?:Exception|Throwable|Error|AssertionError)\b", kind)
    if not said and (wide or (is_test and not fails)):
        yield Mark("failure-swallowed" if is_test else "error-swallowed", f"empty catch of {kind}", line(node))


def _call_marks(node: Node, is_test: bool) -> Iterator[Mark]:
    said, name = text(node), text(field(node, "name"))
    if is_test:
        if name in ("assumeTrue", "assumeFalse", "assumeThat", "abort", "assumingThat"):
            yield Mark("test-skipped", said[:80], line(node))
        if re.match(r"^(?:System\.exit|Runtime\.getRuntime\(\)\.(?:halt|exit))\(", said):
            yield Mark("early-exit", said[:60], line(node))
    elif len(said) < 160 and (found := _AWARE.search(said)):
        known = found["name"] and (TEST_NAMES.match(found["name"]) or "surefire" in found["name"])
        if known or "junit" in said or "testng" in said:
            yield Mark("test-aware-code", said[:80], line(node))


def _branch(node: Node) -> Iterator[Branch]:
    condition, then = field(node, "condition"), field(node, "consequence")
    if condition is None or then is None:
        return
    body = then.named_children if then.type == "block" else [then]
    given = [
        text(one)
        for one, _ in walk(condition)
        if one.type in ("decimal_integer_literal", "string_literal", "decimal_floating_point_literal")
    ]
    if given and len(body) == 1 and body[0].type == "return_statement" and body[0].named_children:
        answer = text(body[0].named_children[0])
        if is_literal(answer):
            yield Branch(frozenset(given), answer, line(node), names_inputs(text(condition)))
