"""The arguments of ``setup()`` that are written out in a setup.py; nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping

from ferry.domain.retrieval.ties.tie import Unreadable

LISTS = ("install_requires", "setup_requires", "tests_require", "extras_require")
DEEPEST = 8

Said = tuple[str, int]


def setup_arguments(text: str) -> tuple[list[Said], list[Said]]:
    """Names and requirements, each with its line. Unreadable."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of strange escapes in a stranger's file
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(str(error)) from error
    known = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names: list[Said] = []
    required: list[Said] = []
    for call in _calls(tree):
        for keyword in call.keywords:
            if keyword.arg == "name":
                names += _strings(keyword.value, known)
            elif keyword.arg in LISTS:
                required += _strings(keyword.value, known)
    return names, required


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "setup":
                yield node


def _strings(node: ast.AST | None, known: Mapping[str, ast.expr], depth: int = 0) -> list[Said]:
    """Of a dict its values: the keys of extras are names of extras."""
    if depth > DEEPEST:
        return []
    if isinstance(node, ast.Constant):
        return [(node.value, node.lineno)] if isinstance(node.value, str) else []
    parts: list[ast.expr] = []
    if isinstance(node, ast.Name):
        parts = [known[node.id]] if node.id in known else []
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        parts = [*node.elts]
    elif isinstance(node, ast.Dict):
        parts = [*node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Starred):
        parts = [node.value]
    return [said for part in parts for said in _strings(part, known, depth + 1)]
