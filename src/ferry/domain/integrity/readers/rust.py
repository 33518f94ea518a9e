"""Rust, by tree-sitter's tree. What stands in a macro is tokens there, so arguments are split at commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.integrity import paths
from ferry.domain.integrity.conditions import names_inputs
from ferry.domain.integrity.facts import Branch, Facts, Mark, Test
from ferry.domain.integrity.matchers import is_literal
from ferry.domain.integrity.readers.gathered import Gathered
from ferry.domain.integrity.readers.rust_checks import checks_of, panics_of
from ferry.domain.integrity.readers.words import TEST_NAMES
from ferry.domain.integrity.syntax import Node, field, line, names, span, text, walk

_TEST = re.compile(r"^#!?\[(?:\w+::)*(?:test|rstest|test_case|quickcheck|proptest)\b")
_SKIP = re.compile(r"^#\[(?:ignore|cfg_attr\(.*\bignore)\b|^#!?\[cfg\((?:not\(|any\(\)|feature|target_os|FALSE)")
_SILENCED = re.compile(r"^#!?\[allow\((.*)\)\]|^#!?\[expect\((.*)\)\]")
_AWARE = re.compile(r"^(?:std::)?env::(?:var|var_os)\(\"(?P<name>\w+)\"\)")


def facts(path: str, root: Node) -> Facts:
    in_tests = paths.is_test(path)
    found = Gathered()
    for node, above in walk(root):
        is_test = in_tests or any(map(_is_test_module, above))
        if node.type in ("line_comment", "block_comment"):
            found.comment(node)
        elif node.type in ("function_item", "struct_item", "enum_item"):
            attributes = _attributes(node, above)
            name = text(field(node, "name"))
            if any(map(_TEST.match, attributes)):
                found.tests.append(_test(node, name, above, attributes))
                skips = [one for one in attributes if _SKIP.match(one)]
                found.marks += [Mark("test-skipped", f"{one[:40]} on {name}", line(node)) for one in skips]
            found.defines |= set() if is_test else {name}
        elif node.type in ("attribute_item", "inner_attribute_item"):
            found.marks += _silenced(node, is_test)
        elif node.type in ("call_expression", "macro_invocation"):
            found.marks += _call_marks(node, is_test)
        elif node.type == "if_expression" and not is_test:
            found.branches += _branch(node)
    return found.facts


def _attributes(node: Node, above: list[Node]) -> list[str]:
    """Attributes are siblings in front of what they are about."""
    found: list[str] = []
    for one in above[-1].named_children if above else []:
        if one.start_point >= node.start_point:
            break
        if one.type == "attribute_item":
            found.append(text(one))
        elif "comment" not in one.type:
            found = []
    return found


def _is_test_module(node: Node) -> bool:
    return node.type == "mod_item" and bool(re.match(r"tests?$|.*_tests?$", text(field(node, "name"))))


def _silenced(node: Node, is_test: bool) -> Iterator[Mark]:
    said = text(node)
    if not is_test and said.startswith("#[cfg(not(test))]"):
        yield Mark("test-aware-code", said, line(node))
    if found := _SILENCED.match(said):
        what = found[1] or found[2] or ""
        wide = said.startswith("#!") or re.search(r"\b(?:warnings|clippy::all|unused|clippy::pedantic)\b", what)
        yield Mark("checks-silenced" if wide else "suppression-added", said[:80], line(node))


def _test(node: Node, name: str, above: list[Node], attributes: list[str]) -> Test:
    modules = [text(field(one, "name")) for one in above if one.type == "mod_item"]
    checks = tuple([*checks_of(node), *panics_of(node, attributes)])
    body = field(node, "body")
    kinds = ("call_expression", "macro_invocation", "try_expression")
    calls = body is not None and any(one.type in kinds for one, _ in walk(body))
    rows = [one for one in attributes if re.match(r"#\[(?:test_case|case)\b", one)]
    table = [
        text(row)
        for one, _ in walk(node)
        if one.type == "array_expression"
        for row in one.named_children
        if row.type == "tuple_expression"
    ]
    return Test(
        name="::".join([*modules, name]),
        line=line(node),
        checks=checks,
        rows=(*rows, *table),
        uses=names(node),
        bare=not calls and not checks,
        text=text(node),
        span=span(node),
    )


def _call_marks(node: Node, is_test: bool) -> Iterator[Mark]:
    said = text(node)
    if len(said) > 200:
        return
    if is_test and re.match(r"^(?:std::)?process::(?:exit|abort)\(", said):
        yield Mark("early-exit", said[:60], line(node))
    if is_test and re.match(r"^(?:std::)?panic::(?:set_hook|catch_unwind)\(", said):
        yield Mark("failure-swallowed", said[:60], line(node))
    if not is_test:
        found = _AWARE.match(said)
        if re.match(r"^cfg!\(\s*(?:not\()?test\b", said) or (found and TEST_NAMES.match(found["name"])):
            yield Mark("test-aware-code", said[:80], line(node))


def _branch(node: Node) -> Iterator[Branch]:
    condition, then = field(node, "condition"), field(node, "consequence")
    if condition is None or then is None or len(then.named_children) != 1:
        return
    inside = then.named_children[0]
    inside = inside.named_children[0] if inside.type == "expression_statement" and inside.named_children else inside
    answer = text(inside).removeprefix("return ").strip()
    given = [
        text(one) for one, _ in walk(condition) if one.type in ("integer_literal", "string_literal", "float_literal")
    ]
    if given and is_literal(answer):
        yield Branch(frozenset(given), answer, line(node), names_inputs(text(condition)))
