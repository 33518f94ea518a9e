"""Python, by its own parser."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import replace

from ferry.domain.integrity import paths
from ferry.domain.integrity.conditions import names_inputs
from ferry.domain.integrity.facts import Branch, Facts, Mark, Test
from ferry.domain.integrity.readers import python_marks, python_mocks
from ferry.domain.integrity.readers.python_checks import Checks
from ferry.domain.integrity.readers.python_judge import classify, names_in, spelt
from ferry.domain.integrity.readers.words import comment_marks

Function = ast.FunctionDef | ast.AsyncFunctionDef
DEEPEST = 150
MOST_ENTRIES = 50
_SET_UP = ("setUp", "setUpClass", "setup_method", "setup_class", "asyncSetUp")


def read(path: str, text: str) -> Facts:
    """Facts with `broken` for what is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        _not_too_deep(tree)
        return _facts(path, text, tree)
    except SyntaxError as error:
        return Facts(broken=f"this is no Python: {error.msg[:100]}", at=error.lineno or 0, marks=tuple(_comments(text)))
    except (ValueError, RecursionError, MemoryError) as error:
        said = str(error)[:100] or "it is too large"
        return Facts(broken=f"it cannot be parsed as Python: {said}", marks=tuple(_comments(text)))


def _not_too_deep(tree: ast.AST) -> None:
    layer: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        layer = [child for node in layer for child in ast.iter_child_nodes(node)]
        if not layer:
            return
    raise RecursionError("it is nested too deeply")


def _facts(path: str, text: str, tree: ast.Module) -> Facts:
    is_test = paths.is_test(path)
    local = {node.name: node for node in tree.body if isinstance(node, Function)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            local |= {one.name: one for one in node.body if isinstance(one, Function)}
    checks = Checks({name: node for name, node in local.items() if not name.startswith("test")})
    tests = (*_tests(tree.body, "", checks), *_program(tree)) if is_test else ()
    if is_test:
        shared, fixtures = tuple(_shared_mocks(tree)), _fixtures(tree)
        tests = tuple(
            _replacing(test, *shared, *(mark for one in test.uses for mark in fixtures.get(one, ()))) for test in tests
        )
    defined = {node.name for node in ast.walk(tree) if isinstance(node, Function | ast.ClassDef)}
    marks = (*_comments(text), *python_marks.marks(tree, text, is_test=is_test, conftest=path.endswith("conftest.py")))
    branches = () if is_test else (*_branches(tree), *_answers(tree))
    return Facts(tests, marks, frozenset(defined), branches)


def _shared_mocks(tree: ast.Module) -> Iterator[Mark]:
    """Of the module itself, and of fixtures that nobody has to ask for."""
    for node in tree.body:
        if isinstance(node, Function):
            if any("autouse=True" in spelt(one) for one in node.decorator_list):
                yield from python_mocks.mocks(ast.walk(node))
        elif not isinstance(node, ast.ClassDef):
            yield from python_mocks.mocks(ast.walk(node))


def _fixtures(tree: ast.Module) -> dict[str, tuple[Mark, ...]]:
    """What each fixture replaces for who asks for it."""
    found = (node for node in tree.body if isinstance(node, Function))
    fixtures = (node for node in found if any("fixture" in spelt(one) for one in node.decorator_list))
    return {node.name: tuple(python_mocks.mocks(ast.walk(node))) for node in fixtures}


def _of_class(node: ast.ClassDef) -> Iterator[Mark]:
    """What its decorators and its set-up replace for each of its tests."""
    before = [one for one in node.body if isinstance(one, Function) and one.name in _SET_UP]
    yield from python_mocks.mocks([*node.decorator_list, *(part for one in before for part in ast.walk(one))])


def _replacing(test: Test, *more: Mark) -> Test:
    return replace(test, mocks=(*test.mocks, *more)) if more else test


def _tests(body: list[ast.stmt], above: str, checks: Checks) -> Iterator[Test]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            shared = tuple(_of_class(node))
            yield from (_replacing(test, *shared) for test in _tests(node.body, f"{above}{node.name}::", checks))
        elif isinstance(node, Function) and node.name.startswith("test"):
            yield _test(node, above, checks)
        elif isinstance(node, ast.If | ast.Try):
            yield from _tests(node.body, above, checks)


def _program(tree: ast.Module) -> Iterator[Test]:
    """What a module asserts by being run."""
    body = [node for node in tree.body if not isinstance(node, Function | ast.ClassDef)]
    found = [one for node in body for one in ast.walk(node) if isinstance(one, ast.Assert)]
    if checks := tuple(check for one in found for check in classify(one.test, one.lineno, "")):
        uses = frozenset().union(*(check.names for check in checks))
        yield Test("(module)", found[0].lineno, checks, uses=uses, text="\n".join(check.text for check in checks))


def _test(node: Function, above: str, checks: Checks) -> Test:
    found = tuple(checks.of(node))
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call | ast.With | ast.AsyncWith | ast.Raise)]
    inside = [one for statement in node.body for one in ast.walk(statement)]
    does = any(isinstance(one, ast.Call | ast.Await | ast.Raise | ast.With | ast.Delete | ast.Yield) for one in inside)
    return Test(
        name=f"{above}{node.name}",
        line=node.lineno,
        checks=found,
        rows=tuple(_rows(node)),
        uses=names_in(node) | {one.arg for one in node.args.args},
        mocks=tuple(python_mocks.mocks([*node.decorator_list, *calls, *ast.walk(node)])),
        bare=not does and not found,
        text=spelt(node),
        span=(min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno or node.lineno),
    )


