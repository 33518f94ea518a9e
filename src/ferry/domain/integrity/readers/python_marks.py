"""Places in Python that a rule looks for: skips, mocks, exits, swallowed failures, code that knows of tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ferry.domain.integrity.facts import Mark
from ferry.domain.integrity.readers.python_mocks import called_mocks, name_of, spelt
from ferry.domain.integrity.readers.words import TEST_NAMES

Function = ast.FunctionDef | ast.AsyncFunctionDef
_SKIP = re.compile(
    r"^(?:pytest\.mark\.|mark\.)(?:skip|skipif|xfail)\b|^(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure)\b"
    r"|^(?:pytest\.)?(?:skip|xfail|importorskip)\(|^self\.skipTest\(|^raise (?:unittest\.)?SkipTest|^pytest\.exit\("
)
_HOOKS = re.compile(
    r"^pytest_(?:runtest_\w+|pyfunc_call|collection_modifyitems|ignore_collect|collect_\w+|sessionfinish"
    r"|report_teststatus"
    r"|deselected|itemcollected|make_collect_report|pycollect_\w+|exception_interact|terminal_summary"
    r"|cmdline_main|collection_finish)$"
)
_FRAMEWORK = re.compile(
    r"(?:^|\b)(?:_pytest\.|pytest\.(?:raises|fail|approx|mark|main|skip)\s*=|unittest\.(?:TestCase"
    r"|case)\.\w+(?:\.\w+)*\s*=)"
    r"|unittest\.TestCase\.\w+\s*=|builtins\.(?:AssertionError|assert\w*|__eq__|isinstance|abs|round|len)\s*="
    r"|(?:report|rep)\.(?:outcome|wasxfail|longrepr)\s*=|session\.exitstatus\s*=|testsfailed\s*=|sys\.exit\s*="
    r"|os\._exit\s*="
)
_MARK = re.compile(r"mark\.(?:skip|xfail)")
_EXIT = re.compile(r"^(?:sys\.exit|os\._exit|exit|quit|os\.kill|os\.abort|raise SystemExit)\b")
_AWARE = re.compile(
    r"['\"](?:pytest|unittest|_pytest)(?:\.\w+)*['\"] (?:not )?in sys\.modules"
    r"|sys\.modules\.get\(['\"](?:pytest|unittest|_pytest)"
    r"|_called_from_test|['\"][^'\"]*(?:pytest|unittest)[^'\"]*['\"] in (?:sys\.argv|sys\.executable|os\.environ\b.*_)"
    r"|inspect\.(?:stack|currentframe)\(.*\btest|(?:sys\._getframe|traceback\.extract_stack)\(.*test"
)


_SUSPECT = re.compile(r"pytest|unittest|builtins|exitstatus|testsfailed|sys\.exit|os\._exit")
_ENVIRONMENT = re.compile(r"environ|getenv|sys\.modules|_called_from_test|sys\.argv|inspect\.|_getframe|extract_stack")


def marks(tree: ast.Module, text: str, *, is_test: bool, conftest: bool) -> Iterator[Mark]:
    """text: the source of `tree`; most files do not even have the words, and need no second look."""
    suspect, environment = bool(_SUSPECT.search(text)), bool(_ENVIRONMENT.search(text))
    for node in ast.walk(tree):
        if suspect:
            yield from _both(node)
        if is_test:
            yield from _in_tests(node)
        else:
            yield from _dropped(node)
            if environment:
                yield from _aware(node)
    yield from _forged(tree)
    if conftest or is_test:
        yield from _hooks(tree)


def _both(node: ast.AST) -> Iterator[Mark]:
    if isinstance(node, ast.Assign | ast.AugAssign):
        said = spelt(node)
        if _FRAMEWORK.search(said):
            yield Mark("framework-patched", said[:100], node.lineno)
    if isinstance(node, ast.Call) and spelt(node.func).endswith("setattr") and len(node.args) > 1:
        dotted = name_of(node.args[0])
        target = f"{dotted} =" if "." in dotted else f"{spelt(node.args[0])}.{name_of(node.args[1])} ="
        if _FRAMEWORK.search(target) or target.startswith(("pytest.", "_pytest")):
            yield Mark("framework-patched", target, node.lineno)


def _in_tests(node: ast.AST) -> Iterator[Mark]:
    if isinstance(node, Function | ast.ClassDef):
        skips = [one for one in node.decorator_list if _SKIP.match(spelt(one))]
        yield from (Mark("test-skipped", f"{spelt(one)[:60]} on {node.name}", one.lineno) for one in skips)
    elif isinstance(node, ast.Assign):
        yield from _assigned(node)
    elif isinstance(node, ast.Expr | ast.Raise):
        yield from _stated(node)
    elif isinstance(node, ast.keyword) and node.arg == "marks" and _MARK.search(spelt(node.value)):
        yield Mark("test-skipped", f"a case with {spelt(node.value)[:60]}", node.value.lineno)
    elif isinstance(node, ast.With):
        yield from called_mocks(node)
    elif isinstance(node, ast.ExceptHandler) and _says_nothing(node) and _wide(node):
        yield Mark("failure-swallowed", f"except {spelt(node.type) if node.type else ''}", node.lineno)


def _stated(node: ast.Expr | ast.Raise) -> Iterator[Mark]:
    said = spelt(node)
    if _SKIP.match(said) or _EXIT.match(said):
        yield Mark("test-skipped" if _SKIP.match(said) else "early-exit", said[:60], node.lineno)


def _assigned(node: ast.Assign) -> Iterator[Mark]:
    said = spelt(node.value)
    named = {spelt(target) for target in node.targets}
    if "pytestmark" in named and _MARK.search(said):
        yield Mark("test-skipped", f"pytestmark = {said[:80]}", node.lineno)
    if {"collect_ignore", "collect_ignore_glob"} & named or ("__test__" in named and said == "False"):
        yield Mark("test-excluded", spelt(node)[:100], node.lineno)


def _says_nothing(handler: ast.ExceptHandler) -> bool:
    """It neither raises, nor asserts, nor calls anything that might."""
    return not any(
        isinstance(one, ast.Raise | ast.Assert | ast.Call) for part in handler.body for one in ast.walk(part)
    )


def _dropped(node: ast.AST) -> Iterator[Mark]:
    if isinstance(node, ast.ExceptHandler) and _drops(node) and _wide(node):
        yield Mark("error-swallowed", f"except {spelt(node.type) if node.type else ''}", node.lineno)


def _aware(node: ast.AST) -> Iterator[Mark]:
    if isinstance(node, ast.Compare | ast.Call | ast.Attribute | ast.Subscript):
        said = spelt(node)
        if len(said) < 400 and (_AWARE.search(said) or _reads_test_setting(node)):
            yield Mark("test-aware-code", said[:80], node.lineno)
    if isinstance(node, ast.Compare) and "environ" in spelt(node):
        first = node.left
        if isinstance(first, ast.Constant) and TEST_NAMES.match(str(first.value)):
            yield Mark("test-aware-code", spelt(node)[:80], node.lineno)


def _reads_test_setting(node: ast.AST) -> bool:
    """``os.environ.get("CI")``, ``os.getenv("CI")``, ``os.environ["CI"]``."""
    if isinstance(node, ast.Call) and node.args:
        return spelt(node.func).endswith(("environ.get", "getenv")) and bool(TEST_NAMES.match(name_of(node.args[0])))
    if isinstance(node, ast.Subscript):
        return spelt(node.value).endswith("environ") and bool(TEST_NAMES.match(name_of(node.slice)))
    return False


def _drops(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(one, ast.Pass | ast.Continue)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Return) and (one.value is None or isinstance(one.value, ast.Constant)))
        for one in handler.body
    )


def _wide(handler: ast.ExceptHandler) -> bool:
    kind = spelt(handler.type) if handler.type else "Exception"
    return any(name in ("Exception", "BaseException", "AssertionError") for name in re.findall(r"\w+", kind))


def _forged(tree: ast.Module) -> Iterator[Mark]:
    """``__eq__`` that says yes to everything."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.name in ("__eq__", "__ne__", "__contains__", "__bool__"):
            body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
            if len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Constant):
                if node.name in ("__eq__", "__contains__") and body[0].value.value is True:
                    yield Mark("equality-forged", f"{node.name} is always {body[0].value.value}", node.lineno)
                if node.name == "__ne__" and body[0].value.value is False:
                    yield Mark("equality-forged", "__ne__ is always False", node.lineno)


def _hooks(tree: ast.Module) -> Iterator[Mark]:
    for node in tree.body:
        if isinstance(node, Function) and _HOOKS.match(node.name):
            yield Mark("framework-patched", f"hook {node.name}: {hash_of(node)}", node.lineno)


def hash_of(node: ast.AST) -> str:
    """A hook that is changed is a new one."""
    return spelt(node)[:2000]
