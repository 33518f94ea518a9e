"""The task that a person means, and those that look alike."""

from __future__ import annotations

import difflib

from ferry.domain.errors import NotFound
from ferry.domain.task import Task
from ferry.ports import TaskStore


def find_task(name: str, store: TaskStore) -> Task:
    """By id, else the newest run of the ticket with that key; NotFound suggests near ones."""
    try:
        return store.task(name)
    except NotFound:
        tasks = store.tasks()
    for task in tasks:
        if name.casefold() in (task.id.casefold(), task.ticket_key.casefold()):
            return task
    known = {task.id.casefold(): task.id for task in tasks}
    near = [known[id] for id in difflib.get_close_matches(name.casefold(), known, n=3, cutoff=0.5)]
    remedy = f"did you mean {' or '.join(near)}?" if near else "`/agent list` shows all"
    raise NotFound(f"there is no task {name}; {remedy}")
