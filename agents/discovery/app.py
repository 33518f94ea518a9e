"""DiscoveryAgent: the function behind the state Discover."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agents.discovery.agent import discover
from ferry.adapters.agent_entry import ReadingSettings, agent, reading_run
from ferry.adapters.wiring import AgentWorld
from ferry.domain.step import StepRequest
from ferry.settings import read


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    run = reading_run(request, world, read(ReadingSettings, os.environ))
    return discover(request, forge=world.forge, artifacts=world.artifacts, store=world.store, run=run)


handler = agent(_work)
