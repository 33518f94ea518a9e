"""SentryAgent: the function behind the state Analyse."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from agents.sentry.agent import analyse
from ferry.adapters.agent_entry import ReadingSettings, agent, reading_run
from ferry.adapters.wiring import AgentWorld
from ferry.domain.step import StepRequest
from ferry.settings import read


def _work(request: StepRequest, world: AgentWorld) -> Mapping[str, Any]:
    run = reading_run(request, world, read(ReadingSettings, os.environ))
    return analyse(request, errors=world.errors, forge=world.forge, artifacts=world.artifacts, run=run)


handler = agent(_work)
