"""What an agent that writes has at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ferry.agentkit.approved import Approved
from ferry.agentkit.budget import Budget
from ferry.agentkit.commit_message import convention_of
from ferry.agentkit.integrity import Check, Integrity
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.screen import teller
from ferry.agentkit.suite import Suite
from ferry.agentkit.workspace import Workspace, folder_of, workspace
from ferry.domain.convention import trailers, written
from ferry.domain.errors import BudgetExceeded
from ferry.domain.ledger import MICRO, PriceTable, dollars, total
from ferry.domain.mandate import Terms
from ferry.domain.step import StepRequest, transcript_key
from ferry.ports import Approvals, ArtifactStore, Clock, Forge, Guardrail, LanguageModel, Sandbox, TaskStore


@dataclass(frozen=True)
class Workbench:
    """approvals: to be read alone; terms: what configuration says now; model_id: as in the price table; budget: of one
    attempt; integrity: what is told of a diff; command_seconds: of one command in the sandbox."""

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
    integrity: Integrity
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

    def commit_message(self, approved: Approved, repo: str, message: str, *, file: str, item: str, by: str = "") -> str:
        """`message` in the way of `repo`'s own history, and who asked for it and who approved it.

        file: the first that is changed; item: what of the task it is; by: who asked, the ticket's requester if empty.
        """
        record, ticket = approved.record, approved.ticket
        convention = convention_of(repo, record.bases[repo], self.forge)
        said = [("Requested-by", by or ticket.triggered_by_name or ticket.triggered_by)]
        said += [("Approved-by", approver) for approver in approved.approvers]
        signed = trailers([*said, ("Ferry-Task", f"{record.task_id}/{item}")])
        return f"{written(message.strip(), convention, ticket=ticket.key, file=file)}\n\n{signed}"

    def talk(self, request: StepRequest, approved: Approved, labels: Mapping[str, str]) -> AgentRun:
        """For one conversation; its money is what the approved budget leaves. BudgetExceeded when that is nothing."""
        ceiling = approved.mandate.budget_cents * MICRO // 100
        left = ceiling - total(self.store.ledger(request.task_id))
        if left <= 0:
            raise BudgetExceeded(
                f"{request.task_id}: the approved {dollars(ceiling)} are spent; approve a plan with more"
            )
        key = transcript_key(request.task_id, _name(request, labels))
        return AgentRun(
            model=self.model,
            model_id=self.model_id,
            prices=self.prices,
            clock=self.clock,
            budget=replace(self.budget, micro_dollars=min(self.budget.micro_dollars, left)),
            record=lambda entry: self.store.add_ledger(request.task_id, entry),
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
