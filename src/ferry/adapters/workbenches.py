"""Composition for the agents that write: their workbench from settings."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ferry.adapters.budgets import BudgetSettings
from ferry.adapters.sandboxes import choose_sandbox
from ferry.adapters.wiring import AgentWorld
from ferry.agentkit.prices import load_prices
from ferry.agentkit.workbench import Workbench
from ferry.domain.mandate import Terms, agent_settings
from ferry.settings import read


@dataclass(frozen=True)
class WritingSettings:
    """task_budget_cents: ceiling of a whole task; sandbox: auto, bubblewrap or subprocess; model_prices: a price table
    as JSON instead of the shipped one."""

    task_budget_cents: int
    sandbox: str = "auto"
    model_prices: str = ""


def workbench(world: AgentWorld, settings: WritingSettings, agent: str) -> Workbench:
    """InvalidSettings for a model without a price, SandboxRefused without a sandbox: before anything is paid for."""
    models = world.models_of(agent)
    agents = agent_settings(world.chains.approved, settings.sandbox, settings.model_prices)
    budgets = read(BudgetSettings, os.environ)
    return Workbench(
        store=world.store,
        approvals=world.approvals,
        terms=Terms(settings.task_budget_cents, agents),
        artifacts=world.artifacts,
        forge=world.forge,
        sandbox=choose_sandbox(settings.sandbox),
        model=world.model,
        model_id=models[0],
        fallbacks=models[1:],
        prices=load_prices(settings.model_prices),
        clock=world.clock,
        budget=budgets.attempt,
        caps=budgets.caps,
    )
