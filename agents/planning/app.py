"""PlanningAgent: the function behind the state Plan."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from agents.planning.agent import Desk, plan
from ferry.adapters.wiring import CloudWorld
from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.prices import load_prices
from ferry.domain.ledger import MICRO, total
from ferry.domain.naming import PATTERN
from ferry.domain.step import StepRequest, transcript_key
from ferry.settings import read
from ferry.usecases.step import answer


@dataclass(frozen=True)
class PlanningSettings:
    """heartbeat_seconds: as the machine expects them; task_budget_cents: ceiling of a whole task, and part of what is
    approved; branch_pattern: as for `branch_name`; model_prices: a price table as JSON instead of the shipped one."""

    heartbeat_seconds: int
    task_budget_cents: int
    branch_pattern: str = PATTERN
    model_prices: str = ""


@cache
def _wiring() -> tuple[CloudWorld, PlanningSettings]:
    return CloudWorld.from_environment(), read(PlanningSettings, os.environ)


def handler(event: Mapping[str, Any], context: object) -> None:
    request = StepRequest.read(dict(event), "the dispatcher's request")
    world, settings = _wiring()

    def work() -> Mapping[str, Any]:
        return plan(request, _desk(request, world, settings))

    answer(request.token, work, engine=world.engine, heartbeat_seconds=settings.heartbeat_seconds)


def _desk(request: StepRequest, world: CloudWorld, settings: PlanningSettings) -> Desk:
    return Desk(
        forge=world.forge,
        artifacts=world.artifacts,
        store=world.store,
        tracker=world.tracker,
        run=run_for(request, world, settings),
        branch_pattern=settings.branch_pattern,
        budget_cents=settings.task_budget_cents,
    )


def run_for(request: StepRequest, world: CloudWorld, settings: PlanningSettings) -> AgentRun:
    """For one conversation; its money is what the task's ceiling leaves."""
    left = settings.task_budget_cents * MICRO // 100 - total(world.store.ledger(request.task_id))
    key = transcript_key(request.task_id, f"planning-{request.revision}-{request.attempt}")
    labels = {"task": request.task_id, "revision": str(request.revision), "attempt": str(request.attempt)}
    return AgentRun(
        model=world.model,
        model_id=world.model_id,
        prices=load_prices(settings.model_prices),
        clock=world.clock,
        budget=Budget(micro_dollars=min(Budget.micro_dollars, left)),
        record=lambda entry: world.store.add_ledger(request.task_id, entry),
        journal=lambda data: world.artifacts.put(key, data),
        labels={"agent": "planning", **labels},
    )
