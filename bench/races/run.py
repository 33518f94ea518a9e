"""Runs the races one after the other and judges each task by the record: what it decided, and whether it went on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.races import cases, outsiders
from bench.races.arena import GROUP, Arena
from bench.races.outcome import EXECUTES, EXPIRED, ONE, WAITS, Case, Outcome
from bench.storm.run import AGENTS
from ferry.domain.approval import Decision
from ferry.domain.task import TaskStatus
from local.aws.faults import Fault, Faults
from local.checkout import linked
from local.stack import StackSettings, start_stack

QUICK = {"HEARTBEAT_SECONDS": "800", "DELIVERY_VISIBILITY_SECONDS": "4", "DELIVERY_LEASE_SECONDS": "3"}
CASES: Mapping[str, Case] = {
    "stale digest": cases.stale_digest,
    "click on an older message": cases.older_request,
    "double click ×50": cases.double_click,
    "approve against reject, 25 each": cases.approve_against_reject,
    "wrong user": outsiders.wrong_user,
    "user removed from the group": outsiders.removed_user,
    "requester approves own ticket": outsiders.own_task,
    "an agent's credentials": outsiders.agent_credentials,
    "forged value": outsiders.forged_value,
    "replayed Slack request": outsiders.replayed_request,
    "PLAN.md edited after it was shown": cases.edited_plan,
    "base branch moved": cases.moved_base,
    "engine down at the click": cases.engine_away,
    "worker killed before the token": cases.worker_killed,
}
SHORT: Mapping[str, Case] = {
    "click after expiry": cases.late_click,
    "nobody answers": cases.nobody_answers,
}
# Whoever asked for a task of the seeds is the other person at Slack.
POLICY = {
    "approvers": [f"slack-group:{GROUP}", "slack:UOTHER0002"],
    "requester_may_approve": False,
    "people": {"other": ["slack:UOTHER0002", "jira:bench"]},
}


@dataclass(frozen=True)
class Row:
    """wrong: executions that nobody asked for; hung: 1 when the task neither waits nor goes on as it must."""

    name: str
    outcome: Outcome
    decisions: int
    entered: int
    wrong: int
    hung: int
    seconds: float

    def __str__(self) -> str:
        numbers = f"{self.decisions:9} {self.outcome.refused:7} {self.entered:7} {self.wrong:5} {self.hung:4}"
        return f"{self.name:34} {self.outcome.must:>13} {numbers} {self.seconds:7.1f}"


def races(folder: Path, seed: int) -> Iterator[Row]:
    """Runs in `folder`, which must be empty."""
    yield from _raced(folder / "long", seed, CASES, seconds=3600)
    yield from _raced(folder / "short", seed, SHORT, seconds=8)


def _raced(folder: Path, seed: int, cases: Mapping[str, Case], *, seconds: int) -> Iterator[Row]:
    """seconds: until a request expires."""
    faults = Faults(seed, [Fault("AWSStepFunctions.SendTaskSuccess", 1.0)])
    folder.mkdir()
    settings = StackSettings(
        root=linked(folder, "bench"),
        environment={**QUICK, "APPROVAL_TIMEOUT_SECONDS": str(seconds), "APPROVAL_POLICY": json.dumps(POLICY)},
        handlers=dict.fromkeys(AGENTS, "bench.silent.handler"),
        faults=faults,
    )
    stack = start_stack(settings)
    try:
        arena = Arena(stack, faults, Random(seed))  # noqa: S311 - dice, no secret
        for name, case in cases.items():
            begun = time.monotonic()
            yield judged(name, case(arena), arena, begun)
    finally:
        stack.stop()


def judged(name: str, outcome: Outcome, arena: Arena, begun: float) -> Row:
    """A task that must wait is approved at the end, as it should be, and must then go on: it did not hang."""
    task_id = outcome.task_id
    wrong, hung = _wrong(outcome, arena), _hung(outcome, arena)
    if outcome.must == WAITS:
        arena.click(arena.newest(task_id))
        hung = int(not arena.reaches(task_id, TaskStatus.EXECUTING))
    entered = arena.entered(task_id)
    wrong += max(0, entered - 1) + bool(arena.chain(task_id))
    return Row(name, outcome, len(arena.decisions(task_id)), entered, wrong, hung, time.monotonic() - begun)


def _wrong(outcome: Outcome, arena: Arena) -> int:
    if outcome.must in (WAITS, EXPIRED):
        return arena.entered(outcome.task_id)
    if outcome.must == ONE:
        decided = arena.decisions(outcome.task_id)
        rejected = decided == [Decision.REJECTED]
        return int(len(decided) != 1) + (arena.entered(outcome.task_id) if rejected else 0)
    return 0


def _hung(outcome: Outcome, arena: Arena) -> int:
    ends = {
        WAITS: (TaskStatus.AWAITING_APPROVAL,),
        EXECUTES: (TaskStatus.EXECUTING,),
        ONE: (TaskStatus.EXECUTING, TaskStatus.REJECTED),
        EXPIRED: (TaskStatus.EXPIRED,),
    }
    return int(not arena.reaches(outcome.task_id, *ends[outcome.must]))
