"""What an agent that writes works from: the plan that a person approved, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.domain.approval import Decision
from ferry.domain.discovery import Discovery
from ferry.domain.document import digest
from ferry.domain.errors import NotApproved, NotFound
from ferry.domain.mandate import Mandate, Terms
from ferry.domain.plan import PlanRecord
from ferry.domain.step import StepRequest, discovery_key, mandate_key, plan_key, ticket_key
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.ports import Approvals, ArtifactStore, Forge, TaskStore


@dataclass(frozen=True)
class Approved:
    """An approved plan with what it was made from. Only `load_approved` makes one. approvers: keys of the people."""

    record: PlanRecord
    ticket: Ticket
    discovery: Discovery
    mandate: Mandate
    approvers: tuple[str, ...] = ()

    def beside(self, repo: str, forge: Forge) -> dict[str, str]:
        """SHA of everything that `repo` needs, directly or not: of the task's branch where there is one.

        NotFound when a repository has no commit.
        """
        return {name: self._head(name, forge) for name in _needs(repo, self.discovery)}

    def _head(self, repo: str, forge: Forge) -> str:
        ours = forge.head(repo, self.record.branch) if repo in self.record.order else None
        if head := ours or forge.head(repo, forge.default_branch(repo)):
            return head
        raise NotFound(f"{repo}: no commit on its default branch")


def load_approved(
    request: StepRequest, artifacts: ArtifactStore, approvals: Approvals, *, terms: Terms | None = None
) -> Approved:
    """NotApproved unless the newest request was approved and entered, and covers these documents as they are now.

    terms: what configuration says to the agent that begins; None where a person asked for more under an old approval.
    """
    id = request.task_id
    key = plan_key(id, request.revision)
    record = PlanRecord.read(artifacts.get(key), key)
    ticket = Ticket.read(artifacts.get(ticket_key(id)), ticket_key(id))
    discovery = Discovery.read(artifacts.get(discovery_key(id)), discovery_key(id))
    mandate, approvers = _mandate(request, artifacts, approvals)
    read = (record.digest, ticket.digest, digest(discovery.dump()))
    if (mandate.plan, mandate.ticket, mandate.discovery) != read or record.task_id != id:
        raise NotApproved(f"{id}: nobody approved revision {request.revision} as it is now; ask for approval again")
    if terms and (mandate.budget_cents, mandate.configuration) != (terms.budget_cents, terms.agents):
        raise NotApproved(f"{id}: ceiling or agents are configured otherwise than approved; resume to ask again")
    if request.repo not in mandate.paths:
        raise NotApproved(f"{id}: {request.repo or 'no repository'} is not part of the approved plan")
    return Approved(record, ticket, discovery, mandate, approvers)


def _mandate(request: StepRequest, artifacts: ArtifactStore, approvals: Approvals) -> tuple[Mandate, tuple[str, ...]]:
    """Of the newest request, which alone counts, and who said yes to it."""
    id, asked = request.task_id, approvals.approvals(request.task_id)
    newest = asked[-1] if asked else None
    if newest is None or newest.decision is not Decision.APPROVED or newest.revision != request.revision:
        raise NotApproved(f"{id}: nobody approved revision {request.revision}; ask for approval again")
    if not newest.entered_at:
        raise NotApproved(f"{id}: revision {request.revision} is approved, but nobody has looked at its footing since")
    key = mandate_key(id, newest.digest)
    mandate = Mandate.read(artifacts.get(key), key)
    if mandate.digest != newest.digest:
        raise NotApproved(f"{id}: what was approved was changed afterwards; ask for approval again")
    yes = [*(vote.by for vote in approvals.votes(newest)), newest.decided_by]
    return mandate, tuple(dict.fromkeys(filter(None, yes)))


def pull_request_of(store: TaskStore, task_id: str, repo: str) -> PullRequest:
    """NotFound when planning opened none."""
    for pull in store.pull_requests(task_id):
        if pull.repo == repo:
            return pull
    raise NotFound(f"{task_id}: no pull request of {repo} is recorded; run planning again")


def _needs(repo: str, discovery: Discovery) -> list[str]:
    found: list[str] = [repo]
    for name in found:
        found += [edge.to for edge in discovery.dependencies if edge.from_ == name and edge.to not in found]
    return found[1:]
