"""DiscoveryAgent: the function behind the state Discover."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.discovery.agent import discover
from agents.discovery.corpus import Care
from ferry.adapters.agent_entry import ReadingSettings, agent, reading_run
from ferry.adapters.wiring import AgentWorld
from ferry.domain.errors import InvalidSettings
from ferry.domain.step import StepRequest
from ferry.settings import read


@dataclass(frozen=True)
class DiscoverySettings(ReadingSettings):
    """discovery_model: ``on``, or ``off`` for an order by words alone, which costs nothing; index_seconds: that a step
    may spend on indexes that lag or are missing."""

    discovery_model: str = "on"
    index_seconds: int = 120


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    settings = read(DiscoverySettings, os.environ)
    if settings.discovery_model not in ("on", "off"):
        raise InvalidSettings("DISCOVERY_MODEL must be on or off")
    return discover(
        request,
        forge=world.forge,
        artifacts=world.artifacts,
        store=world.store,
        approvals=world.approvals,
        clock=world.clock,
        care=Care(world.scope, settings.index_seconds),
        run=reading_run(request, world, settings) if settings.discovery_model == "on" else None,
    )


handler = agent(_work)
