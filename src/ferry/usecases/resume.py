"""Go on with a task that failed, expired or lost its engine: a new execution that starts at the state that stopped."""

from __future__ import annotations

from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.errors import Conflict
from ferry.domain.inquiry import Answer
from ferry.domain.plan import PlanRecord
from ferry.domain.step import plan_key
from ferry.domain.task import Task, TaskStatus
from ferry.domain.words import IS
from ferry.usecases.finish import RESUME
from ferry.usecases.inquiries import close, last
from ferry.usecases.running import runs
from ferry.usecases.world import World

STARTS_AS = {
    "discover": TaskStatus.DISCOVERING,
    "choose": TaskStatus.AWAITING_CHOICE,
    "plan": TaskStatus.PLANNING,
}


def resume(task_id: str, world: World) -> Task:
    """Conflict when it still runs or ended for good."""
    task = world.store.task(task_id)
    if task.status in (TaskStatus.SUCCEEDED, TaskStatus.REJECTED):
        raise Conflict(f"task {task_id} {IS[task.status]}; label the ticket again for a new run")
    if not task.status.ended and runs(task, world):
        raise Conflict(f"task {task_id} {IS[task.status]}; nothing to resume")
    step = _step(task, world)
    if step == "choose" and (asked := last(task_id, world)):
        # It is put before people anew with all its time, unless somebody answered meanwhile.
        close(asked, Answer.REPLACED, world)
    world.store.update_task(task_id, status=STARTS_AS.get(step, TaskStatus.EXECUTING), resume_from=step, detail="")
    execution = world.engine.start(f"{task_id}-{_number(task) + 1}", _input(task, step, world))
    world.store.add_event(task_id, "resumed", f"from {step}")
    return world.store.update_task(task_id, execution=execution)


def _step(task: Task, world: World) -> str:
    step = task.resume_from or RESUME.get(task.status, "watch")
    newest = next(reversed(world.gate.approvals(task.id)), None)
    # A decision that found nobody waiting still counts; nobody is asked twice about the same plan.
    decided = newest and (newest.revision, newest.decision) == (task.revision, Decision.APPROVED)
    return "execute" if step == "approve" and decided else step


def _number(task: Task) -> int:
    """Executions are called <task>, <task>-2, <task>-3 …"""
    suffix = task.execution.rsplit(":", 1)[-1].removeprefix(task.id).lstrip("-")
    return int(suffix) if suffix.isdecimal() else 1


def _input(task: Task, step: str, world: World) -> dict[str, Any]:
    revision = max(task.revision, 1)
    plan: dict[str, Any] = {"revision": revision, "feedback": ""}
    changes: list[dict[str, Any]] = []
    if step in ("approve", "execute", "watch"):
        record = PlanRecord.read(world.artifacts.get(plan_key(task.id, revision)), f"plan {revision} of {task.id}")
        plan |= {"digest": record.digest, "repositories": list(record.order)}
        changes = [{"repo": pull.repo, "head": pull.head} for pull in world.store.pull_requests(task.id)]
    return {"task_id": task.id, "resume_from": step, "plan": plan, "changes": changes}
