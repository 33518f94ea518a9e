"""A person lets a task spend more: judged by the policy as an approval is, and kept in the task's audit chain."""

from __future__ import annotations

import re

from ferry.domain.ceiling import RAISED, WANTED, raised_cents, raised_through, wanting
from ferry.domain.errors import Conflict, NotApproved
from ferry.domain.ledger import dollars
from ferry.domain.policy import Policy, Verdict, evaluate, may
from ferry.domain.spending import CENT
from ferry.domain.task import TaskStatus
from ferry.domain.words import IS
from ferry.usecases.judge import Judge, facts, judge_raise
from ferry.usecases.resume import resume
from ferry.usecases.world import World

MOST_CENTS = 1_000_000


def cents_of(text: str) -> int:
    """``5``, ``$5`` or ``5.50``, in dollars. Conflict for anything else."""
    found = re.fullmatch(r"\$?(\d{1,6})(?:\.(\d{1,2}))?", text, re.ASCII)
    cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else 0
    if not 0 < cents <= MOST_CENTS:
        raise Conflict(f"“{text[:40]}” is no amount: write dollars from 0.01 to {MOST_CENTS // 100}, as 5 or 2.50")
    return cents


def raise_ceiling(task_id: str, cents: int, by: str, through: str, world: World, policy: Policy) -> str:
    """Let the task spend `cents` more than before, and go on where money stopped it; what became of it, in words.

    by: key of the person; through: names what brought it, so that a second try of it raises nothing more. Every ask is
    in the audit chain, granted or not. NotApproved where the policy says no; Conflict for a task that is over: one that
    succeeded is not, because changes that people ask for on its pull requests are paid for by it.
    """
    task = world.store.task(task_id)
    records = world.gate.audit(task_id)[0]
    if not raised_through(records, through):
        if task.status is TaskStatus.REJECTED:
            raise Conflict(f"task {task_id} {IS[task.status]}; it spends nothing any more")
        if waits := _wanted(task_id, cents, by, through, world, policy):
            return waits
    said = f"Task {task_id} may spend {dollars(cents * CENT)} more, by {by}"
    if task.status is TaskStatus.SUCCEEDED:
        return f"{said}; say on its pull request again what is to be changed."
    if world.store.task(task_id).status is not TaskStatus.OVER_BUDGET:
        return f"{said}."
    went_on = resume(task_id, world)
    return f"{said}; it goes on at its step {went_on.resume_from}."


def _wanted(task_id: str, cents: int, by: str, through: str, world: World, policy: Policy) -> str:
    """ "" when that was enough, else who else is needed."""
    asked = judge_raise(task_id, cents, policy, world)
    about = {"cents": str(cents), "by": by, "through": through}
    if refusal := may(policy, by, asked.matter, asked.groups, world.clock.now()):
        world.gate.note(task_id, "raise refused", {**about, **facts(policy, refusal=refusal)})
        raise NotApproved(f"nothing was changed: {refusal}")
    world.gate.note(task_id, WANTED, about)
    verdict = _verdict(task_id, cents, asked, world)
    if not verdict.satisfied:
        return f"Task {task_id} may not spend more yet: {verdict.words}. Each of them says the same command."
    before = raised_cents(world.gate.audit(task_id)[0])
    newest = world.gate.approvals(task_id)[-1:]
    bound = {"request": newest[0].id, "digest": newest[0].digest} if newest else {}
    ceiling = {"raised before": str(before), "raised now": str(before + cents)}
    if world.gate.raise_ceiling(task_id, {**about, **ceiling, **bound, **facts(policy, verdict)}):
        world.store.add_event(task_id, RAISED, f"by {by}: {dollars(cents * CENT)} more", once=f"raise {through}")
    return ""


def _verdict(task_id: str, cents: int, asked: Judge, world: World) -> Verdict:
    """All who asked for the same since the last raise."""
    voters = wanting(world.gate.audit(task_id)[0], cents)
    return evaluate(asked.policy, asked.matter, voters, asked.groups, world.clock.now())
