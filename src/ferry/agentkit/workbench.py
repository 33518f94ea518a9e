"""What an agent that writes has at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ferry.agentkit.approved import Approved
from ferry.agentkit.budget import Budget
from ferry.agentkit.commit_message import commit_style_of
from ferry.agentkit.conventions import Given, read_conventions
from ferry.agentkit.integrity import Check, Integrity
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.purse import task_purse
from ferry.agentkit.screen import teller
from ferry.agentkit.suite import Suite
from ferry.agentkit.trees import trees
from ferry.agentkit.workspace import Workspace, folder_of, workspace
from ferry.domain.commit_style import trailers, written
from ferry.domain.ledger import PriceTable
from ferry.domain.mandate import Terms
from ferry.domain.spending import Caps
from ferry.domain.step import StepRequest, transcript_key
from ferry.ports import Approvals, ArtifactStore, Clock, Forge, Guardrail, LanguageModel, Sandbox, TaskStore


@dataclass(frozen=True)
class Workbench:
    """approvals: to be read alone; terms: what configuration says now; model_id, fallbacks: as in the price table;
    budget: of one attempt; caps: of all budgets but the task's, which was approved; integrity: what is told of a diff;
    command_seconds: of one command in the sandbox."""

    store: TaskStore
    approvals: Approvals
    terms: Terms
    artifacts: ArtifactStore
    forge: Forge
    sandbox: Sandbox
    model: LanguageModel
    model_id: str
    prices: PriceTable
    clock: Clock
    budget: Budget
    caps: Caps
    integrity: Integrity
    fallbacks: tuple[str, ...] = ()
    command_seconds: float = 300
    guardrail: Guardrail | None = None
    still_wanted: Callable[[], object] = lambda: None

    @property
    def suite(self) -> Suite:
        return Suite(self.sandbox, self.command_seconds)

    def integrity_of(self, approved: Approved, repo: str, *, tests_may_change: bool = False) -> Check:
        """What every commit to `repo` must pass."""
        return self.integrity.of(approved.record.plan, repo, tests_may_change=tests_may_change)

    @contextmanager
    def workspace(self, approved: Approved, repo: str, head: str) -> Iterator[Workspace]:
        with workspace(self.forge, repo, head, approved.beside(repo, self.forge)) as place:
            yield place

    def conventions(self, approved: Approved, repo: str) -> Given:
        """For all that may be written in `repo`, at the commit that the plan was made on: no change of its own, and no
        commit beside it, can say otherwise."""
        with trees(self.forge, {repo: approved.record.bases[repo]}) as place:
            return read_conventions(place, {repo: sorted(approved.record.plan.paths_of(repo))})

    def commit_message(self, approved: Approved, repo: str, message: str, *, file: str, item: str, by: str = "") -> str:
        """`message` in the way of `repo`'s own history, and who asked for it and who approved it.

        file: the first that is changed; item: what of the task it is; by: who asked, the ticket's requester if empty.
        """
        record, ticket = approved.record, approved.ticket
        style = commit_style_of(repo, record.bases[repo], self.forge)
        said = [("Requested-by", by or ticket.triggered_by_name or ticket.triggered_by)]
        said += [("Approved-by", approver) for approver in approved.approvers]
        signed = trailers([*said, ("Ferry-Task", f"{record.task_id}/{item}")])
        return f"{written(message.strip(), style, ticket=ticket.key, file=file)}\n\n{signed}"

    def talk(self, request: StepRequest, approved: Approved, labels: Mapping[str, str]) -> AgentRun:
        """For one conversation; its task may spend what was approved, and what people let it spend since."""
        key = transcript_key(request.task_id, _name(request, labels))
        return AgentRun(
            model=self.model,
            model_id=self.model_id,
            fallbacks=self.fallbacks,
            prices=self.prices,
            clock=self.clock,
            budget=self.budget,
            purse=task_purse(
                self.store,
                self.approvals,
                self.clock,
                request.task_id,
                caps=self.caps,
                ceiling_cents=approved.mandate.budget_cents,
                repo=request.repo,
            ),
            journal=lambda data: self.artifacts.put(key, data),
            labels={"agent": request.agent, "task": request.task_id, "repo": request.repo, **labels},
            tell=teller(self.store, request.task_id),
            guardrail=self.guardrail,
            still_wanted=self.still_wanted,
        )


def _name(request: StepRequest, labels: Mapping[str, str]) -> str:
    """Every conversation has its own transcript; a retried step writes beside what it tried before."""
    again = [f"retry{request.attempt - 1}"] if request.attempt > 1 else []
    return "-".join((request.agent, folder_of(request.repo), *labels.values(), *again))
