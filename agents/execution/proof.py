"""The mechanical proof of one plan task. No model has a say in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ferry.agentkit import proving
from ferry.agentkit.integrity import Check, OnlyAsked
from ferry.agentkit.suite import Suite
from ferry.agentkit.workspace import Workspace
from ferry.domain.change import FileChange
from ferry.domain.errors import GateViolation
from ferry.domain.gates import check_diff
from ferry.domain.held import MOST_FINDINGS
from ferry.domain.integrity import Finding
from ferry.domain.plan import Plan, PlanTask
from ferry.domain.proof import Proof


class Failure(StrEnum):
    """What failed, in words of ours alone."""

    PATHS = "it changed what the plan does not allow"
    TEST = "it did not leave a changed test where the plan wants one"
    GATE = "the integrity gate refused the change"
    PROOF = "the tests do not prove the change"
    LIMIT = "it was stopped before it was done"


class NotProved(Exception):
    """The attempt failed. `reason`: one sentence for people; it quotes names, code and messages, so it is as untrusted
    as `output`, which is what the tests printed."""

    def __init__(self, kind: Failure, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.output = output


@dataclass(frozen=True)
class Proved:
    """changes: what the commit holds; asked: what was found in them that only a person may allow."""

    changes: tuple[FileChange, ...]
    proof: Proof
    asked: tuple[Finding, ...] = ()


def prove(workspace: Workspace, task: PlanTask, plan: Plan, suite: Suite, integrity: Check) -> Proved:
    """NotProved unless only approved paths changed, the task's test among them, nothing in them cheats, and that test
    proves the change. All runs are in replays of the diff that no command has touched."""
    changes = _changes(workspace, task, plan.paths_of(task.repo))
    asked = _asked(workspace, changes, integrity)
    trees = WorkspaceTrees(workspace, changes)
    found = proving.prove(trees, suite, required={task.test_file}, plan=_words(plan))
    if not found.proof.proved:
        raise NotProved(Failure.PROOF, found.proof.reason, found.output)
    return Proved(changes, found.proof, asked)


@dataclass(frozen=True)
class WorkspaceTrees:
    """The port `Trees` of a change that is not committed yet."""

    workspace: Workspace
    changes: tuple[FileChange, ...]

    @property
    def name(self) -> str:
        return self.workspace.name

    @property
    def texts(self) -> proving.Texts:
        return {change.path: (self._before(change.path), _text(change.content)) for change in self.changes}

    @property
    def renamed(self) -> Mapping[str, str]:
        """A file that is gone, and one with the very same content that came."""
        gone = {self._before(change.path): change.path for change in self.changes if change.content is None}
        came = {change.path: _text(change.content) for change in self.changes if self._before(change.path) is None}
        return {gone[text]: path for path, text in came.items() if text and text in gone}

    def base(self) -> AbstractContextManager[Path]:
        return self.workspace.replay(())

    def mixed(self, tests: Collection[str]) -> AbstractContextManager[Path]:
        return self.workspace.replay([change for change in self.changes if change.path in tests])

    def head(self) -> AbstractContextManager[Path]:
        return self.workspace.replay(self.changes)

    def _before(self, path: str) -> str | None:
        file = self.workspace.pristine / path
        return _text(file.read_bytes()) if file.is_file() and not file.is_symlink() else None


def _changes(workspace: Workspace, task: PlanTask, approved: Collection[str]) -> tuple[FileChange, ...]:
    paths, strange = workspace.changed()
    try:
        check_diff(paths, approved, symlinks=strange)
    except GateViolation as error:
        raise NotProved(Failure.PATHS, str(error)) from error
    if task.test_file not in paths:
        why = f"{task.test_file} was not changed; the plan wants the test of this task there"
        raise NotProved(Failure.TEST, why)
    changes = workspace.changes(paths)
    if any(change.path == task.test_file and change.content is None for change in changes):
        raise NotProved(Failure.TEST, f"{task.test_file} was deleted")
    return changes


def _asked(workspace: Workspace, changes: Sequence[FileChange], integrity: Check) -> tuple[Finding, ...]:
    """NotProved for what no person is asked about, or for more than a person would read."""
    try:
        integrity(workspace, changes)
    except OnlyAsked as error:
        if len(error.findings) > MOST_FINDINGS:
            raise NotProved(Failure.GATE, str(error)) from error
        return error.findings
    except GateViolation as error:
        raise NotProved(Failure.GATE, str(error)) from error
    return ()


def _words(plan: Plan) -> str:
    """What the approver read about tasks and tests."""
    return "\n".join([*(task.description for task in plan.tasks), *(test.assertion for test in plan.test_strategy)])


def _text(content: bytes | None) -> str | None:
    """ "" for what is no text."""
    try:
        return None if content is None else content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
