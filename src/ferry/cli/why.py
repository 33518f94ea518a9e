"""`why`: the story of a delivery, a ticket or a task in at most six lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ferry.cli.verb import Answer, unknown
from ferry.domain.approval import Approval
from ferry.domain.ci_history import line
from ferry.domain.delivery import Receipt, Source
from ferry.domain.errors import NotFound
from ferry.domain.task import Task, TaskStatus
from ferry.domain.words import reason, standing
from ferry.usecases.world import World

GOES_ON = {
    TaskStatus.AWAITING_CHOICE: "it waits in Slack for a person to say which repository is meant",
    TaskStatus.NOTHING_FOUND: "if something has to change, name a repository by `/agent add {id} <repository>` in "
    "Slack; then: python -m ferry resume {id}",
    TaskStatus.AWAITING_APPROVAL: "it waits for a person: python -m ferry approve {id}",
    TaskStatus.SUCCEEDED: "its pull requests are green and wait for review",
    TaskStatus.REJECTED: "it is over; set the label again for a new run",
    TaskStatus.ESCALATED: "a person must look at the red CI; then: python -m ferry resume {id}",
    TaskStatus.FAILED: "to go on from there: python -m ferry resume {id}",
    TaskStatus.OVER_BUDGET: "to let it spend more and go on: python -m ferry raise {id} <dollars>",
    TaskStatus.EXPIRED: "to ask again: python -m ferry resume {id}",
}


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser("why", parents=[options], help="what became of a delivery, a ticket or a task, and why")
    verb.add_argument("name", help="a delivery_id (jira:…, or what the sender calls it), a ticket's key or a task's id")
    verb.set_defaults(run=why)


def why(given: argparse.Namespace, world: World) -> Answer:
    lines = list(_lines(given.name, world))
    return Answer({"name": given.name, "lines": lines}, "\n".join(lines))


def _lines(name: str, world: World) -> Iterator[str]:
    if receipt := _receipt_of(name, world):
        yield _receipt(receipt)
        if receipt.task_id:
            yield from _task(world.store.task(receipt.task_id), world)
        return
    yield from _task(_find(name, world), world)


def _receipt_of(name: str, world: World) -> Receipt | None:
    """Of ``<source>:<id>``, or of the bare id that the sender's own page shows; NotFound when the first has none."""
    if ":" in name:
        return world.store.receipt(name)
    for source in Source:
        try:
            return world.store.receipt(f"{source}:{name}")
        except NotFound:
            continue
    return None


def _find(name: str, world: World) -> Task:
    """By id, else the newest run of the ticket."""
    try:
        return world.store.task(name)
    except NotFound:
        tasks = world.store.tasks()
    for task in tasks:
        if task.ticket_key == name.upper():
            return task
    known = [task.id for task in tasks] + [task.ticket_key for task in tasks]
    raise unknown("task or ticket", name, list(dict.fromkeys(known)))


def _receipt(receipt: Receipt) -> str:
    return f"{receipt.delivery} came and was {receipt.outcome}: {receipt.reason}"


def _task(task: Task, world: World) -> Iterator[str]:
    """At most five lines."""
    began = next((event.detail for event in world.store.events(task.id) if event.kind == "started"), "unknown")
    yield f"What came: {began} (task {task.id}, run {task.run})"
    decided = [approval for approval in world.gate.approvals(task.id) if approval.decision]
    if decided:
        yield f"Decided: {_decision(decided[-1])}"
    if told := _ci(task, world):
        yield f"CI: {told}"
    state, why = standing(task)
    yield f"So it {state}" + reason(why)
    yield f"Now: {_now(task, world).format(id=task.id)}"


def _ci(task: Task, world: World) -> str:
    """The last red look at each pull request; empty where CI was never red."""
    pulls = world.store.pull_requests(task.id)
    last = [(pull.repo, [entry for entry in pull.history if entry.failed][-1:]) for pull in pulls]
    return " · ".join(f"{repo} {line(entry)}" for repo, entries in last for entry in entries)


def _now(task: Task, world: World) -> str:
    if task.status.ended or _runs(task, world):
        return GOES_ON.get(task.status, "it is at work; nothing to do")
    return "its execution is gone (did the local stack stop?); to go on: python -m ferry resume {id}"


def _runs(task: Task, world: World) -> bool:
    try:
        return world.engine.status(task.execution) == "RUNNING"
    except NotFound:
        return False


def _decision(approval: Approval) -> str:
    verb = str(approval.decision).replace("_", " ")
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    return f"plan {approval.revision} {verb}{by}: {approval.reason or 'no reason given'}"
