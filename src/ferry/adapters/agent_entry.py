"""The handler that every agent is: a step's request in, its answer by task token."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferry.adapters.budgets import BudgetSettings
from ferry.adapters.wiring import AgentWorld
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.prices import load_prices
from ferry.agentkit.purse import task_purse
from ferry.agentkit.screen import teller
from ferry.agentkit.waited import while_waited_for
from ferry.domain.step import StepRequest, transcript_key
from ferry.settings import read
from ferry.usecases.step import answer

Work = Callable[[StepRequest, AgentWorld], Mapping[str, Any]]


@dataclass(frozen=True)
class _EntrySettings:
    """heartbeat_seconds: as the machine expects them."""

    heartbeat_seconds: int


@dataclass(frozen=True)
class ReadingSettings:
    """task_budget_cents: ceiling of a whole task; model_prices: a price table as JSON instead of the shipped one."""

    task_budget_cents: int
    model_prices: str = ""


def agent(work: Work) -> Callable[[Mapping[str, Any], object], None]:
    """A Lambda handler; whatever else `work` is missing (a sandbox, a price) is told to the machine at once."""

    @cache
    def wiring() -> tuple[AgentWorld, int]:
        return AgentWorld.from_environment(), read(_EntrySettings, os.environ).heartbeat_seconds

    def handler(event: Mapping[str, Any], context: object) -> None:
        request = StepRequest.read(dict(event), "the step's event")
        world, heartbeat_seconds = wiring()
        waited = while_waited_for(request.token, world, world.engine)
        answer(
            request.token,
            lambda: work(request, waited),
            engine=world.engine,
            clock=world.clock,
            heartbeat_seconds=heartbeat_seconds,
        )

    return handler


def reading_run(request: StepRequest, world: AgentWorld, settings: ReadingSettings, **labels: str) -> AgentRun:
    """One conversation of an agent that only reads, within the budgets that there are.

    labels: what tells this conversation from the agent's others, beside the attempt.
    """
    budgets, models = read(BudgetSettings, os.environ), world.models_of(request.agent)
    name = "-".join([request.agent, *labels.values(), str(request.attempt)])
    return AgentRun(
        model=world.model,
        model_id=models[0],
        fallbacks=models[1:],
        prices=load_prices(settings.model_prices),
        clock=world.clock,
        budget=budgets.attempt,
        purse=task_purse(
            world.store,
            world.approvals,
            world.clock,
            request.task_id,
            caps=budgets.caps,
            ceiling_cents=settings.task_budget_cents,
        ),
        journal=lambda data: world.artifacts.put(transcript_key(request.task_id, name), data),
        labels={"agent": request.agent, "task": request.task_id, **labels, "attempt": str(request.attempt)},
        tell=teller(world.store, request.task_id),
        guardrail=world.guardrail,
        still_wanted=world.still_wanted,
        context=world.context_of(request.agent),
    )