def _rows(node: Function) -> Iterator[str]:
    """Cases of parametrize, and rows of tables of tuples or dicts in the body."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and spelt(decorator.func).endswith(
            ("parametrize", "expand", "data", "cases")
        ):
            for table in decorator.args:
                if isinstance(table, ast.List | ast.Tuple | ast.Set):
                    yield from (spelt(row) for row in table.elts)
    for one in ast.walk(node):
        if isinstance(one, ast.For) and isinstance(one.iter, ast.List | ast.Tuple):
            yield from (spelt(row) for row in one.iter.elts)


def _branches(tree: ast.Module) -> Iterator[Branch]:
    for node in ast.walk(tree):
        tests, answer = _answered(node)
        given = [one for test in tests for one in ast.walk(test) if isinstance(one, ast.Constant)]
        compared = any(isinstance(one, ast.Compare) for test in tests for one in ast.walk(test))
        if compared and given and isinstance(answer, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.UnaryOp):
            single = all(names_inputs(spelt(test)) for test in tests)
            yield Branch(frozenset(spelt(one) for one in given), spelt(answer), tests[0].lineno, single)


def _answered(node: ast.AST) -> tuple[list[ast.expr], ast.expr | None]:
    """``if a: return b``, ``if a: if b: return c`` and ``return b if a else c``: conditions and what they give."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.IfExp):
        return [node.value.test], node.value.body
    tests: list[ast.expr] = []
    while isinstance(node, ast.If) and len(node.body) == 1:
        tests.append(node.test)
        node = node.body[0]
    return (tests, node.value) if tests and isinstance(node, ast.Return) else ([], None)


def _answers(tree: ast.Module) -> Iterator[Branch]:
    """Entries of a table: the same as branches, shorter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and 2 <= len(node.keys) <= MOST_ENTRIES:
            for key, value in zip(node.keys, node.values, strict=True):
                given = [one for one in ast.walk(key) if isinstance(one, ast.Constant)] if key is not None else []
                if len(given) > 1 and isinstance(value, ast.Constant):
                    yield Branch(frozenset(spelt(one) for one in given), spelt(value), value.lineno)


def _comments(text: str) -> Iterator[Mark]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
    yield from comment_marks((one.start[0], one.string) for one in tokens if one.type == tokenize.COMMENT)
