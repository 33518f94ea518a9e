"""Files of at most 200 lines, functions of at most 50: a larger one has a second idea in it."""

from __future__ import annotations

import ast

import pytest

from tests.template import ROOT

FILES = sorted(
    file
    for folder in ("src", "functions", "agents", "local", "bench")
    for file in (ROOT / folder).rglob("*.py")
    if "sample/repos" not in file.as_posix()
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_file_holds_one_idea(file) -> None:  # type: ignore[no-untyped-def]
    text = file.read_text()

    assert text.count("\n") <= 200
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert not long
