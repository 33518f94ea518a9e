"""Every agent state's one door: starts the agent where configuration says and returns; the agent answers by token."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ferry.adapters.wiring import CloudWorld, agent_host
from ferry.domain.step import StepRequest
from ferry.settings import read
from ferry.usecases.dispatch import dispatch


@dataclass(frozen=True)
class DispatcherSettings:
    """agent_host: ``lambda`` (minutes) or ``agentcore`` (hours); the others: function name or runtime ARN per agent."""

    agent_host: str
    discovery_agent: str
    planning_agent: str
    execution_agent: str
    cicd_agent: str
    sentry_agent: str


@cache
def _wiring() -> tuple[CloudWorld, Any]:
    settings = read(DispatcherSettings, os.environ)
    agents = {
        "discovery": settings.discovery_agent,
        "planning": settings.planning_agent,
        "execution": settings.execution_agent,
        "cicd": settings.cicd_agent,
        "sentry": settings.sentry_agent,
    }
    return CloudWorld.from_environment(), agent_host(settings.agent_host, agents)


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    fields = {name: value for name, value in event.items() if name != "retries"}
    request = StepRequest.read({**fields, "attempt": event["retries"] + 1}, "the state's payload")
    world, host = _wiring()
    dispatch(request, store=world.store, host=host)
    return {"agent": request.agent}
