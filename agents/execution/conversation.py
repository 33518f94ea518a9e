"""What the execution agent says, is offered, and must hand in."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from agents.execution.proof import NotProved
from agents.execution.tools.run_tests import run_tests
from ferry.agentkit.approved import Approved
from ferry.agentkit.commit_message import CommitMessage
from ferry.agentkit.conventions import Given, told
from ferry.agentkit.lessons import shown
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import Prompt, render
from ferry.agentkit.text import cut
from ferry.agentkit.tools.list_files import list_files
from ferry.agentkit.tools.read_file import read_file
from ferry.agentkit.tools.replace_in_file import replace_in_file
from ferry.agentkit.tools.write_file import write_file
from ferry.agentkit.untrusted import block
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace
from ferry.domain.document import Document
from ferry.domain.plan import PlanTask

PROMPT = Path(__file__).with_name("prompt.md")


class Work(Document):
    """Hand in the finished task."""

    summary: str = Field(min_length=1, max_length=500, description="What was done, in one or two sentences.")
    commit_message: CommitMessage


def work_on(
    task: PlanTask, place: Workspace, approved: Approved, failure: NotProved | None, *, run: AgentRun, bench: Workbench
) -> Work:
    """One attempt at `task` in `place`. failure: of the attempt before."""
    paths = approved.record.plan.paths_of(task.repo)
    tools = (
        list_files(place.repo),
        read_file(place.repo),
        write_file(place.repo, paths),
        replace_in_file(place.repo, paths),
        run_tests(place, bench.suite),
    )
    prompt = prompt_for(task, approved, failure, bench.conventions(approved, task.repo))
    return converse(run, system=prompt.system, shared=prompt.shared, prompt=prompt.user, tools=tools, result=Work)


def prompt_for(task: PlanTask, approved: Approved, failure: NotProved | None, given: Given = ()) -> Prompt:
    plan, ticket = approved.record.plan, approved.ticket
    return render(
        PROMPT,
        repo=task.repo,
        item=task.id,
        description=task.description,
        file=task.file,
        test_file=task.test_file,
        paths=", ".join(f"`{path}`" for path in sorted(plan.paths_of(task.repo))),
        conventions=told(given),
        summary=plan.summary,
        lessons=shown(one for one in approved.record.lessons if one.repo == task.repo),
        approach=block("discovery", approved.discovery.approach),
        ticket=block("ticket", f"{ticket.title}\n\n{ticket.text}"),
        failure=_told(failure) if failure else "",
    )


def _told(failure: NotProved) -> str:
    """Outside of blocks stand only words of ours: a reason quotes test names, code and messages."""
    reason = block("reason", cut(failure.reason, 4000))
    shown = block("tests", cut(failure.output, 4000)) if failure.output else ""
    ours = f"An attempt before this one failed: {failure.kind}. Its changes are gone; begin afresh."
    return f"{ours}\n{reason}\n{shown}"
