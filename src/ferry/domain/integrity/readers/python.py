"""Python, by its own parser."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import replace

from ferry.domain.integrity import paths
from ferry.domain.integrity.facts import Branch, Facts, Mark, Test
from ferry.domain.integrity.readers import python_marks, python_mocks
from ferry.domain.integrity.readers.python_checks import Checks
from ferry.domain.integrity.readers.python_judge import names_in, spelt
from ferry.domain.integrity.readers.words import comment_marks

Function = ast.FunctionDef | ast.AsyncFunctionDef
DEEPEST = 150
MOST_ENTRIES = 50


def read(path: str, text: str) -> Facts:
    """Facts with `broken` for what is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        _not_too_deep(tree)
        return _facts(path, text, tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Facts(broken=f"{type(error).__name__}: {str(error)[:100]}", marks=tuple(_comments(text)))


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
    tests = tuple(_tests(tree.body, "", checks)) if is_test else ()
    if is_test and (shared := tuple(_shared_mocks(tree))):
        tests = tuple(replace(test, mocks=(*test.mocks, *shared)) for test in tests)
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


def _tests(body: list[ast.stmt], above: str, checks: Checks) -> Iterator[Test]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, f"{above}{node.name}::", checks)
        elif isinstance(node, Function) and node.name.startswith("test"):
            yield _test(node, above, checks)
        elif isinstance(node, ast.If | ast.Try):
            yield from _tests(node.body, above, checks)


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
        uses=names_in(node),
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
        if isinstance(node, ast.If) and len(node.body) == 1 and isinstance(node.body[0], ast.Return):
            answer = node.body[0].value
            given = [one for one in ast.walk(node.test) if isinstance(one, ast.Constant)]
            compared = [one for one in ast.walk(node.test) if isinstance(one, ast.Compare)]
            if compared and given and isinstance(answer, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.UnaryOp):
                yield Branch(frozenset(spelt(one) for one in given), spelt(answer), node.lineno)


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
