"""What tests of Python replace."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ferry.domain.integrity.facts import Mark


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
        if isinstance(node, ast.Call) and node.args:
            called = spelt(node.func)
            if called.endswith(("patch.object", "setattr")) and len(node.args) > 1 and name_of(node.args[1]):
                yield Mark(name_of(node.args[1]), f"{spelt(node.args[0])}.{name_of(node.args[1])}", node.lineno)
            elif called.rpartition(".")[2] in ("patch", "setattr") and "." in name_of(node.args[0]):
                target = name_of(node.args[0])
                yield Mark(target.rpartition(".")[2], target, node.lineno)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            said = spelt(node.value)
            if said.startswith(("lambda", "Mock(", "MagicMock(", "mock.", "AsyncMock(")):
                yield Mark(node.targets[0].attr, spelt(node.targets[0]), node.lineno)
            elif node.targets[0].attr == "return_value" and isinstance(node.targets[0].value, ast.Attribute):
                yield Mark(node.targets[0].value.attr, spelt(node.targets[0].value), node.lineno)
