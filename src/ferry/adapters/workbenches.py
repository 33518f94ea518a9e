"""Composition for the agents that write: their workbench from settings."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.adapters.detect_secrets import scan
from ferry.adapters.sandboxes import choose_sandbox
from ferry.adapters.tree_sitter import parse
from ferry.adapters.wiring import AgentWorld
from ferry.agentkit.budget import Budget
from ferry.agentkit.integrity import Integrity
from ferry.agentkit.prices import load_prices
from ferry.agentkit.workbench import Workbench
from ferry.domain.mandate import Terms, agent_settings
from ferry.domain.policy import read_gate


@dataclass(frozen=True)
class WritingSettings:
    """task_budget_cents: ceiling of a whole task; sandbox: auto, bubblewrap or subprocess; model_prices: a price table
    as JSON instead of the shipped one; approval_policy: as JSON, of which the section `gate` matters here."""

    task_budget_cents: int
    sandbox: str = "auto"
    model_prices: str = ""
    approval_policy: str = ""


def workbench(world: AgentWorld, settings: WritingSettings) -> Workbench:
    """InvalidSettings for a model without a price, SandboxRefused without a sandbox: before anything is paid for."""
    prices = load_prices(settings.model_prices)
    prices.price_of(world.model_id)
    agents = agent_settings(world.settings.model, settings.sandbox, settings.model_prices)
    return Workbench(
        store=world.store,
        approvals=world.approvals,
        terms=Terms(settings.task_budget_cents, agents),
        artifacts=world.artifacts,
        forge=world.forge,
        sandbox=choose_sandbox(settings.sandbox),
        model=world.model,
        model_id=world.model_id,
        prices=prices,
        clock=world.clock,
        budget=Budget(),
        integrity=Integrity(parse, scan, read_gate(settings.approval_policy)),
    )
