"""What the CI/CD agent says, is offered, and must hand in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from agents.cicd.tools.read_log import read_log
from agents.cicd.tools.run_command import run_command
from ferry.agentkit.commit_message import check_commit_message
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import render
from ferry.agentkit.text import cut
from ferry.agentkit.tools.list_files import list_files
from ferry.agentkit.tools.read_file import read_file
from ferry.agentkit.tools.replace_in_file import replace_in_file
from ferry.agentkit.tools.write_file import write_file
from ferry.agentkit.untrusted import block
from ferry.agentkit.workspace import Workspace
from ferry.domain.ci import CiCause
from ferry.domain.document import Document
from ferry.ports import Sandbox

PROMPT = Path(__file__).with_name("prompt.md")


class Fix(Document):
    """Hand in the fix, or hand the case to a person."""

    outcome: Literal["fixed", "escalated"]
    cause: CiCause
    what: str = Field(
        min_length=1, max_length=1000, description="What was wrong and what you did; or what a person must look at."
    )
    commit_message: str = Field(description="A conventional commit message when fixed, else empty.")

    @model_validator(mode="after")
    def _a_fix_has_a_message(self) -> Self:
        if self.outcome == "fixed":
            check_commit_message(self.commit_message)
        return self


def mend(
    place: Workspace,
    *,
    run: AgentRun,
    sandbox: Sandbox,
    seconds: float,
    log: str,
    cause: CiCause,
    tried: Sequence[str],
    summary: str,
    writable: Collection[str],
    unfinished: str = "",
) -> Fix:
    """One conversation. log: of the failing steps; tried: which tools have run, and why it did not hold; both are
    untrusted. seconds: for one command; unfinished: what an attempt left that was stopped, as `told` says it."""
    prompt = render(
        PROMPT,
        repo=run.labels["repo"],
        fix=run.labels["attempt"],
        cause=str(cause),
        tried=block("tried", cut("\n".join(f"- {one}" for one in tried), 4000)) if tried else "nothing",
        summary=summary,
        paths=", ".join(f"`{path}`" for path in sorted(writable)),
        log=block("log", cut(log, 6000)),
        unfinished=unfinished,
    )
    tools = (
        read_log(log),
        list_files(place.repo),
        read_file(place.repo),
        write_file(place.repo, writable),
        replace_in_file(place.repo, writable),
        run_command(place, writable, sandbox, seconds),
    )
    return converse(run, system=prompt.system, shared=prompt.shared, prompt=prompt.user, tools=tools, result=Fix)
