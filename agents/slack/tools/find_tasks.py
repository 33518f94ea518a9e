"""Tool: find_tasks."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from pydantic import Field

from ferry.agentkit.tool import Tool, ToolInput
from ferry.domain.task import Task, TaskStatus
from ferry.domain.words import plain_name
from ferry.ports import TaskStore

MOST = 20


class FindTasks(ToolInput):
    """Tasks, newest first, each with its id, status, times and title."""

    words: str = Field(default="", max_length=200, description="Of an id, a ticket's key or a title; empty for all.")
    status: TaskStatus | None = Field(default=None, description="Only tasks in this status.")


def find_tasks(store: TaskStore, note: Callable[[str], None]) -> Tool[FindTasks]:
    def run(ask: FindTasks) -> str:
        tasks = [task for task in store.tasks() if ask.status in (None, task.status)]
        found = _matching(tasks, ask.words)[:MOST]
        what = " ".join(part for part in (ask.words, plain_name(ask.status or "")) if part) or "all"
        note(f"tasks ({what}): {', '.join(task.id for task in found) or 'none'}")
        return "\n".join(map(_line, found)) or "(no task matches)"

    return Tool(FindTasks, run)


def _matching(tasks: list[Task], words: str) -> list[Task]:
    """Those that have every word; where none has, those whose id looks alike."""
    wanted = words.casefold().split()
    exact = [task for task in tasks if all(word in f"{task.id} {task.title}".casefold() for word in wanted)]
    near = difflib.get_close_matches(words, [task.id for task in tasks], cutoff=0.5)
    return exact or [task for task in tasks if task.id in near]


def _line(task: Task) -> str:
    why = f" ({task.detail})" if task.detail else ""
    return f"{task.id} {task.status}{why}, started {task.created_at}, changed {task.updated_at}: {task.title}"
