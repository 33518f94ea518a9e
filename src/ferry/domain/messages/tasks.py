"""Tasks as Slack's commands show them."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Block, Rendered, bullets, context, cut, escaped, link, section
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.domain.words import count, people, plain_name, reason, standing

MOST = 20
COMMANDS = (
    ("status [task]", "what a task does, or all that are at work"),
    ("list [status]", "tasks, newest first"),
    ("find <text>", "files of all repositories that fit best, and why"),
    ("logs <task> [n]", "its timeline, the last n lines"),
    ("approve <task>", "go ahead with the plan that waits"),
    ("changes <task> <what>", "send the plan back with what should change"),
    ("reject <task> [why]", "close its drafts"),
    ("add <task> <repository>", "let its plan reach into one more repository, or say which one is meant"),
    ("retry <task>", "go on where it stopped"),
    ("raise <task> <dollars>", "let it spend that much more; if it ran out of money, it goes on"),
    ("cost [task|month]", "what a task cost, or a month (as 2026-11) by team and repository"),
    ("memory <repository>", "what was learnt about it, and how to correct that"),
    ("remember <repository> <words>", "teach Ferry something about it"),
    ("stop <task>", "stop at once; nothing is closed, and it can be retried"),
    ("revert <task>", "prepare pull requests that undo what was merged; merging stays with people"),
    ("help", "this list"),
)
NEXT = {
    TaskStatus.AWAITING_CHOICE: "it waits for a person to say which repository is meant, in its thread",
    TaskStatus.NOTHING_FOUND: "if something has to change: `/agent add {id} <repository>`, then `/agent retry {id}`",
    TaskStatus.AWAITING_APPROVAL: "it waits for a person: `/agent approve {id}`",
    TaskStatus.SUCCEEDED: "its pull requests are green and wait for review",
    TaskStatus.REJECTED: "it is over; set the label again for a new run",
    TaskStatus.ESCALATED: "a person must look at the red CI; then `/agent retry {id}`",
    TaskStatus.FAILED: "to go on from there: `/agent retry {id}`",
    TaskStatus.EXPIRED: "to ask again: `/agent retry {id}`",
    TaskStatus.OVER_BUDGET: "it rests; to let it spend more and go on: `/agent raise {id} <dollars>`",
}


def commands(note: str = "") -> Rendered:
    lines = [f"`/agent {usage.replace('<', '&lt;').replace('>', '&gt;')}` {what}" for usage, what in COMMANDS]
    text = f"{note}\n" if note else ""
    plain = f"{text}Ferry knows: {', '.join(f'/agent {usage}' for usage, _ in COMMANDS)}"
    ask = context("A task is named by its id or its ticket's key. You may also mention me with a question.")
    return plain, [section(f"{escaped(text)}{bullets(lines)}"), ask]


def task_status(task: Task, pulls: Sequence[PullRequest], last: Sequence[Event], spent: str) -> Rendered:
    state, why = standing(task)
    text = f"{task.id} {state}" + reason(why)
    now = f"It *{state}*{reason(_people(why))}"
    blocks: list[Block] = [section(f"*{escaped(task.id)}* {escaped(task.title)}\n{now}")]
    if pulls:
        blocks.append(section(bullets(f"{link(p.url, f'{p.repo}#{p.number}')} CI {escaped(p.ci)}" for p in pulls)))
    following = NEXT.get(task.status, "it is at work; nothing to do").format(id=task.id)
    return text, [*blocks, context("\n".join([*map(_line, last), f"{following} · {spent} · times in UTC"]))]


def task_list(tasks: Sequence[Task], what: str) -> Rendered:
    rows = [f"`{task.id}` *{plain_name(task.status)}* {escaped(cut(task.title, 80))}" for task in tasks[:MOST]]
    text = count(len(tasks), "task") + (f" {what}" if what else "")
    more = [context(f"and {len(tasks) - MOST} more")] if len(tasks) > MOST else []
    return text, [section(f"*{escaped(text)}*\n{bullets(rows)}"), *more]


def timeline(task: Task, events: Sequence[Event]) -> Rendered:
    """The newest lines that fit into one message."""
    lines = [_line(event) for event in events]
    while len("\n".join(lines)) > 2800 and len(lines) > 1:
        lines.pop(0)
    last = "the last line" if len(lines) == 1 else f"the last {len(lines)} lines"
    text = f"{task.id}: {last} of its timeline (times in UTC)"
    return text, [section(f"*{escaped(text)}*"), section("\n".join(lines) or "Nothing happened yet.")]


def _line(event: Event) -> str:
    return f"{event.at[11:19]} *{escaped(plain_name(event.kind))}* {_people(cut(event.detail, 300))}"


def _people(text: str) -> str:
    return people(escaped(text), lambda user: f"<@{user}>")
