"""Tasks put in the middle of their way, so that what is around the agents can be measured without them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ferry.adapters.clock import SystemClock
from ferry.adapters.dynamodb import DynamoTaskStore
from ferry.adapters.s3 import S3ArtifactStore
from ferry.adapters.step_functions import StepFunctionsEngine
from ferry.domain.discovery import Level
from ferry.domain.plan import CaseLevel, Plan, PlannedTest, PlanRecord, PlanTask
from ferry.domain.step import plan_key, ticket_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from local.stack import Stack

AT = "2026-11-21T12:00:00.000+00:00"
REPO = "acme/pricing"


class Seeds:
    """Every task has a ticket of its own, one plan and one pull request, which only the record knows."""

    def __init__(self, stack: Stack) -> None:
        clients, outputs = stack.clients, stack.outputs
        self.store = DynamoTaskStore(clients("dynamodb"), outputs["TaskTable"], SystemClock())
        self._artifacts = S3ArtifactStore(clients("s3"), outputs["ArtifactBucket"])
        self._engine = StepFunctionsEngine(clients("stepfunctions"), outputs["DeliveryMachine"])

    def sow(self, key: str, number: int, *, resume_from: str, head: str = "0" * 40) -> str:
        """The id of a task of the ticket `key` that starts at `resume_from`; number: of its pull request."""
        id = f"{key}-seed"
        record = _record(id, key)
        self._artifacts.put(ticket_key(id), _ticket(key).model_dump_json().encode())
        self._artifacts.put(plan_key(id, 1), record.model_dump_json().encode())
        self.store.create_task(_task(id, key))
        self.store.put_pull_request(id, _pull(number, head))
        plan = {"revision": 1, "feedback": "", "digest": record.digest, "repositories": list(record.order)}
        changes = [{"repo": REPO, "head": head}]
        given = {"task_id": id, "resume_from": resume_from, "plan": plan, "changes": changes}
        self.store.update_task(id, execution=self._engine.start(id, given))
        return id

    def all_in(self, ids: Iterable[str], status: TaskStatus) -> bool:
        return all(self.store.task(id).status is status for id in ids)


def _task(id: str, key: str) -> Task:
    status = TaskStatus.PLANNING
    return Task(id=id, ticket_key=key, title=key, status=status, created_at=AT, updated_at=AT, revision=1)


def _ticket(key: str) -> Ticket:
    common: dict[str, Any] = {"author": "Mara", "triggered_by": "bench", "triggered_at": AT}
    return Ticket(key=key, title=f"Measure {key}", text="Nothing", url=f"https://jira.example/browse/{key}", **common)


def _pull(number: int, head: str) -> PullRequest:
    url = f"https://github.example/{REPO}/pull/{number}"
    return PullRequest(repo=REPO, number=number, branch="b", url=url, base="0" * 40, head=head, position=1)


def _record(id: str, key: str) -> PlanRecord:
    test = PlannedTest(level=CaseLevel.UNIT, repo=REPO, file="tests/test_it.py", assertion="it holds")
    task = PlanTask(id="T1", description="it", repo=REPO, file="src/it.py", test_file="tests/test_it.py", hours=1)
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
    common: dict[str, Any] = {"bases": {REPO: "0" * 40}, "order": (REPO,), "branch": "b", "budget_cents": 1}
    return PlanRecord(task_id=id, revision=1, plan=plan, ticket=_ticket(key).digest, **common)
