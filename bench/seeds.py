"""Tasks put in the middle of their way, so that what is around the agents can be measured without them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoGateStore, DynamoTaskStore
from ferry.adapters.github import GitHubForge
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.s3 import S3ArtifactStore
from ferry.adapters.step_functions import StepFunctionsEngine
from ferry.domain.approval import Decision
from ferry.domain.change import FileChange
from ferry.domain.discovery import Discovery, Level, RankedRepository
from ferry.domain.plan import CaseLevel, Plan, PlannedTest, PlanRecord, PlanTask
from ferry.domain.step import discovery_key, plan_key, ticket_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from local.stack import Stack

AT = "2026-11-21T12:00:00.000+00:00"
REPO = "acme/pricing"
BRANCH = "bench"


class Seeds:
    """Every task has a ticket of its own and one plan; its pull request only the record knows, its branch is real."""

    def __init__(self, stack: Stack) -> None:
        clients, outputs = stack.clients, stack.outputs
        self.store = DynamoTaskStore(clients("dynamodb"), outputs["TaskTable"], SystemClock())
        self.gate = DynamoGateStore(clients("dynamodb"), outputs["TaskTable"], SystemClock())
        token = stack.info["secrets"]["github_token"]
        self.forge = GitHubForge(GitHubApi(stack.info["github"], lambda: token), stack.info["github_org"])
        self._lock = threading.Lock()
        self._branches: dict[tuple[str, str], tuple[str, str]] = {}
        self._artifacts = S3ArtifactStore(clients("s3"), outputs["ArtifactBucket"])
        self._engine = StepFunctionsEngine(clients("stepfunctions"), outputs["DeliveryMachine"])

    def sow(
        self, key: str, number: int, *, resume_from: str, head: str = "", repo: str = REPO, branch: str = BRANCH
    ) -> str:
        """The id of a task of the ticket `key` that starts at `resume_from`; number: of its pull request, which only
        the record knows; 0 for a real one.

        head: the commit that its pull request is at when its CI is watched, else that of `branch`; a branch that is not
        there is made.
        """
        id = f"{key}-seed"
        base, tip = self._drafted(repo, branch)
        # The branch must be where the record says: at the gate it would be put in order, and CI of another commit
        # is nobody's.
        if resume_from == "approve" or not head:
            head = tip
        else:
            branch = f"{branch}-at-{head[:7]}"
            self.forge.create_branch(repo, branch, head)
        record = _record(id, key, repo, branch, base)
        self._artifacts.put(ticket_key(id), _ticket(key).model_dump_json().encode())
        self._artifacts.put(discovery_key(id), _discovery(repo).model_dump_json(by_alias=True).encode())
        self._artifacts.put(plan_key(id, 1), record.model_dump_json().encode())
        self.store.create_task(_task(id, key))
        number = number or self._opened(repo, branch)
        self.store.put_pull_request(id, _pull(number, repo, branch, base, head))
        plan = {"revision": 1, "feedback": "", "digest": record.digest, "repositories": list(record.order)}
        changes = [{"repo": repo, "head": head}]
        given = {"task_id": id, "resume_from": resume_from, "plan": plan, "changes": changes}
        self.store.update_task(id, execution=self._engine.start(id, given))
        return id

    def _drafted(self, repo: str, branch: str) -> tuple[str, str]:
        """Base and head of the branch, with a commit of its own."""
        with self._lock:
            if (repo, branch) not in self._branches:
                self._branches[repo, branch] = self._draft(repo, branch)
            return self._branches[repo, branch]

    def _draft(self, repo: str, branch: str) -> tuple[str, str]:
        base = self.forge.head(repo, self.forge.default_branch(repo)) or ""
        self.forge.create_branch(repo, branch, base)
        plan = FileChange("PLAN.md", b"A plan\n")
        head = self.forge.commit(repo, branch, parent=base, message="docs: plan", changes=[plan])
        return base, head

    def _opened(self, repo: str, branch: str) -> int:
        base = self.forge.default_branch(repo)
        return self.forge.open_draft(repo, branch=branch, base=base, title="A plan", body="").number

    def approve(self, id: str) -> float:
        """As a person does, by the record and by the machine's token; seconds that telling the machine took."""
        approval = self.gate.approvals(id)[-1]
        made = {"decision": Decision.APPROVED, "decided_by": "operator:bench", "decided_at": AT}
        self.gate.decide(approval.model_copy(update=made))
        begun = time.monotonic()
        self._engine.succeed(self.gate.token(approval), {"decision": "approved", "reason": "", "id": approval.id})
        return time.monotonic() - begun

    def waits(self, id: str) -> bool:
        """Whether it is put before people and the machine waits for them."""
        asked = self.gate.approvals(id)
        return bool(asked) and bool(self.gate.token(asked[-1]))

    def all_in(self, ids: Iterable[str], status: TaskStatus) -> bool:
        return all(self.store.task(id).status is status for id in ids)


def _task(id: str, key: str) -> Task:
    status = TaskStatus.PLANNING
    return Task(id=id, ticket_key=key, title=key, status=status, created_at=AT, updated_at=AT, revision=1)


def _ticket(key: str) -> Ticket:
    common: dict[str, Any] = {"author": "Mara", "triggered_by": "bench", "triggered_at": AT}
    return Ticket(key=key, title=f"Measure {key}", text="Nothing", url=f"https://jira.example/browse/{key}", **common)


def _pull(number: int, repo: str, branch: str, base: str, head: str) -> PullRequest:
    url = f"https://github.example/{repo}/pull/{number}"
    return PullRequest(repo=repo, number=number, branch=branch, url=url, base=base, head=head, position=1)


def _discovery(repo: str) -> Discovery:
    ranked = RankedRepository(name=repo, relevance=1, reason="", evidence=(), files=())
    return Discovery(repositories=(ranked,), complexity=Level.LOW, approach="", confidence=1)


def _record(id: str, key: str, repo: str, branch: str, base: str) -> PlanRecord:
    test = PlannedTest(level=CaseLevel.UNIT, repo=repo, file="tests/test_it.py", assertion="it holds")
    task = PlanTask(id="T1", description="it", repo=repo, file="src/it.py", test_file="tests/test_it.py", hours=1)
    plan = Plan(
        summary="Nothing is written",
        scope_in=("measuring",),
        scope_out=(),
        components=(),
        data_flow="none",
        test_strategy=(test,),
        tasks=(task,),
        security=("none",),
        rollback="none",
        risk=Level.LOW,
        risk_reason="no agent runs",
    )
    common: dict[str, Any] = {"bases": {repo: base}, "order": (repo,), "branch": branch, "budget_cents": 1}
    return PlanRecord(task_id=id, revision=1, plan=plan, ticket=_ticket(key).digest, **common)
