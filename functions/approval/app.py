"""The states that wait for people: of the gate ("Request approval", "Wait for decision", "Remind approvers", "Check
approval") and before the plan ("Ask which repository", "Wait for choice", "Remind choosers")."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld
from ferry.agentkit.prices import load_prices
from ferry.domain.discovery import LIKELY
from ferry.domain.errors import InvalidDocument
from ferry.domain.mandate import Terms, agent_settings
from ferry.domain.policy import read_policy
from ferry.domain.triggers.comment import MENTIONS
from ferry.settings import read
from ferry.usecases import gate, inquire
from ferry.usecases.gate import GateRules


@dataclass(frozen=True)
class ApprovalSettings:
    """approvers: Slack user ids; approval_policy: a `Policy` as JSON; approval_reminder_seconds: 0 for the policy's
    share; mentions: what calls Ferry in a comment; discovery_completeness: as `GateRules.completeness`; the others:
    what an approval covers, as the agents are told it."""

    approvers: tuple[str, ...]
    approval_timeout_seconds: int
    task_budget_cents: int
    approval_policy: str = ""
    approval_reminder_seconds: int = 0
    sandbox: str = "auto"
    model_prices: str = ""
    mentions: tuple[str, ...] = MENTIONS
    discovery_completeness: float = LIKELY


@cache
def _wiring() -> tuple[CloudWorld, GateRules]:
    settings, world = read(ApprovalSettings, os.environ), CloudWorld.from_environment()
    policy = read_policy(settings.approval_policy, settings.approvers)
    agents = agent_settings(world.chains.approved, settings.sandbox, settings.model_prices, policy.gate)
    rules = GateRules(
        terms=Terms(settings.task_budget_cents, agents),
        timeout_seconds=settings.approval_timeout_seconds,
        prices=load_prices(settings.model_prices),
        reminder_seconds=settings.approval_reminder_seconds,
        policy=policy,
        mentions=settings.mentions,
        completeness=settings.discovery_completeness,
    )
    return world, rules


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    world, rules = _wiring()
    task_id = event["task_id"]
    match event["step"]:
        case "ask":
            return gate.ask(task_id, event["revision"], world, rules)
        case "wait":
            gate.wait(task_id, event["token"], world)
            return {}
        case "remind":
            return gate.remind(task_id, world, rules)
        case "check":
            return gate.check(task_id, event["revision"], world, rules)
        case "inquire":
            return inquire.inquire(task_id, world, rules.patience)
        case "listen":
            inquire.listen(task_id, event["token"], world)
            return {}
        case "nudge":
            return inquire.nudge(task_id, world, rules.patience)
        case other:
            raise InvalidDocument(f"step: {other} is none of ask, wait, remind, check, inquire, listen, nudge")
