"""Go, by tree-sitter's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.integrity import paths
from ferry.domain.integrity.conditions import names_inputs
from ferry.domain.integrity.facts import Branch, Check, Facts, Mark, Strength, Test
from ferry.domain.integrity.matchers import is_literal
from ferry.domain.integrity.readers.gathered import Gathered
from ferry.domain.integrity.readers.go_checks import checks_of
from ferry.domain.integrity.readers.words import TEST_NAMES
from ferry.domain.integrity.syntax import Node, field, line, names, span, text, walk

_TEST = re.compile(r"^(?!TestMain$)(?:Test|Fuzz|Example)(?:[A-Z_0-9].*)?$")
_AWARE = re.compile(
    r"^testing\.Testing\(\)$|^flag\.Lookup\(\"test\.\w*\"\)|^strings\.(?:HasSuffix|Contains"
    r"|HasPrefix)\(os\.Args\[0\], ?\"[^\"]*test[^\"]*\"\)"
    r"|^strings\.Contains\(string\(debug\.Stack\(\)\)|^os\.(?:Getenv|LookupEnv)\(\"(?P<name>\w+)\"\)"
)


def facts(path: str, root: Node) -> Facts:
    is_test = path.endswith("_test.go") or paths.is_test(path)
    found = Gathered()
    idle = _idle(root)
    for node, _ in walk(root):
        if node.type == "comment":
            found.comment(node)
            if is_test and re.match(r"//\s*\+build|//go:build", text(node)):
                found.marks.append(Mark("test-excluded", text(node)[:80], line(node)))
        elif node.type in ("function_declaration", "method_declaration"):
            name = text(field(node, "name"))
            if is_test and _TEST.match(name):
                found.tests.append(_test(name, node, idle))
            found.defines.add(name)
        elif node.type == "call_expression":
            found.marks += _call_marks(node, is_test)
        elif node.type == "if_statement" and not is_test:
            found.branches += _branch(node)
    return found.facts


def _idle(root: Node) -> frozenset[str]:
    found = set()
    for node in root.named_children:
        if node.type == "function_declaration" and not re.search(
            r"\.(?:Error|Fatal|Fail|Equal|True|No|panic)\w*\(|panic\(", text(node)
        ):
            found.add(text(field(node, "name")))
    return frozenset(found)


def _test(name: str, node: Node, idle: frozenset[str]) -> Test:
    checks = tuple(checks_of(node, idle))
    body = field(node, "body")
    calls = [one for one, _ in walk(body) if one.type == "call_expression"] if body is not None else []
    own = [one for one in calls if not re.match(r"^t\.(?:Log|Logf|Helper|Parallel)$", text(field(one, "function")))]
    if name.startswith("Example"):
        output = re.search(
            r"// ?(?:Unordered )?[Oo]utput:(.*)", (node.text or b"").decode("utf-8", "replace"), re.DOTALL
        )
        checks = (
            (Check(" ".join(output[0].split()), line(node), Strength.EXACT, "output", output[1]),) if output else ()
        )
    return Test(
        name=name,
        line=line(node),
        checks=checks,
        rows=tuple(_rows(node)),
        uses=names(node),
        mocks=tuple(_mocks(node)),
        bare=not own and not checks,
        text=text(node),
        span=span(node),
    )


def _rows(node: Node) -> Iterator[str]:
    """Elements of tables: composite literals of structs in a slice or map."""
    for one, _ in walk(node):
        if one.type == "composite_literal" and text(field(one, "type")).startswith(("[]", "map[")):
            body = field(one, "body")
            elements = body.named_children if body is not None else []
            yield from (text(row) for row in elements if row.type != "comment" and "{" in text(row))


def _mocks(node: Node) -> Iterator[Mark]:
    """A package's function that is replaced: ``total = func(…)``, ``pkg.Total = func(…)``."""
    for one, _ in walk(node):
        if one.type == "assignment_statement" and text(field(one, "right")).startswith("func("):
            target = text(field(one, "left"))
            yield Mark(target.rpartition(".")[2], target, line(one))


def _call_marks(node: Node, is_test: bool) -> Iterator[Mark]:
    said, called = text(node), text(field(node, "function"))
    if is_test:
        if re.match(r"^(?:t|b|tb|f|s\.T\(\)|suite\.T\(\))\.(?:Skip|Skipf|SkipNow)$", called):
            yield Mark("test-skipped", said[:80], line(node))
        if (
            called in ("os.Exit", "syscall.Exit", "runtime.Goexit")
            and "m.Run()" not in said
            and not re.search(r"\((?:code|exit|ret|rc|result|status|\w*[cC]ode)\)$", said)
        ):
            yield Mark("early-exit", said[:60], line(node))
        if called == "recover":
            yield Mark("failure-swallowed", "recover()", line(node))
    elif len(said) < 200 and (found := _AWARE.match(said)) and (not found["name"] or TEST_NAMES.match(found["name"])):
        yield Mark("test-aware-code", said[:80], line(node))


def _branch(node: Node) -> Iterator[Branch]:
    condition, then = field(node, "condition"), field(node, "consequence")
    if condition is None or then is None:
        return
    returned = [one for one, _ in walk(then) if one.type == "return_statement"]
    body = [
        one for one in then.named_children for one in (one.named_children if one.type == "statement_list" else [one])
    ]
    kinds = ("int_literal", "float_literal", "interpreted_string_literal")
    given = [text(one) for one, _ in walk(condition) if one.type in kinds]
    if given and len(body) == 1 and len(returned) == 1 and returned[0].named_children:
        answer = text(returned[0].named_children[0]).removesuffix(", nil")
        if is_literal(answer):
            yield Branch(frozenset(given), answer, line(node), names_inputs(text(condition)))
