"""A task: one run that carries one ticket."""

from __future__ import annotations

from enum import StrEnum

from ferry.domain.ci_history import CiEntry
from ferry.domain.document import Document


class TaskStatus(StrEnum):
    """The states a person sees; the last seven are ends."""

    RECEIVED = "received"
    DISCOVERING = "discovering"
    AWAITING_CHOICE = "awaiting_choice"
    PLANNING = "planning"
    AWAITING_APPROVAL = "awaiting_approval"
    EXECUTING = "executing"
    WATCHING_CI = "watching_ci"
    FIXING_CI = "fixing_ci"
    SUCCEEDED = "succeeded"
    NOTHING_FOUND = "nothing_found"
    REJECTED = "rejected"
    EXPIRED = "expired"
    OVER_BUDGET = "over_budget"
    ESCALATED = "escalated"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in ENDS


ENDS = frozenset(
    {
        TaskStatus.SUCCEEDED,
        TaskStatus.NOTHING_FOUND,
        TaskStatus.REJECTED,
        TaskStatus.EXPIRED,
        TaskStatus.OVER_BUDGET,
        TaskStatus.ESCALATED,
        TaskStatus.FAILED,
    }
)


class Task(Document):
    """Times are RFC 3339 in UTC. resume_from: the state a new execution would start at, set when the task failed;
    delivery: name of the one that started it."""

    id: str
    ticket_key: str
    title: str
    status: TaskStatus
    created_at: str
    updated_at: str
    execution: str = ""
    run: int = 1
    revision: int = 0
    detail: str = ""
    resume_from: str = ""
    message_ref: str = ""
    delivery: str = ""


class Event(Document):
    """One line of a task's timeline. previous and chain: hex digests, so that a changed line shows."""

    at: str
    kind: str
    detail: str
    previous: str = ""
    chain: str = ""


class PullRequest(Document):
    """One pull request of a change set; position counts the merge order from 1. head and base: commit SHAs;
    fixes: commits that mended its CI; asked: ids of the changes that people asked for; reviews: those of them that a
    review asked for; state: open, merged or closed; done: all tasks of its plan are proved and committed; told: what
    its own check said last; history: of CI."""

    repo: str
    number: int
    branch: str
    url: str
    base: str
    head: str
    position: int
    ci: str = "pending"
    fixes: int = 0
    note: str = ""
    asked: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    state: str = "open"
    done: bool = False
    told: str = ""
    history: tuple[CiEntry, ...] = ()
