"""An agent gets a reading view of the gate: no name in its code leads to a write."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferry.adapters.wiring import AgentWorld
from ferry.ports import Approvals, GateStore
from tests.template import ROOT

FILES = [file for folder in ("agents", "src/ferry/agentkit") for file in (ROOT / folder).rglob("*.py")]
FILES += [ROOT / "src/ferry/adapters" / name for name in ("agent_entry.py", "workbenches.py")]
NAMES = {"GateStore", "DynamoGateStore", "CloudWorld", "World", "gate"}


def methods(port: type) -> set[str]:
    return {name for name in dir(port) if not name.startswith("_")}


WRITING = methods(GateStore) - methods(Approvals)


def named(file: Path) -> Iterator[str]:
    """Every name and attribute that the code says, and what it imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value  # getattr, and annotations in quotes


def called(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_agent_names_the_writing_side_of_the_gate(file: Path) -> None:
    assert not NAMES & set(named(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_agent_calls_what_writes_at_the_gate(file: Path) -> None:
    assert not {"decide", "enter", "vote"} & set(called(file))


def test_an_agents_world_has_no_way_to_write() -> None:
    assert {"decide", "enter", "vote", "ask", "note", "token", "wait"} <= WRITING
    assert not hasattr(AgentWorld, "gate")
    assert hasattr(AgentWorld, "approvals")
