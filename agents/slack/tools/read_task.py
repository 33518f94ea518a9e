"""Tool: read_task."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolError, ToolInput
from ferry.domain.errors import NotFound
from ferry.domain.ledger import dollars, total
from ferry.domain.task import Task
from ferry.ports import Approvals, TaskStore

MOST = 40
INTERNAL = {"id", "message_ref", "task_id"}  # of an approval; who knows its id could name it in a forged click


class ReadTask(ToolInput):
    """All that the record says of one task: status, timeline, approvals, pull requests and money."""

    id: str = Field(min_length=1, max_length=100, description="As find_tasks names it.")


def read_task(store: TaskStore, approvals: Approvals, note: Callable[[str], None]) -> Tool[ReadTask]:
    def run(ask: ReadTask) -> str:
        try:
            task = store.task(ask.id)
        except NotFound:
            raise ToolError("there is no such task; find_tasks knows the ids") from None
        note(f"task {task.id} ({task.status.replace('_', ' ')})")
        return json.dumps(_told(task, store, approvals), ensure_ascii=False, indent=1)

    return Tool(ReadTask, run)


def _told(task: Task, store: TaskStore, approvals: Approvals) -> dict[str, Any]:
    return {
        "task": task.model_dump(mode="json", exclude={"execution", "message_ref"}),
        "timeline": [f"{line.at} {line.kind}: {line.detail}" for line in store.events(task.id)[-MOST:]],
        "approvals": [one.model_dump(mode="json", exclude=INTERNAL) for one in approvals.approvals(task.id)],
        "pull_requests": [pull.dump() for pull in store.pull_requests(task.id)],
        "spent": dollars(total(store.ledger(task.id))),
    }
