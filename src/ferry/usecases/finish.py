"""The ends of a task: each leaves one status, one line in the timeline, and tells Slack and Jira."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.errors import Conflict, FerryError
from ferry.domain.ledger import dollars, total
from ferry.domain.messages import (
    escalated,
    expired,
    failed,
    nothing_found,
    over_budget,
    rejected,
    stopped,
    succeeded,
)
from ferry.domain.messages.blocks import Rendered
from ferry.domain.messages.ci import in_one_line
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.words import IS, work
from ferry.usecases.cost import comparison_of, cost_of_task
from ferry.usecases.running import runs
from ferry.usecases.show import show_decision
from ferry.usecases.world import World

RESUME = {
    TaskStatus.RECEIVED: "discover",
    TaskStatus.DISCOVERING: "discover",
    TaskStatus.AWAITING_CHOICE: "choose",
    TaskStatus.PLANNING: "plan",
    TaskStatus.AWAITING_APPROVAL: "approve",
    TaskStatus.EXECUTING: "execute",
    TaskStatus.WATCHING_CI: "watch",
    TaskStatus.FIXING_CI: "watch",
}


def finish(task_id: str, world: World) -> str:
    """All pull requests are through CI: succeeded, or escalated when one stays red. Returns the status."""
    pulls = world.store.pull_requests(task_id)
    green = bool(pulls) and all(pull.ci == "passed" for pull in pulls)
    status = TaskStatus.SUCCEEDED if green else TaskStatus.ESCALATED
    why = "all pull requests are green" if green else f"CI needs a person: {in_one_line(pulls)}"
    task = _end(task_id, status, why, world)
    spent = f"{dollars(total(world.store.ledger(task_id)))} spent"
    if comparison := comparison_of(task_id, world):
        spent += f"; {comparison.words}"
    _tell(task, (succeeded if green else escalated)(task, pulls, spent), pulls, world)
    return str(status)


def reject(task_id: str, reason: str, world: World) -> str:
    """A person said no: the drafts are closed, their branches deleted, Jira told."""
    pulls = world.store.pull_requests(task_id)
    for pull in pulls:
        world.forge.close_pull_request(pull.repo, pull.number)
        world.forge.delete_branch(pull.repo, pull.branch)
    task = _end(task_id, TaskStatus.REJECTED, reason or "no reason given", world)
    _tell(task, rejected(task, reason), (), world)
    return str(task.status)


def expire(task_id: str, world: World) -> str:
    """Nobody decided or chose: the task rests with its drafts, and the message says so."""
    before = world.store.task(task_id)
    asked = before.resume_from if before.status.ended else RESUME[before.status]
    for approval in world.gate.approvals(task_id):
        closed = approval.model_copy(update={"decision": Decision.EXPIRED, "decided_at": world.now()})
        if approval.decision is None and world.gate.decide(closed):
            show_decision(closed, world)
    why = "nobody said in time which repository is meant" if asked == "choose" else "nobody decided in time"
    task = _end(task_id, TaskStatus.EXPIRED, why, world, resume_from=asked)
    _tell(task, expired(task), world.store.pull_requests(task_id), world)
    return str(task.status)


def fail(task_id: str, error: Mapping[str, Any], world: World) -> str:
    """Something stopped the task. error: Step Functions' ``{"Error", "Cause"}``, Cause being Lambda's JSON or text."""
    before = world.store.task(task_id)
    name, what = read_error(error)
    resume_from = before.resume_from if before.status.ended else RESUME[before.status]
    if name == "BudgetExceeded":
        return _rest(before, what, resume_from, world)
    task = _end(task_id, TaskStatus.FAILED, f"{name}: {what}", world, resume_from=resume_from)
    pulls = world.store.pull_requests(task_id)
    _tell(task, failed(before, name, what, pulls), pulls, world)
    return str(task.status)


def _rest(before: Task, what: str, resume_from: str, world: World) -> str:
    """Money or patience is used up: what is done stays, and a person may let it go on from there."""
    task = _end(before.id, TaskStatus.OVER_BUDGET, what, world, resume_from=resume_from)
    pulls = tuple(world.store.pull_requests(task.id))
    spent = cost_of_task(task.id, world)
    by_step = [f"{one.name} {dollars(one.micro_dollars)} ({one.detail})" for one in spent.lines]
    _tell(task, over_budget(before, what, [spent.title, *by_step, *spent.notes], pulls), pulls, world)
    return str(task.status)


def nothing(task_id: str, error: Mapping[str, Any], world: World) -> str:
    """No repository is the right one, as discovery or a person found. error: as `fail`."""
    before = world.store.task(task_id)
    _, what = read_error(error)
    resume_from = before.resume_from if before.status.ended else RESUME[before.status]
    task = _end(task_id, TaskStatus.NOTHING_FOUND, what, world, resume_from=resume_from)
    _tell(task, nothing_found(task, what), (), world)
    return str(task.status)


def stop(task_id: str, by: str, world: World) -> Task:
    """A person wants no more of it for now: nothing is closed, and the task can be resumed. Conflict when it ended."""
    before = world.store.task(task_id)
    if before.status.ended:
        raise Conflict(f"task {task_id} {IS[before.status]} already")
    detail = f"stopped by {by}"
    if runs(before, world):
        world.engine.stop(before.execution, detail)
    task = _end(task_id, TaskStatus.FAILED, detail, world, resume_from=RESUME[before.status])
    _tell(task, stopped(task, by), world.store.pull_requests(task_id), world)
    return task


def read_error(error: Mapping[str, Any]) -> tuple[str, str]:
    """The error's name and its message in words."""
    name, cause = str(error.get("Error") or "Unknown"), str(error.get("Cause") or "")
    try:
        detail = json.loads(cause)
    except ValueError:
        return name, cause
    if not isinstance(detail, dict):
        return name, cause
    return str(detail.get("errorType") or name), str(detail.get("errorMessage") or cause)


def _end(task_id: str, status: TaskStatus, detail: str, world: World, *, resume_from: str = "") -> Task:
    world.store.add_event(task_id, str(status), detail)
    return world.store.update_task(task_id, status=status, detail=detail, resume_from=resume_from)


def _tell(task: Task, message: Rendered, pulls: tuple[PullRequest, ...] | list[PullRequest], world: World) -> None:
    """A notice that fails is noted and never changes the end."""
    text, blocks = message
    lines = [text, *(f"- [{pull.repo}#{pull.number}]({pull.url}) {work(pull)}" for pull in pulls)]
    _try("Slack", task, lambda: world.chat.post(text, blocks, thread=task.message_ref), world)
    _try("Jira", task, lambda: world.tracker.comment(task.ticket_key, "\n".join(lines)), world)


def _try(who: str, task: Task, notice: Callable[[], object], world: World) -> None:
    try:
        notice()
    except FerryError as error:
        world.store.add_event(task.id, "notice failed", f"{who} was not told: {error}")
