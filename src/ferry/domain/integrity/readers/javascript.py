"""JavaScript and TypeScript, by tree-sitter's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ferry.domain.integrity import paths
from ferry.domain.integrity.facts import Facts, Mark, Test
from ferry.domain.integrity.readers.gathered import Gathered
from ferry.domain.integrity.readers.javascript_checks import checks_of
from ferry.domain.integrity.readers.javascript_marks import (
    aware_marks,
    base_of,
    branches_of,
    call_marks,
    mocked_modules,
    mocks_of,
    patch_marks,
    said_in,
    title_of,
)
from ferry.domain.integrity.syntax import Node, arguments, field, line, names, span, text, walk

_TEST = re.compile(
    r"^(?:it|test|specify|Deno\.test|fit|xit|xtest|ftest)\b(?!.*\b(?:describe|step|before|after|use|extend)\b)"
)
_SUITE = re.compile(r"^(?:describe|context|suite|fdescribe|xdescribe|test\.describe)\b")
SEEN = ("member_expression", "subscript_expression", "unary_expression", "binary_expression")


def facts(path: str, root: Node) -> Facts:
    is_test = paths.is_test(path)
    found = Gathered()
    helpers = _helpers(root)
    for node, above in walk(root):
        if node.type == "comment":
            found.comment(node)
        elif node.type == "call_expression":
            found.marks += call_marks(node, is_test)
            if is_test and _is_test(node):
                found.tests.append(_test(node, above, helpers))
        elif node.type in ("function_declaration", "class_declaration", "method_definition", "variable_declarator"):
            found.defines.add(text(field(node, "name")))
        elif node.type == "if_statement" and not is_test:
            found.branches += branches_of(node)
        found.marks += _marks(node, is_test)
    found.marks += mocked_modules(root, found.tests) if is_test else []
    return found.facts


def _marks(node: Node, is_test: bool) -> Iterator[Mark]:
    if node.type == "catch_clause" and not said_in(field(node, "body")):
        yield Mark("failure-swallowed" if is_test else "error-swallowed", "an empty catch", line(node))
    elif node.type == "assignment_expression":
        yield from patch_marks(node)
    elif not is_test and node.type in SEEN:
        yield from aware_marks(node)


def _is_test(call: Node) -> bool:
    found = arguments(call)
    titled = bool(found) and found[0].type in (
        "string",
        "template_string",
        "identifier",
        "member_expression",
        "binary_expression",
    )
    if not titled or not _TEST.match(base_of(call)):
        return False
    return any(
        one.type in ("arrow_function", "function_expression", "function") for one in found
    ) or ".todo" in base_of(call)


def _test(call: Node, above: list[Node], helpers: Mapping[str, str]) -> Test:
    suites = [title_of(one) for one in above if one.type == "call_expression" and _SUITE.match(base_of(one))]
    checks = tuple(checks_of(call, helpers))
    body = arguments(call)[-1]
    calls = any(one.type in ("call_expression", "new_expression", "await_expression") for one, _ in walk(body))
    return Test(
        name="::".join([*suites, title_of(call)]),
        line=line(call),
        checks=checks,
        rows=tuple(_rows(call)),
        uses=names(call),
        mocks=tuple(mocks_of(call)),
        bare=not calls and not checks,
        text=text(call),
        span=span(call),
    )


def _rows(call: Node) -> Iterator[str]:
    function = field(call, "function")
    if function is not None and function.type == "call_expression" and base_of(function).endswith((".each", ".for")):
        for table in arguments(function):
            if table.type == "array":
                yield from (text(row) for row in table.named_children if row.type != "comment")
            elif table.type == "template_string":
                yield from (
                    row.strip() for row in (table.text or b"").decode("utf-8", "replace").splitlines()[1:] if "|" in row
                )


def _helpers(root: Node) -> dict[str, str]:
    """What each function of this file says; "" for one that neither asserts nor throws, whatever its name."""
    found: dict[str, str] = {}
    for node, _ in walk(root):
        if node.type in ("function_declaration", "variable_declarator"):
            value = node if node.type == "function_declaration" else field(node, "value")
            if value is not None and value.type in ("function_declaration", "arrow_function", "function_expression"):
                said = text(field(value, "body"))
                asserts = re.search(r"\b(?:expect|assert|should|throw|fail)\b", said)
                found[text(field(node, "name"))] = said if asserts else ""
    return found
