"""What an agent that writes has at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ferry.agentkit.approved import Approved
from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.purse import task_purse
from ferry.agentkit.suite import Suite
from ferry.agentkit.workspace import Workspace, folder_of, workspace
from ferry.domain.ledger import PriceTable
from ferry.domain.mandate import Terms
from ferry.domain.spending import Caps
from ferry.domain.step import StepRequest, transcript_key
from ferry.ports import Approvals, ArtifactStore, Clock, Forge, LanguageModel, Sandbox, TaskStore


@dataclass(frozen=True)
class Workbench:
    """approvals: to be read alone; terms: what configuration says now; model_id, fallbacks: as in the price table;
    budget: of one attempt; caps: of all budgets but the task's, which was approved; command_seconds: of one command in
    the sandbox."""

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
    fallbacks: tuple[str, ...] = ()
    command_seconds: float = 300

    @property
    def suite(self) -> Suite:
        return Suite(self.sandbox, self.command_seconds)

    @contextmanager
    def workspace(self, approved: Approved, repo: str, head: str) -> Iterator[Workspace]:
        with workspace(self.forge, repo, head, approved.beside(repo, self.forge)) as place:
            yield place

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
        )


def _name(request: StepRequest, labels: Mapping[str, str]) -> str:
    """Every conversation has its own transcript; a retried step writes beside what it tried before."""
    again = [f"retry{request.attempt - 1}"] if request.attempt > 1 else []
    return "-".join((request.agent, folder_of(request.repo), *labels.values(), *again))
