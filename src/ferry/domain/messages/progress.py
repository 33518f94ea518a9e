"""How a task began and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Rendered, bullets, context, escaped, link, section
from ferry.domain.task import PullRequest, Task
from ferry.domain.ticket import Ticket

SIGNS = {"passed": ":white_check_mark:", "failed": ":x:", "escalated": ":warning:"}


def started(task: Task, ticket: Ticket) -> Rendered:
    text = f"Ferry carries {ticket.key}: {ticket.title}"
    line = f":ferry: *Ferry carries* {link(ticket.url, ticket.key)}: {escaped(ticket.title)}"
    return text, [section(line), context(f"task `{task.id}` · nothing is written before somebody approves the plan")]


def succeeded(task: Task, pulls: Sequence[PullRequest], spent: str) -> Rendered:
    text = f"{task.ticket_key}: all {len(pulls)} pull requests are green and wait for review"
    return text, [
        section(f"*{escaped(text)}*\n{_pulls(pulls)}"),
        context(f"merge in this order · {spent} · task `{task.id}`"),
    ]


def escalated(task: Task, pulls: Sequence[PullRequest], spent: str) -> Rendered:
    text = f"{task.ticket_key}: CI stays red and needs a person"
    return text, [section(f"*{escaped(text)}*\n{_pulls(pulls)}"), context(f"{spent} · task `{task.id}`")]


def rejected(task: Task, reason: str) -> Rendered:
    text = f"{task.ticket_key}: the plan was rejected; its pull requests are closed"
    return text, [section(f"*{escaped(text)}*" + (f"\n>{escaped(reason)}" if reason else ""))]


def expired(task: Task) -> Rendered:
    text = f"{task.ticket_key}: nobody decided in time; the task rests, nothing was rejected"
    return text, [section(f"*{escaped(text)}*"), context(f"to open it again: `python -m ferry resume {task.id}`")]


def failed(task: Task, error: str, what: str) -> Rendered:
    text = f"{task.ticket_key}: stopped at {task.status.replace('_', ' ')} by {error}"
    return text, [
        section(f":octagonal_sign: *{escaped(text)}*\n{escaped(what)}"),
        context(f"to go on from there: `python -m ferry resume {task.id}`"),
    ]


def stopped(task: Task, by: str) -> Rendered:
    text = f"{task.ticket_key}: stopped by {by}; nothing was closed"
    return text, [
        section(f":octagonal_sign: *{escaped(text)}*"),
        context(f"to go on from there: `/agent retry {task.id}`"),
    ]


def _pulls(pulls: Sequence[PullRequest]) -> str:
    return bullets(
        f"{pull.position}. {SIGNS.get(pull.ci, ':hourglass:')} {link(pull.url, f'{pull.repo}#{pull.number}')}"
        + (f" {escaped(pull.note)}" if pull.note else "")
        for pull in pulls
    )
