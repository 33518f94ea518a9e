"""What was learnt about the repositories of a ticket, as far as it matters for it."""

from __future__ import annotations

from ferry.agentkit.lessons import recall
from ferry.domain.discovery import Discovery
from ferry.domain.lesson import Lesson
from ferry.domain.ticket import Ticket
from ferry.ports import Memory, TaskStore

LESSONS = "lessons"


def lessons_for(
    task_id: str, ticket: Ticket, discovery: Discovery, *, memory: Memory, store: TaskStore
) -> tuple[Lesson, ...]:
    """For this text and the files that discovery found; the timeline says which, and what stood in the way of more."""
    repos = [repo.name for repo in discovery.repositories]
    paths = [file.path for repo in discovery.repositories for file in repo.files]
    found = recall(memory, repos, f"{ticket.title}\n{ticket.text}", paths)
    named = ", ".join(f"{one.repo} {one.id}" for one in found.lessons) or "none"
    if found.lessons or found.notes:
        store.add_event(task_id, LESSONS, "; ".join([named, *found.notes]))
    return found.lessons
