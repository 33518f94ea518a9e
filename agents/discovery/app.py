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
from ferry.domain.step import StepRequest
from ferry.settings import read


@dataclass(frozen=True)
class DiscoverySettings:
    """index_seconds: that a step may spend on indexes that lag or are missing."""

    index_seconds: int


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    run = reading_run(request, world, read(ReadingSettings, os.environ))
    care = Care(world.scope, read(DiscoverySettings, os.environ).index_seconds)
    return discover(request, forge=world.forge, artifacts=world.artifacts, store=world.store, run=run, care=care)


handler = agent(_work)
