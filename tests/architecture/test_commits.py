"""Nothing that is written to a forge overwrites, and nobody but the App signs a commit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template import ROOT

FILES = [file for folder in ("src", "agents", "functions") for file in sorted((ROOT / folder).rglob("*.py"))]


def pairs(file: Path) -> Iterator[tuple[str, ast.expr]]:
    """Every name with its value, of dicts and of calls."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Dict):
            yield from (
                (str(key.value), value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            )
        elif isinstance(node, ast.Call):
            yield from ((word.arg, word.value) for word in node.keywords if word.arg)


def test_no_call_uses_force() -> None:
    said = [(file, value) for file in FILES for name, value in pairs(file) if name == "force"]
    words = [
        f"{file.relative_to(ROOT)}: {node.value}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in ("--force", "--force-with-lease", "-f")
    ]

    assert said, "the move of a branch says that it is without force"
    assert all(isinstance(value, ast.Constant) and value.value is False for _, value in said)
    assert not words


@pytest.mark.parametrize("name", ["author", "committer"])
def test_a_commit_names_nobody_so_that_the_forge_signs_it_as_the_app(name: str) -> None:
    adapters = [file for file in FILES if file.name.startswith("github") and file.parent.name == "adapters"]
    sent = [file for file in adapters for key, value in pairs(file) if key == name and isinstance(value, ast.Dict)]

    assert adapters
    assert not sent
