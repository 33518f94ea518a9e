"""What an agent that writes works from: the plan that a person approved, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.domain.approval import Decision
from ferry.domain.discovery import Discovery
from ferry.domain.errors import NotApproved, NotFound
from ferry.domain.plan import PlanRecord
from ferry.domain.step import StepRequest, discovery_key, plan_key, ticket_key
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.ports import ArtifactStore, Forge, TaskStore


@dataclass(frozen=True)
class Approved:
    """An approved plan with what it was made from. Only `load_approved` makes one."""

    record: PlanRecord
    ticket: Ticket
    discovery: Discovery

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


def load_approved(request: StepRequest, artifacts: ArtifactStore, store: TaskStore) -> Approved:
    """NotApproved unless a recorded approval carries the digest that these documents have now."""
    id = request.task_id
    key = plan_key(id, request.revision)
    record = PlanRecord.read(artifacts.get(key), key)
    ticket = Ticket.read(artifacts.get(ticket_key(id)), ticket_key(id))
    discovery = Discovery.read(artifacts.get(discovery_key(id)), discovery_key(id))
    digests = {approval.digest for approval in store.approvals(id) if approval.decision is Decision.APPROVED}
    if record.digest not in digests:
        raise NotApproved(f"{id}: nobody approved revision {request.revision} as it is now; ask for approval again")
    if (record.task_id, record.ticket) != (id, ticket.digest):
        raise NotApproved(f"{id}: the plan was made for another ticket text; plan again")
    if request.repo not in record.plan.repositories:
        raise NotApproved(f"{id}: {request.repo or 'no repository'} is not part of the approved plan")
    return Approved(record, ticket, discovery)


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
