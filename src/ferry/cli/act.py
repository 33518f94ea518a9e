"""`approve`, `reject`, `changes`, `resume`, `revert`, `raise` and `redrive`: what an operator may do."""

from __future__ import annotations

import argparse
import getpass
import secrets
from typing import Any

from ferry.cli.verb import Answer, Run, known_task
from ferry.domain.approval import Decision
from ferry.domain.policy import Policy
from ferry.usecases.ceiling import cents_of, raise_ceiling
from ferry.usecases.judge import kept_policy
from ferry.usecases.operate import operate
from ferry.usecases.resume import resume as resume_task
from ferry.usecases.revert import revert as revert_task
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    for name, decision, words, help_text in (
        ("approve", Decision.APPROVED, "", "approve the plan that waits"),
        ("reject", Decision.REJECTED, "*", "reject it: its pull requests are closed"),
        ("changes", Decision.CHANGES_REQUESTED, "+", "send it back with what should change"),
    ):
        verb = verbs.add_parser(name, parents=[options], help=help_text)
        verb.add_argument("task")
        if words:
            verb.add_argument("reason", nargs=words)
        verb.set_defaults(run=_decision(decision), reason=[])
    again = verbs.add_parser("resume", parents=[options], help="go on with a task that stopped")
    again.add_argument("task")
    again.set_defaults(run=resume)
    undo = verbs.add_parser("revert", parents=[options], help="prepare pull requests that undo what a task merged")
    undo.add_argument("task")
    undo.set_defaults(run=revert)
    more = verbs.add_parser("raise", parents=[options], help="let a task spend more; it goes on if money stopped it")
    more.add_argument("task")
    more.add_argument("dollars", help="how much more, as 5 or 2.50")
    more.set_defaults(run=raise_task)
    back = verbs.add_parser("redrive", parents=[options], help="give dead letters another try")
    back.set_defaults(run=redrive)


def _decision(decision: Decision) -> Run:
    def run(given: argparse.Namespace, world: World) -> Answer:
        task = known_task(given.task, world)
        done = operate(task.id, decision, " ".join(given.reason), getpass.getuser(), world)
        verb = decision.replace("_", " ")
        return Answer(done.dump(), f"plan {done.revision} of {task.id} (digest {done.digest[:16]}): {verb}")

    return run


def resume(given: argparse.Namespace, world: World) -> Answer:
    task = resume_task(known_task(given.task, world).id, world)
    return Answer(task.dump(), f"{task.id} goes on from {task.resume_from}: see `python -m ferry status {task.id}`")


def revert(given: argparse.Namespace, world: World) -> Answer:
    task = known_task(given.task, world)
    text = revert_task(task.id, f"operator:{getpass.getuser()}", world)
    return Answer({"task": task.id, "said": text}, text)


def raise_task(given: argparse.Namespace, world: World) -> Answer:
    task, cents = known_task(given.task, world), cents_of(given.dollars)
    newest = world.gate.approvals(task.id)[-1:]
    policy = kept_policy(newest[0], world) if newest else Policy()
    through = f"operator:{secrets.token_hex(8)}"
    said = raise_ceiling(task.id, cents, f"operator:{getpass.getuser()}", through, world, policy)
    return Answer({"task": task.id, "cents": cents, "said": said}, said)


def redrive(given: argparse.Namespace, world: World) -> Answer:
    moved = world.dead_letters.redrive()
    if not moved:
        return Answer({"moved": 0}, "there are no dead letters")
    much = "1 delivery goes" if moved == 1 else f"{moved} deliveries go"
    return Answer(
        {"moved": moved}, f"{much} back to the queue; each gets a receipt: see `python -m ferry why <delivery>`"
    )
