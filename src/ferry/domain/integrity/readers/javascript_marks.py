"""Places in JavaScript that a rule looks for: skips, mocks, exits, code that knows of tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ferry.domain.integrity.conditions import names_inputs
from ferry.domain.integrity.facts import Branch, Mark, Test
from ferry.domain.integrity.readers.words import TEST_NAMES
from ferry.domain.integrity.syntax import Node, arguments, field, line, names, text, walk

_SKIP = re.compile(
    r"^(?:xit|xtest|xdescribe|xcontext)\b|^(?:it|test|describe|context|suite|specify|bench)(?:\.\w+)*\.(?:skip"
    r"|todo|failing|fails|fixme|skipIf|runIf)\b"
    r"|^(?:this|t|ctx|context)\.(?:skip|todo)$|^(?:pending)$"
)
_FOCUS = re.compile(
    r"^(?:fit|fdescribe|ftest|ddescribe|iit)\b|^(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.only\b"
)
_AWARE = re.compile(
    r"process\.env\.(?P<name>\w+)|process\.env\[['\"](?P<named>\w+)['\"]\]|import\.meta\.env\.(?P<meta>VITEST|TEST)\b"
    r"|(?:typeof|globalThis\.|global\.|window\.)\s*(?P<seen>jest|vitest|describe|it|expect|__vitest_\w+|mocha)\b"
)
_TEST_MODE = re.compile(r"(?:NODE_ENV|MODE)['\"\]]*\s*[!=]==?\s*['\"]test['\"]|['\"]test['\"]\s*[!=]==?.*NODE_ENV")
_EXIT = re.compile(r"^(?:process\.(?:exit|reallyExit|abort)|Deno\.exit)$")


def said_in(body: Node | None) -> list[Node]:
    return [one for one in body.named_children if one.type != "comment"] if body is not None else []


def base_of(call: Node) -> str:
    """What is called, without what it was called with before: ``it.each`` of ``it.each(rows)(…)``."""
    function = field(call, "function")
    while function is not None and function.type == "call_expression":
        function = field(function, "function")
    return re.sub(r"\s", "", text(function)) if function is not None and len(text(function)) < 200 else ""


def title_of(call: Node) -> str:
    found = arguments(call)
    return text(found[0]).strip("'\"`") if found else ""


def mocks_of(call: Node) -> Iterator[Mark]:
    for node, _ in walk(call):
        if node.type == "call_expression":
            base, given = base_of(node), arguments(node)
            if base.endswith(("spyOn", "stub", "replace", "replaceProperty")) and len(given) > 1:
                yield Mark(text(given[1]).strip("'\"`"), text(node)[:80], line(node))
        elif node.type == "assignment_expression":
            left, right = field(node, "left"), text(field(node, "right"))
            if (
                left is not None
                and left.type == "member_expression"
                and re.match(r"(?:jest|vi|sinon)\.(?:fn|stub)|\(.*\) ?=>|function", right)
            ):
                yield Mark(text(field(left, "property")), text(left), line(node))


def mocked_modules(root: Node, tests: list[Test]) -> Iterator[Mark]:
    """A module that is replaced whole, while a test asserts what a function of it answers."""
    came_from: dict[str, str] = {}
    replaced: list[tuple[str, int]] = []
    for node, _ in walk(root):
        if node.type == "import_statement":
            source = text(field(node, "source")).strip("'\"`")
            came_from |= dict.fromkeys(names(node), source)
        elif node.type == "call_expression" and base_of(node) in ("jest.mock", "vi.mock", "vi.doMock", "jest.doMock"):
            given = arguments(node)
            replaced += (
                [(title_of(node), line(node))] if len(given) > 1 and "requireActual" not in text(given[1]) else []
            )
    subjects = [check.subject for test in tests for check in test.checks]
    for module, number_ in replaced:
        mine = [name for name, source in came_from.items() if source == module]
        if any(re.search(rf"\b{re.escape(name)}\(", subject) for name in mine for subject in subjects):
            yield Mark("subject-mocked", f"{module} is replaced, and asserted about", number_)


def call_marks(node: Node, is_test: bool) -> Iterator[Mark]:
    base = base_of(node)
    if not is_test:
        return
    if _SKIP.match(base) and not (base.startswith(("this", "t.", "ctx", "context")) and len(arguments(node)) > 1):
        yield Mark("test-skipped", f"{base} {title_of(node)[:60]}", line(node))
    if _FOCUS.match(base):
        yield Mark("test-focused", f"{base} {title_of(node)[:60]}", line(node))
    if _EXIT.match(base):
        yield Mark("early-exit", base, line(node))
    if base in ("jest.retryTimes", "expect.extend") or re.match(r"this\.retries$|expect\.\w+\.bind$", base):
        yield Mark("framework-patched", text(node)[:100], line(node))


def patch_marks(node: Node) -> Iterator[Mark]:
    left = text(field(node, "left"))
    if re.match(r"(?:global(?:This)?\.)?(?:expect|it|test|describe|assert)(?:\.\w+)*$", left) or left in (
        "process.exit",
        "process.exitCode",
    ):
        yield Mark("framework-patched", text(node)[:100], line(node))


def aware_marks(node: Node) -> Iterator[Mark]:
    said = text(node) if len(node.text or b"") < 120 else ""
    if node.type == "binary_expression":
        if _TEST_MODE.search(said):
            yield Mark("test-aware-code", said, line(node))
        return
    found = _AWARE.fullmatch(said)
    if found and (TEST_NAMES.match(found["name"] or found["named"] or "") or found["meta"] or found["seen"]):
        yield Mark("test-aware-code", said, line(node))


def branches_of(node: Node) -> Iterator[Branch]:
    then, condition = field(node, "consequence"), field(node, "condition")
    body = said_in(then) if then is not None and then.type == "statement_block" else [then] if then is not None else []
    if condition is None or len(body) != 1 or body[0].type != "return_statement" or not body[0].named_children:
        return
    answer = body[0].named_children[0]
    given = [text(one) for one, _ in walk(condition) if one.type in ("number", "string")]
    if given and answer.type in ("number", "string", "array", "object", "unary_expression", "true", "false"):
        yield Branch(frozenset(given), text(answer), line(node), names_inputs(text(condition)))
