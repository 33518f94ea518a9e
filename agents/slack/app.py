"""SlackAgent: started by the worker for a question, answers in its thread; no machine waits for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from agents.slack.agent import answer
from ferry.adapters.budgets import BudgetSettings
from ferry.adapters.wiring import AgentWorld
from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.prices import load_prices
from ferry.agentkit.purse import task_purse
from ferry.agentkit.screen import teller
from ferry.domain.ledger import MICRO
from ferry.domain.question import LEDGER, Question
from ferry.domain.step import transcript_key
from ferry.settings import read


@dataclass(frozen=True)
class SlackAgentSettings:
    """question_budget_cents: ceiling of one answer; model_prices: a price table as JSON in place of the shipped one."""

    question_budget_cents: int
    model_prices: str = ""


@cache
def _wiring() -> tuple[AgentWorld, SlackAgentSettings]:
    return AgentWorld.from_environment(), read(SlackAgentSettings, os.environ)


def handler(event: Mapping[str, Any], context: object) -> None:
    world, settings = _wiring()
    question = Question.read(dict(event), "the agent's event")
    answer(question, store=world.store, approvals=world.approvals, chat=world.chat, run=_run(question, world, settings))


def _run(question: Question, world: AgentWorld, settings: SlackAgentSettings) -> AgentRun:
    models = world.models_of("slack")
    money, caps = settings.question_budget_cents * MICRO // 100, read(BudgetSettings, os.environ).caps
    return AgentRun(
        model=world.model,
        model_id=models[0],
        fallbacks=models[1:],
        prices=load_prices(settings.model_prices),
        clock=world.clock,
        budget=Budget(steps=12, tokens=200_000, micro_dollars=money, seconds=120),
        purse=task_purse(world.store, world.approvals, world.clock, LEDGER, caps=caps, ceiling_cents=None),
        journal=lambda data: world.artifacts.put(transcript_key(LEDGER, f"slack-{question.id}"), data),
        labels={"agent": "slack"},
        max_tokens=2048,
        tell=teller(world.store, LEDGER),
        guardrail=world.guardrail,
        context=world.context_of("slack"),
    )
