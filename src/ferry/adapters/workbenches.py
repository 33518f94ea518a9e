"""Composition for the agents that write: their workbench from settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ferry.adapters.budgets import BudgetSettings
from ferry.adapters.detect_secrets import scan
from ferry.adapters.sandboxes import choose_sandbox
from ferry.adapters.tree_sitter import parse
from ferry.adapters.wiring import AgentWorld
from ferry.agentkit.integrity import Integrity
from ferry.agentkit.prices import load_prices
from ferry.agentkit.setup.prepared import PreparedSandbox
from ferry.agentkit.setup.store import SetupStore
from ferry.agentkit.workbench import KEPT_SECONDS, Workbench
from ferry.domain.mandate import Terms, agent_settings
from ferry.domain.policy import read_gate
from ferry.domain.step import StepRequest
from ferry.settings import read


@dataclass(frozen=True)
class WritingSettings:
    """task_budget_cents: ceiling of a whole task; sandbox: auto, agentcore, bubblewrap or subprocess; model_prices: a
    price table as JSON instead of the shipped one; approval_policy: as JSON, of which the section `gate` matters here;
    code_interpreter_id: for agentcore; setup_hosts: that the set-up of a repository may reach; kept_context_seconds:
    how long the next attempt may take up what one that was stopped left."""

    task_budget_cents: int
    sandbox: str = "auto"
    model_prices: str = ""
    approval_policy: str = ""
    code_interpreter_id: str = ""
    setup_hosts: tuple[str, ...] = ()
    kept_context_seconds: int = KEPT_SECONDS


@contextmanager
def workbench(world: AgentWorld, settings: WritingSettings, request: StepRequest) -> Iterator[Workbench]:
    """InvalidSettings for a model without a price, SandboxRefused without a sandbox: before anything is paid for."""
    models, budgets = world.models_of(request.agent), read(BudgetSettings, os.environ)
    severities = read_gate(settings.approval_policy)
    agents = agent_settings(world.chains.approved, settings.sandbox, settings.model_prices, severities)
    chosen = choose_sandbox(
        settings.sandbox,
        interpreter=settings.code_interpreter_id,
        keep=lambda session: world.store.keep_session(request.task_id, session),
        step=request.agent,
    )
    sandbox = PreparedSandbox(chosen, settings.setup_hosts, SetupStore())
    bench = Workbench(
        store=world.store,
        approvals=world.approvals,
        terms=Terms(settings.task_budget_cents, agents),
        artifacts=world.artifacts,
        forge=world.forge,
        sandbox=sandbox,
        model=world.model,
        model_id=models[0],
        fallbacks=models[1:],
        prices=load_prices(settings.model_prices),
        clock=world.clock,
        budget=budgets.attempt,
        caps=budgets.caps,
        guardrail=world.guardrail,
        still_wanted=world.still_wanted,
        context=world.context_of(request.agent),
        kept_seconds=settings.kept_context_seconds,
        integrity=Integrity(parse, scan, severities),
    )
    try:
        yield bench
    finally:
        sandbox.close()
