"""Tool: run_command."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from pydantic import Field

from ferry.agentkit.messages import Note
from ferry.agentkit.text import NOTE, cut
from ferry.agentkit.tool import MARGIN, Noted, Tool, ToolError, ToolInput
from ferry.agentkit.workspace import Workspace
from ferry.domain.errors import GateViolation
from ferry.domain.gates import check_path
from ferry.ports import Sandbox


class RunCommand(ToolInput):
    """Run one program in the repository, in the sandbox, and see what it prints. No shell, no network.

    Files that you may not write, and files that are deleted, are put back.
    """

    command: str = Field(description="Program and arguments, e.g. ruff format src/app.py. No pipes, no variables.")


def run_command(workspace: Workspace, writable: Collection[str], sandbox: Sandbox, seconds: float) -> Tool[RunCommand]:
    def run(ask: RunCommand) -> str:
        try:
            command = shlex.split(ask.command)
        except ValueError as error:
            raise ToolError(f"cannot be read as a command: {error}") from error
        if not command or "\0" in ask.command:
            raise ToolError("there is no command")
        result = sandbox.run(command, root=workspace.root, cwd=workspace.repo, seconds=seconds)
        undone = undo(workspace, writable)
        note = f"\n[put back, because not yours to write or delete: {', '.join(undone)}]" if undone else ""
        said = f"exit code {result.exit_code}\n{result.output}{note}"
        return Noted.of(said, Note(kind="run", about=ask.command, text=cut(said, NOTE)))

    return Tool(RunCommand, run, seconds=seconds + MARGIN)


def undo(workspace: Workspace, writable: Collection[str]) -> list[str]:
    """Put back what may not be changed or deleted; its paths."""
    paths, strange = workspace.changed()
    foreign = sorted(path for path in paths if path in strange or not _may_stay(workspace, path, writable))
    workspace.restore(foreign)
    return foreign


def _may_stay(workspace: Workspace, path: str, writable: Collection[str]) -> bool:
    try:
        check_path(path, writable)
    except GateViolation:
        return False
    return (workspace.repo / path).is_file()
