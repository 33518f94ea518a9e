"""Tool: run_tests."""

from __future__ import annotations

from pydantic import Field

from ferry.agentkit.messages import Note
from ferry.agentkit.suite import Suite
from ferry.agentkit.text import NOTE, cut
from ferry.agentkit.tool import MARGIN, Noted, Refused, Tool, ToolInput
from ferry.agentkit.tools.paths import PLAIN
from ferry.agentkit.workspace import Workspace


class RunTests(ToolInput):
    """Run the repository's tests in the sandbox and see what they print. No network there."""

    paths: tuple[str, ...] = Field(
        default=(), description="Test files, relative to the repository; all tests if empty."
    )


def run_tests(workspace: Workspace, suite: Suite) -> Tool[RunTests]:
    """Each run has its own copy of the workspace, so what tests write never becomes part of the change."""

    def run(ask: RunTests) -> str:
        if any(PLAIN.breaks(path) or path.startswith("-") for path in ask.paths):
            raise Refused(PLAIN.says)
        with workspace.trial() as root:
            verdict = suite.run(root, root / workspace.name, ask.paths)
        said = f"{verdict}\n{verdict.result.output}"
        lasts = str(verdict) if verdict.green else cut(said, NOTE)
        return Noted.of(said, Note(kind="run", about=" ".join(ask.paths) or "all tests", text=lasts))

    return Tool(RunTests, run, seconds=suite.seconds + MARGIN)
