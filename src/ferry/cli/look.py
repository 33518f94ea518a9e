"""`status`, `list` and `logs`: what there is to see of tasks."""

from __future__ import annotations

import argparse
from typing import Any

from ferry.cli.verb import Answer, columns, known_task
from ferry.domain.ci_history import CiEntry, line
from ferry.domain.ledger import dollars
from ferry.domain.task import TaskStatus
from ferry.domain.words import plain_name
from ferry.usecases.story import story
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    one = verbs.add_parser("status", parents=[options], help="one task: timeline, approvals, pull requests, money")
    one.add_argument("task")
    one.set_defaults(run=status)
    many = verbs.add_parser("list", parents=[options], help="all tasks, newest first")
    many.add_argument("--status", choices=[str(status) for status in TaskStatus], help="only those")
    many.set_defaults(run=list_tasks)
    lines = verbs.add_parser("logs", parents=[options], help="the timeline of one task")
    lines.add_argument("task")
    lines.add_argument("-n", type=_count, default=0, metavar="N", help="only the last N lines")
    lines.set_defaults(run=logs)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return int(text)


def status(given: argparse.Namespace, world: World) -> Answer:
    task = known_task(given.task, world)
    told = story(task.id, world)
    return Answer(told, "\n".join(_status(told)))


def list_tasks(given: argparse.Namespace, world: World) -> Answer:
    found = [task for task in world.store.tasks() if given.status in (None, str(task.status))]
    rows = [(task.id, str(task.status), task.created_at[:19], task.title) for task in found]
    text = columns([("TASK", "STATUS", "SINCE (UTC)", "TITLE"), *rows]) if rows else "no tasks"
    return Answer([task.dump() for task in found], text)


def logs(given: argparse.Namespace, world: World) -> Answer:
    events = world.store.events(known_task(given.task, world).id)[-given.n :]
    text = "\n".join(f"{event.at}  {event.kind}: {event.detail}" for event in events) or "nothing happened yet"
    return Answer([event.dump() for event in events], text)


def _status(told: dict[str, Any]) -> list[str]:
    task = told["task"]
    parts = [
        ("timeline (times in UTC)", [_line(event) for event in told["timeline"]]),
        ("approvals", [_approval(approval) for approval in told["approvals"]]),
        ("pull requests", [_pull(pull) for pull in told["pull_requests"]]),
        ("CI", [f"{pull['repo']} {_look(entry)}" for pull in told["pull_requests"] for entry in pull["history"]]),
    ]
    lines = [
        f"{task['id']}  {task['title']}",
        f"├─ {task['status']}" + (f": {task['detail']}" if task["detail"] else ""),
    ]
    for name, rows in parts:
        lines.append(f"├─ {name}" + ("" if rows else ": none"))
        lines += [
            f"│  {'├─' if left else '└─'} {row}" for left, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True)
        ]
    return [*lines, f"└─ spent {dollars(told['micro_dollars'])} in {len(told['ledger'])} model calls"]


def _line(event: dict[str, Any]) -> str:
    return f"{event['at'][11:19]}  {plain_name(event['kind'])}: {event['detail']}"


def _approval(approval: dict[str, Any]) -> str:
    decision = (approval["decision"] or "waits for a decision").replace("_", " ")
    by = f" by {approval['decided_by']}" if approval["decided_by"] else ""
    reason = f": {approval['reason']}" if approval["reason"] else ""
    return f"plan {approval['revision']} ({approval['digest'][:16]}) {decision}{by}{reason}"


def _look(entry: dict[str, Any]) -> str:
    return line(CiEntry.read(entry, "CI history"))


def _pull(pull: dict[str, Any]) -> str:
    note = f" — {pull['note']}" if pull["note"] else ""
    return f"{pull['position']}. {pull['repo']}#{pull['number']} CI {pull['ci']}{note}  {pull['url']}"
