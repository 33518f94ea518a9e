"""Whether a task's execution is still alive."""

from __future__ import annotations

from ferry.domain.errors import NotFound
from ferry.domain.task import Task
from ferry.usecases.world import World


def runs(task: Task, world: World) -> bool:
    """Whether the engine still carries it."""
    try:
        return bool(task.execution) and world.engine.status(task.execution) == "RUNNING"
    except NotFound:
        return False
