"""A change that a person asked for on the pull request: the same workspace, gates and commit as a mended CI."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from agents.cicd.agent import Case, NotMended
from agents.cicd.tools.run_command import run_command
from agents.cicd.work import Announced
from ferry.agentkit.approved import load_approved, pull_request_of
from ferry.agentkit.commit_message import check_commit_message
from ferry.agentkit.loop import AgentRun, converse
from ferry.agentkit.prompt import render
from ferry.agentkit.tool import ToolError
from ferry.agentkit.tools.list_files import list_files
from ferry.agentkit.tools.read_file import read_file
from ferry.agentkit.tools.replace_in_file import replace_in_file
from ferry.agentkit.tools.write_file import write_file
from ferry.agentkit.untrusted import block
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import Workspace
from ferry.domain.asked import Asked, ThreadAnswer, addressed, asked_key, unanswered
from ferry.domain.ci import CiCause, CiOutcome, CiResult
from ferry.domain.document import Document
from ferry.domain.step import StepRequest

PROMPT = Path(__file__).with_name("asked.md")
ITEM = "asked-"


class Change(Document):
    """Hand in the change, or say why it is not made."""

    outcome: Literal["changed", "declined"]
    what: str = Field(min_length=1, max_length=1000, description="What you changed; or what stands against it.")
    commit_message: str = Field(description="A conventional commit message when changed, else empty.")
    answers: tuple[ThreadAnswer, ...] = Field((), description="For a review: one entry for each thread, by its number.")

    @model_validator(mode="after")
    def _a_change_has_a_message(self) -> Self:
        if self.outcome == "changed":
            check_commit_message(self.commit_message)
        return self


def oblige(request: StepRequest, bench: Workbench) -> dict[str, Any]:
    """`CiResult` of what was asked at `request.head`, and ``head``: of the branch afterwards. Raises as `fix_ci`."""
    approved = load_approved(request, bench.artifacts, bench.approvals)
    key = asked_key(request.task_id, request.asked)
    case = AskedCase(request, bench, approved, Asked.read(bench.artifacts.get(key), key))
    head = bench.forge.head(request.repo, approved.record.branch)
    result = case.solve() if head == request.head else case.taken_over(head)
    return {**result.dump(), "head": result.commit or request.head}


@dataclass(frozen=True)
class AskedCase(Case):
    asked: Asked

    def solve(self) -> CiResult:
        writable = self._writable(CiCause.REAL)  # tests are not changed on request: nobody approved a weaker one
        run = self.bench.talk(self.request, self.approved, {"asked": self.asked.kind, "attempt": str(self.request.fix)})
        with self.bench.workspace(self.approved, self.request.repo, self.request.head) as place:
            with self._kept(place):
                change = self._talk(place, run, writable)
            answers = addressed(self.asked.threads, change.answers)
            if change.outcome == "declined":
                return self._declined(change.what, answers)
            try:
                changes, tree = self._checked(place, writable)
            except NotMended as error:
                why = f"a change was tried and did not hold: {error}"
                return self._declined(why, tuple(_undone(one, why) for one in answers))
        result = CiResult(outcome=CiOutcome.FIXED, cause=CiCause.ASKED, what=change.what, answers=answers)
        return self._deliver(result, change.commit_message, changes, tree)

    @property
    def _item(self) -> str:
        return f"{ITEM}{self.asked.id}"

    @property
    def _by(self) -> str:
        return self.asked.by

    def _talk(self, place: Workspace, run: AgentRun, writable: Collection[str]) -> Change:
        prompt = render(
            PROMPT,
            repo=self.request.repo,
            summary=self.approved.record.plan.summary,
            paths=", ".join(f"`{path}`" for path in sorted(writable)),
            asked=block("comment", self.asked.words),
            # Whoever asks again after a raise asks by another comment.
            unfinished=self._unfinished(lambda item: item.startswith(ITEM)),
        )
        tools = (
            list_files(place.repo),
            read_file(place.repo),
            write_file(place.repo, writable),
            replace_in_file(place.repo, writable),
            run_command(place, writable, self.bench.sandbox, self.bench.command_seconds),
        )
        return converse(
            run,
            system=prompt.system,
            shared=prompt.shared,
            prompt=prompt.user,
            tools=tools,
            result=Change,
            check=self._check,
        )

    def _check(self, change: Change) -> None:
        if wrong := unanswered(self.asked.threads, change.answers):
            raise ToolError(wrong)

    def _declined(self, what: str, answers: tuple[ThreadAnswer, ...]) -> CiResult:
        self.bench.store.add_event(self.request.task_id, "change declined", f"{self.request.repo}: {what}")
        told = tuple(_undone(one, one.what) for one in answers)
        return CiResult(outcome=CiOutcome.ESCALATED, cause=CiCause.ASKED, what=what, answers=told)

    def _fixed(self, announced: Announced, sha: str) -> CiResult:
        result = announced.result
        pull = pull_request_of(self.bench.store, self.request.task_id, self.request.repo)
        fresh = {"head": sha, "ci": "pending", "note": f"changed on request: {result.what}"}
        self.bench.store.put_pull_request(self.request.task_id, pull.model_copy(update=fresh))
        detail = f"{self.request.repo}, asked by {self.asked.by}: {result.what}; committed {sha[:7]}"
        self.bench.store.add_event(self.request.task_id, "changed on request", detail)
        return result.model_copy(update={"commit": sha})

    @property
    def _key(self) -> str:
        return asked_key(self.request.task_id, f"{self.asked.id}-done")


def _undone(answer: ThreadAnswer, why: str) -> ThreadAnswer:
    return answer.model_copy(update={"done": False, "what": why})
