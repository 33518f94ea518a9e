"""What tests of Python replace."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ferry.domain.integrity.facts import Mark

_OF_MULTIPLE = ("target", "spec", "create", "spec_set", "autospec", "new_callable")


def spelt(node: ast.AST) -> str:
    return ast.unparse(node)


def called_mocks(node: ast.With) -> Iterator[Mark]:
    """A mock that the test calls itself, and then is asked whether it was."""
    called = {one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    for item in node.items:
        name = item.optional_vars
        patches = isinstance(item.context_expr, ast.Call) and spelt(item.context_expr.func).endswith(
            ("patch", "patch.object")
        )
        if patches and isinstance(name, ast.Name) and name.id in called:
            yield Mark("subject-mocked", f"the test calls its own mock {name.id}", node.lineno)


def name_of(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def mocks(nodes: Iterable[ast.AST]) -> Iterator[Mark]:
    """What a test replaces, by its last name; its text is the whole target."""
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _patched(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            said = spelt(node.value)
            if said.startswith(("lambda", "Mock(", "MagicMock(", "mock.", "AsyncMock(")):
                yield Mark(node.targets[0].attr, spelt(node.targets[0]), node.lineno)
            elif node.targets[0].attr == "return_value" and isinstance(node.targets[0].value, ast.Attribute):
                yield Mark(node.targets[0].value.attr, spelt(node.targets[0].value), node.lineno)


def _patched(node: ast.Call) -> Iterator[Mark]:
    """``patch("a.b")``, ``patch.object(a, "b")``, ``patch.multiple(a, b=…)`` and their kin, by place or by word."""
    called, words = spelt(node.func), {one.arg: one.value for one in node.keywords if one.arg}
    first = next(iter(node.args), words.get("target"))
    second = node.args[1] if len(node.args) > 1 else words.get("attribute", words.get("name"))
    if first is None or not (called.endswith("setattr") or "patch" in called.split(".")):
        return
    if called.endswith("patch.multiple"):
        yield from (Mark(one, f"{spelt(first)}.{one}", node.lineno) for one in words if one not in _OF_MULTIPLE)
    elif called.endswith(("patch.object", "setattr")) and second is not None and name_of(second):
        yield Mark(name_of(second), f"{spelt(first)}.{name_of(second)}", node.lineno)
    elif not called.endswith((".dict", ".object")) and "." in name_of(first):
        yield Mark(name_of(first).rpartition(".")[2], name_of(first), node.lineno)
