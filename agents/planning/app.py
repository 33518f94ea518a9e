"""PlanningAgent: the function behind the state Plan."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.planning.agent import Desk, plan
from ferry.adapters.agent_entry import ReadingSettings, agent, reading_run
from ferry.adapters.wiring import AgentWorld
from ferry.domain.naming import PATTERN
from ferry.domain.step import StepRequest
from ferry.settings import read


@dataclass(frozen=True)
class PlanningSettings(ReadingSettings):
    """branch_pattern: as for `branch_name`; the ceiling is part of what is approved."""

    branch_pattern: str = PATTERN


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    settings = read(PlanningSettings, os.environ)
    desk = Desk(
        forge=world.forge,
        artifacts=world.artifacts,
        store=world.store,
        approvals=world.approvals,
        tracker=world.tracker,
        run=reading_run(request, world, settings, revision=str(request.revision)),
        branch_pattern=settings.branch_pattern,
        budget_cents=settings.task_budget_cents,
        memory=world.memory,
    )
    return plan(request, desk)


handler = agent(_work)
