"""The mechanical proof of one plan task. No model has a say in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ferry.agentkit.integrity import Check
from ferry.agentkit.suite import Suite, Verdict
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.errors import GateViolation
from ferry.domain.gates import check_diff
from ferry.domain.plan import PlanTask


class NotProved(Exception):
    """The attempt failed. `reason`: one sentence of ours; `output`: what the tests printed, untrusted."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.output = output


@dataclass(frozen=True)
class Proof:
    """changes: what the commit holds; base: what the new test says without them; head: what all tests say with them."""

    changes: tuple[FileChange, ...]
    base: Verdict
    head: Verdict


def prove(workspace: Workspace, task: PlanTask, approved: Collection[str], suite: Suite, integrity: Check) -> Proof:
    """NotProved unless (a) only approved paths changed, the test among them, and nothing in them cheats,
    (b) the test fails on the base sources, (c) the test and the whole suite pass on the head. Both run in replays of
    the diff that no command has touched."""
    changes = _changes(workspace, task, approved, integrity)
    test = [change for change in changes if change.path == task.test_file]
    base = _run(workspace, test, suite, task.test_file)
    if not base.red:
        raise NotProved(f"on the base sources {task.test_file} must fail, but: {base}", base.result.output)
    alone = _run(workspace, changes, suite, task.test_file)
    if not alone.green:
        raise NotProved(f"with your change {task.test_file} must pass, but: {alone}", alone.result.output)
    head = _run(workspace, changes, suite)
    if not head.green:
        raise NotProved(f"with your change the whole suite must pass, but: {head}", head.result.output)
    return Proof(changes, base, head)


def _changes(
    workspace: Workspace, task: PlanTask, approved: Collection[str], integrity: Check
) -> tuple[FileChange, ...]:
    paths, strange = workspace.changed()
    try:
        check_diff(paths, approved, symlinks=strange)
    except GateViolation as error:
        raise NotProved(str(error)) from error
    if task.test_file not in paths:
        raise NotProved(f"{task.test_file} was not changed; the plan wants the test of this task there")
    changes = workspace.changes(paths)
    if any(change.path == task.test_file and change.content is None for change in changes):
        raise NotProved(f"{task.test_file} was deleted")
    try:
        integrity(workspace, changes)
    except GateViolation as error:
        raise NotProved(str(error)) from error
    return changes


def _run(workspace: Workspace, changes: Iterable[FileChange], suite: Suite, *paths: str) -> Verdict:
    with workspace.replay(changes) as root:
        return suite.run(root, root / workspace.name, paths)
