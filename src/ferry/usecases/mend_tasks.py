"""Mends of tasks that wait for something which has happened, or for a machine which is gone. Each returns a count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from ferry.domain.approval import Approval, Decision
from ferry.domain.errors import NotFound
from ferry.domain.task import Task, TaskStatus
from ferry.usecases.ci import overdue, settle, waiting
from ferry.usecases.decide import wake
from ferry.usecases.finish import fail
from ferry.usecases.mend import mend
from ferry.usecases.world import World

GOES_ON = frozenset({Decision.APPROVED, Decision.CHANGES_REQUESTED, Decision.REJECTED})
# A task is written before its execution starts and after the machine's last word: until then a difference is no fault.
SETTLING = timedelta(minutes=2)
# A start is tried five times, six visibility times apart at most, before its delivery is a dead letter.
STARTING = timedelta(minutes=20)


def settle_ci(world: World) -> int:
    """Checks that are complete, of a commit that a task still waits for: GitHub's event was lost."""
    mended = 0
    for task in _live(world):
        for repo, head in waiting(task.id, world):
            if wait := overdue(task.id, repo, head, world):
                settled = partial(_settled, task, repo, head, world)
                mended += mend(f"ci:{task.id}:{head[:12]}:{wait}", "ci", world, settled, task.id)
    return mended


def wake_decided(world: World) -> int:
    """Decisions in the record whose machine was not told: the worker died between the two."""
    mended = 0
    for task in _live(world):
        for approval in _unheard(task, world):
            mended += mend(f"decision:{approval.id}", "decision", world, partial(_woken, approval, world), task.id)
    return mended


def fail_dead(world: World) -> int:
    """Live tasks whose execution has ended or is unknown: they are failed by name, and can be resumed."""
    mended = 0
    for task in _live(world):
        if why := _dead(task, world):
            name = f"task:{task.execution.rpartition(':')[2] or task.id}"
            mended += mend(name, "task", world, partial(_failed, task, why, world), task.id)
    return mended


def _live(world: World) -> Iterator[Task]:
    return (task for task in world.store.tasks() if not task.status.ended)


def _settled(task: Task, repo: str, head: str, world: World) -> str:
    return f"{repo} at {head[:7]}: {settle(task.id, repo, head, world)}, and no event had told"


def _unheard(task: Task, world: World) -> Iterator[Approval]:
    if task.status is not TaskStatus.AWAITING_APPROVAL:
        return
    for approval in world.gate.approvals(task.id):
        decided = approval.revision == task.revision and approval.decision in GOES_ON
        if decided and world.engine.heartbeat(world.gate.token(approval)):
            yield approval


def _woken(approval: Approval, world: World) -> str:
    woken = wake(approval, world)
    return f"{approval.decision} by {approval.decided_by} " + ("reached the machine now" if woken else "came too late")


def _dead(task: Task, world: World) -> str:
    age = world.clock.now() - datetime.fromisoformat(task.updated_at)
    if not task.execution:
        return "its execution was never started" if age > STARTING else ""
    if age <= SETTLING:
        return ""
    try:
        status = world.engine.status(task.execution)
    except NotFound:
        return "the engine does not know its execution"
    return "" if status == "RUNNING" else f"its execution ended as {status} without a word"


def _failed(task: Task, why: str, world: World) -> str:
    now = world.store.task(task.id)
    if now.status.ended or now.execution != task.execution:
        return f"{task.id} had gone on by itself"
    fail(task.id, {"Error": "ExecutionLost", "Cause": why}, world)
    return f"{task.id}: {why}"
