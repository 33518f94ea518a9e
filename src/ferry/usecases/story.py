"""Everything a person may see of one task; no token is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ferry.domain.ledger import total
from ferry.domain.task import TaskStatus
from ferry.usecases.world import World

PAGE, LONGEST_PAGE = 50, 200


def story(task_id: str, world: World) -> dict[str, Any]:
    """JSON-ready: task, timeline, approvals, pull_requests, ledger and micro_dollars. NotFound."""
    ledger = world.store.ledger(task_id)
    return {
        "task": world.store.task(task_id).dump(),
        "timeline": [event.dump() for event in world.store.events(task_id)],
        "approvals": [approval.dump() for approval in world.gate.approvals(task_id)],
        "pull_requests": [pull.dump() for pull in world.store.pull_requests(task_id)],
        "ledger": [entry.dump() for entry in ledger],
        "micro_dollars": total(ledger),
    }


def list_tasks(asked: Mapping[str, str], world: World) -> dict[str, Any]:
    """JSON-ready: tasks, newest first, and `next`, to be given as ``after`` for the page that follows ("" at the end).

    asked: ``status`` (all, when absent), ``limit`` (50, at most 200) and ``after``; ValueError says which is wrong.
    """
    status, limit = asked.get("status", ""), asked.get("limit") or str(PAGE)
    if status and status not in list(TaskStatus):
        raise ValueError(f"status: is none of {', '.join(TaskStatus)}")
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= LONGEST_PAGE):
        raise ValueError(f"limit: must be a whole number from 1 to {LONGEST_PAGE}")
    tasks, following = world.store.task_page(
        status=TaskStatus(status) if status else None, limit=int(limit), after=asked.get("after", "")
    )
    return {"tasks": [task.dump() for task in tasks], "next": following}
